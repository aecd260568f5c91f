//! The rules of grid governance, tried on the real city: its divisions, categories and calendar.
//!
//! `matrix` is the table to read: who may do what, in which state. `histories` tries random ones; the others are
//! tables, one rule a line.

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
mod oracle;
#[cfg(test)]
mod proceedings;
#[cfg(test)]
mod queues;
#[cfg(test)]
mod reopening;
#[cfg(test)]
mod routing;
#[cfg(test)]
mod rule_book;
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
