//! Follow up (回访): a person who did not do the work asks the residents about the outcome. The incident is reopened if
//! the matter is not settled.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        reopen::Reopen,
        rule::{By, Rule},
    },
    events::closing::{Channel, FollowedUp, SATISFACTION},
    incident::{
        State,
        remark::{Audience, Label},
    },
    refusal::Refusal,
    text::Text,
    warning::Warning,
};

/// Records the answers of the residents about the outcome.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FollowUp {
    pub channel: Channel,
    /// Whether the matter is settled in the view of the person asked.
    pub settled: bool,
    /// From 1 (very dissatisfied) to 5 (very satisfied); `None` if the person gave no grade.
    pub satisfaction: Option<u8>,
    /// The person's answers.
    pub remarks: Text,
    /// Reply to the reporter. Required if it answers an objection and the incident stays closed.
    pub reply: Option<Text>,
}

impl Rule for FollowUp {
    const FROM: &'static [State] = &[State::Closed];
    const TO: &'static [State] = &[State::PendingDispatch];
    const BY: By = By::Closer;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let submitted_by = context.case.last_lead().and_then(|leg| leg.submitted_by);
        if submitted_by == Some(context.actor.account) { Err(Refusal::OwnWork) } else { Ok(()) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        if let Some(given) = self.satisfaction.filter(|given| !SATISFACTION.contains(given)) {
            return Err(Refusal::NoGrade { given });
        }
        let Self { channel, settled, satisfaction, remarks, reply } = self;
        let body = FollowedUp { channel: *channel, settled: *settled, satisfaction: *satisfaction };
        let effects = Effects::of(body).with_internal_note(remarks);
        let effects = match reply {
            Some(reply) => effects.with_remark(Label::Reply, Audience::Reporter, reply),
            None => effects,
        };
        if !self.settled && Reopen::guard(context).is_ok() {
            return Ok(effects.followed_by(Reopen { reason: remarks.clone() }.decide(context)?));
        }
        // The incident stays closed. Who closed it does not answer the objection to the closure.
        if let Some((_, desk)) = context.case.objection_to_answer() {
            if context.actor.organisation != desk {
                return Err(Refusal::OnlyDesk { command: CommandKind::FollowUp, desk });
            }
            if reply.is_none() {
                return Err(Refusal::ReplyMissing);
            }
        }
        let too_late = (!self.settled).then_some(Warning::TooLateToReopen);
        Ok(effects.with_warning(too_late))
    }
}
