//! Unmerge: within a day the desk that merged an incident finds that it is a matter of its own. Its clocks go on as if it
//! had never been merged.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{
    By, Effect, Happening, Rule, Scene,
    withdraw::{Back, back},
};
use crate::{
    case::{Case, Stamp},
    incident::{IncidentId, State},
    leg::CustodyOutcome,
    refusal::Refusal,
    text::Text,
};

/// It is a matter of its own after all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unmerge {
    /// Why.
    pub reason: Text,
}

/// It was a matter of its own after all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unmerged {
    /// The desk that has it again, with the clocks it had.
    pub back_to: Back,
}

/// It stands for another incident no more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Released {
    /// Which.
    pub incident: IncidentId,
}

impl Rule for Unmerge {
    const FROM: &'static [State] = &[State::Merged];
    const BY: By = By::Desk;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let hours = scene.rules.book().unmerge_hours;
        let limit = TimeDelta::hours(i64::from(hours));
        let last = scene.case.incident.ended_at.and_then(|merged| merged.checked_add_signed(limit));
        if last.is_some_and(|last| scene.at > last) { Err(Refusal::UnmergeTooLate { hours }) } else { Ok(()) }
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let leg = scene.case.custody.last().ok_or(Refusal::NothingAsked)?;
        Ok(Happening::of(Unmerged { back_to: back(leg, scene) }).noting(&self.reason))
    }
}

impl Effect for Unmerged {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.ended_at = None;
        case.incident.proceedings.merged = None;
        let Back { arrival, dispatch } = &self.back_to;
        match dispatch {
            Some(dispatch) => case.take(CustodyOutcome::Merged, arrival, *dispatch, stamp),
            None => case.arrive(CustodyOutcome::Merged, arrival, stamp),
        }
    }
}

impl Effect for Released {
    fn apply(&self, case: &mut Case, _: Stamp) {
        let absorbed = &mut case.incident.proceedings.tally.absorbed;
        *absorbed = absorbed.saturating_sub(1);
    }
}
