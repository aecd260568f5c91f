//! Table `participation`: which organisations besides its desk have or had a part in an incident. There is one row for each handling
//! leg, and for each custody leg but the last one. The desk of that leg is in `incident.desk`.

use diesel::prelude::*;
use grassroots_domain::{
    incident::{case::Case, leg::HandlingRole},
    organisation::OrganisationCode,
};

use crate::database::{
    columns::Code,
    db::{Db, DbTime, count_to_db, insert_rows},
    error::StoreResult,
    schema::participation,
};

/// The role of a desk that had custody. Other roles are those of handling legs.
pub(crate) const CUSTODY: &str = "custody";

#[derive(Clone, PartialEq, Insertable)]
#[diesel(table_name = participation)]
pub(crate) struct Row {
    incident_id: i64,
    role: &'static str,
    leg: i32,
    organisation: Code<OrganisationCode>,
    since: DbTime,
    is_open: bool,
}

/// The rows of an incident.
pub(crate) fn rows(incident_id: i64, case: &Case) -> Vec<Row> {
    let former = case.custody().split_last().map_or(&[][..], |(_, former)| former);
    let custody = former.iter().map(|leg| Row {
        incident_id,
        role: CUSTODY,
        leg: count_to_db(leg.number),
        organisation: Code(leg.desk),
        since: DbTime(leg.opened_at),
        is_open: false,
    });
    let handling = case.handling().iter().map(|leg| Row {
        incident_id,
        role: leg.role.as_str(),
        leg: count_to_db(leg.number),
        organisation: Code(leg.organisation),
        since: DbTime(leg.opened_at),
        is_open: leg.ended_at.is_none(),
    });
    custody.chain(handling).collect()
}

pub(crate) fn insert(db: &mut Db, rows: &[Row]) -> StoreResult<()> {
    Ok(insert_rows!(db, rows, row => diesel::insert_into(participation::table).values(row))?)
}

/// Writes what a decision changed from `before` to `after`.
pub(crate) fn save(db: &mut Db, incident_id: i64, before: &Case, after: &Case) -> StoreResult<()> {
    let new = rows(incident_id, after);
    if rows(incident_id, before) == new {
        return Ok(());
    }
    diesel::delete(participation::table.filter(participation::incident_id.eq(incident_id))).execute(db)?;
    insert(db, &new)
}

/// The keys of the incidents of which the organisation leads the work.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn led_by(organisation: OrganisationCode) -> _ {
    let (own, lead): (String, &'static str) = (organisation.to_string(), HandlingRole::Lead.as_str());
    participation::table
        .filter(participation::organisation.eq(own))
        .filter(participation::is_open)
        .filter(participation::role.eq(lead))
        .select(participation::incident_id)
}
