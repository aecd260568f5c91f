//! Periods, and the condition that an incident belongs to a period.

use diesel::prelude::*;
use grassroots_domain::{reading::share::DateBasis, time::Instant};

use crate::{
    database::{db::DbTime, schema::incident},
    reading::scopes::Condition,
};

/// A period: `from <= time < to`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    pub from: Instant,
    pub to: Instant,
}

/// Incidents in the period, by the date that `basis` selects.
pub(crate) fn in_period(basis: DateBasis, period: Period) -> Condition {
    let (from, to) = (DbTime(period.from), DbTime(period.to));
    match basis {
        DateBasis::Closed => Box::new(incident::ended_at.ge(from).and(incident::ended_at.lt(to))),
        DateBasis::Reported => {
            Box::new(incident::received_at.ge(from).and(incident::received_at.lt(to)).nullable())
        }
    }
}
