//! Worklists: the incidents that wait for a desk, a department or a grid worker.

use crate::{
    code::codes,
    command_kind::CommandKind,
    ids::AccountId,
    incident::{
        State,
        case::Case,
        leg::{HandlingLeg, HandlingOutcome, HandlingRole},
    },
    organisation::OrganisationCode,
    time::{Instant, clock::Deadline},
};

codes! {
    /// A worklist. Its content depends on the account that asks ("own" below means the account's organisation or desk).
    Worklist "queue" {
    /// Incidents that the own organisation has to act on. For a grid worker: questions to answer and results to check.
    Mine "mine" "待我办理",
    /// Incidents that the own desk is responsible for, also while others work on them.
    Desk "desk" "本台负责",
    /// Incidents that the own organisation holds or is responsible for, with an overdue step.
    Overdue "overdue" "超时",
    /// Results that the own desk has to verify.
    ToVerify "to_verify" "待核查",
    /// Incidents that a department returned to the own desk.
    Returned "returned" "被退回",
    /// Incidents that the own desk supervises, or that the own organisation holds under supervision.
    Supervised "supervised" "督办",
    /// Decisions that wait for the account: requests that a second person of at least the same level must decide, and
    /// disputes and objections of reporters that the desk above must answer.
        ToDecide "to_decide" "待批准裁定",
    }
}

/// An incident waits for a person in the field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Awaited {
    /// The person: the reporter who was asked, or the grid worker who was sent to check the result.
    pub from: AccountId,
    /// When the question was asked or the grid worker was sent, and when the answer is due.
    pub due: Deadline,
}

/// Facts that worklists need.
impl Case {
    /// Since when the incident has waited at its desk: since it arrived, a department returned work or submitted a result,
    /// or the reporter answered. Actions of the desk itself do not count. `None` if the incident has ended.
    #[must_use]
    pub fn at_desk_since(&self) -> Option<Instant> {
        let custody = self.open_custody()?;
        let work_ended =
            self.own_lead_legs().filter(|leg| was_given_back(leg)).filter_map(|leg| leg.ended_at).max();
        // Only a desk that has not accepted yet asks the reporter.
        let may_ask = self.incident.state == State::PendingAcceptance;
        let pause = self.incident.pauses.periods.last().filter(|_| may_ask);
        let answered = pause.and_then(|pause| pause.to);
        Some([work_ended, answered].into_iter().flatten().fold(custody.opened_at, Instant::max))
    }

    /// Whether the last department returned the work and the desk has not dispatched it again.
    #[must_use]
    pub fn was_sent_back(&self) -> bool {
        let last = self.own_lead_legs().last().and_then(|leg| leg.outcome);
        self.incident.state == State::PendingDispatch && last == Some(HandlingOutcome::Returned)
    }

    /// The person in the field that the incident waits for, if any.
    #[must_use]
    pub fn awaited(&self) -> Option<Awaited> {
        let incident = &self.incident;
        match self.incident.state {
            State::AwaitingInfo => {
                let due = incident.pauses.until?;
                Some(Awaited { from: self.incident.looked_after_by(), due })
            }
            State::PendingVerification => {
                let check = incident.oversight.check.filter(|check| check.settled.is_none())?;
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

    /// Since when the incident waits for the desk above to decide whose duty the work is.
    #[must_use]
    pub fn disputed_since(&self) -> Option<Instant> {
        let can_be_decided = CommandKind::Arbitrate.states().contains(&self.incident.state);
        self.incident.requests.disputed.filter(|_| can_be_decided)
    }

    /// Since when the reporter's objection to the closure waits for an answer, and the desk that has to see to it: the desk above, or
    /// the desk that closed if no desk above sees the incident.
    #[must_use]
    pub fn objection_to_answer(&self) -> Option<(Instant, OrganisationCode)> {
        let (objection, leg) = (self.unanswered_objection()?, self.custody.last()?);

        let sees =
            |desk: &OrganisationCode| !self.incident.restricted && self.incident.place.lies_in(desk.unit);
        let above = leg.superior().filter(sees);
        Some((objection.at, above.unwrap_or(leg.desk)))
    }

    /// The lead handling legs during the open custody leg.
    fn own_lead_legs(&self) -> impl Iterator<Item = &HandlingLeg> {
        let custody = self.open_custody().map(|leg| leg.number);
        self.handling.iter().filter(move |leg| leg.role == HandlingRole::Lead && Some(leg.custody) == custody)
    }
}

/// Whether the organisation itself gave the work back to the desk: it returned the work or submitted a result.
fn was_given_back(leg: &HandlingLeg) -> bool {
    matches!(leg.outcome, Some(HandlingOutcome::Returned | HandlingOutcome::Submitted))
}
