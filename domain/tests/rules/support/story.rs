//! An incident that lives through real commands.

use chrono::TimeDelta;
use grassroots_domain::{
    account::Actor,
    category::Category,
    command::{Audience, Command, DeclineReason, EscalateReason, Method, ReturnReason},
    decide::decide,
    event::Event,
    incident::{Case, IncidentId},
    leg::Outcome,
    open::{Decision, Report, open},
    organisation::OrganisationCode,
    place::Place,
    refusal::Refusal,
    routing::superior_desk,
    text::{REMARK, Text, parse},
    time::Instant,
};
use uuid::Uuid;

use super::{
    city::{at, category, city, organisation, place},
    people::Cast,
};

pub fn text(words: &str) -> Text {
    parse(words, REMARK).unwrap().0
}

pub fn accept() -> Command {
    Command::Accept
}

pub fn dispatch(to: &str) -> Command {
    Command::Dispatch { to: organisation(to), note: None }
}

pub fn close() -> Command {
    Command::Close { reply: Some(text("已办结")) }
}

/// Escalation of an incident that `from` holds.
pub fn escalate(from: OrganisationCode) -> Command {
    let to = superior_desk(from, &city().ground.organisations);
    Command::Escalate { reason: EscalateReason::BeyondAuthority, tried: text("已调解两次"), to }
}

/// An incident, its history and the clock.
#[derive(Clone)]
pub struct Story {
    pub case: Case,
    pub events: Vec<Event>,
    pub now: Instant,
}

impl Story {
    /// A report of `code` from grid 411224107202001, on a Monday morning at nine.
    pub fn report(code: &str) -> Self {
        Self::of(category(code), place("411224107202001"))
    }

    pub fn of(category: &Category, place: Place) -> Self {
        let report =
            Report { id: IncidentId(Uuid::from_u128(4112)), category, severity: None, place, on_spot: None };
        Self::open(&report)
    }

    pub fn open(report: &Report<'_>) -> Self {
        let now = at("2026-11-23 09:00");
        let Decision { case, events, .. } =
            open(report, &Cast::new().reporter, now, &city().rules, &city().ground).unwrap();
        Self { case, events: events.into_iter().map(|decided| decided.event).collect(), now }
    }

    pub fn try_to(&mut self, actor: &Actor, command: &Command) -> Result<(), Refusal> {
        let decision = decide(&self.case, command, actor, self.now, &city().rules)?;
        self.case = decision.case;
        self.events.extend(decision.events.into_iter().map(|decided| decided.event));
        Ok(())
    }

    /// `actor` gives `command`, which must be allowed.
    pub fn does(mut self, actor: &Actor, command: &Command) -> Self {
        self.try_to(actor, command)
            .unwrap_or_else(|refusal| panic!("{} {}: {refusal}", actor.role, command.kind()));
        self
    }

    pub fn wait(mut self, time: TimeDelta) -> Self {
        self.now += time;
        self
    }

    /// The desk that holds it accepts it.
    pub fn accepted(self) -> Self {
        let cast = Cast::new();
        let unit = self.case.open_custody().unwrap().desk.unit;
        self.does(cast.at_desk_of(unit), &accept())
    }

    /// The desk that holds it accepts it and sends it to `to`.
    pub fn dispatched(self, to: &str) -> Self {
        let cast = Cast::new();
        let unit = self.case.open_custody().unwrap().desk.unit;
        self.accepted().does(cast.at_desk_of(unit), &dispatch(to))
    }

    /// The desk that holds it sends it one level up.
    pub fn escalated(self) -> Self {
        let cast = Cast::new();
        let desk = self.case.open_custody().unwrap().desk;
        self.does(cast.at_desk_of(desk.unit), &escalate(desk))
    }

    /// `worker` acknowledges, if need be, and hands in `outcome`.
    pub fn handled(mut self, worker: &Actor, outcome: Outcome) -> Self {
        if self.case.open_lead().is_some_and(|leg| leg.acknowledged_at.is_none()) {
            self = self.does(worker, &Command::Acknowledge);
        }
        self.does(worker, &submit(outcome))
    }
}

pub fn submit(outcome: Outcome) -> Command {
    Command::SubmitResult { outcome, method: Method::PeoplesMediation, result: text("双方和解") }
}

pub fn decline() -> Command {
    Command::Decline { reason: DeclineReason::NotInScope, reply: text("请向法院起诉") }
}

pub fn give_back() -> Command {
    Command::Return { reason: ReturnReason::WrongPlace, explanation: text("不在辖区") }
}

pub fn rework() -> Command {
    Command::Rework { reason: text("没有照片") }
}

pub fn reopen() -> Command {
    Command::Reopen { reason: text("又漏水了") }
}

pub fn void() -> Command {
    Command::Void { reason: text("重复录入") }
}

pub fn comment() -> Command {
    Command::Comment { audience: Audience::Internal, text: text("已电话联系") }
}
