//! Object (提出异议): the reporter says that the matter is not settled, soon after the incident was closed. The desk above sees it. A
//! follow-up or the reopening answers it.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::closing::Objected,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Objects to the closure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Object {
    /// What is not settled.
    pub text: Text,
}

impl Rule for Object {
    const FROM: &'static [State] = &[State::Closed];
    const BY: By = By::Reporter;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let days = context.rules.book().objection_days;
        if context.ended_longer_ago_than(days) {
            return Err(Refusal::ObjectTooLate { days });
        }
        if context.case.incident.requests.objection.is_some() {
            Err(Refusal::ObjectedAlready)
        } else {
            Ok(())
        }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let due = context.rules.objection_due(context.at);
        Ok(Effects::of(Objected { due }).with_reply(&self.text))
    }
}
