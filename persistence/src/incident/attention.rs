//! Table `attention`: what a desk or a person has to look at besides the present step of an incident.

use diesel::prelude::*;
use grassroots_domain::{
    incident::{case::Case, oversight::Oversight},
    organisation::OrganisationCode,
};

use crate::{
    database::{
        columns::Code,
        db::{Db, DbId, DbTime, insert_rows},
        error::StoreResult,
        schema::attention,
    },
    reference::units::rank_of_level,
};

/// A desk supervises the incident.
pub(crate) const SUPERVISION: &str = "supervision";
/// A desk was alarmed, because a clock ran out.
pub(crate) const ALARM: &str = "alarm";
/// A second person has to decide a request.
pub(crate) const REQUEST: &str = "request";
/// The desk above has to decide whose duty the work is.
pub(crate) const DISPUTE: &str = "dispute";
/// The desk above has to answer the reporter's objection to a closure.
pub(crate) const OBJECTION: &str = "objection";
/// A grid worker has to answer a question or check a result.
pub(crate) const ANSWER: &str = "answer";

#[derive(Clone, PartialEq, Insertable)]
#[diesel(table_name = attention, treat_none_as_default_value = false)]
pub(crate) struct Row {
    incident_id: i64,
    kind: &'static str,
    organisation: Option<Code<OrganisationCode>>,
    account_id: Option<DbId>,
    rank: Option<i16>,
    since: DbTime,
    until: Option<DbTime>,
}

/// The rows of an incident. Empty for most.
pub(crate) fn rows(incident_id: i64, case: &Case) -> Vec<Row> {
    let row = |kind, since| Row {
        incident_id,
        kind,
        organisation: None,
        account_id: None,
        rank: None,
        since: DbTime(since),
        until: None,
    };
    let Oversight { supervision, alarm, .. } = case.incident().oversight;
    let request = case.incident().requests.pending;
    [
        supervision.map(|by| Row { organisation: Some(Code(by.by)), ..row(SUPERVISION, by.at) }),
        alarm.map(|alarm| Row { organisation: Some(Code(alarm.by)), ..row(ALARM, alarm.at) }),
        request.map(|request| Row {
            account_id: Some(request.by.into()),
            rank: Some(rank_of_level(Some(request.organisation.unit.level()))),
            ..row(REQUEST, request.at)
        }),
        case.disputed_since().map(|since| row(DISPUTE, since)),
        case.objection_to_answer()
            .map(|(since, desk)| Row { organisation: Some(Code(desk)), ..row(OBJECTION, since) }),
        case.awaited().map(|awaited| Row {
            account_id: Some(awaited.from.into()),
            until: Some(DbTime(awaited.due.at)),
            ..row(ANSWER, awaited.due.from)
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(crate) fn insert(db: &mut Db, rows: &[Row]) -> StoreResult<()> {
    Ok(insert_rows!(db, rows, row => diesel::insert_into(attention::table).values(row))?)
}

/// Writes what a decision changed from `before` to `after`.
pub(crate) fn save(db: &mut Db, incident_id: i64, before: &Case, after: &Case) -> StoreResult<()> {
    let new = rows(incident_id, after);
    if rows(incident_id, before) == new {
        return Ok(());
    }
    diesel::delete(attention::table.filter(attention::incident_id.eq(incident_id))).execute(db)?;
    insert(db, &new)
}
