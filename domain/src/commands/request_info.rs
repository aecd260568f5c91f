//! Ask for information: the reporter has to say more before the desk can decide. Its clocks stand still meanwhile.

use serde::{Deserialize, Serialize};

use super::{By, CommandKind, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    clock::Deadline,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Asks the reporter for more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RequestInfo {
    /// What is missing, in words for the reporter.
    pub question: Text,
}

/// The desk asked for more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InfoRequested {
    /// Until when the reporter can answer.
    pub due: Deadline,
}

impl Rule for RequestInfo {
    const FROM: &'static [State] = &[State::PendingAcceptance];
    const BY: By = By::Desk;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let most = scene.rules.book().maxima.questions;
        if scene.case.incident.proceedings.tally.asked >= most {
            return Err(Refusal::TooOften { command: CommandKind::RequestInfo, most });
        }
        Ok(())
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let due = scene.rules.information_due(scene.at);
        Ok(Happening::of(InfoRequested { due }).telling(&self.question))
    }
}

impl Effect for InfoRequested {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::AwaitingInfo;
        case.incident.proceedings.tally.asked += 1;
        case.incident.proceedings.pause(stamp.at, self.due);
    }
}
