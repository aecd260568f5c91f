//! The grassroots resolution rate and open hearings. The figures of a unit are the same for everybody who may ask for them.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use grassroots_domain::{
    account::Actor,
    geography::unit::{Level, UnitCode},
    reading::{
        hearings::HearingCounts,
        share::{Counts, DateBasis, Metric},
        small_cells::hide_small,
        unit_figure::may_ask,
        visibility::Scope,
    },
    rules::category::CategoryCode,
    time::{china_date, start_of_day},
};
use grassroots_persistence::{
    database::{
        db::Db,
        error::{StoreError, StoreResult},
    },
    reading::{
        linkages,
        lists::{self, IncidentFilter},
        period::Period,
        shares::{self, Child, Question},
    },
};

use crate::app::{
    App,
    error::{AppError, IncidentError},
    incidents::{self, VisibleIncident},
};

/// How the counts are grouped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupBy {
    /// The direct children of the unit.
    Unit,
    Category,
    /// Calendar months in China.
    Month,
}

/// Longest period of a query, in months.
pub const MAX_MONTHS: usize = 36;

/// A group of incidents.
#[derive(Clone, Debug)]
pub enum Group {
    /// A unit or grid directly below the unit of the query.
    Child(Child),
    /// Incidents of a category that are not restricted.
    Category(CategoryCode),
    /// The restricted incidents of all categories.
    Restricted {
        /// The number of closed incidents by category; `None` hides a small number. Empty where they are not given.
        parts: Vec<(CategoryCode, Option<u64>)>,
    },
    /// A month, given by its first day in the period.
    Month(NaiveDate),
}

/// A query. Dates are calendar days in China.
#[derive(Clone, Copy, Debug)]
pub struct ShareQuery {
    /// The unit whose incidents are counted.
    pub unit: UnitCode,
    /// The first day.
    pub from: NaiveDate,
    /// The day after the last day.
    pub to: NaiveDate,
    /// The date that decides whether an incident belongs to the period.
    pub basis: DateBasis,
    pub group_by: Option<GroupBy>,
}

impl ShareQuery {
    /// The period as instants.
    #[must_use]
    pub fn period(&self) -> Period {
        Period { from: start_of_day(self.from), to: start_of_day(self.to) }
    }

    /// Whether the numbers of restricted categories may be given: not below the county, where few people live, and only for single
    /// past months, because other periods, and the running month on two days, could be subtracted from each other.
    fn names_restricted_categories(&self, today: NaiveDate) -> bool {
        let is_month = self.from.day() == 1 && self.to == first_of_next_month(self.from);
        is_month && self.to <= today && self.basis == DateBasis::Closed && self.unit.level() >= Level::County
    }

    /// Splits the period into months. The first and the last may be incomplete.
    #[must_use]
    pub fn months(&self) -> Vec<(NaiveDate, NaiveDate)> {
        let mut months = Vec::new();
        let mut from = self.from;
        while from < self.to {
            let next = first_of_next_month(from).min(self.to);
            months.push((from, next));
            from = next;
        }
        months
    }
}

fn first_of_next_month(day: NaiveDate) -> NaiveDate {
    let (year, month) = if day.month() == 12 { (day.year() + 1, 1) } else { (day.year(), day.month() + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MAX)
}

/// The counts of a query.
#[derive(Clone, Debug)]
pub struct ShareAnswer {
    pub total: Counts,
    /// The counts of each group; empty without grouping.
    pub groups: Vec<(Group, Counts)>,
}

fn check_may_ask(actor: &Actor, unit: UnitCode) -> Result<(), AppError> {
    if may_ask(actor, unit) { Ok(()) } else { Err(IncidentError::FiguresOfOthers.into()) }
}

/// Counts the incidents of the query `asked`.
///
/// # Errors
/// [`IncidentError::FiguresOfOthers`].
pub async fn grassroots(app: &App, actor: &Actor, asked: ShareQuery) -> Result<ShareAnswer, AppError> {
    check_may_ask(actor, asked.unit)?;
    let today = china_date(app.clock.now());
    app.store
        .read(move |db| {
            let question = Question { unit: asked.unit, basis: asked.basis, period: asked.period() };
            let groups = groups(db, question, &asked, today)?;
            let total = match asked.group_by {
                // An incident may have been reopened in several months.
                None | Some(GroupBy::Month) => shares::total(db, question)?,
                Some(GroupBy::Unit | GroupBy::Category) => {
                    let mut total = Counts::default();
                    groups.iter().for_each(|(_, counts)| total.merge(counts));
                    total
                }
            };
            Ok::<_, StoreError>(ShareAnswer { total, groups })
        })
        .await
        .map_err(AppError::from)
}

/// Counts the hearings held in the period.
///
/// # Errors
/// [`IncidentError::FiguresOfOthers`].
pub async fn hearings(app: &App, actor: &Actor, asked: ShareQuery) -> Result<HearingCounts, AppError> {
    check_may_ask(actor, asked.unit)?;
    let counts: StoreResult<_> =
        app.store.read(move |db| linkages::hearings(db, asked.unit, asked.period())).await;
    Ok(counts?)
}

/// A page of the incidents behind a figure of `unit` that the caller may see, and the number of incidents that the figure counts and
/// the caller does not see, both at one moment.
///
/// # Errors
/// [`IncidentError::FiguresOfOthers`].
pub async fn behind(
    app: &App,
    actor: Arc<Actor>,
    unit: UnitCode,
    filter: IncidentFilter,
) -> Result<(Vec<VisibleIncident>, u64), AppError> {
    check_may_ask(&actor, unit)?;
    let read: StoreResult<_> = app
        .store
        .read(move |db| {
            let page = incidents::page(db, &actor, &filter)?;
            Ok((page, lists::not_shown(db, Scope::of(&actor), &filter)?))
        })
        .await;
    Ok(read?)
}

fn groups(
    db: &mut Db,
    question: Question,
    asked: &ShareQuery,
    today: NaiveDate,
) -> StoreResult<Vec<(Group, Counts)>> {
    Ok(match asked.group_by {
        None => Vec::new(),
        Some(GroupBy::Unit) => {
            let mut parts = shares::by_child(db, question)?;
            parts.sort_by_key(|(child, _)| *child);
            parts.into_iter().map(|(child, counts)| (Group::Child(child), counts)).collect()
        }
        Some(GroupBy::Category) => {
            let shown = shares::by_category(db, question, false)?;
            let restricted = restricted(
                shares::by_category(db, question, true)?,
                asked.names_restricted_categories(today),
            );
            let shown = shown.into_iter().map(|(category, counts)| (Group::Category(category), counts));
            shown.chain(restricted).collect()
        }
        Some(GroupBy::Month) => asked
            .months()
            .into_iter()
            .map(|(from, to)| {
                let period = Period { from: start_of_day(from), to: start_of_day(to) };
                Ok((Group::Month(from), shares::total(db, Question { period, ..question })?))
            })
            .collect::<StoreResult<Vec<_>>>()?,
    })
}

/// The restricted incidents as one group, so that they add up with the others. `None` if there are none.
fn restricted(categories: Vec<(CategoryCode, Counts)>, names_them: bool) -> Option<(Group, Counts)> {
    let mut together = Counts::default();
    categories.iter().for_each(|(_, counts)| together.merge(counts));
    let closed: Vec<u64> = categories.iter().map(|(_, counts)| counts.get(Metric::Closed)).collect();
    let shown = hide_small(&closed).filter(|_| names_them).unwrap_or_default();
    let codes = categories.iter().map(|(category, _)| *category);
    let parts = codes.zip(shown).filter(|(_, number)| *number != Some(0)).collect();
    (!categories.is_empty()).then_some((Group::Restricted { parts }, together))
}
