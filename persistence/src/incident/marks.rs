//! Column `incident.marks`: the yes-or-no facts of the share as a sum, so that they are one column.

use diesel::{dsl::sql, expression::SqlLiteral, sql_types::Bool};
use grassroots_domain::reading::share::{Mark, MetricFacts};

/// The number of a mark in the sum.
const fn bit(mark: Mark) -> i16 {
    match mark {
        Mark::OnSpot => 1,
        Mark::SelfVerified => 2,
        Mark::Reopened => 4,
        Mark::InPlace => 8,
        Mark::CountyFirst => 16,
    }
}

pub(crate) fn to_db(facts: MetricFacts) -> i16 {
    Mark::ALL.into_iter().filter(|mark| facts.has(*mark)).map(bit).sum()
}

/// Incidents with a mark. Diesel cannot express `&` for both databases.
pub(crate) fn marked(mark: Mark) -> SqlLiteral<Bool> {
    sql(&format!("(incident.marks & {}) <> 0", bit(mark)))
}

/// Whether the sum contains the mark.
pub(crate) const fn has(marks: i16, mark: Mark) -> bool {
    marks & bit(mark) != 0
}
