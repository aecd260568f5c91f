//! Accept and dispatch (受理并派遣): both in one step, with the events of both commands.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        accept::Accept,
        context::CommandContext,
        dispatch::Dispatch,
        effects::Effects,
        rule::{By, Rule},
    },
    incident::State,
    refusal::Refusal,
};

/// Accepts the incident and assigns the work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AcceptAndDispatch {
    pub dispatch: Dispatch,
}

impl Rule for AcceptAndDispatch {
    const FROM: &'static [State] = Accept::FROM;
    const TO: &'static [State] = Dispatch::TO;
    const BY: By = Accept::BY;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        Accept::guard(context)
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        context.then(Accept {}.decide(context)?, &self.dispatch)
    }
}
