//! Suspend (挂账): work stands still for a reason of the list, once, for so many days; then it goes on by itself.

use serde::{Deserialize, Serialize};

use super::{By, CommandKind, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    clock::Deadline,
    deadline::LimitUnit,
    incident::State,
    proceedings::Asked,
    reason::ReasonCode,
    refusal::Refusal,
    text::Text,
};

/// Asks that work stands still.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suspend {
    /// Why.
    pub reason: ReasonCode,
    /// For how many days.
    pub days: u32,
    /// In words.
    pub explanation: Text,
}

/// Work stands still.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suspended {
    /// Until when at the latest.
    pub until: Deadline,
}

impl Rule for Suspend {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Lead;
    const GIVES_REASON: bool = true;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let most = scene.rules.book().maxima.suspensions;
        if scene.case.incident.proceedings.tally.suspended >= most {
            return Err(Refusal::TooOften { command: CommandKind::Suspend, most });
        }
        scene.not_overdue()?;
        scene.nothing_asked()
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let reason = scene.reason(CommandKind::Suspend, &self.reason)?;
        let most = scene.rules.book().suspension_days;
        if self.days == 0 || self.days > most {
            return Err(Refusal::TooLong { given: self.days, most, unit: LimitUnit::CalendarDays });
        }
        Ok(scene.ask(Asked::Suspend { days: self.days }, Some(reason), &self.explanation))
    }
}

impl Effect for Suspended {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::Suspended;
        case.incident.proceedings.tally.suspended += 1;
        case.incident.proceedings.pause(stamp.at, self.until);
    }
}
