//! Worklists: what waits for somebody at a desk, in a department, or in the field.

use crate::{
    code::codes,
    command_kind::CommandKind,
    ids::AccountId,
    incident::{
        State,
        case::Case,
        leg::{HandlingLeg, HandlingOutcome, HandlingRole},
    },
    time::{Instant, clock::Deadline},
};

codes! {
    /// A worklist. Whose it is follows from who asks.
    Worklist "queue" {
        /// What one's own organisation has to act on; for a grid worker, questions to answer and results to look at.
        Mine "mine" "待我办理",
        /// What one's own desk answers for, whoever works on it.
        Desk "desk" "本台负责",
        /// What one's own organisation has or answers for, with a step that is late.
        Overdue "overdue" "超期",
        /// Results that one's own desk has to look at.
        ToVerify "to_verify" "待核查",
        /// What departments sent back to one's own desk.
        Returned "returned" "被退回",
        /// What is watched: by one's own desk, or while one's own organisation has it.
        Supervised "supervised" "督办",
        /// What waits to be decided here: requests of others, by a second person at least as high as who asked, and disputes,
        /// by the desk above.
        ToDecide "to_decide" "待批准裁定",
    }
}

/// Something is awaited from somebody in the field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Awaited {
    /// From whom: the reporter who was asked, or the grid worker who was sent to look.
    pub from: AccountId,
    /// Since when, and until when.
    pub due: Deadline,
}

/// Since when an incident waits in worklists.
impl Case {
    /// Since when its desk has had it: since it came, or came back from others. What the desk did itself brings nothing to
    /// it. `None` at rest.
    #[must_use]
    pub fn at_desk_since(&self) -> Option<Instant> {
        let custody = self.open_custody()?;
        let back = self.lead_here().filter(|leg| came_back(leg)).filter_map(|leg| leg.ended_at).max();
        // The reporter answers only a desk that has not accepted yet.
        let asks = self.incident.state == State::PendingAcceptance;
        let answered = self.incident.proceedings.pauses.last().filter(|_| asks).and_then(|pause| pause.to);
        Some([back, answered].into_iter().flatten().fold(custody.opened_at, Instant::max))
    }

    /// Whether the department that had it last sent it back to its desk, which has done nothing about it since.
    #[must_use]
    pub fn was_sent_back(&self) -> bool {
        let last = self.lead_here().last().and_then(|leg| leg.outcome);
        self.incident.state == State::PendingDispatch && last == Some(HandlingOutcome::Returned)
    }

    /// What is awaited from the field.
    #[must_use]
    pub fn awaited(&self) -> Option<Awaited> {
        let proceedings = &self.incident.proceedings;
        match self.incident.state {
            State::AwaitingInfo => {
                let due = proceedings.waits_until?;
                Some(Awaited { from: self.incident.looked_after_by(), due })
            }
            State::PendingVerification => {
                let check = proceedings.check.filter(|check| check.settled.is_none())?;
                Some(Awaited { from: check.worker, due: check.due })
            }
            State::PendingAcceptance
            | State::PendingDispatch
            | State::PendingReceipt
            | State::InProgress
            | State::Suspended
            | State::Closed
            | State::NotAccepted
            | State::Voided
            | State::Merged
            | State::ReferredOut => None,
        }
    }

    /// Since when it waits for the desk above to decide whose duty it is.
    #[must_use]
    pub fn disputed_since(&self) -> Option<Instant> {
        let decides = CommandKind::Arbitrate.states().contains(&self.incident.state);
        self.incident.proceedings.disputed.filter(|_| decides)
    }

    /// The lead work under the custody of the desk that has it.
    fn lead_here(&self) -> impl Iterator<Item = &HandlingLeg> {
        let custody = self.open_custody().map(|leg| leg.number);
        self.handling.iter().filter(move |leg| leg.role == HandlingRole::Lead && Some(leg.custody) == custody)
    }
}

/// Whether the work came back to the desk by what others did.
fn came_back(leg: &HandlingLeg) -> bool {
    matches!(leg.outcome, Some(HandlingOutcome::Returned | HandlingOutcome::Submitted))
}
