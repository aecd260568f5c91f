//! Tests of the rules on the real city: its divisions, categories and calendar.
//!
//! `matrix` is a table of who may do what in which state. `histories` runs random commands. Each other file tests the
//! rules of one subject.

#[cfg(test)]
mod deadlines;
#[cfg(test)]
mod escalation;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod linkages;
#[cfg(test)]
mod location;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod no_time_gained;
#[cfg(test)]
mod on_spot;
#[cfg(test)]
mod one_step;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod proceedings;
#[cfg(test)]
mod queues;
#[cfg(test)]
mod redispatch;
#[cfg(test)]
mod reopening;
#[cfg(test)]
mod reporter;
#[cfg(test)]
mod routing;
#[cfg(test)]
mod rule_book;
#[cfg(test)]
mod stored;
#[cfg(test)]
mod supervision;
#[cfg(test)]
mod support;
#[cfg(test)]
mod verification;
#[cfg(test)]
mod visibility;
#[cfg(test)]
mod workflow;
