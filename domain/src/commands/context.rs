//! What a command is decided on: the case, who acts, when, and by which rules.

use crate::{
    account::Actor,
    command_kind::CommandKind,
    incident::case::{Arrival, Case, Work},
    organisation::{OrganisationCode, OrganisationKind},
    reference_data::ReferenceData,
    refusal::Refusal,
    rules::{
        Rules,
        category::{CategoryCode, Severity},
        reason::ReasonCode,
        routing::superior_desk,
    },
    time::{
        Instant,
        clock::{Moved, WorkClocks},
    },
};

/// Everything a decision looks at. What stands in the database was looked up before and is in the command.
#[derive(Clone, Copy)]
pub(crate) struct CommandContext<'a> {
    pub case: &'a Case,
    pub actor: &'a Actor,
    pub at: Instant,
    pub rules: &'a Rules,
    pub ground: &'a ReferenceData,
}

/// What reaches a desk: its clocks by `rules`, and who stands above it.
pub(crate) fn arrival(
    desk: OrganisationCode,
    (category, severity): (CategoryCode, Severity),
    at: Instant,
    rules: &Rules,
    ground: &ReferenceData,
) -> Arrival {
    Arrival {
        desk,
        superior: superior_desk(desk, &ground.organisations),
        accept: rules.accept_due(severity, at),
        on_lapse: rules.on_lapse(category, severity),
        ceiling: rules.ceiling(category, desk.unit.level(), at),
    }
}

impl CommandContext<'_> {
    /// What reaches `desk` now.
    pub fn arrival(&self, desk: OrganisationCode) -> Arrival {
        let incident = &self.case.incident;
        arrival(desk, (incident.category, incident.severity), self.at, self.rules, self.ground)
    }

    /// What reaches `organisation` now as the lead, with something to take on or not.
    pub fn work(&self, organisation: OrganisationCode, taken_on: bool) -> Work {
        let incident = &self.case.incident;
        let clocks = WorkClocks {
            receipt: (!taken_on).then(|| self.rules.receipt_due(self.at)),
            response: Some(self.rules.response_due(incident.severity, self.at)),
            handle: self.rules.handle_due(incident.category, self.case.has_risen(), self.at),
        };
        Work { organisation, clocks }
    }

    /// `reason`, if the rules list it for `command`.
    pub fn reason(&self, command: CommandKind, reason: &ReasonCode) -> Result<ReasonCode, Refusal> {
        if self.rules.knows(command, reason) {
            return Ok(reason.clone());
        }
        let known = self.rules.reasons(command).iter().map(|known| known.code.clone()).collect();
        Err(Refusal::UnknownReason { command, given: reason.clone(), known })
    }

    /// `organisation`, if it is one of the desk's own unit.
    pub fn of_own_unit(&self, organisation: OrganisationCode) -> Result<OrganisationCode, Refusal> {
        let unit = self.actor.organisation.unit;
        if organisation.unit == unit && self.ground.organisations.contains(organisation) {
            Ok(organisation)
        } else {
            Err(Refusal::ForeignOrganisation { to: organisation, unit })
        }
    }

    /// Every running clock again after its pauses, on the limits it has.
    pub fn clocks_after_pauses(&self) -> Vec<Moved> {
        crate::incident::schedule::after_pauses(self.case, self.at, self.rules)
    }
}

/// Whether `organisation` is a department and no desk.
pub(crate) fn is_department(organisation: OrganisationCode) -> bool {
    organisation.kind != OrganisationKind::Desk
}
