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

/// The incident with this number of this source.
pub fn find(db: &mut Db, source: Source, number: &ExternalNo) -> StoreResult<Option<IncidentId>> {
    let incident: Option<DbId> = external_number::table
        .find((Code(source), number.as_str()))
        .select(external_number::incident_uuid)
        .first(db)
        .optional()?;
    Ok(incident.map(|id| IncidentId(id.0)))
}

/// Claims the numbers of new incidents, before the incidents are written, and returns the ids of incidents whose number belongs to
/// another one.
pub(crate) fn claim<'a>(
    db: &mut Db,
    new: impl Iterator<Item = &'a Incident>,
) -> StoreResult<BTreeSet<IncidentId>> {
    let mut rows: Vec<Row> = new
        .filter_map(|incident| {
            let number = incident.external_no.as_ref()?.as_str().to_owned();
            Some(Row { source: Code(incident.source), number, incident_uuid: incident.id.into() })
        })
        .collect();
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
    let claimed: BTreeSet<_> = claimed.into_iter().map(|id| id.0).collect();
    Ok(rows
        .iter()
        .map(|row| row.incident_uuid.0)
        .filter(|id| !claimed.contains(id))
        .map(IncidentId)
        .collect())
}

/// Gives up the number of an incident that was not written.
pub(crate) fn release(db: &mut Db, incident: &Incident) -> StoreResult<()> {
    let Some(number) = &incident.external_no else { return Ok(()) };
    diesel::delete(
        external_number::table
            .find((Code(incident.source), number.as_str()))
            .filter(external_number::incident_uuid.eq(DbId::from(incident.id))),
    )
    .execute(db)?;
    Ok(())
}
