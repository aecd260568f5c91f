//! Example commands for the tests of every crate. Compiled only with the feature `testing`, which no program enables.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

pub mod context;
pub mod example;
pub mod rng;
