//! Events that the system causes: automatic escalation, alarm and new deadlines.

use serde::{Deserialize, Serialize};

use crate::{
    events::effect::Effect,
    incident::{
        case::{Arrival, Case, Stamp, Work},
        leg::{CustodyOutcome, HandlingRole},
        oversight::{Alarm, SupervisionLevel},
    },
    organisation::OrganisationCode,
    time::{
        auto_escalation::AutoEscalation,
        clock::{Clock, Moved, WorkClocks},
    },
};

/// The system sent the incident to the desk above because the holding desk did not accept in time.
///
/// The late desks become assisting organisations. Each may still accept until the new desk does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AutoEscalated {
    /// The new desk, with its clocks.
    pub to: Arrival,
}

impl Effect for AutoEscalated {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let late_desks: Vec<OrganisationCode> =
            case.open_assists().map(|leg| leg.organisation).chain(case.desk()).collect();
        case.incident.escalated = case.incident.escalated.saturating_add(1);
        case.arrive(CustodyOutcome::Lapsed, &self.to, stamp);
        let clocks = WorkClocks { receipt: None, response: None, handle: self.to.accept };
        for organisation in late_desks {
            case.start(HandlingRole::Assist, &Work { organisation, clocks }, false, stamp);
        }
    }
}

/// A deadline was missed and the system told a desk. The incident stays with the holding desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Alarmed {
    pub level: SupervisionLevel,
    /// The desk that was told.
    pub by: OrganisationCode,
    /// The clock whose deadline was missed.
    pub over: Clock,
}

impl Effect for Alarmed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { level, by, over } = *self;
        case.incident.oversight.alarm = Some(Alarm { level, by, at: stamp.at, over });
    }
}

/// The deadlines were computed again because the rules or the calendar changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rescheduled {
    /// The clocks whose deadlines changed.
    pub moved: Vec<Moved>,
    /// What happens if the desk does not accept in time.
    pub on_lapse: AutoEscalation,
}

impl Effect for Rescheduled {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.set_clocks(&self.moved);
        case.set_on_lapse(self.on_lapse);
    }
}
