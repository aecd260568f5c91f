//! The effect of an event on a case.

use crate::incident::case::{Case, Stamp};

/// What an event changes.
pub(crate) trait Effect {
    /// Changes `case`. New decisions and replayed history both use it.
    fn apply(&self, case: &mut Case, stamp: Stamp);
}
