//! Deciding: whether a command may be, and what it does. Pure: no clock, no I/O.

use chrono::TimeDelta;

use crate::{
    account::{Actor, Role},
    category::Flag,
    command::{Audience, Command, CommandKind},
    event::{Event, EventBody, Remark},
    incident::{Case, State},
    leg::Outcome,
    open::{Decided, Decision},
    organisation::OrganisationCode,
    refusal::Refusal,
    rules::Rules,
    time::{Instant, truncate},
    unit::Level,
    visibility::{Visibility, visible},
    warning::Warning,
};

/// Decides `command`, given by `actor` at `now`, on `case`.
///
/// The event is never earlier than the one before it, whatever the clock says.
///
/// # Errors
/// First whether the actor may (403), then whether the state allows it (409), then the command's own facts (422).
pub fn decide(
    case: &Case,
    command: &Command,
    actor: &Actor,
    now: Instant,
    rules: &Rules,
) -> Result<Decision, Refusal> {
    permitted(case, command.kind(), actor, now, rules)?;
    let at = truncate(now).max(case.incident.last_event_at);
    let (body, remark) = happen(case, command, actor, at, rules)?;
    let event = Event {
        incident: case.incident.id,
        seq: case.incident.version.saturating_add(1),
        at,
        actor: actor.account,
        body,
    };
    let mut after = case.clone();
    after.apply(&event);
    let warnings = warnings(case, command, rules);
    Ok(Decision { case: after, events: vec![Decided { event, remark }], warnings })
}

/// Everything `actor` may do now, for `GET …/actions`.
#[must_use]
pub fn actions(case: &Case, actor: &Actor, now: Instant, rules: &Rules) -> Vec<CommandKind> {
    CommandKind::ALL
        .iter()
        .copied()
        .filter(|kind| permitted(case, *kind, actor, now, rules).is_ok())
        .filter(|kind| *kind != CommandKind::Escalate || may_go_up(case))
        .collect()
}

/// Whether `actor` may give a command of that kind now.
///
/// # Errors
/// With the authority that is missing, or the state that is in the way.
pub fn permitted(
    case: &Case,
    kind: CommandKind,
    actor: &Actor,
    now: Instant,
    rules: &Rules,
) -> Result<(), Refusal> {
    authorised(case, kind, actor)?;
    let state = case.incident.state;
    if !allowed_from(kind, state) {
        return Err(Refusal::WrongState { command: kind, state });
    }
    match kind {
        CommandKind::Return if case.incident.returned >= rules.book().returns_max => {
            Err(Refusal::ReturnedTooOften { returned: case.incident.returned })
        }
        CommandKind::Close if is_own_work(case, actor) => Err(Refusal::OwnWork),
        CommandKind::Reopen if is_too_late(case, now, rules.book().reopen_days) => {
            Err(Refusal::ReopenTooLate { days: rules.book().reopen_days })
        }
        CommandKind::Accept
        | CommandKind::Decline
        | CommandKind::Dispatch
        | CommandKind::Acknowledge
        | CommandKind::Return
        | CommandKind::SubmitResult
        | CommandKind::Rework
        | CommandKind::Close
        | CommandKind::Escalate
        | CommandKind::Reopen
        | CommandKind::Void
        | CommandKind::Comment => Ok(()),
    }
}

/// The states a command can be given in.
const fn allowed_from(kind: CommandKind, state: State) -> bool {
    use State::{
        Closed, InProgress, NotAccepted, PendingAcceptance, PendingDispatch, PendingReceipt,
        PendingVerification, Voided,
    };
    match kind {
        CommandKind::Accept | CommandKind::Decline => matches!(state, PendingAcceptance),
        CommandKind::Dispatch => matches!(state, PendingDispatch),
        CommandKind::Acknowledge | CommandKind::Return => matches!(state, PendingReceipt),
        CommandKind::SubmitResult => matches!(state, InProgress),
        CommandKind::Rework | CommandKind::Close => matches!(state, PendingVerification),
        CommandKind::Escalate => {
            matches!(state, PendingAcceptance | PendingDispatch | PendingReceipt | InProgress)
        }
        CommandKind::Reopen => matches!(state, Closed),
        CommandKind::Void => state.is_open(),
        CommandKind::Comment => match state {
            PendingAcceptance | PendingDispatch | PendingReceipt | InProgress | PendingVerification
            | Closed | NotAccepted | Voided => true,
        },
    }
}

/// Whether the actor is the one the command belongs to.
fn authorised(case: &Case, kind: CommandKind, actor: &Actor) -> Result<(), Refusal> {
    match kind {
        CommandKind::Accept
        | CommandKind::Decline
        | CommandKind::Dispatch
        | CommandKind::Rework
        | CommandKind::Close
        | CommandKind::Escalate
        | CommandKind::Void => authorised_desk(case, kind, actor),
        CommandKind::Acknowledge | CommandKind::Return | CommandKind::SubmitResult => {
            authorised_work(case, kind, actor)
        }
        CommandKind::Reopen => {
            let Some(closed_by) = case.custody.last().map(|leg| leg.desk) else {
                return Err(Refusal::NeverYours { command: kind });
            };
            match actor.desk() {
                None => Err(Refusal::NeverYours { command: kind }),
                Some(desk) if desk == closed_by => Ok(()),
                Some(desk) if desk.unit.covers(closed_by.unit) && desk.unit.level() != Level::City => Ok(()),
                Some(_) => Err(Refusal::NotYoursToReopen { desk: closed_by }),
            }
        }
        CommandKind::Comment => match visible(actor, case) {
            Visibility::Full => Ok(()),
            Visibility::None | Visibility::Summary | Visibility::Own | Visibility::Former { .. } => {
                Err(Refusal::NotInFullView)
            }
        },
    }
}

/// Commands of the desk that holds the incident, or held it last.
fn authorised_desk(case: &Case, kind: CommandKind, actor: &Actor) -> Result<(), Refusal> {
    let holder = case.custody.last().map(|leg| leg.desk);
    match (actor.desk(), holder) {
        (None, _) | (_, None) => Err(Refusal::NeverYours { command: kind }),
        (Some(own), Some(desk)) if own == desk => Ok(()),
        (Some(_), Some(desk)) => Err(Refusal::NotYourDesk { command: kind, desk }),
    }
}

/// Commands of the organisation that works on the incident, or worked on it last.
fn authorised_work(case: &Case, kind: CommandKind, actor: &Actor) -> Result<(), Refusal> {
    let worker = case.open_lead().or_else(|| case.last_lead()).map(|leg| leg.organisation);
    let may_ever = actor.role == Role::Handler || actor.desk().is_some();
    match worker {
        _ if !may_ever => Err(Refusal::NeverYours { command: kind }),
        Some(organisation) if !actor.works_for(organisation) => {
            Err(Refusal::NotYourWork { command: kind, organisation })
        }
        // Nobody works on it yet: the state says no, whoever asks.
        Some(_) | None => Ok(()),
    }
}

/// Whether the actor did the work that is to be verified. A village is too small for two pairs of eyes: its own work
/// it may verify itself, and the incident says so.
fn is_own_work(case: &Case, actor: &Actor) -> bool {
    case.last_lead().is_some_and(|leg| {
        leg.submitted_by == Some(actor.account)
            && !(leg.organisation == actor.organisation && case.level() == Some(Level::Village))
    })
}

fn is_too_late(case: &Case, now: Instant, days: u32) -> bool {
    let limit = TimeDelta::days(i64::from(days));
    // Beyond the end of time nothing is too late.
    case.incident.ended_at.and_then(|ended| ended.checked_add_signed(limit)).is_some_and(|last| now > last)
}

/// Whether there is a level above that holds incidents.
fn may_go_up(case: &Case) -> bool {
    case.level().is_some_and(|level| level < Level::County)
}

/// What the command makes happen, with the words that go with it.
fn happen(
    case: &Case,
    command: &Command,
    actor: &Actor,
    at: Instant,
    rules: &Rules,
) -> Result<(EventBody, Option<Remark>), Refusal> {
    let Case { incident, .. } = case;
    let internal =
        |text: &crate::text::Text| Some(Remark { audience: Audience::Internal, text: text.clone() });
    let reply = |text: &crate::text::Text| Some(Remark { audience: Audience::Reporter, text: text.clone() });
    let handle_due = || rules.handle_due(incident.category, incident.escalated > 0, at);
    Ok(match command {
        Command::Accept => {
            (EventBody::Accepted { dispatch_due: rules.dispatch_due(incident.severity, at) }, None)
        }
        Command::Decline { reason, reply: words } => (EventBody::Declined { reason: *reason }, reply(words)),
        Command::Dispatch { to, note } => {
            if to.unit != actor.organisation.unit {
                return Err(Refusal::ForeignOrganisation { to: *to, unit: actor.organisation.unit });
            }
            (EventBody::Dispatched { to: *to, handle_due: handle_due() }, note.as_ref().and_then(internal))
        }
        Command::Acknowledge => (EventBody::Acknowledged, None),
        Command::Return { reason, explanation } => (
            EventBody::Returned { reason: *reason, dispatch_due: rules.dispatch_due(incident.severity, at) },
            internal(explanation),
        ),
        Command::SubmitResult { outcome, method, result } => (
            EventBody::ResultSubmitted {
                outcome: *outcome,
                method: *method,
                verify_due: rules.verify_due(incident.severity, at),
            },
            internal(result),
        ),
        Command::Rework { reason } => (EventBody::Reworked { handle_due: handle_due() }, internal(reason)),
        Command::Close { reply: words } => {
            let work = case.last_lead();
            let own_desk = case.custody.last().map(|leg| leg.desk);
            let body = EventBody::Closed {
                outcome: work.and_then(|leg| leg.result).unwrap_or(Outcome::Unresolved),
                resolved_level: case.level().unwrap_or(Level::County),
                self_verified: work.is_some_and(|leg| Some(leg.organisation) == own_desk),
            };
            (body, words.as_ref().and_then(reply))
        }
        Command::Escalate { reason, tried, to } => {
            let to: OrganisationCode = to.ok_or(Refusal::NoSuperior)?;
            let body = EventBody::Escalated {
                reason: *reason,
                to,
                accept_due: rules.accept_due(incident.severity, at),
                ceiling_due: rules.ceiling(incident.category, to.unit.level(), at),
            };
            (body, internal(tried))
        }
        Command::Reopen { reason } => {
            let level = case.level().unwrap_or(Level::County);
            let body = EventBody::Reopened {
                dispatch_due: rules.dispatch_due(incident.severity, at),
                ceiling_due: rules.ceiling(incident.category, level, at),
            };
            (body, internal(reason))
        }
        Command::Void { reason } => (EventBody::Voided, internal(reason)),
        Command::Comment { audience, text } => (
            EventBody::Commented { audience: *audience },
            Some(Remark { audience: *audience, text: text.clone() }),
        ),
    })
}

/// An after-photo that the category asks for is a warning until photos can be sent.
fn warnings(case: &Case, command: &Command, rules: &Rules) -> Vec<Warning> {
    let wants_photo =
        rules.category(case.incident.category).is_some_and(|category| category.has(Flag::PhotoRequired));
    if command.kind() == CommandKind::SubmitResult && wants_photo {
        vec![Warning::PhotoMissing]
    } else {
        Vec::new()
    }
}
