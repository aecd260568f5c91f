//! The trait that every event implements except the one that opens an incident.

use crate::incident::case::{Case, Stamp};

/// The effect of an event on a case.
pub(crate) trait Effect {
    /// Changes `case`. Both new decisions and the replay of stored events call it.
    fn apply(&self, case: &mut Case, stamp: Stamp);
}
