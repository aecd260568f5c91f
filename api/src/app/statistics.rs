//! The grassroots resolution rate and open hearings. They count only incidents that the caller may see.

use chrono::{Datelike, NaiveDate};
use grassroots_domain::{
    geography::unit::UnitCode,
    reading::{
        hearings::HearingCounts,
        share::{Counts, DateBasis},
        visibility::Scope,
    },
    rules::category::CategoryCode,
    time::start_of_day,
};
use grassroots_persistence::{
    database::{db::Db, error::StoreResult},
    reading::{
        linkages,
        period::Period,
        shares::{self, Child, Question},
    },
};

use crate::app::App;

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
    Category(CategoryCode),
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

/// Counts the incidents of the query `asked` within `scope`.
pub async fn grassroots(app: &App, scope: Scope, asked: ShareQuery) -> StoreResult<ShareAnswer> {
    app.store
        .read(move |db| {
            let question = Question { scope, unit: asked.unit, basis: asked.basis, period: asked.period() };
            if asked.group_by.is_none() {
                return Ok(ShareAnswer { total: shares::total(db, question)?, groups: Vec::new() });
            }
            // The total is the sum of the groups, so that both agree even if incidents change between the statements.
            let groups = groups(db, question, &asked)?;
            let mut total = Counts::default();
            groups.iter().for_each(|(_, counts)| total.merge(counts));
            Ok(ShareAnswer { total, groups })
        })
        .await
}

/// Counts the hearings held in the period, within `scope`.
pub async fn hearings(app: &App, scope: Scope, asked: ShareQuery) -> StoreResult<HearingCounts> {
    app.store.read(move |db| linkages::hearings(db, scope, asked.unit, asked.period())).await
}

fn groups(db: &mut Db, question: Question, asked: &ShareQuery) -> StoreResult<Vec<(Group, Counts)>> {
    Ok(match asked.group_by {
        None => Vec::new(),
        Some(GroupBy::Unit) => {
            let mut parts = shares::by_child(db, question)?;
            parts.sort_by_key(|(child, _)| *child);
            parts.into_iter().map(|(child, counts)| (Group::Child(child), counts)).collect()
        }
        Some(GroupBy::Category) => {
            let mut parts = shares::by_category(db, question)?;
            parts.sort_by_key(|(category, _)| *category);
            parts.into_iter().map(|(category, counts)| (Group::Category(category), counts)).collect()
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
