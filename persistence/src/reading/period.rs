//! A period, and incidents that belong to it.

use diesel::prelude::*;
use grassroots_domain::{reading::share::DateBasis, time::Instant};

use crate::{
    database::{db::DbTime, schema::incident},
    reading::scopes::Condition,
};

/// A period, from its first moment up to but not including its last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    /// First moment.
    pub from: Instant,
    /// First moment after it.
    pub to: Instant,
}

/// In the period, by the date the basis goes by.
pub(crate) fn in_period(basis: DateBasis, period: Period) -> Condition {
    let (from, to) = (DbTime(period.from), DbTime(period.to));
    match basis {
        DateBasis::Closed => Box::new(incident::ended_at.ge(from).and(incident::ended_at.lt(to))),
        DateBasis::Reported => {
            Box::new(incident::received_at.ge(from).and(incident::received_at.lt(to)).nullable())
        }
    }
}
