//! Withdraw: the desk takes back what it sent to an organisation or to another desk, as long as nobody took it on. Its
//! own clocks go on as if it had not been sent: sending and taking back gains no time.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Arrival, Case, Stamp},
    clock::Deadline,
    incident::{Incident, State},
    leg::{CustodyLeg, CustodyOutcome, HandlingOutcome},
    refusal::Refusal,
    text::Text,
};

/// Takes back what was sent and not yet taken on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Withdraw {
    /// Why.
    pub reason: Text,
}

/// What was sent was taken back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Withdrawn {
    /// The desk that has it again, if it had gone to another desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_to: Option<Back>,
}

/// A desk gets back what it had sent on, with the clocks it had.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Back {
    /// The desk, with its clocks.
    pub arrival: Arrival,
    /// When it must have dispatched it, if it had accepted.
    pub dispatch: Option<Deadline>,
}

impl Rule for Withdraw {
    const FROM: &'static [State] = &[State::PendingReceipt, State::PendingAcceptance];
    const BY: By = By::Sender;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let back_to = match scene.case.incident.state {
            State::PendingAcceptance => sent_by(scene.case).map(|leg| back(leg, scene)),
            State::PendingReceipt
            | State::AwaitingInfo
            | State::PendingDispatch
            | State::InProgress
            | State::Suspended
            | State::PendingVerification
            | State::Closed
            | State::NotAccepted
            | State::Voided
            | State::Merged
            | State::ReferredOut => None,
        };
        Ok(Happening::of(Withdrawn { back_to }).noting(&self.reason))
    }
}

pub(crate) fn back(leg: &CustodyLeg, scene: &Scene<'_>) -> Back {
    // From where its clocks began, with whatever was corrected or stood still since.
    let Scene { case, rules, at, .. } = *scene;
    let Incident { category, severity, ref proceedings, .. } = case.incident;
    let counted = |clock: Deadline| rules.again(clock, &proceedings.pauses);
    let fresh = scene.arrival(leg.desk);
    let accept = leg.clocks.accept.map_or(fresh.accept, |clock| rules.accept_due(severity, clock.from));
    let ceiling = rules.ceiling(category, leg.level, leg.clocks.ceiling.from);
    let dispatch = leg.accepted_at.map(|_| {
        let from = leg.clocks.dispatch.map_or(at, |clock| clock.from);
        counted(rules.dispatch_due(severity, from))
    });
    Back { arrival: Arrival { accept: counted(accept), ceiling: counted(ceiling), ..fresh }, dispatch }
}

/// The leg of the desk that sent the incident to the one that has not accepted it yet.
pub(crate) fn sent_by(case: &Case) -> Option<&CustodyLeg> {
    let [.., sender, _] = case.custody.as_slice() else { return None };
    let sent = matches!(
        sender.outcome,
        Some(CustodyOutcome::Escalated | CustodyOutcome::HandedDown | CustodyOutcome::Transferred)
    );
    sent.then_some(sender)
}

impl Effect for Withdrawn {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        // What was taken back was not used up.
        let how = sent_by(case).and_then(|leg| leg.outcome).filter(|_| self.back_to.is_some());
        let tally = &mut case.incident.proceedings.tally;
        if how == Some(CustodyOutcome::HandedDown) {
            tally.handed_down = tally.handed_down.saturating_sub(1);
        }
        if how == Some(CustodyOutcome::Transferred) {
            tally.transferred = tally.transferred.saturating_sub(1);
        }
        match &self.back_to {
            Some(Back { arrival, dispatch: Some(dispatch) }) => {
                case.take(CustodyOutcome::Withdrawn, arrival, *dispatch, stamp);
            }
            Some(Back { arrival, dispatch: None }) => case.arrive(CustodyOutcome::Withdrawn, arrival, stamp),
            None => {
                case.end_work(HandlingOutcome::Withdrawn, stamp);
                case.incident.state = State::PendingDispatch;
            }
        }
    }
}
