//! automatic

use serde::{Deserialize, Serialize};

use crate::{
    events::effect::Effect,
    incident::{
        case::{Arrival, Case, Stamp, Work},
        leg::{CustodyOutcome, HandlingRole},
        proceedings::{Alarm, SupervisionLevel},
    },
    organisation::OrganisationCode,
    time::{
        auto_escalation::AutoEscalation,
        clock::{Clock, Moved, WorkClocks},
    },
};

/// Nobody accepted it; it went up by itself. The desks that were late assist, and may still accept until the next does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AutoEscalated {
    /// The desk that got it, with its clocks.
    pub to: Arrival,
}

/// A clock ran out; the desk above is told. Nothing moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Alarmed {
    /// How loudly.
    pub level: SupervisionLevel,
    /// The desk that is told.
    pub by: OrganisationCode,
    /// The clock.
    pub over: Clock,
}

/// The clocks were set anew by rules that changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rescheduled {
    /// When they were due, and are due now.
    pub moved: Vec<Moved>,
    /// What happens when the desk does not accept.
    pub on_lapse: AutoEscalation,
}

impl Effect for AutoEscalated {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let late: Vec<OrganisationCode> =
            case.open_assists().map(|leg| leg.organisation).chain(case.desk()).collect();
        case.incident.escalated = case.incident.escalated.saturating_add(1);
        case.arrive(CustodyOutcome::Lapsed, &self.to, stamp);
        let clocks = WorkClocks { receipt: None, response: None, handle: self.to.accept };
        for organisation in late {
            case.start(HandlingRole::Assist, &Work { organisation, clocks }, false, stamp);
        }
    }
}

impl Effect for Alarmed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { level, by, over } = *self;
        case.incident.proceedings.alarm = Some(Alarm { level, by, at: stamp.at, over });
    }
}

impl Effect for Rescheduled {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.set_clocks(&self.moved);
        case.set_on_lapse(self.on_lapse);
    }
}
