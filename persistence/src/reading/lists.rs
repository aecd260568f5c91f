//! Lists of incidents: filtered, in order, a page at a time.

use diesel::prelude::*;
use grassroots_domain::{
    account::Actor,
    geography::unit::{GridCode, Level, UnitCode},
    incident::{State, linkage::LinkageKind},
    reading::{
        hearings::HearingMetric,
        share::{DateBasis, Mark, Metric},
        visibility::Scope,
        worklist::Worklist,
    },
    rules::category::{CategoryCode, Severity},
    time::Instant,
};

use crate::{
    database::{
        db::{Db, DbTime, MultiBackend},
        error::StoreResult,
        schema::{incident, report},
    },
    incident::incidents::{IncidentRecord, Row, with_legs},
    reading::{
        linkages,
        period::{Period, in_period},
        scopes::{self, Condition},
        worklists,
    },
};

/// In which order a list comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Latest arrival first.
    Newest,
    /// What is due first comes first; only incidents with a running clock.
    Due,
}

/// Where a page begins: behind this incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum After {
    /// In order of arrival.
    Newest {
        /// Key of the last incident seen.
        key: i64,
    },
    /// In order of deadlines.
    Due {
        /// Its deadline.
        due: Instant,
        /// Its key.
        key: i64,
    },
}

/// The incidents behind one figure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Behind {
    /// Of the share.
    Share {
        /// Which figure.
        figure: Metric,
        /// By which date incidents belong to the period.
        basis: DateBasis,
        /// The period.
        period: Period,
    },
    /// Of hearings.
    Hearings {
        /// Which figure.
        figure: HearingMetric,
        /// The period.
        period: Period,
    },
}

/// What is asked for. Everything must hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncidentFilter {
    /// In one of these states; empty for any.
    pub states: Vec<State>,
    /// Answered for at this level.
    pub level: Option<Level>,
    /// Lying in this unit.
    pub unit: Option<UnitCode>,
    /// Lying in this grid.
    pub grid: Option<GridCode>,
    /// Of this category.
    pub category: Option<CategoryCode>,
    /// Of this severity.
    pub severity: Option<Severity>,
    /// With a step due before.
    pub due_before: Option<Instant>,
    /// Only the caller's own reports.
    pub mine: Option<grassroots_domain::ids::AccountId>,
    /// The one with this key, found by its number.
    pub key: Option<i64>,
    /// Received in this period.
    pub received: Option<Period>,
    /// With a linkage of this kind that goes on.
    pub linkage: Option<LinkageKind>,
    /// With these words in title, description or place.
    pub words: Option<String>,
    /// Counted by this figure.
    pub behind: Option<Behind>,
    /// Waiting in this worklist of this person, at this time.
    pub queue: Option<(Worklist, Actor, Instant)>,
    /// In this order.
    pub order: Order,
    /// Behind this incident.
    pub after: Option<After>,
    /// At most so many.
    pub limit: u32,
}

impl Default for IncidentFilter {
    fn default() -> Self {
        Self {
            states: Vec::new(),
            level: None,
            unit: None,
            grid: None,
            category: None,
            severity: None,
            due_before: None,
            mine: None,
            key: None,
            received: None,
            linkage: None,
            words: None,
            behind: None,
            queue: None,
            order: Order::Newest,
            after: None,
            limit: 50,
        }
    }
}

diesel::define_sql_function! {
    /// Lower case, of ASCII at least.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// The incidents in `scope` that `filter` asks for.
///
/// # Errors
/// When a query fails or a row does not decode.
pub fn page(db: &mut Db, scope: Scope, filter: &IncidentFilter) -> StoreResult<Vec<IncidentRecord>> {
    let mut query = incident::table
        .select((incident::id, incident::query_secret, Row::as_select()))
        .into_boxed::<MultiBackend>();
    for condition in conditions(scope, filter) {
        query = query.filter(condition);
    }
    query = match filter.order {
        Order::Newest => query.order(incident::id.desc()),
        Order::Due => query.order((incident::due_at.asc(), incident::id.asc())),
    };
    let rows: Vec<(i64, String, Row)> = query.limit(i64::from(filter.limit)).load(db)?;
    with_legs(db, rows)
}

fn conditions(scope: Scope, filter: &IncidentFilter) -> Vec<Condition> {
    let mut all: Vec<Condition> = vec![scopes::condition(scope)];
    if !filter.states.is_empty() {
        all.push(in_states(&filter.states));
    }
    if filter.level.is_some() || filter.due_before.is_some() || filter.order == Order::Due {
        all.push(scopes::current(scope));
    }
    if let Some(level) = filter.level {
        all.push(Box::new(incident::level.eq(level.as_str()).nullable()));
    }
    if let Some(unit) = filter.unit {
        all.push(scopes::seen_in(scope, unit));
    }
    if let Some(grid) = filter.grid {
        all.push(scopes::seen_in_grid(scope, grid));
    }
    if let Some(category) = filter.category {
        all.push(Box::new(incident::category.eq(category.to_string()).nullable()));
    }
    if let Some(severity) = filter.severity {
        all.push(Box::new(incident::severity.eq(severity.as_str()).nullable()));
    }
    if let Some(before) = filter.due_before {
        all.push(Box::new(incident::due_at.lt(DbTime(before))));
    }
    if let Some(account) = filter.mine {
        all.push(scopes::own(account));
    }
    if let Some(key) = filter.key {
        all.push(Box::new(incident::id.eq(key).nullable()));
    }
    if let Some(period) = filter.received {
        all.push(in_period(DateBasis::Reported, period));
    }
    if let Some(words) = &filter.words {
        all.push(scopes::readable(scope));
        all.push(says(words));
    }
    if let Some(kind) = filter.linkage {
        all.push(scopes::handled(scope));
        all.push(linkages::is_open(kind));
    }
    if let Some((queue, actor, now)) = &filter.queue {
        all.push(worklists::condition(*queue, actor, *now));
    }
    match filter.behind {
        None => {}
        Some(Behind::Share { figure, basis, period }) => all.extend(counted_by(figure, basis, period)),
        Some(Behind::Hearings { figure, period }) => {
            all.push(scopes::handled(scope));
            all.push(linkages::heard(figure, period));
        }
    }
    if filter.order == Order::Due {
        all.push(Box::new(incident::due_at.is_not_null().nullable()));
    }
    match filter.after {
        None => {}
        Some(After::Newest { key }) => all.push(Box::new(incident::id.lt(key).nullable())),
        Some(After::Due { due, key }) => all.push(Box::new(
            incident::due_at
                .gt(DbTime(due))
                .or(incident::due_at.eq(DbTime(due)).and(incident::id.gt(key).nullable())),
        )),
    }
    all
}

fn in_states(states: &[State]) -> Condition {
    let names: Vec<&'static str> = states.iter().map(|state| state.as_str()).collect();
    Box::new(incident::state.eq_any(names).nullable())
}

/// With `words` somewhere in what the reporter wrote.
fn says(words: &str) -> Condition {
    let escaped = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    // Both sides in SQL: what is lower case is for the database to say.
    let pattern = lower(format!("%{escaped}%"));
    let said = report::table.filter(report::incident_id.eq(incident::id)).filter(
        lower(report::description)
            .like(pattern.clone())
            .escape('\\')
            .or(lower(report::title.assume_not_null()).like(pattern.clone()).escape('\\'))
            .or(lower(report::place_text.assume_not_null()).like(pattern).escape('\\')),
    );
    Box::new(diesel::dsl::exists(said).nullable())
}

fn counted_by(figure: Metric, basis: DateBasis, period: Period) -> Vec<Condition> {
    let pattern = figure.pattern();
    let mut all = vec![in_period(basis, period), in_states(pattern.states)];
    if let Some(outcome) = pattern.outcome {
        all.push(Box::new(incident::outcome.eq(outcome.as_str())));
    }
    if !pattern.levels.is_empty() {
        let names: Vec<&'static str> = pattern.levels.iter().map(|level| level.as_str()).collect();
        all.push(Box::new(incident::resolved_level.eq_any(names)));
    }
    match pattern.mark {
        None => {}
        Some(Mark::OnSpot) => all.push(Box::new(incident::on_spot.eq(true).nullable())),
        Some(Mark::SelfVerified) => all.push(Box::new(incident::self_verified.eq(true).nullable())),
        Some(Mark::Reopened) => all.push(Box::new(incident::reopened.gt(0).nullable())),
        Some(Mark::InPlace) => all.push(Box::new(incident::in_place.eq(true).nullable())),
        Some(Mark::CountyFirst) => all.push(Box::new(incident::county_first.eq(true).nullable())),
    }
    all
}
