//! Tables `custody_leg` and `handling_leg`.

use diesel::prelude::*;
use grassroots_domain::{
    ids::AccountId,
    incident::leg::{CustodyLeg, HandlingLeg},
    time::Instant,
};

use crate::database::{
    db::{Db, DbId, DbTime, count_from_db, count_to_db, insert_rows},
    error::{StoreError, StoreResult, decode, from_json, to_json},
    schema::{custody_leg, handling_leg},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = custody_leg, treat_none_as_null = true, treat_none_as_default_value = false)]
struct CustodyRow {
    incident_id: i64,
    number: i32,
    desk: String,
    level: String,
    opened_at: DbTime,
    opened_seq: i32,
    superior: Option<String>,
    on_lapse: String,
    clocks: String,
    accepted_at: Option<DbTime>,
    ended_at: Option<DbTime>,
    ended_seq: Option<i32>,
    outcome: Option<String>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = handling_leg, treat_none_as_null = true, treat_none_as_default_value = false)]
struct HandlingRow {
    incident_id: i64,
    number: i32,
    custody: i32,
    organisation: String,
    role: String,
    opened_at: DbTime,
    opened_seq: i32,
    clocks: String,
    acknowledged_at: Option<DbTime>,
    arrived_at: Option<DbTime>,
    extensions: String,
    ended_at: Option<DbTime>,
    ended_seq: Option<i32>,
    outcome: Option<String>,
    result: Option<String>,
    submitted_by: Option<DbId>,
}

fn instant(at: Option<DbTime>) -> Option<Instant> {
    at.map(|at| at.0)
}

impl CustodyRow {
    fn new(incident_id: i64, leg: &CustodyLeg) -> StoreResult<Self> {
        Ok(Self {
            incident_id,
            number: count_to_db(leg.number),
            desk: leg.desk.to_string(),
            level: leg.level.as_str().to_owned(),
            opened_at: DbTime(leg.opened_at),
            opened_seq: count_to_db(leg.opened_seq),
            superior: leg.superior.map(|desk| desk.to_string()),
            on_lapse: leg.on_lapse.to_string(),
            clocks: to_json("custody_leg.clocks", &leg.clocks)?,
            accepted_at: leg.accepted_at.map(DbTime),
            ended_at: leg.ended_at.map(DbTime),
            ended_seq: leg.ended_seq.map(count_to_db),
            outcome: leg.outcome.map(|outcome| outcome.to_string()),
        })
    }
}

impl TryFrom<CustodyRow> for CustodyLeg {
    type Error = StoreError;

    fn try_from(row: CustodyRow) -> StoreResult<Self> {
        Ok(Self {
            number: count_from_db("custody_leg.number", row.number)?,
            desk: decode("custody_leg.desk", &row.desk)?,
            level: decode("custody_leg.level", &row.level)?,
            opened_at: row.opened_at.0,
            opened_seq: count_from_db("custody_leg.opened_seq", row.opened_seq)?,
            superior: row.superior.map(|desk| decode("custody_leg.superior", &desk)).transpose()?,
            on_lapse: decode("custody_leg.on_lapse", &row.on_lapse)?,
            clocks: from_json("custody_leg.clocks", &row.clocks)?,
            accepted_at: instant(row.accepted_at),
            ended_at: instant(row.ended_at),
            ended_seq: row.ended_seq.map(|seq| count_from_db("custody_leg.ended_seq", seq)).transpose()?,
            outcome: row.outcome.map(|code| decode("custody_leg.outcome", &code)).transpose()?,
        })
    }
}

impl HandlingRow {
    fn new(incident_id: i64, leg: &HandlingLeg) -> StoreResult<Self> {
        Ok(Self {
            incident_id,
            number: count_to_db(leg.number),
            custody: count_to_db(leg.custody),
            organisation: leg.organisation.to_string(),
            role: leg.role.to_string(),
            opened_at: DbTime(leg.opened_at),
            opened_seq: count_to_db(leg.opened_seq),
            clocks: to_json("handling_leg.clocks", &leg.clocks)?,
            acknowledged_at: leg.acknowledged_at.map(DbTime),
            arrived_at: leg.arrived_at.map(DbTime),
            extensions: to_json("handling_leg.extensions", &leg.extensions)?,
            ended_at: leg.ended_at.map(DbTime),
            ended_seq: leg.ended_seq.map(count_to_db),
            outcome: leg.outcome.map(|outcome| outcome.to_string()),
            result: leg.result.map(|result| result.to_string()),
            submitted_by: leg.submitted_by.map(DbId::from),
        })
    }
}

impl TryFrom<HandlingRow> for HandlingLeg {
    type Error = StoreError;

    fn try_from(row: HandlingRow) -> StoreResult<Self> {
        Ok(Self {
            number: count_from_db("handling_leg.number", row.number)?,
            custody: count_from_db("handling_leg.custody", row.custody)?,
            organisation: decode("handling_leg.organisation", &row.organisation)?,
            role: decode("handling_leg.role", &row.role)?,
            opened_at: row.opened_at.0,
            opened_seq: count_from_db("handling_leg.opened_seq", row.opened_seq)?,
            clocks: from_json("handling_leg.clocks", &row.clocks)?,
            acknowledged_at: instant(row.acknowledged_at),
            arrived_at: instant(row.arrived_at),
            extensions: from_json("handling_leg.extensions", &row.extensions)?,
            ended_at: instant(row.ended_at),
            ended_seq: row.ended_seq.map(|seq| count_from_db("handling_leg.ended_seq", seq)).transpose()?,
            outcome: row.outcome.map(|code| decode("handling_leg.outcome", &code)).transpose()?,
            result: row.result.map(|code| decode("handling_leg.result", &code)).transpose()?,
            submitted_by: row.submitted_by.map(|key| AccountId(key.0)),
        })
    }
}

/// The custody legs of an incident, the oldest first.
pub(crate) fn custody(db: &mut Db, incident: i64) -> StoreResult<Vec<CustodyLeg>> {
    let rows: Vec<CustodyRow> = custody_leg::table
        .filter(custody_leg::incident_id.eq(incident))
        .order(custody_leg::number)
        .select(CustodyRow::as_select())
        .load(db)?;
    rows.into_iter().map(CustodyLeg::try_from).collect()
}

/// The handling legs of an incident, the oldest first.
pub(crate) fn handling(db: &mut Db, incident: i64) -> StoreResult<Vec<HandlingLeg>> {
    let rows: Vec<HandlingRow> = handling_leg::table
        .filter(handling_leg::incident_id.eq(incident))
        .order(handling_leg::number)
        .select(HandlingRow::as_select())
        .load(db)?;
    rows.into_iter().map(HandlingLeg::try_from).collect()
}

/// Legs, each with the key of its incident.
type Keyed<T> = Vec<(i64, T)>;

/// The legs of several incidents.
pub(crate) fn of_incidents(
    db: &mut Db,
    incidents: &[i64],
) -> StoreResult<(Keyed<CustodyLeg>, Keyed<HandlingLeg>)> {
    let custody: Vec<CustodyRow> = custody_leg::table
        .filter(custody_leg::incident_id.eq_any(incidents))
        .order((custody_leg::incident_id, custody_leg::number))
        .select(CustodyRow::as_select())
        .load(db)?;
    let handling: Vec<HandlingRow> = handling_leg::table
        .filter(handling_leg::incident_id.eq_any(incidents))
        .order((handling_leg::incident_id, handling_leg::number))
        .select(HandlingRow::as_select())
        .load(db)?;
    Ok((
        custody.into_iter().map(|row| Ok((row.incident_id, row.try_into()?))).collect::<StoreResult<_>>()?,
        handling.into_iter().map(|row| Ok((row.incident_id, row.try_into()?))).collect::<StoreResult<_>>()?,
    ))
}

/// Inserts custody legs, each with the key of its incident.
pub(crate) fn insert_custody(db: &mut Db, legs: &[(i64, &CustodyLeg)]) -> StoreResult<()> {
    let rows: Vec<CustodyRow> =
        legs.iter().map(|(incident, leg)| CustodyRow::new(*incident, leg)).collect::<StoreResult<_>>()?;
    Ok(insert_rows!(db, &rows, row => diesel::insert_into(custody_leg::table).values(row))?)
}

/// Inserts handling legs, each with the key of its incident.
pub(crate) fn insert_handling(db: &mut Db, legs: &[(i64, &HandlingLeg)]) -> StoreResult<()> {
    let rows: Vec<HandlingRow> =
        legs.iter().map(|(incident, leg)| HandlingRow::new(*incident, leg)).collect::<StoreResult<_>>()?;
    Ok(insert_rows!(db, &rows, row => diesel::insert_into(handling_leg::table).values(row))?)
}

/// Writes the new and the changed custody legs of an incident. Legs are never removed.
pub(crate) fn save_custody(
    db: &mut Db,
    incident: i64,
    before: &[CustodyLeg],
    after: &[CustodyLeg],
) -> StoreResult<()> {
    for leg in after.iter().zip(before).filter_map(|(after, before)| (after != before).then_some(after)) {
        let existing = custody_leg::table.find((incident, count_to_db(leg.number)));
        diesel::update(existing).set(CustodyRow::new(incident, leg)?).execute(db)?;
    }
    let new: Vec<_> = after.iter().skip(before.len()).map(|leg| (incident, leg)).collect();
    insert_custody(db, &new)
}

/// Writes the new and the changed handling legs of an incident. Legs are never removed.
pub(crate) fn save_handling(
    db: &mut Db,
    incident: i64,
    before: &[HandlingLeg],
    after: &[HandlingLeg],
) -> StoreResult<()> {
    for leg in after.iter().zip(before).filter_map(|(after, before)| (after != before).then_some(after)) {
        let existing = handling_leg::table.find((incident, count_to_db(leg.number)));
        diesel::update(existing).set(HandlingRow::new(incident, leg)?).execute(db)?;
    }
    let new: Vec<_> = after.iter().skip(before.len()).map(|leg| (incident, leg)).collect();
    insert_handling(db, &new)
}
