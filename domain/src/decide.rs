//! Deciding: checks whether an actor may give a command, and computes its events. Pure: no clock, no I/O.

use crate::{
    account::{Actor, Role},
    command_kind::CommandKind,
    commands::{Command, context::CommandContext, effects::Effects, rule::By},
    decision::{Decision, decision},
    events::EventBody,
    geography::unit::Level,
    ids::AccountId,
    incident::{State, case::Case, leg::HandlingLeg},
    organisation::OrganisationCode,
    reading::visibility::{Visibility, visible},
    reference_data::ReferenceData,
    refusal::Refusal,
    rules::Rules,
    time::{Instant, truncate},
};

/// Decides `command` on `case`, given by `actor` at `now`.
///
/// The new events are never earlier than the latest event, even if the clock went back.
///
/// # Errors
/// In this order: the actor may not give the command (403), the state does not allow it (409), or the facts of the
/// command are not acceptable (422).
pub fn decide(
    case: &Case,
    command: &Command,
    actor: &Actor,
    now: Instant,
    rules: &Rules,
    reference_data: &ReferenceData,
) -> Result<Decision, Refusal> {
    permitted(case, command.kind(), actor, now, rules, reference_data)?;
    let context = context(case, actor, now, rules, reference_data);
    let Effects { events, warnings } = command.decide(&context)?;
    let decision = decision(case, events, warnings, actor.account, context.at);
    let (before, after) = (case.incident.state, decision.case.incident.state);
    debug_assert!(
        before == after || command.kind().leads_to().contains(&after),
        "{} led from {before} to {after}",
        command.kind()
    );
    Ok(decision)
}

/// Applies `body` to `case` as the consequence of a command on another incident, given by `actor` at `now`. For
/// example, a merge also changes the primary incident.
#[must_use]
pub fn apply_consequence(case: &Case, body: EventBody, actor: AccountId, now: Instant) -> Decision {
    let at = truncate(now).max(case.incident.last_event_at());
    decision(case, vec![(body, Vec::new())], Vec::new(), actor, at)
}

/// The commands that `actor` may give on `case` now.
#[must_use]
pub fn actions(
    case: &Case,
    actor: &Actor,
    now: Instant,
    rules: &Rules,
    reference_data: &ReferenceData,
) -> Vec<CommandKind> {
    CommandKind::ALL
        .iter()
        .copied()
        .filter(|kind| permitted(case, *kind, actor, now, rules, reference_data).is_ok())
        .collect()
}

/// Checks whether `actor` may give a command of the kind `kind` now, whatever its facts.
///
/// # Errors
/// The actor lacks authority, the state does not allow the command, or another condition of the command is not met.
pub fn permitted(
    case: &Case,
    kind: CommandKind,
    actor: &Actor,
    now: Instant,
    rules: &Rules,
    reference_data: &ReferenceData,
) -> Result<(), Refusal> {
    check_authority(case, kind, actor)?;
    let state = case.incident.state;
    if !kind.states().contains(&state) {
        return Err(Refusal::WrongState { command: kind, state });
    }
    kind.guard(&context(case, actor, now, rules, reference_data))
}

fn context<'a>(
    case: &'a Case,
    actor: &'a Actor,
    now: Instant,
    rules: &'a Rules,
    reference_data: &'a ReferenceData,
) -> CommandContext<'a> {
    let at = truncate(now).max(case.incident.last_event_at());
    CommandContext { case, actor, at, rules, reference_data }
}

/// Checks whether the command is the actor's to give.
///
/// A refusal may name the party that may give the command. Only actors who see the holder of the incident get that
/// refusal; all others get `NotInFullView`.
fn check_authority(case: &Case, kind: CommandKind, actor: &Actor) -> Result<(), Refusal> {
    check_party(case, kind, actor).map_err(|refusal| {
        let names_nobody = matches!(refusal, Refusal::NotForThisRole { .. } | Refusal::OnlyReporter { .. });
        let sees_holder = || matches!(visible(actor, case), Visibility::Full | Visibility::Own);
        if names_nobody || sees_holder() { refusal } else { Refusal::NotInFullView }
    })
}

/// Checks whether the actor belongs to the party that may give the command.
fn check_party(case: &Case, kind: CommandKind, actor: &Actor) -> Result<(), Refusal> {
    let Some(leg) = case.custody.last() else { return Err(Refusal::NotForThisRole { command: kind }) };
    let check = PartyCheck { case, kind, actor };
    match kind.by() {
        By::Desk => check.require_holding_desk(leg.desk),
        By::DeskOrLate if actor.desk().is_some_and(|desk| case.may_still_accept(desk)) => Ok(()),
        By::DeskOrLate => check.require_holding_desk(leg.desk),
        By::Superior => check.require_desk(leg.superior().unwrap_or(leg.desk)),
        // The desk above does not see a restricted incident, so the holding desk decides itself.
        By::Arbiter => {
            let superior = leg.superior().filter(|_| !case.incident.restricted);
            check.require_desk(superior.unwrap_or(leg.desk))
        }
        By::DeskOrAbove => {
            check.require_desk_or_above(leg.desk, Level::City).and_then(|()| check.require_full_view())
        }
        By::Closer => {
            check.require_desk_or_above(leg.desk, Level::County).and_then(|()| check.require_full_view())
        }
        By::County => check.require_county_or_city(leg.desk).and_then(|()| check.require_full_view()),
        By::Sender => check.require_sender(leg.desk),
        By::Lead => check.require_lead(),
        By::Assist => check.require_assisting(),
        By::DeskOrLead if check.require_lead().is_ok() && case.open_lead().is_some() => Ok(()),
        By::DeskOrLead => check.require_holding_desk(leg.desk),
        By::Reporter | By::ReporterOrDesk | By::Reader if case.incident.is_of(actor.account) => Ok(()),
        By::Reporter => Err(Refusal::OnlyReporter { command: kind }),
        By::ReporterOrDesk => check.require_holding_desk(leg.desk),
        By::Checker => check.require_checker(),
        By::Watcher => match case.incident.oversight.supervision {
            Some(supervision) => check.require_desk(supervision.by),
            None => check.require_desk_or_above(leg.desk, Level::City),
        },
        By::Involved => check.require_involved(leg.desk),
        By::PhotoContributor if case.incident.is_of(actor.account) || check.require_checker().is_ok() => {
            Ok(())
        }
        By::PhotoContributor => check.require_involved(leg.desk),
        By::Reader => check.require_full_view(),
    }
}

/// Checks the actor of a command against the parties of an incident.
struct PartyCheck<'a> {
    case: &'a Case,
    kind: CommandKind,
    actor: &'a Actor,
}

impl PartyCheck<'_> {
    /// The refusal for a role that can never give the command.
    const fn refuse_role<T>(&self) -> Result<T, Refusal> {
        Err(Refusal::NotForThisRole { command: self.kind })
    }

    /// The desk that the actor staffs.
    fn actor_desk(&self) -> Result<OrganisationCode, Refusal> {
        self.actor.desk().map_or_else(|| self.refuse_role(), Ok)
    }

    /// Requires that the actor staffs `desk`, which holds the incident or held it last.
    fn require_holding_desk(&self, desk: OrganisationCode) -> Result<(), Refusal> {
        if self.actor_desk()? == desk {
            Ok(())
        } else {
            Err(Refusal::NotYourDesk { command: self.kind, desk })
        }
    }

    /// Requires that the actor staffs `desk`, which need not hold the incident.
    fn require_desk(&self, desk: OrganisationCode) -> Result<(), Refusal> {
        if self.actor_desk()? == desk { Ok(()) } else { Err(Refusal::OnlyDesk { command: self.kind, desk }) }
    }

    /// Requires that the actor staffs `desk`, or a desk above it up to the level `highest`.
    fn require_desk_or_above(&self, desk: OrganisationCode, highest: Level) -> Result<(), Refusal> {
        let unit = self.actor_desk()?.unit;
        let allowed = unit.covers(desk.unit) && (unit == desk.unit || unit.level() <= highest);
        if allowed { Ok(()) } else { Err(Refusal::OnlyDeskOrAbove { command: self.kind, desk }) }
    }

    /// Requires that the actor staffs the desk of the county or city that contains the unit of `desk`.
    fn require_county_or_city(&self, desk: OrganisationCode) -> Result<(), Refusal> {
        let unit = self.actor_desk()?.unit;
        if unit.level() >= Level::County && unit.covers(desk.unit) {
            Ok(())
        } else {
            Err(Refusal::OnlyCounty { command: self.kind })
        }
    }

    /// Requires that the actor sees the incident in full.
    fn require_full_view(&self) -> Result<(), Refusal> {
        match visible(self.actor, self.case) {
            Visibility::Full => Ok(()),
            Visibility::None | Visibility::Summary | Visibility::Own | Visibility::Former { .. } => {
                Err(Refusal::NotInFullView)
            }
        }
    }

    /// Requires that the actor staffs the sending desk. While the holding desk has not accepted, that is the desk that
    /// sent the incident to it. Afterwards it is the holding desk, which sent the work to an organisation.
    fn require_sender(&self, holding_desk: OrganisationCode) -> Result<(), Refusal> {
        if self.case.incident.state != State::PendingAcceptance {
            return self.require_holding_desk(holding_desk);
        }
        match self.case.sent_by() {
            Some(leg) => self.require_desk(leg.desk),
            None => self.actor_desk().and(Err(Refusal::NothingSent)),
        }
    }

    /// Requires that the actor works for the organisation that leads the work, or led it last.
    fn require_lead(&self) -> Result<(), Refusal> {
        if self.actor.role != Role::Handler && self.actor.desk().is_none() {
            return self.refuse_role();
        }
        match self.case.open_lead().or_else(|| self.case.last_lead()).map(|leg| leg.organisation) {
            Some(organisation) if !self.actor.works_for(organisation) => {
                Err(Refusal::NotYourWork { command: self.kind, organisation })
            }
            // If nobody has led the work yet, the check of the state refuses the command.
            Some(_) | None => Ok(()),
        }
    }

    /// Requires that the actor works for a department that assists.
    fn require_assisting(&self) -> Result<(), Refusal> {
        if self.actor.role != Role::Handler {
            return self.refuse_role();
        }
        match self.case.assist_of(self.actor.organisation) {
            Some(_) => Ok(()),
            None => Err(Refusal::NotAssisting),
        }
    }

    /// Requires that the actor works for an organisation with open work, or staffs `holding_desk` or a desk above it.
    fn require_involved(&self, holding_desk: OrganisationCode) -> Result<(), Refusal> {
        if self.actor.role == Role::Handler {
            let organisation = self.actor.organisation;
            let is_open_work = |leg: &HandlingLeg| leg.organisation == organisation && leg.ended_at.is_none();
            return if self.case.handling.iter().any(is_open_work) {
                Ok(())
            } else {
                Err(Refusal::NotInvolved { command: self.kind })
            };
        }
        self.require_desk_or_above(holding_desk, Level::City)?;
        self.require_full_view()
    }

    /// Requires that the actor is the grid worker who was asked to check the result on site.
    fn require_checker(&self) -> Result<(), Refusal> {
        if self.actor.role != Role::GridWorker {
            return self.refuse_role();
        }
        match self.case.incident.oversight.check {
            Some(check) if check.worker == self.actor.account => Ok(()),
            Some(_) | None => Err(Refusal::NotSentToCheck),
        }
    }
}
