//! The input of every decision about a command: the case, the actor, the time and the rules.

use chrono::TimeDelta;

use crate::{
    account::Actor,
    command_kind::CommandKind,
    events::custody::Back,
    geography::unit::Level,
    incident::{
        Incident,
        case::{Arrival, Case, Work},
        leg::{CustodyLeg, DeskAbove},
        schedule,
    },
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
        clock::{Deadline, Moved, WorkClocks},
    },
};

/// The most organisations that one command may ask to assist.
pub(crate) const MAX_ASSISTS: usize = 10;

/// Everything a decision reads. The caller looks up other facts in the database and puts them into the command.
#[derive(Clone, Copy)]
pub(crate) struct CommandContext<'a> {
    pub case: &'a Case,
    pub actor: &'a Actor,
    pub at: Instant,
    pub rules: &'a Rules,
    pub reference_data: &'a ReferenceData,
}

/// The arrival of an incident at `desk`: the desk's clocks by `rules`, and the desk above it.
pub(crate) fn arrival(
    desk: OrganisationCode,
    (category, severity): (CategoryCode, Severity),
    at: Instant,
    rules: &Rules,
    reference_data: &ReferenceData,
) -> Arrival {
    Arrival {
        desk,
        above: DeskAbove::new(desk, superior_desk(desk, &reference_data.organisations)),
        accept: rules.accept_due(severity, at),
        on_lapse: rules.on_lapse(category, severity),
        ceiling: rules.ceiling(category, desk.unit.level(), at),
    }
}

impl CommandContext<'_> {
    /// Refuses if the severity keeps the incident above `level`.
    pub fn require_not_too_severe_for(&self, level: Level) -> Result<(), Refusal> {
        let severity = self.case.incident.severity;
        let least = self.rules.minimum_level(severity);
        if level < least { Err(Refusal::TooSevereBelow { severity, least }) } else { Ok(()) }
    }

    /// Whether more than `days` days have passed since the incident ended.
    pub fn ended_longer_ago_than(&self, days: u32) -> bool {
        let limit = TimeDelta::days(i64::from(days));
        // `None` if the end of the period cannot be represented: then the period has no end.
        let period_end = self.case.incident.ended_at.and_then(|ended| ended.checked_add_signed(limit));
        period_end.is_some_and(|end| self.at > end)
    }

    /// The arrival of the incident at `desk` now, with new clocks.
    pub fn arrival(&self, desk: OrganisationCode) -> Arrival {
        let incident = &self.case.incident;
        arrival(desk, (incident.category, incident.severity), self.at, self.rules, self.reference_data)
    }

    /// Gives the incident back to the desk of `leg`. Its clocks keep their old starting times, so that sending an
    /// incident away and taking it back gains no time. Later corrections and pauses are counted.
    pub fn give_back_to(&self, leg: &CustodyLeg) -> Back {
        let Incident { category, severity, ref pauses, .. } = self.case.incident;
        let with_pauses = |clock: Deadline| self.rules.recomputed(clock, &pauses.periods);
        let fresh = self.arrival(leg.desk);
        let accept =
            leg.clocks.accept.map_or(fresh.accept, |clock| self.rules.accept_due(severity, clock.from));
        let ceiling = self.rules.ceiling(category, leg.level(), leg.clocks.ceiling.from);
        let ceiling =
            schedule::lengthened(with_pauses(ceiling), &leg.extensions, &pauses.periods, self.rules);
        let dispatch = leg.accepted_at.map(|_| self.resumed_dispatch(leg));
        let arrival = Arrival { accept: with_pauses(accept), ceiling, ..fresh };
        Back { arrival, dispatch, extensions: leg.extensions.clone() }
    }

    /// The dispatch clock of the desk of `leg`, continued as if nothing had been sent.
    pub fn resumed_dispatch(&self, leg: &CustodyLeg) -> Deadline {
        let Incident { severity, ref pauses, .. } = self.case.incident;
        let from = leg.clocks.dispatch.map_or(self.at, |clock| clock.from);
        self.rules.recomputed(self.rules.dispatch_due(severity, from), &pauses.periods)
    }

    /// Work that `organisation` leads and has to acknowledge first.
    pub fn work_for(&self, organisation: OrganisationCode) -> Work {
        let Work { clocks, .. } = self.acknowledged_work_for(organisation);
        let receipt = Some(self.rules.receipt_due(self.at));
        Work { organisation, clocks: WorkClocks { receipt, ..clocks } }
    }

    /// Work that `organisation` leads and need not acknowledge.
    pub fn acknowledged_work_for(&self, organisation: OrganisationCode) -> Work {
        let incident = &self.case.incident;
        let clocks = WorkClocks {
            receipt: None,
            response: Some(self.rules.response_due(incident.severity, self.at)),
            handle: self.rules.handle_due(incident.category, self.case.came_from_below(), self.at),
        };
        Work { organisation, clocks }
    }

    /// Work with which `organisation` assists. It has no deadline for the first response on site.
    pub fn assisting_work_for(&self, organisation: OrganisationCode) -> Work {
        let Work { clocks, .. } = self.work_for(organisation);
        Work { organisation, clocks: WorkClocks { response: None, ..clocks } }
    }

    /// Returns `reason`, if the rules list it for `command`.
    pub fn reason(&self, command: CommandKind, reason: &ReasonCode) -> Result<ReasonCode, Refusal> {
        if self.rules.knows(command, reason) {
            return Ok(reason.clone());
        }
        let known = self.rules.reasons(command).iter().map(|known| known.code.clone()).collect();
        Err(Refusal::UnknownReason { command, given: reason.clone(), known })
    }

    /// Returns `organisation`, if it exists in the unit of the actor's desk.
    pub fn organisation_of_own_unit(
        &self,
        organisation: OrganisationCode,
    ) -> Result<OrganisationCode, Refusal> {
        let unit = self.actor.organisation.unit;
        if organisation.unit == unit && self.reference_data.organisations.contains(organisation) {
            Ok(organisation)
        } else {
            Err(Refusal::ForeignOrganisation { to: organisation, unit })
        }
    }

    /// The new deadlines of all running clocks after the current pause. The limits stay the same.
    pub fn clocks_after_pauses(&self) -> Vec<Moved> {
        schedule::after_pauses(self.case, self.at, self.rules)
    }
}

/// Whether `organisation` is a department, not a desk.
pub(crate) fn is_department(organisation: OrganisationCode) -> bool {
    organisation.kind != OrganisationKind::Desk
}
