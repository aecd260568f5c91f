//! Example commands for the tests of every crate. Compiled with the feature `testing` only, which no program turns on.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

pub mod context;
pub mod example;
pub mod rng;
