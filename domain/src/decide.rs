//! Deciding: whether a command may be, and what it does. Pure: no clock, no I/O.

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

/// Decides `command`, given by `actor` at `now`, on `case`.
///
/// No event is earlier than the one before it, whatever the clock says.
///
/// # Errors
/// First whether the actor may (403), then whether the state allows it (409), then the command's own facts (422).
pub fn decide(
    case: &Case,
    command: &Command,
    actor: &Actor,
    now: Instant,
    rules: &Rules,
    ground: &ReferenceData,
) -> Result<Decision, Refusal> {
    permitted(case, command.kind(), actor, now, rules, ground)?;
    let context = context(case, actor, now, rules, ground);
    let Effects { events, warnings } = command.decide(&context)?;
    Ok(decision(case, events, warnings, actor.account, context.at))
}

/// What happens to `case` because of a command about another incident, given by `actor` at `now`.
#[must_use]
pub fn happen_beside(case: &Case, body: EventBody, actor: AccountId, now: Instant) -> Decision {
    let at = truncate(now).max(case.incident.last_event_at);
    decision(case, vec![(body, Vec::new())], Vec::new(), actor, at)
}

/// Everything `actor` may do now, for `GET …/actions`.
#[must_use]
pub fn actions(
    case: &Case,
    actor: &Actor,
    now: Instant,
    rules: &Rules,
    ground: &ReferenceData,
) -> Vec<CommandKind> {
    CommandKind::ALL
        .iter()
        .copied()
        .filter(|kind| permitted(case, *kind, actor, now, rules, ground).is_ok())
        .collect()
}

/// Whether `actor` may give a command of that kind now.
///
/// # Errors
/// With the authority that is missing, the state that is in the way, or whatever else is.
pub fn permitted(
    case: &Case,
    kind: CommandKind,
    actor: &Actor,
    now: Instant,
    rules: &Rules,
    ground: &ReferenceData,
) -> Result<(), Refusal> {
    authorised(case, kind, actor)?;
    let state = case.incident.state;
    if !kind.states().contains(&state) {
        return Err(Refusal::WrongState { command: kind, state });
    }
    kind.guard(&context(case, actor, now, rules, ground))
}

fn context<'a>(
    case: &'a Case,
    actor: &'a Actor,
    now: Instant,
    rules: &'a Rules,
    ground: &'a ReferenceData,
) -> CommandContext<'a> {
    CommandContext { case, actor, at: truncate(now).max(case.incident.last_event_at), rules, ground }
}

/// Whether the actor is the one the command belongs to. Whose it is instead is told to those only who see who has it.
fn authorised(case: &Case, kind: CommandKind, actor: &Actor) -> Result<(), Refusal> {
    belongs(case, kind, actor).map_err(|refusal| {
        let tells_nothing = matches!(refusal, Refusal::NeverYours { .. });
        let sees_holder = || matches!(visible(actor, case), Visibility::Full | Visibility::Own);
        if tells_nothing || sees_holder() { refusal } else { Refusal::NotInFullView }
    })
}

fn belongs(case: &Case, kind: CommandKind, actor: &Actor) -> Result<(), Refusal> {
    let Some(leg) = case.custody.last() else { return Err(Refusal::NeverYours { command: kind }) };
    let asks = Asks { case, kind, actor };
    match kind.by() {
        By::Desk => asks.desk(leg.desk),
        By::DeskOrLate if actor.desk().is_some_and(|own| case.may_still_accept(own)) => Ok(()),
        By::DeskOrLate => asks.desk(leg.desk),
        By::Superior => asks.only(leg.superior.unwrap_or(leg.desk)),
        // What is restricted no desk above sees: the desk decides itself.
        By::Arbiter => {
            let above = leg.superior.filter(|_| !case.incident.restricted);
            asks.only(above.unwrap_or(leg.desk))
        }
        By::DeskOrAbove => asks.desk_or_above(leg.desk, Level::City).and_then(|()| asks.reader()),
        By::Closer => asks.desk_or_above(leg.desk, Level::County).and_then(|()| asks.reader()),
        By::County => asks.county(leg.desk).and_then(|()| asks.reader()),
        By::Sender => asks.sender(leg.desk),
        By::Lead => asks.lead(),
        By::Assist => asks.assist(),
        By::DeskOrLead if asks.lead().is_ok() && case.open_lead().is_some() => Ok(()),
        By::DeskOrLead => asks.desk(leg.desk),
        By::ReporterOrDesk if case.incident.is_of(actor.account) => Ok(()),
        By::ReporterOrDesk => asks.desk(leg.desk),
        By::Checker => asks.checker(),
        By::Watcher => match case.incident.proceedings.supervision {
            Some(supervision) => asks.only(supervision.by),
            None => asks.desk_or_above(leg.desk, Level::City),
        },
        By::Involved => asks.involved(leg.desk),
        By::PhotoContributor if case.incident.is_of(actor.account) || asks.checker().is_ok() => Ok(()),
        By::PhotoContributor => asks.involved(leg.desk),
        By::Reader => asks.reader(),
    }
}

/// Somebody asks whether a command is theirs to give.
struct Asks<'a> {
    case: &'a Case,
    kind: CommandKind,
    actor: &'a Actor,
}

impl Asks<'_> {
    const fn never<T>(&self) -> Result<T, Refusal> {
        Err(Refusal::NeverYours { command: self.kind })
    }

    /// The desk they staff.
    fn own(&self) -> Result<OrganisationCode, Refusal> {
        self.actor.desk().map_or_else(|| self.never(), Ok)
    }

    /// Commands of the desk that holds the incident, or held it last.
    fn desk(&self, desk: OrganisationCode) -> Result<(), Refusal> {
        if self.own()? == desk { Ok(()) } else { Err(Refusal::NotYourDesk { command: self.kind, desk }) }
    }

    /// Commands of one certain desk.
    fn only(&self, desk: OrganisationCode) -> Result<(), Refusal> {
        if self.own()? == desk { Ok(()) } else { Err(Refusal::OnlyDesk { command: self.kind, desk }) }
    }

    /// Commands of the desk that holds the incident, or of one above it up to `highest`.
    fn desk_or_above(&self, desk: OrganisationCode, highest: Level) -> Result<(), Refusal> {
        let own = self.own()?.unit;
        let above = own.covers(desk.unit) && (own == desk.unit || own.level() <= highest);
        if above { Ok(()) } else { Err(Refusal::OnlyDeskOrAbove { command: self.kind, desk }) }
    }

    fn county(&self, desk: OrganisationCode) -> Result<(), Refusal> {
        let own = self.own()?.unit;
        if own.level() >= Level::County && own.covers(desk.unit) {
            Ok(())
        } else {
            Err(Refusal::OnlyCounty { command: self.kind })
        }
    }

    /// Commands of who sees the incident in full.
    fn reader(&self) -> Result<(), Refusal> {
        match visible(self.actor, self.case) {
            Visibility::Full => Ok(()),
            Visibility::None | Visibility::Summary | Visibility::Own | Visibility::Former { .. } => {
                Err(Refusal::NotInFullView)
            }
        }
    }

    /// What was sent to work the desk takes back; what was sent to another desk, who sent it.
    fn sender(&self, desk: OrganisationCode) -> Result<(), Refusal> {
        if self.case.incident.state != State::PendingAcceptance {
            return self.desk(desk);
        }
        match self.case.sent_by() {
            Some(leg) => self.only(leg.desk),
            None => self.own().and(Err(Refusal::NothingSent)),
        }
    }

    /// Commands of the organisation that leads the work, or led it last.
    fn lead(&self) -> Result<(), Refusal> {
        if self.actor.role != Role::Handler && self.actor.desk().is_none() {
            return self.never();
        }
        match self.case.open_lead().or_else(|| self.case.last_lead()).map(|leg| leg.organisation) {
            Some(organisation) if !self.actor.works_for(organisation) => {
                Err(Refusal::NotYourWork { command: self.kind, organisation })
            }
            // Nobody works on it yet: the state says no, whoever asks.
            Some(_) | None => Ok(()),
        }
    }

    fn assist(&self) -> Result<(), Refusal> {
        if self.actor.role != Role::Handler {
            return self.never();
        }
        match self.case.assist_of(self.actor.organisation) {
            Some(_) => Ok(()),
            None => Err(Refusal::NotAssisting),
        }
    }

    /// Commands of who has a part in it: who works on it, the desk, and those above it.
    fn involved(&self, desk: OrganisationCode) -> Result<(), Refusal> {
        if self.actor.role == Role::Handler {
            let organisation = self.actor.organisation;
            let works = |leg: &HandlingLeg| leg.organisation == organisation && leg.ended_at.is_none();
            let works = self.case.handling.iter().any(works);
            return if works { Ok(()) } else { Err(Refusal::NotInvolved { command: self.kind }) };
        }
        self.desk_or_above(desk, Level::City)?;
        self.reader()
    }

    fn checker(&self) -> Result<(), Refusal> {
        if self.actor.role != Role::GridWorker {
            return self.never();
        }
        match self.case.incident.proceedings.check {
            Some(check) if check.worker == self.actor.account => Ok(()),
            Some(_) | None => Err(Refusal::NotSentToCheck),
        }
    }
}
