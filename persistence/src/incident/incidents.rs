//! Table `incident`: the present state of each incident.

use std::collections::{BTreeMap, HashMap};

use diesel::{dsl::count_star, prelude::*};
use grassroots_domain::{
    geography::{datum::LonLat, place::Place, unit::Level},
    ids::{AccountId, IncidentId},
    incident::{
        Incident,
        case::Case,
        leg::{CustodyLeg, HandlingLeg},
        proceedings::Proceedings,
    },
    reconcile::wakes_at,
    rules::category::CategoryCode,
    time::Instant,
};
use uuid::Uuid;

use crate::{
    database::{
        db::{Db, DbId, DbTime, MultiBackend, count_from_db, count_to_db, insert_rows_returning},
        error::{StoreError, StoreResult, decode, from_json, to_json},
        schema::incident,
    },
    incident::{legs, linkages, similar},
    reference::{grids, units},
};

/// An incident with its key and its query code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncidentRecord {
    /// The key: a serial number, which is part of the incident number.
    pub key: i64,
    /// The random part of the query code.
    pub query_secret: String,
    pub case: Case,
}

/// The part of a new incident that its row is made of.
pub(crate) struct OpenedCase<'a> {
    pub(crate) case: &'a Case,
    pub(crate) query_secret: &'a str,
    /// Where it was reported from.
    pub(crate) position: Option<LonLat>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = incident, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct Row {
    pub(crate) uuid: DbId,
    version: i32,
    category: String,
    severity: String,
    state: String,
    level: String,
    grid_code: Option<i64>,
    village_code: Option<i64>,
    township_code: Option<i64>,
    county_code: i64,
    city_code: i64,
    reporter_id: DbId,
    received_at: DbTime,
    last_event_at: DbTime,
    first_desk: String,
    first_accepted_by: Option<String>,
    skip_rank: i16,
    restricted: bool,
    reporter_hidden: bool,
    county_first: bool,
    on_spot: bool,
    self_verified: bool,
    reopened: i32,
    returned: i32,
    escalated: i32,
    outcome: Option<String>,
    resolved_level: Option<String>,
    in_place: bool,
    ended_at: Option<DbTime>,
    rules_version: i64,
    total: String,
    proceedings: Option<String>,
    desk: String,
    superior: Option<String>,
    at_desk_since: Option<DbTime>,
    sent_back: bool,
    wakes_at: Option<DbTime>,
    supervision: Option<String>,
    supervised_by: Option<String>,
    supervised_since: Option<DbTime>,
    alarmed_by: Option<String>,
    alarmed_since: Option<DbTime>,
    awaits_decision: bool,
    asked_since: Option<DbTime>,
    asked_by_id: Option<DbId>,
    asked_by_rank: Option<i16>,
    disputed_since: Option<DbTime>,
    awaited_from_id: Option<DbId>,
    awaited_since: Option<DbTime>,
    awaited_until: Option<DbTime>,
    checker_id: Option<DbId>,
    caretaker_id: Option<DbId>,
    holder: Option<String>,
    due_at: Option<DbTime>,
}

#[derive(Insertable)]
#[diesel(table_name = incident, treat_none_as_default_value = false)]
struct NewRow<'a> {
    query_secret: &'a str,
    cell: Option<i64>,
    #[diesel(embed)]
    row: Row,
}

impl Row {
    fn new(case: &Case) -> StoreResult<Self> {
        let incident = &case.incident;
        let proceedings = &incident.proceedings;
        let Proceedings { supervision, alarm, request, .. } = *proceedings;
        let (disputed_since, awaited) = (case.disputed_since(), case.awaited());
        Ok(Self {
            uuid: incident.id.into(),
            version: count_to_db(incident.version),
            category: incident.category.to_string(),
            severity: incident.severity.to_string(),
            state: incident.state.to_string(),
            level: case.level().unwrap_or(Level::County).as_str().to_owned(),
            grid_code: incident.place.grid.map(grids::to_db),
            village_code: incident.place.village.map(units::to_db),
            township_code: incident.place.township.map(units::to_db),
            county_code: units::to_db(incident.place.county),
            city_code: units::to_db(incident.place.city),
            reporter_id: incident.reporter.into(),
            received_at: DbTime(incident.received_at),
            last_event_at: DbTime(incident.last_event_at),
            first_desk: incident.first_desk.to_string(),
            first_accepted_by: incident.first_accepted_by.map(|desk| desk.to_string()),
            skip_rank: units::rank_of_level(incident.skips),
            restricted: incident.restricted,
            reporter_hidden: incident.reporter_hidden,
            county_first: incident.county_first,
            on_spot: incident.on_spot,
            self_verified: incident.self_verified,
            reopened: count_to_db(incident.reopened),
            returned: count_to_db(incident.returned),
            escalated: count_to_db(incident.escalated),
            outcome: incident.outcome.map(|outcome| outcome.to_string()),
            resolved_level: incident.resolved_level.map(|level| level.as_str().to_owned()),
            in_place: incident.in_place,
            ended_at: incident.ended_at.map(DbTime),
            rules_version: incident.rules_version,
            total: to_json("incident.total", &incident.total)?,
            proceedings: (*proceedings != Proceedings::default())
                .then(|| to_json("incident.proceedings", proceedings))
                .transpose()?,
            desk: case.desk().unwrap_or(incident.first_desk).to_string(),
            superior: case.open_custody().and_then(|leg| leg.superior).map(|desk| desk.to_string()),
            at_desk_since: case.at_desk_since().map(DbTime),
            sent_back: case.was_sent_back(),
            wakes_at: wakes_at(case).map(DbTime),
            supervision: supervision.map(|supervision| supervision.level.to_string()),
            supervised_by: supervision.map(|supervision| supervision.by.to_string()),
            supervised_since: supervision.map(|supervision| DbTime(supervision.at)),
            alarmed_by: alarm.map(|alarm| alarm.by.to_string()),
            alarmed_since: alarm.map(|alarm| DbTime(alarm.at)),
            awaits_decision: request.is_some() || disputed_since.is_some(),
            asked_since: request.map(|request| DbTime(request.at)),
            asked_by_id: request.map(|request| request.by.into()),
            asked_by_rank: request
                .map(|request| units::rank_of_level(Some(request.organisation.unit.level()))),
            disputed_since: disputed_since.map(DbTime),
            awaited_from_id: awaited.map(|awaited| awaited.from.into()),
            awaited_since: awaited.map(|awaited| DbTime(awaited.due.from)),
            awaited_until: awaited.map(|awaited| DbTime(awaited.due.at)),
            checker_id: proceedings.check.map(|check| check.worker.into()),
            caretaker_id: proceedings.caretaker.map(DbId::from),
            holder: case.holder().map(|holder| holder.to_string()),
            due_at: case.due().map(|due| DbTime(due.at)),
        })
    }
}

impl TryFrom<Row> for Incident {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        Ok(Self {
            id: IncidentId(row.uuid.0),
            version: count_from_db("incident.version", row.version)?,
            category: decode("incident.category", &row.category)?,
            severity: decode("incident.severity", &row.severity)?,
            state: decode("incident.state", &row.state)?,
            place: Place {
                grid: row.grid_code.map(grids::from_db).transpose()?,
                village: row.village_code.map(units::from_db).transpose()?,
                township: row.township_code.map(units::from_db).transpose()?,
                county: units::from_db(row.county_code)?,
                city: units::from_db(row.city_code)?,
            },
            reporter: AccountId(row.reporter_id.0),
            received_at: row.received_at.0,
            last_event_at: row.last_event_at.0,
            first_desk: decode("incident.first_desk", &row.first_desk)?,
            first_accepted_by: row
                .first_accepted_by
                .map(|desk| decode("incident.first_accepted_by", &desk))
                .transpose()?,
            skips: units::level_of_rank(row.skip_rank)?,
            restricted: row.restricted,
            reporter_hidden: row.reporter_hidden,
            county_first: row.county_first,
            on_spot: row.on_spot,
            self_verified: row.self_verified,
            reopened: count_from_db("incident.reopened", row.reopened)?,
            returned: count_from_db("incident.returned", row.returned)?,
            escalated: count_from_db("incident.escalated", row.escalated)?,
            outcome: row.outcome.map(|outcome| decode("incident.outcome", &outcome)).transpose()?,
            resolved_level: row
                .resolved_level
                .map(|level| decode("incident.resolved_level", &level))
                .transpose()?,
            in_place: row.in_place,
            ended_at: row.ended_at.map(|at| at.0),
            rules_version: row.rules_version,
            total: from_json("incident.total", &row.total)?,
            proceedings: row.proceedings.map_or_else(
                || Ok(Proceedings::default()),
                |text| from_json("incident.proceedings", &text),
            )?,
        })
    }
}

/// The keys of at most `limit` incidents that had a deadline before `now`, the earliest deadline first. Continues after the
/// deadline and key in `after`.
pub fn waking(
    db: &mut Db,
    now: Instant,
    after: Option<(Instant, i64)>,
    limit: u32,
) -> StoreResult<Vec<(Instant, i64)>> {
    let mut query = incident::table
        .filter(incident::wakes_at.lt(DbTime(now)))
        .select((incident::wakes_at.assume_not_null(), incident::id))
        .into_boxed::<MultiBackend>();
    if let Some((at, key)) = after {
        let later = incident::wakes_at.eq(DbTime(at)).and(incident::id.gt(key).nullable());
        query = query.filter(incident::wakes_at.gt(DbTime(at)).or(later));
    }
    let rows: Vec<(DbTime, i64)> =
        query.order((incident::wakes_at, incident::id)).limit(i64::from(limit)).load(db)?;
    Ok(rows.into_iter().map(|(at, key)| (at.0, key)).collect())
}

/// The number of open incidents by category. Categories without open incidents are left out.
pub fn open_of(db: &mut Db, categories: &[CategoryCode]) -> StoreResult<Vec<(CategoryCode, u64)>> {
    let rows: Vec<(String, i64)> = incident::table
        .filter(incident::ended_at.is_null())
        .filter(incident::category.eq_any(categories.iter().map(CategoryCode::to_string)))
        .group_by(incident::category)
        .order(incident::category)
        .select((incident::category, count_star()))
        .load(db)?;
    rows.into_iter()
        .map(|(code, number)| {
            Ok((decode("incident.category", &code)?, u64::try_from(number).unwrap_or_default()))
        })
        .collect()
}

/// The keys of at most `limit` open incidents with keys larger than `after`.
pub fn open_behind(db: &mut Db, after: i64, limit: u32) -> StoreResult<Vec<i64>> {
    Ok(incident::table
        .filter(incident::ended_at.is_null())
        .filter(incident::id.gt(after))
        .order(incident::id)
        .limit(i64::from(limit))
        .select(incident::id)
        .load(db)?)
}

/// The incident with this key.
pub fn get(db: &mut Db, key: i64) -> StoreResult<Option<IncidentRecord>> {
    let id: Option<DbId> = incident::table.find(key).select(incident::uuid).first(db).optional()?;
    id.map_or(Ok(None), |id| find(db, IncidentId(id.0)))
}

/// The incident with this id.
pub fn find(db: &mut Db, id: IncidentId) -> StoreResult<Option<IncidentRecord>> {
    let row: Option<(i64, String, Row)> = incident::table
        .filter(incident::uuid.eq(DbId::from(id)))
        .select((incident::id, incident::query_secret, Row::as_select()))
        .first(db)
        .optional()?;
    let Some((key, query_secret, row)) = row else { return Ok(None) };
    let case = Case {
        incident: row.try_into()?,
        custody: legs::custody(db, key)?,
        handling: legs::handling(db, key)?,
    };
    Ok(Some(IncidentRecord { key, query_secret, case }))
}

/// Loads the legs of incidents. Keeps the order of the rows.
pub(crate) fn with_legs(db: &mut Db, rows: Vec<(i64, String, Row)>) -> StoreResult<Vec<IncidentRecord>> {
    let keys: Vec<i64> = rows.iter().map(|(key, ..)| *key).collect();
    let (custody, handling) = legs::of_incidents(db, &keys)?;
    let mut by_key = BTreeMap::<i64, (Vec<CustodyLeg>, Vec<HandlingLeg>)>::new();
    for (key, leg) in custody {
        by_key.entry(key).or_default().0.push(leg);
    }
    for (key, leg) in handling {
        by_key.entry(key).or_default().1.push(leg);
    }
    rows.into_iter()
        .map(|(key, query_secret, row)| {
            let (custody, handling) = by_key.remove(&key).unwrap_or_default();
            Ok(IncidentRecord {
                key,
                query_secret,
                case: Case { incident: row.try_into()?, custody, handling },
            })
        })
        .collect()
}

/// Inserts incidents without their legs, and returns the key of each, or `None` if an incident with this id exists.
pub(crate) fn insert_all(db: &mut Db, new: &[OpenedCase<'_>]) -> StoreResult<Vec<Option<i64>>> {
    let rows: Vec<NewRow> = new
        .iter()
        .map(|OpenedCase { case, query_secret, position }| {
            let cell = position.map(similar::cell);
            Ok(NewRow { query_secret, cell, row: Row::new(case)? })
        })
        .collect::<StoreResult<_>>()?;
    let inserted: Vec<(DbId, i64)> = insert_rows_returning!(db, &rows, row => diesel::insert_into(incident::table)
        .values(row)
        .on_conflict(incident::uuid)
        .do_nothing()
        .returning((incident::uuid, incident::id)))?;
    let mut keys: HashMap<Uuid, i64> = inserted.into_iter().map(|(id, key)| (id.0, key)).collect();
    // If two have the same id, the first one was written.
    Ok(new.iter().map(|opened| keys.remove(&opened.case.incident.id.0)).collect())
}

/// Writes the incident, the legs and the linkages that a decision changed from `before` to `after`.
///
/// # Errors
/// [`StoreError::Conflict`] if another transaction changed the incident meanwhile.
pub fn update(db: &mut Db, key: i64, before: &Case, after: &Case) -> StoreResult<()> {
    let rows = diesel::update(
        incident::table
            .filter(incident::id.eq(key))
            .filter(incident::version.eq(count_to_db(before.incident.version))),
    )
    .set(Row::new(after)?)
    .execute(db)?;
    if rows != 1 {
        return Err(StoreError::Conflict);
    }
    legs::save_custody(db, key, &before.custody, &after.custody)?;
    legs::save_handling(db, key, &before.handling, &after.handling)?;
    linkages::save(db, key, before.linkages(), after.linkages())
}
