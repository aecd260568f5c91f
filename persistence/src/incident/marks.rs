//! Column `incident.marks`: yes-or-no facts as a sum, so that they are one column.

use diesel::{dsl::sql, expression::SqlLiteral, sql_types::Bool};
use grassroots_domain::{
    incident::case::Case,
    reading::share::{Mark, MetricFacts},
};

/// The number of a mark in the sum.
const fn bit(mark: Mark) -> i16 {
    match mark {
        Mark::OnSpot => 1,
        Mark::SelfVerified => 2,
        Mark::Reopened => 4,
        Mark::InPlace => 8,
        Mark::CountyFirst => 16,
        Mark::VerifiedByColleague => 64,
        Mark::HandedDown => 128,
    }
}

/// The last department returned the work, and the desk has not dispatched it again.
const SENT_BACK: i16 = 32;

pub(crate) fn to_db(case: &Case) -> i16 {
    let facts = MetricFacts::from(case.incident());
    let marks: i16 = Mark::ALL.into_iter().filter(|mark| facts.has(*mark)).map(bit).sum();
    if case.was_sent_back() { marks + SENT_BACK } else { marks }
}

/// Incidents with a mark. Diesel cannot express `&` for both databases.
pub(crate) fn marked(mark: Mark) -> SqlLiteral<Bool> {
    contains(bit(mark))
}

/// Incidents with returned work.
pub(crate) fn sent_back() -> SqlLiteral<Bool> {
    contains(SENT_BACK)
}

fn contains(bit: i16) -> SqlLiteral<Bool> {
    sql(&format!("(incident.marks & {bit}) <> 0"))
}

/// Whether the sum contains the mark.
pub(crate) const fn has(marks: i16, mark: Mark) -> bool {
    marks & bit(mark) != 0
}
