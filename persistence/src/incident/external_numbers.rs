//! Table `external_number`: the numbers that sources gave to matters. One number of a source opens one incident.

use std::collections::BTreeSet;

use diesel::prelude::*;
use grassroots_domain::{
    ids::IncidentId,
    incident::{
        Incident,
        source::{ExternalNo, Source},
    },
};

use crate::database::{
    columns::Code,
    db::{Db, DbId, insert_rows_returning},
    error::StoreResult,
    schema::external_number,
};

#[derive(Insertable)]
#[diesel(table_name = external_number)]
struct Row {
    source: Code<Source>,
    number: String,
    incident_uuid: DbId,
}

impl Row {
    /// `None` if the incident has no number.
    fn new(incident: &Incident) -> Option<Self> {
        let number = incident.external_no.as_ref()?.key();
        Some(Self { source: Code(incident.source), number, incident_uuid: incident.id.into() })
    }
}

/// The incident with this number of this source.
pub fn find(db: &mut Db, source: Source, number: &ExternalNo) -> StoreResult<Option<IncidentId>> {
    let incident: Option<DbId> = external_number::table
        .find((Code(source), number.key()))
        .select(external_number::incident_uuid)
        .first(db)
        .optional()?;
    Ok(incident.map(|id| IncidentId(id.0)))
}

/// Claims the numbers of new incidents, before the incidents are written. Returns the ids of those whose number another incident has.
/// No two of `new` have the same id.
pub(crate) fn claim<'a>(
    db: &mut Db,
    new: impl Iterator<Item = &'a Incident>,
) -> StoreResult<BTreeSet<IncidentId>> {
    let mut rows: Vec<Row> = new.filter_map(Row::new).collect();
    if rows.is_empty() {
        return Ok(BTreeSet::new());
    }
    // All transactions claim in the same order, so that two of them cannot wait for each other.
    rows.sort_by(|a, b| (a.source.0, &a.number).cmp(&(b.source.0, &b.number)));
    let claimed: Vec<DbId> = insert_rows_returning!(db, &rows, row => diesel::insert_into(external_number::table)
        .values(row)
        .on_conflict((external_number::source, external_number::number))
        .do_nothing()
        .returning(external_number::incident_uuid))?;
    let is_claimed = |row: &&Row| claimed.iter().any(|id| id.0 == row.incident_uuid.0);
    Ok(rows.iter().filter(|row| !is_claimed(row)).map(|row| IncidentId(row.incident_uuid.0)).collect())
}

/// Gives up the number of an incident that was not written, or that came to nothing, so that it can be entered again.
pub(crate) fn release(db: &mut Db, incident: &Incident) -> StoreResult<()> {
    let Some(row) = Row::new(incident) else { return Ok(()) };
    diesel::delete(
        external_number::table
            .find((row.source, row.number))
            .filter(external_number::incident_uuid.eq(row.incident_uuid)),
    )
    .execute(db)?;
    Ok(())
}
