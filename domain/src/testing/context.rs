//! The context of an example command, and the choice of its facts.

use std::collections::BTreeSet;

use chrono::{Days, TimeDelta};

use crate::{
    account::{Actor, Role},
    command_kind::CommandKind,
    geography::{
        place::Place,
        unit::{Level, UnitCode},
    },
    hash::Hash,
    incident::{
        Incident,
        case::Case,
        linkage::{
            Direction, Help, LinkageDetails, LinkageKind, LinkageOutcome, LinkageStep, MediationKind, Officer,
        },
        photo::{MediaType, Phase, Photo},
        remark::Label,
        source::ExternalNo,
    },
    organisation::{OrganisationCode, OrganisationKind},
    reference_data::ReferenceData,
    rules::{Rules, category::Flag, reason::ReasonCode},
    testing::rng::Rng,
    text::{REMARK, Text, parse},
    time::{Instant, china_date},
};

const WORDS: [&str; 5] =
    ["已电话联系", "双方当场和解", "井盖已更换，路面恢复", "请抓紧办理", "与前一件是同一处"];

/// Where and when an example command is given.
pub struct ExampleContext<'a> {
    /// The incident.
    pub case: &'a Case,
    /// Other incidents, into which the incident can be merged.
    pub others: &'a [&'a Case],
    /// All people. Examples name only these people and their organisations.
    pub people: &'a [&'a Actor],
    /// The rules.
    pub rules: &'a Rules,
    /// Units and organisations.
    pub reference_data: &'a ReferenceData,
    /// The present time.
    pub now: Instant,
    /// The percentage of facts that are random and may not fit the incident.
    pub unfit_percent: u32,
}

impl ExampleContext<'_> {
    /// Whether the next fact is random and may not fit the incident.
    pub(super) fn is_unfit(&self, rng: &mut Rng) -> bool {
        rng.percent(self.unfit_percent)
    }

    /// One of `all` that fits. A random one if none fits or if the fact is unfit.
    pub(super) fn choose<T: Copy>(&self, rng: &mut Rng, all: &[T], fits: impl Fn(&T) -> bool) -> T {
        let fitting: Vec<T> = all.iter().copied().filter(fits).collect();
        if self.is_unfit(rng) || fitting.is_empty() { rng.pick(all) } else { rng.pick(&fitting) }
    }

    /// The desk that answers for the incident.
    pub(super) fn desk(&self) -> OrganisationCode {
        self.case.desk().expect("an incident always has a desk")
    }

    /// A reason that the rules list for the command.
    pub(super) fn reason(&self, command: CommandKind, rng: &mut Rng) -> ReasonCode {
        rng.pick(self.rules.reasons(command)).code
    }

    /// The organisations where somebody works.
    pub(super) fn organisations(&self) -> Vec<OrganisationCode> {
        let all: BTreeSet<_> = self.people.iter().map(|actor| actor.organisation).collect();
        all.into_iter().collect()
    }

    /// An organisation of the unit whose desk answers for the incident, usually a department.
    pub(super) fn organisation_of_unit(&self, rng: &mut Rng) -> OrganisationCode {
        let (all, departments) = (self.organisations(), self.departments_of_unit());
        if !departments.is_empty() && rng.percent(70) {
            return self.choose(rng, &all, |code| departments.contains(code));
        }
        self.choose(rng, &all, |code| code.unit == self.desk().unit)
    }

    /// The departments of that unit.
    pub(super) fn departments_of_unit(&self) -> Vec<OrganisationCode> {
        let unit = self.desk().unit;
        let mut all = self.organisations();
        all.retain(|code| code.unit == unit && code.kind != OrganisationKind::Desk);
        all
    }

    /// The places where somebody works: their units, and the first grid of each village.
    pub(super) fn places(&self) -> Vec<Place> {
        let units: BTreeSet<_> = self.people.iter().map(|actor| actor.organisation.unit).collect();
        let of_unit = |unit| {
            let is_village = |unit: &UnitCode| unit.level() == Level::Village;
            let grid = Some(unit).filter(is_village).map(|unit| format!("{unit}001"));
            let grid = grid.map(|grid| grid.parse().expect("the code of a grid"));
            [Place::of_unit(unit), grid.and_then(Place::of_grid)]
        };
        units.into_iter().flat_map(of_unit).flatten().collect()
    }

    /// A grid worker. One of the grid of the incident, if there is one.
    pub(super) fn grid_worker(&self, rng: &mut Rng) -> &Actor {
        if self.is_unfit(rng) {
            return rng.pick(self.people);
        }
        let mut workers = self.people.to_vec();
        workers.retain(|actor| actor.role == Role::GridWorker);
        let grid = self.case.incident.place.grid;
        self.choose(rng, &workers, |actor| grid.is_some_and(|grid| actor.grids.contains(&grid)))
    }

    /// The photos of a result. One shows the finished work, if the category requires it.
    pub(super) fn photos_of_result(&self, is_resolved: bool, rng: &mut Rng) -> Vec<Photo> {
        let incident = &self.case.incident;
        let has = |flag| self.rules.category(incident.category).is_some_and(|category| category.has(flag));
        let has_one = incident.photos.iter().any(|photo| photo.phase == Phase::After);
        let is_needed = is_resolved && has(Flag::PhotoRequired) && !has_one;
        if !self.is_unfit(rng) {
            if has(Flag::PhotoOff) {
                return Vec::new();
            }
            if is_needed {
                return vec![Photo { phase: Phase::After, ..photo(rng) }];
            }
        }
        if rng.percent(50) { vec![photo(rng)] } else { Vec::new() }
    }

    /// The details of a new linkage. A referral is the first choice, because it fits every incident.
    pub(super) fn linkage_details(&self, rng: &mut Rng) -> LinkageDetails {
        let (today, received_at) = (china_date(self.now), self.now);
        let (direction, external_no) = (rng.pick(Direction::ALL), rng.percent(50).then(external_no));
        let kinds: Vec<_> = LinkageKind::ALL.iter().copied().rev().collect();
        match self.choose(rng, &kinds, |kind| self.can_be_linked(*kind)) {
            LinkageKind::Mediation => LinkageDetails::Mediation { form: rng.pick(MediationKind::ALL) },
            LinkageKind::JudicialConfirmation => {
                let mediation = self.agreed_mediation().unwrap_or(1);
                LinkageDetails::JudicialConfirmation { mediation, applied_on: today }
            }
            LinkageKind::CourtLinkage => LinkageDetails::CourtLinkage { direction, external_no },
            LinkageKind::Hearing => self.hearing(rng),
            LinkageKind::CaseLeadership => {
                let due_on = today + Days::new(30);
                LinkageDetails::CaseLeadership { level: rng.pick(&Level::ALL), due_on }
            }
            LinkageKind::PoliceLinkage => {
                LinkageDetails::PoliceLinkage { direction, external_no, received_at }
            }
            LinkageKind::HotlineOrder => {
                LinkageDetails::HotlineOrder { external_no: self::external_no(), received_at }
            }
            LinkageKind::Referral => LinkageDetails::Referral { to: rng.pick(Help::ALL) },
        }
    }

    /// A hearing in the next three weeks. The parties were notified at least two weeks ago.
    fn hearing(&self, rng: &mut Rng) -> LinkageDetails {
        let notice = if self.is_unfit(rng) { 0 } else { 14 + rng.below(14) };
        let officers = if self.is_unfit(rng) { 2 } else { rng.pick(&[3, 3, 5]) };
        LinkageDetails::Hearing {
            held_at: self.now + TimeDelta::hours(i64::from(rng.below(500))),
            public: !self.case.incident.restricted && rng.percent(50),
            officers: (0..officers).map(|_| rng.pick(Officer::ALL)).collect(),
            notified_on: china_date(self.now) - Days::new(u64::from(notice)),
        }
    }

    fn can_be_linked(&self, kind: LinkageKind) -> bool {
        let incident = &self.case.incident;
        let category = self.rules.category(incident.category);
        (incident.state.is_open() || kind.follows_closing())
            && match kind {
                LinkageKind::Mediation | LinkageKind::CourtLinkage => {
                    category.is_some_and(|category| category.has(Flag::Mediation))
                }
                LinkageKind::JudicialConfirmation => self.agreed_mediation().is_some(),
                LinkageKind::Hearing
                | LinkageKind::CaseLeadership
                | LinkageKind::PoliceLinkage
                | LinkageKind::HotlineOrder
                | LinkageKind::Referral => true,
            }
    }

    /// The number of a mediation whose agreement can still be confirmed.
    fn agreed_mediation(&self) -> Option<u32> {
        let days = i64::from(self.rules.book().linkages.confirmation_days);
        let agreed = self.case.linkages().iter().find(|linkage| {
            linkage.kind() == LinkageKind::Mediation
                && linkage.end.is_some_and(|end| {
                    end.conclusion == LinkageOutcome::Agreed && self.now - end.at < TimeDelta::days(days)
                })
        });
        agreed.map(|linkage| linkage.number)
    }

    /// The number of a linkage, and a step that can be recorded in it.
    pub(super) fn step(&self, rng: &mut Rng) -> (u32, LinkageStep) {
        let mut fitting = Vec::new();
        for linkage in self.case.linkages() {
            let agreed = linkage.end.is_some_and(|end| end.conclusion == LinkageOutcome::Agreed);
            let steps =
                if linkage.end.is_some() { linkage.kind().steps_after() } else { linkage.kind().steps() };
            let fits = |step: &LinkageStep| match step {
                LinkageStep::Session | LinkageStep::Numbered | LinkageStep::Contacted => true,
                LinkageStep::Prolonged | LinkageStep::Visited | LinkageStep::FollowedUp => {
                    linkage.times(*step) == 0
                }
                LinkageStep::Performed => agreed && linkage.times(*step) == 0,
                LinkageStep::NotPerformed => agreed,
            };
            fitting.extend(steps.iter().filter(|step| fits(step)).map(|step| (linkage.number, *step)));
        }
        if self.is_unfit(rng) || fitting.is_empty() {
            return (1 + rng.below(2), rng.pick(LinkageStep::ALL));
        }
        rng.pick(&fitting)
    }

    /// The number of a linkage, and an outcome that it can have.
    pub(super) fn conclusion(&self, rng: &mut Rng) -> (u32, LinkageOutcome) {
        let mut fitting = Vec::new();
        for linkage in self.case.linkages().iter().filter(|linkage| linkage.end.is_none()) {
            let is_to_come =
                matches!(linkage.opening, LinkageDetails::Hearing { held_at, .. } if held_at > self.now);
            if !is_to_come {
                fitting.extend(linkage.kind().conclusions().iter().map(|known| (linkage.number, *known)));
            }
        }
        if self.is_unfit(rng) || fitting.is_empty() {
            return (1 + rng.below(2), rng.pick(LinkageOutcome::ALL));
        }
        rng.pick(&fitting)
    }
}

/// A text with a valid length for a remark.
pub fn words(rng: &mut Rng) -> Text {
    parse(rng.pick(&WORDS), REMARK).expect("the words are a text").0
}

/// A text in half of all cases.
pub(super) fn optional_words(rng: &mut Rng) -> Option<Text> {
    rng.percent(50).then(|| words(rng))
}

/// A new photo, to which no incident refers yet.
pub fn photo(rng: &mut Rng) -> Photo {
    Photo {
        sha256: Hash::of(&[rng.uuid().as_bytes()]),
        size_bytes: 1 + rng.below(300_000),
        media_type: rng.pick(MediaType::ALL),
        phase: rng.pick(Phase::ALL),
    }
}

/// The number that another authority gives to its file.
pub(super) fn external_no() -> ExternalNo {
    "(2026)1224-58".parse().expect("the number of a court")
}

/// The labels of the texts of a new linkage, in the order in which they are stored.
pub(super) fn labels(opening: &LinkageDetails) -> &'static [Label] {
    match opening {
        LinkageDetails::Mediation { .. } => &[Label::Mediators, Label::Text],
        LinkageDetails::JudicialConfirmation { .. } => &[Label::Court],
        LinkageDetails::CourtLinkage { .. } => &[Label::Court, Label::Text],
        LinkageDetails::Hearing { .. } => &[Label::Subject, Label::Venue, Label::Chair],
        LinkageDetails::CaseLeadership { .. } => &[Label::Leader, Label::Plan],
        LinkageDetails::PoliceLinkage { .. } | LinkageDetails::HotlineOrder { .. } => &[Label::Text],
        LinkageDetails::Referral { .. } => &[Label::Recipient],
    }
}

/// Changes the facts of a case as no event does, so that a test can have what it needs.
pub fn alter(case: &mut Case, change: impl FnOnce(&mut Incident)) {
    change(&mut case.incident);
}
