//! Table `incident`: the present state of each incident.

use std::collections::{BTreeSet, HashMap};

use diesel::{dsl::count_star, prelude::*};
use grassroots_domain::{
    geography::{datum::LonLat, unit::Level},
    ids::IncidentId,
    incident::{
        State,
        case::Case,
        leg::{CustodyLeg, Outcome},
    },
    organisation::OrganisationCode,
    reconcile::wakes_at,
    rules::category::{CategoryCode, Severity},
    time::Instant,
};
use uuid::Uuid;

use crate::{
    database::{
        columns::{Code, Packed},
        db::{Db, DbId, DbTime, MultiBackend, count_to_db, insert_rows_returning},
        error::{StoreError, StoreResult},
        schema::incident,
    },
    incident::{attention, checkers, external_numbers, linkages, marks, participation, reopenings, similar},
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

/// The columns that a page of incidents is made of.
pub(crate) type RecordRow = (i64, String, Packed<Case>);

impl From<RecordRow> for IncidentRecord {
    fn from((key, query_secret, Packed(case)): RecordRow) -> Self {
        Self { key, query_secret, case }
    }
}

/// The present state: the case itself, and what queries filter, order or join by.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = incident, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    uuid: DbId,
    version: i32,
    snapshot: Packed<Case>,
    category: Code<CategoryCode>,
    severity: Code<Severity>,
    state: Code<State>,
    level: Code<Level>,
    grid_code: Option<i64>,
    village_code: Option<i64>,
    township_code: Option<i64>,
    county_code: i64,
    reporter_id: DbId,
    reporter_hidden: bool,
    caretaker_id: Option<DbId>,
    received_at: DbTime,
    ended_at: Option<DbTime>,
    skip_rank: i16,
    restricted: bool,
    outcome: Option<Code<Outcome>>,
    resolved_level: Option<Code<Level>>,
    marks: i16,
    desk: Code<OrganisationCode>,
    superior: Option<Code<OrganisationCode>>,
    at_desk_since: Option<DbTime>,
    wakes_at: Option<DbTime>,
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

impl TryFrom<&Case> for Row {
    type Error = StoreError;

    fn try_from(case: &Case) -> StoreResult<Self> {
        let incident = case.incident();
        let place = &incident.place;
        let desk =
            case.desk().ok_or_else(|| StoreError::decode("incident.desk", incident.id, "no custody leg"))?;
        Ok(Self {
            uuid: incident.id.into(),
            version: count_to_db(incident.version),
            snapshot: Packed(case.clone()),
            category: Code(incident.category),
            severity: Code(incident.severity),
            state: Code(incident.state),
            level: Code(desk.unit.level()),
            grid_code: place.grid.map(grids::to_db),
            village_code: place.village.map(units::to_db),
            township_code: place.township.map(units::to_db),
            county_code: units::to_db(place.county),
            reporter_id: incident.reporter.into(),
            reporter_hidden: incident.reporter_hidden,
            caretaker_id: incident.caretaker.map(DbId::from),
            received_at: DbTime(incident.received_at),
            ended_at: incident.ended_at.map(DbTime),
            skip_rank: units::rank_of_level(incident.skips),
            restricted: incident.restricted,
            outcome: incident.outcome.map(Code),
            resolved_level: incident.resolved_level.map(Code),
            marks: marks::to_db(case),
            desk: Code(desk),
            superior: case.open_custody().and_then(CustodyLeg::superior).map(Code),
            at_desk_since: case.at_desk_since().map(DbTime),
            wakes_at: wakes_at(case).map(DbTime),
            due_at: case.due().map(|due| DbTime(due.at)),
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
    let rows: Vec<(Code<CategoryCode>, i64)> = incident::table
        .filter(incident::ended_at.is_null())
        .filter(incident::category.eq_any(categories.iter().copied().map(Code)))
        .group_by(incident::category)
        .order(incident::category)
        .select((incident::category, count_star()))
        .load(db)?;
    let open = |(Code(category), number)| (category, u64::try_from(number).unwrap_or_default());
    Ok(rows.into_iter().map(open).collect())
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
    let row: Option<RecordRow> = incident::table.find(key).select(record()).first(db).optional()?;
    Ok(row.map(IncidentRecord::from))
}

/// The incident with this id.
pub fn find(db: &mut Db, id: IncidentId) -> StoreResult<Option<IncidentRecord>> {
    let row: Option<RecordRow> =
        incident::table.filter(incident::uuid.eq(DbId::from(id))).select(record()).first(db).optional()?;
    Ok(row.map(IncidentRecord::from))
}

/// Those of `ids` that are stored. Asks nothing if there are none.
pub(crate) fn stored_of(
    db: &mut Db,
    ids: impl Iterator<Item = IncidentId>,
) -> StoreResult<BTreeSet<IncidentId>> {
    let ids: Vec<DbId> = ids.map(DbId::from).collect();
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let stored: Vec<DbId> =
        incident::table.filter(incident::uuid.eq_any(ids)).select(incident::uuid).load(db)?;
    Ok(stored.into_iter().map(|id| IncidentId(id.0)).collect())
}

/// The columns of [`RecordRow`].
pub(crate) const fn record() -> (incident::id, incident::query_secret, incident::snapshot) {
    (incident::id, incident::query_secret, incident::snapshot)
}

/// Inserts incidents, and returns the key of each, or `None` if an incident with this id exists.
pub(crate) fn insert_all(db: &mut Db, new: &[OpenedCase<'_>]) -> StoreResult<Vec<Option<i64>>> {
    let rows: Vec<NewRow> = new
        .iter()
        .map(|OpenedCase { case, query_secret, position }| {
            let cell = position.map(similar::cell);
            Ok(NewRow { query_secret, cell, row: Row::try_from(*case)? })
        })
        .collect::<StoreResult<_>>()?;
    let inserted: Vec<(DbId, i64)> = insert_rows_returning!(db, &rows, row => diesel::insert_into(incident::table)
        .values(row)
        .on_conflict(incident::uuid)
        .do_nothing()
        .returning((incident::uuid, incident::id)))?;
    let mut keys: HashMap<Uuid, i64> = inserted.into_iter().map(|(id, key)| (id.0, key)).collect();
    // If two have the same id, the first one was written.
    Ok(new.iter().map(|opened| keys.remove(&opened.case.incident().id.0)).collect())
}

/// Writes the incident, its participation, attention, checkers, reopenings and linkages that a decision changed from `before` to `after`.
///
/// # Errors
/// [`StoreError::Conflict`] if another transaction changed the incident meanwhile.
pub fn update(db: &mut Db, key: i64, before: &Case, after: &Case) -> StoreResult<()> {
    let rows = diesel::update(
        incident::table
            .filter(incident::id.eq(key))
            .filter(incident::version.eq(count_to_db(before.incident().version))),
    )
    .set(Row::try_from(after)?)
    .execute(db)?;
    if rows != 1 {
        return Err(StoreError::Conflict);
    }
    participation::save(db, key, before, after)?;
    attention::save(db, key, before, after)?;
    checkers::save(db, key, before.incident(), after.incident())?;
    if matches!(after.incident().state, State::Voided | State::NotAccepted) {
        external_numbers::release(db, after.incident())?;
    }
    reopenings::save(db, key, &before.incident().reopenings, &after.incident().reopenings)?;
    linkages::save(db, key, before.linkages(), after.linkages())
}
