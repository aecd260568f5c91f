//! The grassroots share and hearings, for those who may see what they are made of.

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

/// What the share is split by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupBy {
    /// The direct children of the unit.
    Unit,
    /// Categories.
    Category,
    /// Months in China.
    Month,
}

/// Months that one question may span.
pub const MAX_MONTHS: usize = 36;

/// A group of the share.
#[derive(Clone, Debug)]
pub enum Group {
    /// A unit or grid below the one asked for.
    Child(Child),
    /// A category.
    Category(CategoryCode),
    /// A month, by its first day.
    Month(NaiveDate),
}

/// A question about the share, in dates of China, the last not included.
#[derive(Clone, Copy, Debug)]
pub struct ShareQuery {
    /// Where.
    pub unit: UnitCode,
    /// From this day.
    pub from: NaiveDate,
    /// Up to, not including, this day.
    pub to: NaiveDate,
    /// By which date incidents belong to the period.
    pub basis: DateBasis,
    /// Split by.
    pub group_by: Option<GroupBy>,
}

impl ShareQuery {
    /// The period in moments.
    #[must_use]
    pub fn period(&self) -> Period {
        Period { from: start_of_day(self.from), to: start_of_day(self.to) }
    }

    /// The parts of the period that lie in one month each.
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

/// The answer.
#[derive(Clone, Debug)]
pub struct ShareAnswer {
    /// Everything in one.
    pub total: Counts,
    /// Its parts.
    pub groups: Vec<(Group, Counts)>,
}

/// Counts what `asked` asks for, within `scope`.
///
/// # Errors
/// When the database fails.
pub async fn grassroots(app: &App, scope: Scope, asked: ShareQuery) -> StoreResult<ShareAnswer> {
    app.store
        .read(move |db| {
            let question = Question { scope, unit: asked.unit, basis: asked.basis, period: asked.period() };
            if asked.group_by.is_none() {
                return Ok(ShareAnswer { total: shares::total(db, question)?, groups: Vec::new() });
            }
            // The parts make up the whole, so that both agree whatever is written in between.
            let groups = groups(db, question, &asked)?;
            let mut total = Counts::default();
            groups.iter().for_each(|(_, counts)| total.merge(counts));
            Ok(ShareAnswer { total, groups })
        })
        .await
}

/// Counts the hearings held in the period, within `scope`.
///
/// # Errors
/// When the database fails.
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
