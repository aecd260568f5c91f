//! Spans of local time in China.

use chrono::NaiveDateTime;

use crate::time::calendar::WorkCalendar;

/// A span of local time in China. It includes the first moment and excludes the second.
pub(super) type Span = (NaiveDateTime, NaiveDateTime);

/// The working time in `whole`, in order.
pub(super) fn working_time(calendar: &WorkCalendar, (from, to): Span) -> impl Iterator<Item = Span> {
    let days = from.date().iter_days().take_while(move |day| *day <= to.date());
    let periods = days.filter(|day| calendar.is_workday(*day)).flat_map(|day| {
        calendar.hours.iter().map(move |period| (day.and_time(period.from), day.and_time(period.to)))
    });
    periods.map(move |(open, close)| (open.max(from), close.min(to))).filter(|(from, to)| from < to)
}

/// The parts of a span that are outside all `stops`. The stops are ordered by their beginning and may overlap.
pub(super) fn without((mut from, to): Span, stops: &[Span]) -> Vec<Span> {
    let mut remaining = Vec::new();
    for &(stop_from, stop_to) in stops.iter().filter(|(from, to)| from < to) {
        if stop_from > from {
            remaining.push((from, stop_from.min(to)));
        }
        from = from.max(stop_to);
        if from >= to {
            return remaining;
        }
    }
    remaining.push((from, to));
    remaining
}
