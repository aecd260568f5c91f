//! Steps that are done: when the clocks of a leg were met.

use crate::{
    incident::{
        case::Case,
        leg::{CustodyLeg, CustodyOutcome, HandlingLeg, HandlingOutcome, HandlingRole},
    },
    time::Instant,
};

/// When the steps of a custody leg were done. `None` for a step that was not done, or has to be done again.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct DeskSteps {
    /// Accepted or declined.
    pub accept: Option<Instant>,
    pub dispatch: Option<Instant>,
    /// The latest result was verified: the incident was closed, or sent back for more work.
    pub verify: Option<Instant>,
    /// The incident was closed.
    pub close: Option<Instant>,
}

impl Case {
    /// The steps of the desk of `leg` that are done.
    #[must_use]
    pub fn desk_steps(&self, leg: &CustodyLeg) -> DeskSteps {
        let leads = || {
            let of_leg = self.handling.iter().filter(|work| work.custody == leg.number);
            of_leg.filter(|work| work.role == HandlingRole::Lead)
        };
        // The desk must dispatch again only if it still has the incident and nobody else got the work.
        let comes_back = |work: &&HandlingLeg| match work.outcome {
            Some(HandlingOutcome::Returned) => true,
            Some(HandlingOutcome::Withdrawn) => {
                work.ended_seq != leg.ended_seq
                    && !leads().any(|next| Some(next.opened_seq) == work.ended_seq)
            }
            Some(
                HandlingOutcome::Submitted
                | HandlingOutcome::Reassigned
                | HandlingOutcome::Done
                | HandlingOutcome::Declined
                | HandlingOutcome::Voided,
            )
            | None => false,
        };
        let last_back = leads().rfind(comes_back).map_or(0, |work| work.number);
        let sent = leads().find(|work| work.number > last_back);
        let submitted = leads().rfind(|work| work.outcome == Some(HandlingOutcome::Submitted));
        let reworked = submitted.and_then(|done| leads().find(|work| work.number > done.number));
        let ended_as = |outcome| leg.ended_at.filter(|_| leg.outcome == Some(outcome));
        DeskSteps {
            accept: leg.accepted_at.or(ended_as(CustodyOutcome::Declined)),
            dispatch: sent.map(|work| work.opened_at),
            verify: reworked.map(|work| work.opened_at).or(ended_as(CustodyOutcome::Closed)),
            close: ended_as(CustodyOutcome::Closed).or(ended_as(CustodyOutcome::ResolvedOnSpot)),
        }
    }
}

impl HandlingLeg {
    /// When the organisation signed for the work or answered without it: it returned the work, assisted, or refused to assist.
    #[must_use]
    pub fn answered_at(&self) -> Option<Instant> {
        let answered = matches!(
            self.outcome,
            Some(HandlingOutcome::Returned | HandlingOutcome::Done | HandlingOutcome::Declined)
        );
        self.acknowledged_at.or(self.ended_at.filter(|_| answered))
    }

    /// When the work was done: a result was submitted, or the organisation assisted.
    #[must_use]
    pub fn done_at(&self) -> Option<Instant> {
        let done = matches!(self.outcome, Some(HandlingOutcome::Submitted | HandlingOutcome::Done));
        self.ended_at.filter(|_| done)
    }
}
