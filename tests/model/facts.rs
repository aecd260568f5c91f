//! Facts at random: mostly some that fit the incident.

use chrono::{Days, TimeDelta};
use grassroots_domain::{
    account::{Actor, Role},
    command_kind::CommandKind,
    commands::correct::Correct,
    geography::{place::Place, unit::Level},
    ids::{AccountId, IncidentId},
    incident::{
        case::Case,
        linkage::{
            Direction, ExternalNo, Help, LinkageDetails, LinkageKind, LinkageOutcome, MediationKind, Officer,
        },
    },
    organisation::{OrganisationCode, OrganisationKind},
    rules::{
        Rules,
        category::{CategoryCode, Severity},
        reason::ReasonCode,
    },
    text::{REMARK, Text, parse},
    time::{Instant, china_date},
};

use super::dice::Rng;

const CATEGORIES: [&str; 11] =
    ["1001", "1001", "1002", "1010", "2003", "2008", "4007", "5002", "5002", "6007", "8003"];
const PLACES: [&str; 6] =
    ["411224107200001", "411224107202001", "411224107202", "411224107", "411224", "411202"];
const ORGANISATIONS: [&str; 15] = [
    "411224107200-desk",
    "411224107200-village_mediation_committee",
    "411224107202-desk",
    "411224107202-village_mediation_committee",
    "411224107-desk",
    "411224107-justice_office",
    "411224107-urban_management",
    "411224108-desk",
    "411224108-urban_management",
    "411224-desk",
    "411224-fire_rescue",
    "411224-urban_management",
    "411202-desk",
    "411202-fire_rescue",
    "4112-desk",
];
const WORDS: [&str; 5] =
    ["已电话联系", "双方当场和解", "井盖已更换，路面恢复", "请抓紧办理", "与前一件是同一处"];

/// What the facts of a command are chosen from.
pub struct ExampleContext<'a> {
    pub case: &'a Case,
    /// The incidents of the script, itself among them.
    pub all: &'a [&'a Case],
    pub people: &'a [&'a Actor],
    pub rules: &'a Rules,
    pub now: Instant,
}

impl ExampleContext<'_> {
    /// A reason that the rules list: any other is a wrong field, and never reaches them.
    pub fn reason(&self, kind: CommandKind, dice: &mut Rng) -> ReasonCode {
        dice.pick(self.rules.reasons(kind)).code
    }

    /// The organisations of the unit whose desk has it.
    pub fn all_near(&self) -> Vec<OrganisationCode> {
        let unit = self.case.desk().expect("there always is a desk").unit;
        let near: Vec<_> = organisations().into_iter().filter(|code| code.unit == unit).collect();
        if near.is_empty() { organisations() } else { near }
    }

    /// Mostly an organisation that it can be sent to, and mostly not the desk itself.
    pub fn near(&self, dice: &mut Rng) -> OrganisationCode {
        let departments = self.all_near().into_iter().filter(|code| code.kind != OrganisationKind::Desk);
        let departments: Vec<_> = departments.collect();
        match dice.below(100) {
            0..65 if !departments.is_empty() => dice.pick(&departments),
            0..90 => dice.pick(&self.all_near()),
            _ => dice.pick(&organisations()),
        }
    }

    /// Mostly an earlier report of the same matter.
    pub fn primary(&self, dice: &mut Rng) -> IncidentId {
        let this = &self.case.incident;
        let is_earlier = |other: &&Case| {
            let other = &other.incident;
            other.id != this.id
                && other.state.is_open()
                && other.received_at <= this.received_at
                && other.category.domain() == this.category.domain()
        };
        let earlier: Vec<&Case> = self.all.iter().copied().filter(is_earlier).collect();
        match dice.below(100) {
            0..85 if !earlier.is_empty() => dice.pick(&earlier).incident.id,
            0..95 => dice.pick(self.all).incident.id,
            _ => IncidentId(dice.uuid()),
        }
    }

    /// Something to attach, of any kind; a hearing mostly in good time.
    pub fn opening(&self, dice: &mut Rng) -> LinkageDetails {
        let (today, received_at) = (china_date(self.now), self.now);
        let (direction, external_no) = (dice.pick(Direction::ALL), external_no(dice));
        match dice.pick(LinkageKind::ALL) {
            LinkageKind::Mediation => LinkageDetails::Mediation { form: dice.pick(MediationKind::ALL) },
            LinkageKind::JudicialConfirmation => {
                LinkageDetails::JudicialConfirmation { mediation: 1, applied_on: today }
            }
            LinkageKind::CourtLinkage => LinkageDetails::CourtLinkage { direction, external_no },
            LinkageKind::Hearing => LinkageDetails::Hearing {
                held_at: self.now + TimeDelta::hours(i64::from(dice.below(100))),
                public: dice.percent(50),
                officers: vec![dice.pick(Officer::ALL); dice.pick(&[3, 3, 3, 4, 5])],
                notified_on: today - Days::new(u64::from(dice.below(20))),
            },
            LinkageKind::CaseLeadership => LinkageDetails::CaseLeadership {
                level: dice.pick(&Level::ALL),
                due_on: today + Days::new(30),
            },
            LinkageKind::PoliceLinkage => {
                LinkageDetails::PoliceLinkage { direction, external_no, received_at }
            }
            LinkageKind::HotlineOrder => LinkageDetails::HotlineOrder { external_no: number(), received_at },
            LinkageKind::Referral => LinkageDetails::Referral { to: dice.pick(Help::ALL) },
        }
    }

    /// Mostly a way in which something that is attached can end.
    pub fn conclusion(&self, dice: &mut Rng) -> (u32, LinkageOutcome) {
        let goes_on = self.case.linkages().iter().find(|linkage| linkage.end.is_none());
        match goes_on {
            Some(linkage) if dice.percent(80) => (linkage.number, dice.pick(linkage.kind().conclusions())),
            Some(_) | None => (1, dice.pick(LinkageOutcome::ALL)),
        }
    }

    /// Mostly one department that can be called in.
    pub fn helpers(&self, dice: &mut Rng) -> Vec<OrganisationCode> {
        if dice.percent(25) {
            return dice.some(&organisations(), 3);
        }
        let unit = self.case.desk().expect("there always is a desk").unit;
        let is_helper = |code: &OrganisationCode| {
            code.unit.covers(unit)
                && code.kind != OrganisationKind::Desk
                && self.case.handling.iter().all(|leg| leg.organisation != *code)
        };
        let helpers: Vec<_> = organisations().into_iter().filter(is_helper).collect();
        if helpers.is_empty() { Vec::new() } else { vec![dice.pick(&helpers)] }
    }

    /// Mostly a grid worker.
    pub fn worker(&self, dice: &mut Rng) -> AccountId {
        let is_worker = |actor: &&Actor| actor.role == Role::GridWorker;
        let workers: Vec<&Actor> = self.people.iter().copied().filter(is_worker).collect();
        if dice.percent(85) { dice.pick(&workers).account } else { dice.pick(self.people).account }
    }

    /// Mostly a desk below.
    pub fn below(&self, dice: &mut Rng) -> OrganisationCode {
        organisation(match self.case.level() {
            Some(Level::County) => dice.pick(&["411224107-desk", "411224107-desk", "411224107200-desk"]),
            Some(Level::Village | Level::Township | Level::City) | None => {
                dice.pick(&["411224107200-desk", "411224107200-desk", "411224107202-desk", "411224-desk"])
            }
        })
    }

    /// Mostly another desk of the same level.
    pub fn beside(&self, dice: &mut Rng) -> OrganisationCode {
        organisation(match self.case.level() {
            Some(Level::Village) => dice.pick(&["411224107200-desk", "411224107202-desk", "411224-desk"]),
            Some(Level::Township) => dice.pick(&["411224107-desk", "411224108-desk", "411224108-desk"]),
            Some(Level::County | Level::City) | None => {
                dice.pick(&["411224-desk", "411202-desk", "411224107-desk"])
            }
        })
    }
}

pub fn category(dice: &mut Rng) -> CategoryCode {
    dice.pick(&CATEGORIES).parse().expect("a category")
}

fn number() -> ExternalNo {
    "（2026）豫1224民初58号".parse().expect("a number")
}

pub fn external_no(dice: &mut Rng) -> Option<ExternalNo> {
    dice.percent(60).then(number)
}

pub fn words(dice: &mut Rng) -> Text {
    parse(dice.pick(&WORDS), REMARK).expect("a text").0
}

pub fn perhaps_words(dice: &mut Rng) -> Option<Text> {
    dice.percent(50).then(|| words(dice))
}

/// Mostly one thing is corrected.
pub fn correct(dice: &mut Rng) -> Correct {
    let (what, category) = (dice.below(5), category(dice));
    let (severity, place) = (dice.pick(Severity::ALL), place(dice.pick(&PLACES)));
    Correct {
        category: (what <= 1).then_some(category),
        severity: (what == 1 || what == 2).then_some(severity),
        place: (what == 3).then_some(place),
        reason: words(dice),
    }
}

fn place(code: &str) -> Place {
    let of_grid = || Place::of_grid(code.parse().expect("a grid"));
    let place = if code.len() == 15 { of_grid() } else { Place::of_unit(code.parse().expect("a unit")) };
    place.expect("it lies in a county")
}

fn organisation(code: &str) -> OrganisationCode {
    code.parse().expect("an organisation")
}

fn organisations() -> Vec<OrganisationCode> {
    ORGANISATIONS.into_iter().map(organisation).collect()
}
