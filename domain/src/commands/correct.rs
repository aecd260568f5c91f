//! Correct (更正): the holding desk corrects the category, the severity or the place of the incident.
//!
//! All deadlines are computed again. If one of them gets later, a second person has to approve. The incident moves to
//! another desk if the rules make that desk responsible.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        correction::corrected_event,
        effects::Effects,
        rule::{By, Rule},
    },
    geography::place::Place,
    incident::{
        State,
        requests::{Correction, RequestedChange},
    },
    refusal::Refusal,
    rules::category::{CategoryCode, Severity},
    text::Text,
};

/// Corrects the facts of the incident. `None` leaves a fact as it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Correct {
    pub category: Option<CategoryCode>,
    pub severity: Option<Severity>,
    pub place: Option<Place>,
    pub reason: Text,
}

impl Rule for Correct {
    const FROM: &'static [State] = State::OPEN;
    const TO: &'static [State] = &[State::PendingAcceptance];
    const BY: By = By::Desk;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let incident = &context.case.incident;
        let current =
            Correction { category: incident.category, severity: incident.severity, place: incident.place };
        let correction = Correction {
            category: self.category.unwrap_or(current.category),
            severity: self.severity.unwrap_or(current.severity),
            place: self.place.unwrap_or(current.place),
        };
        if correction == current {
            return Err(Refusal::NothingCorrected);
        }
        let corrected = corrected_event(correction, context)?;
        if corrected.moved.iter().any(|moved| moved.new.at > moved.old) {
            context.require_no_open_request()?;
            return Ok(context.request_approval(RequestedChange::Correct(correction), None, &self.reason));
        }
        Ok(Effects::of(corrected).with_internal_note(&self.reason))
    }
}
