//! Table `linkage` in lists and counts: open linkages, and hearings by the day they are held.

use std::collections::HashSet;

use diesel::{dsl::exists, prelude::*};
use grassroots_domain::{
    geography::unit::UnitCode,
    incident::linkage::{LinkageKind, LinkageOutcome},
    reading::hearings::{HearingCounts, HearingMetric},
};

use crate::{
    database::{
        columns::Code,
        db::{Db, DbTime},
        error::StoreResult,
        schema::{incident, linkage},
    },
    reading::{
        period::Period,
        scopes::{self, Condition},
    },
};

/// Incidents with a linkage of this kind that has not ended.
pub(crate) fn is_open(kind: LinkageKind) -> Condition {
    let open = of_incident().filter(linkage::kind.eq(kind.as_str())).filter(linkage::ended_at.is_null());
    Box::new(exists(open).nullable())
}

/// Incidents with a hearing in the period that `metric` counts.
pub(crate) fn heard(metric: HearingMetric, period: Period) -> Condition {
    let outcomes: Vec<&'static str> = metric.outcomes().iter().map(|outcome| outcome.as_str()).collect();
    // Not EXISTS: SQLite would look at all hearings of the period for each incident.
    if outcomes.is_empty() {
        let pending = linkage::table.filter(held_in(period)).filter(linkage::outcome.is_null());
        Box::new(incident::id.eq_any(pending.select(linkage::incident_id)).nullable())
    } else {
        let held = linkage::table.filter(held_in(period)).filter(linkage::outcome.eq_any(outcomes));
        Box::new(incident::id.eq_any(held.select(linkage::incident_id)).nullable())
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn of_incident() -> _ {
    linkage::table.filter(linkage::incident_id.eq(incident::id))
}

/// Hearings that are held in the period.
#[diesel::dsl::auto_type(no_type_alias)]
fn held_in(period: Period) -> _ {
    let (from, to): (DbTime, DbTime) = (DbTime(period.from), DbTime(period.to));
    let kind: &'static str = LinkageKind::Hearing.as_str();
    linkage::kind.eq(kind).and(linkage::at.ge(from)).and(linkage::at.lt(to))
}

/// Counts the hearings of the period in the figures of `unit`.
pub fn hearings(db: &mut Db, unit: UnitCode, period: Period) -> StoreResult<HearingCounts> {
    let held: Vec<(i64, Option<Code<LinkageOutcome>>)> =
        linkage::table.filter(held_in(period)).select((linkage::incident_id, linkage::outcome)).load(db)?;
    let counted: HashSet<i64> = incident::table
        .filter(incident::id.eq_any(linkage::table.filter(held_in(period)).select(linkage::incident_id)))
        .filter(scopes::figure_of(unit))
        .select(incident::id)
        .load(db)?
        .into_iter()
        .collect();
    let mut counts = HearingCounts::default();
    for (_, outcome) in held.into_iter().filter(|(incident, _)| counted.contains(incident)) {
        counts.add(outcome.map(|code| code.0), 1);
    }
    Ok(counts)
}
