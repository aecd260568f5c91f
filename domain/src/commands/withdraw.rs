//! Withdraw: the desk takes back what it sent to an organisation or to another desk, as long as nobody took it on. Its
//! own clocks go on as if it had not been sent: sending and taking back gains no time.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::custody::{Back, Withdrawn},
    incident::{Incident, State, case::Arrival, leg::CustodyLeg},
    refusal::Refusal,
    text::Text,
    time::clock::Deadline,
};

/// Takes back what was sent and not yet taken on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Withdraw {
    /// Why.
    pub reason: Text,
}

impl Rule for Withdraw {
    const FROM: &'static [State] = &[State::PendingReceipt, State::PendingAcceptance];
    const BY: By = By::Sender;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let back_to = match context.case.incident.state {
            State::PendingAcceptance => context.case.sent_by().map(|leg| back(leg, context)),
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
        Ok(Effects::of(Withdrawn { back_to }).noting(&self.reason))
    }
}

pub(crate) fn back(leg: &CustodyLeg, context: &CommandContext<'_>) -> Back {
    // From where its clocks began, with whatever was corrected or stood still since.
    let CommandContext { case, rules, at, .. } = *context;
    let Incident { category, severity, ref proceedings, .. } = case.incident;
    let counted = |clock: Deadline| rules.again(clock, &proceedings.pauses);
    let fresh = context.arrival(leg.desk);
    let accept = leg.clocks.accept.map_or(fresh.accept, |clock| rules.accept_due(severity, clock.from));
    let ceiling = rules.ceiling(category, leg.level, leg.clocks.ceiling.from);
    let dispatch = leg.accepted_at.map(|_| {
        let from = leg.clocks.dispatch.map_or(at, |clock| clock.from);
        counted(rules.dispatch_due(severity, from))
    });
    Back { arrival: Arrival { accept: counted(accept), ceiling: counted(ceiling), ..fresh }, dispatch }
}
