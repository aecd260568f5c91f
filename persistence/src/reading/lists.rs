//! Lists of incidents: filtered, sorted and divided into pages.

use diesel::prelude::*;
use grassroots_domain::{
    account::Actor,
    geography::unit::{GridCode, Level, UnitCode},
    incident::{State, linkage::LinkageKind},
    reading::{
        hearings::HearingMetric,
        share::{DateBasis, Metric},
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
    incident::{
        incidents::{self, IncidentRecord, RecordRow},
        marks,
    },
    reading::{
        linkages,
        period::{Period, in_period},
        scopes::{self, Condition},
        shares, worklists,
    },
    reference::grids,
};

/// The order of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// The latest report first.
    Newest,
    /// The earliest deadline first. Incidents without a deadline are left out.
    Due,
}

/// The last incident of the page before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum After {
    Newest { key: i64 },
    Due { due: Instant, key: i64 },
}

/// The incidents that a metric counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Behind {
    /// Of the grassroots share.
    Share {
        figure: Metric,
        /// Which date of an incident must lie in the period.
        basis: DateBasis,
        period: Period,
    },
    /// Of hearings.
    Hearings { figure: HearingMetric, period: Period },
}

/// Which incidents are listed. An incident must meet all conditions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncidentFilter {
    /// The state is one of these. Empty for any state.
    pub states: Vec<State>,
    /// A desk of this level has custody.
    pub level: Option<Level>,
    /// The place lies in this unit.
    pub unit: Option<UnitCode>,
    /// The place lies in this grid.
    pub grid: Option<GridCode>,
    pub category: Option<CategoryCode>,
    pub severity: Option<Severity>,
    /// The deadline of the present step is before this time.
    pub due_before: Option<Instant>,
    /// This account reported the incident or took it over.
    pub mine: Option<grassroots_domain::ids::AccountId>,
    /// The incident has this key.
    pub key: Option<i64>,
    /// The report was received in this period.
    pub received: Option<Period>,
    /// The incident has a linkage of this kind that has not ended.
    pub linkage: Option<LinkageKind>,
    /// The title, the description or the place contains this text.
    pub words: Option<String>,
    /// Whether the incident is restricted.
    pub restricted: Option<bool>,
    /// The metric counts the incident, in the figures of `unit`.
    pub behind: Option<Behind>,
    /// The incident is in this worklist of this person at this time.
    pub queue: Option<(Worklist, Actor, Instant)>,
    pub order: Order,
    /// The page begins after this incident.
    pub after: Option<After>,
    /// Maximum number of incidents.
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
            restricted: None,
            behind: None,
            queue: None,
            order: Order::Newest,
            after: None,
            limit: 50,
        }
    }
}

diesel::define_sql_function! {
    /// Converts at least ASCII letters to lower case.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// The incidents in `scope` that meet `filter`.
pub fn page(db: &mut Db, scope: Scope, filter: &IncidentFilter) -> StoreResult<Vec<IncidentRecord>> {
    let mut query = incident::table.select(incidents::record()).into_boxed::<MultiBackend>();
    for condition in conditions(scope, filter) {
        query = query.filter(condition);
    }
    query = match filter.order {
        Order::Newest => query.order(incident::id.desc()),
        Order::Due => query.order((incident::due_at.asc(), incident::id.asc())),
    };
    let rows: Vec<RecordRow> = query.limit(i64::from(filter.limit)).load(db)?;
    Ok(rows.into_iter().map(IncidentRecord::from).collect())
}

/// The number of incidents that the figure behind `filter` counts and `scope` does not show.
pub fn not_shown(db: &mut Db, scope: Scope, filter: &IncidentFilter) -> StoreResult<u64> {
    let all = IncidentFilter { after: None, ..filter.clone() };
    let mut shown = incident::table.count().into_boxed::<MultiBackend>();
    for condition in conditions(scope, &all) {
        shown = shown.filter(condition);
    }
    let mut counted = incident::table.count().into_boxed::<MultiBackend>();
    for condition in figure(&all) {
        counted = counted.filter(condition);
    }
    let (counted, shown): (i64, i64) = (counted.get_result(db)?, shown.get_result(db)?);
    Ok(u64::try_from(counted - shown).unwrap_or(0))
}

/// The incidents that a figure counts, whoever asks.
fn figure(filter: &IncidentFilter) -> Vec<Condition> {
    let mut all: Vec<Condition> = Vec::new();
    all.extend(filter.unit.map(scopes::figure_of));
    if let Some(grid) = filter.grid {
        // A grid is a part of its village, and has no other incidents than the figures of the village.
        all.push(scopes::figure_of(grid.village()));
        all.push(Box::new(incident::grid_code.eq(grids::to_db(grid))));
    }
    if let Some(category) = filter.category {
        all.push(Box::new(incident::category.eq(category.to_string()).nullable()));
    }
    if let Some(restricted) = filter.restricted {
        all.push(Box::new(incident::restricted.eq(restricted).nullable()));
    }
    match filter.behind {
        None => {}
        Some(Behind::Share { figure, basis, period }) => all.extend(counted_by(figure, basis, period)),
        Some(Behind::Hearings { figure, period }) => all.push(linkages::heard(figure, period)),
    }
    all
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
        all.push(contains(words));
    }
    if let Some(kind) = filter.linkage {
        all.push(scopes::handled(scope));
        all.push(linkages::is_open(kind));
    }
    if let Some((queue, actor, now)) = &filter.queue {
        all.push(worklists::condition(*queue, actor, *now));
    }
    if let Some(behind) = filter.behind {
        all.extend(figure(filter));
        if let Behind::Hearings { .. } = behind {
            all.push(scopes::handled(scope));
        }
    }
    if filter.order == Order::Due {
        all.push(Box::new(incident::due_at.is_not_null().nullable()));
    }
    all.extend(filter.after.map(comes_after));
    all
}

fn comes_after(last: After) -> Condition {
    match last {
        After::Newest { key } => Box::new(incident::id.lt(key).nullable()),
        After::Due { due, key } => {
            let same_deadline = incident::due_at.eq(DbTime(due)).and(incident::id.gt(key).nullable());
            Box::new(incident::due_at.gt(DbTime(due)).or(same_deadline))
        }
    }
}

fn in_states(states: &[State]) -> Condition {
    let names: Vec<&'static str> = states.iter().map(|state| state.as_str()).collect();
    Box::new(incident::state.eq_any(names).nullable())
}

/// Incidents whose report contains `words`.
fn contains(words: &str) -> Condition {
    let escaped = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    // The database converts both sides to lower case, because each database has its own rules.
    let pattern = lower(format!("%{escaped}%"));
    let matching = report::table.filter(report::incident_id.eq(incident::id)).filter(
        lower(report::description)
            .like(pattern.clone())
            .escape('\\')
            .or(lower(report::title.assume_not_null()).like(pattern.clone()).escape('\\'))
            .or(lower(report::place_text.assume_not_null()).like(pattern).escape('\\')),
    );
    Box::new(diesel::dsl::exists(matching).nullable())
}

fn counted_by(figure: Metric, basis: DateBasis, period: Period) -> Vec<Condition> {
    let Some(pattern) = figure.pattern() else { return vec![shares::reopened_soon(basis, period)] };
    let mut all = vec![in_period(basis, period), in_states(pattern.states)];
    if let Some(outcome) = pattern.outcome {
        all.push(Box::new(incident::outcome.eq(outcome.as_str())));
    }
    if !pattern.levels.is_empty() {
        let names: Vec<&'static str> = pattern.levels.iter().map(|level| level.as_str()).collect();
        all.push(Box::new(incident::resolved_level.eq_any(names)));
    }
    if let Some(mark) = pattern.mark {
        all.push(Box::new(marks::marked(mark).nullable()));
    }
    all
}
