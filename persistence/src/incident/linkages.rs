//! Table `linkage`: what is attached to incidents, as far as lists and figures ask for it.

use std::collections::HashSet;

use diesel::{dsl::exists, prelude::*};
use grassroots_domain::{
    geography::unit::UnitCode,
    incident::linkage::{Linkage, LinkageDetails, LinkageKind},
    reading::{
        hearings::{HearingCounts, HearingMetric},
        visibility::Scope,
    },
};

use crate::{
    database::{
        db::{Db, DbTime, insert_rows},
        error::{StoreResult, decode},
        schema::{incident, linkage},
    },
    incident::legs::count_to_db,
    reading::{
        lists::Period,
        scopes::{self, Condition},
    },
};

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = linkage, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    incident_id: i64,
    number: i32,
    kind: &'static str,
    at: DbTime,
    ended_at: Option<DbTime>,
    outcome: Option<&'static str>,
}

impl Row {
    fn new(incident_id: i64, linkage: &Linkage) -> Self {
        let at = if let LinkageDetails::Hearing { held_at, .. } = linkage.opening {
            held_at
        } else {
            linkage.opened_at
        };
        Self {
            incident_id,
            number: count_to_db(linkage.number),
            kind: linkage.kind().as_str(),
            at: DbTime(at),
            ended_at: linkage.end.map(|end| DbTime(end.at)),
            outcome: linkage.end.map(|end| end.conclusion.as_str()),
        }
    }
}

/// Writes the linkages of an incident that are new or changed. They are appended and never removed.
pub(crate) fn save(db: &mut Db, incident: i64, before: &[Linkage], after: &[Linkage]) -> StoreResult<()> {
    for changed in after.iter().zip(before).filter_map(|(after, before)| (after != before).then_some(after)) {
        let known = linkage::table.find((incident, count_to_db(changed.number)));
        diesel::update(known).set(Row::new(incident, changed)).execute(db)?;
    }
    let new: Vec<Row> = after.iter().skip(before.len()).map(|new| Row::new(incident, new)).collect();
    Ok(insert_rows!(db, &new, row => diesel::insert_into(linkage::table).values(row))?)
}

/// Incidents with a linkage of that kind that goes on.
pub(crate) fn goes_on(kind: LinkageKind) -> Condition {
    let open = of_incident().filter(linkage::kind.eq(kind.as_str())).filter(linkage::ended_at.is_null());
    Box::new(exists(open).nullable())
}

/// Incidents with a hearing in the period that `figure` counts.
pub(crate) fn heard(figure: HearingMetric, period: Period) -> Condition {
    let outcomes: Vec<&'static str> = figure.outcomes().iter().map(|outcome| outcome.as_str()).collect();
    if outcomes.is_empty() {
        Box::new(exists(of_incident().filter(held_in(period)).filter(linkage::outcome.is_null())).nullable())
    } else {
        Box::new(
            exists(of_incident().filter(held_in(period)).filter(linkage::outcome.eq_any(outcomes)))
                .nullable(),
        )
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn of_incident() -> _ {
    linkage::table.filter(linkage::incident_id.eq(incident::id))
}

/// Hearings of the period.
#[diesel::dsl::auto_type(no_type_alias)]
fn held_in(period: Period) -> _ {
    let (from, to): (DbTime, DbTime) = (DbTime(period.from), DbTime(period.to));
    let kind: &'static str = LinkageKind::Hearing.as_str();
    linkage::kind.eq(kind).and(linkage::at.ge(from)).and(linkage::at.lt(to))
}

/// Counts the hearings of the period about matters in `unit`, as far as `scope` shows them.
///
/// # Errors
/// When a query fails or a row does not decode.
pub fn hearings(db: &mut Db, scope: Scope, unit: UnitCode, period: Period) -> StoreResult<HearingCounts> {
    let seen: Vec<i64> = incident::table
        .filter(scopes::condition(scope))
        .filter(scopes::seen_in(scope, unit))
        .filter(scopes::handled(scope))
        .filter(exists(of_incident().filter(held_in(period))).nullable())
        .select(incident::id)
        .load(db)?;
    let seen: HashSet<i64> = seen.into_iter().collect();
    let held: Vec<(i64, Option<String>)> =
        linkage::table.filter(held_in(period)).select((linkage::incident_id, linkage::outcome)).load(db)?;
    let mut counts = HearingCounts::default();
    for (_, outcome) in held.into_iter().filter(|(incident, _)| seen.contains(incident)) {
        counts.add(outcome.map(|code| decode("linkage.outcome", &code)).transpose()?, 1);
    }
    Ok(counts)
}
