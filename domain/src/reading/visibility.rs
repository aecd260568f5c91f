//! Visibility: who sees what. The one place that says so.

use crate::{
    account::{Actor, Role},
    events::EventBody,
    geography::unit::{Level, UnitCode},
    ids::AccountId,
    incident::case::Case,
    organisation::OrganisationCode,
};

/// How much of an incident somebody sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Visibility {
    /// Nothing, not even that it exists.
    None,
    /// What it is about, how bad, where it stands, in which county: no words, no position, no names.
    Summary,
    /// What the reporter sees of an own report: its words, state, holder and public replies.
    Own,
    /// What a former holder sees: everything up to the end of its leg, and the outcome.
    Former {
        /// Number of the event that ended its leg.
        until: u32,
    },
    /// Everything.
    Full,
}

/// The incidents an account can see at all, as plain data: [`Scope::sees`] judges one incident, the database layer
/// turns the same data into a condition. A test holds them against each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// No incident.
    Nothing,
    /// The account's own reports, and those it was sent to look at.
    Own(AccountId),
    /// Incidents with a leg of the organisation.
    Work(OrganisationCode),
    /// Incidents whose place lies under the desk's unit, and open ones of other places that a desk directly below has;
    /// restricted ones, and any other of other places, only with custody now or earlier; none where the desk's level is
    /// passed over. And the account's own reports.
    Desk {
        /// The desk.
        desk: OrganisationCode,
        /// The account.
        account: AccountId,
    },
    /// Every incident of the city; restricted ones as a summary, unless the city's own desk answers for them because no
    /// county has one. And the account's own reports.
    City {
        /// The city.
        unit: UnitCode,
        /// The account.
        account: AccountId,
    },
    /// Every incident of the area, as a summary.
    Audit(UnitCode),
}

impl Scope {
    /// The scope of an account.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        let organisation = actor.organisation;
        match actor.role {
            Role::GridWorker => Self::Own(actor.account),
            Role::Handler => Self::Work(organisation),
            Role::VillageOfficer | Role::TownshipDispatcher | Role::EscalationReviewer => {
                Self::Desk { desk: organisation, account: actor.account }
            }
            Role::CityOverseer => Self::City { unit: organisation.unit, account: actor.account },
            Role::AuditAdmin => Self::Audit(organisation.unit),
            Role::SystemAdmin | Role::SecurityAdmin => Self::Nothing,
        }
    }

    /// How much of `case` the scope shows.
    #[must_use]
    pub fn sees(self, case: &Case) -> Visibility {
        let incident = &case.incident;
        match self {
            Self::Nothing => Visibility::None,
            Self::Own(account) if is_sent_to_look(account, case) => Visibility::Own,
            Self::Own(account) => own(account, case),
            Self::Work(organisation) => work(organisation, case),
            Self::Desk { desk, account } => or_own(at_desk(desk, case), account, case),
            Self::City { unit, account } => {
                let seen = match incident.place.lies_in(unit) {
                    false => Visibility::None,
                    true if incident.restricted && !answers(OrganisationCode::desk(unit), case) => {
                        Visibility::Summary
                    }
                    true => Visibility::Full,
                };
                or_own(seen, account, case)
            }
            Self::Audit(unit) if incident.place.lies_in(unit) => Visibility::Summary,
            Self::Audit(_) => Visibility::None,
        }
    }
}

/// How much of `case` `actor` sees.
#[must_use]
pub fn visible(actor: &Actor, case: &Case) -> Visibility {
    Scope::of(actor).sees(case)
}

/// Whether `actor` may learn who reported `case`: nobody but the first desk (and the reporter) where the category
/// protects reporters.
#[must_use]
pub fn sees_reporter(actor: &Actor, case: &Case) -> bool {
    let incident = &case.incident;
    incident.reporter == actor.account
        || if incident.reporter_hidden {
            actor.desk() == Some(incident.first_desk)
        } else {
            matches!(visible(actor, case), Visibility::Full | Visibility::Former { .. })
        }
}

/// Whether `actor` may look at a preview of a photo of `case`, named by `named_by`: who sees the incident in full, who
/// inspects it, and who took the photo.
#[must_use]
pub fn sees_preview(actor: &Actor, case: &Case, named_by: AccountId) -> bool {
    let part = match visible(actor, case) {
        Visibility::Full => true,
        Visibility::Summary => actor.role == Role::AuditAdmin,
        Visibility::None | Visibility::Own | Visibility::Former { .. } => false,
    };
    part || actor.account == named_by
}

/// Whether `actor` may look at the photo as it was taken, with all that the camera wrote beside it: of those who see a
/// preview, the desks that have or had the incident, who works on it, who inspects it, and who took the photo. What a
/// protected reporter took is for those who may know the reporter.
#[must_use]
pub fn sees_original(actor: &Actor, case: &Case, named_by: AccountId) -> bool {
    let incident = &case.incident;
    let tells_who = incident.reporter_hidden && named_by == incident.reporter;
    let may_know = !tells_who || sees_reporter(actor, case);
    let part = actor.role == Role::AuditAdmin || actor.account == named_by || is_in_chain(actor, case);
    sees_preview(actor, case, named_by) && may_know && part
}

/// Whether `actor` may read what a photo of `case` tells of where and when it was taken: desks, and who inspects them.
#[must_use]
pub fn sees_evidence(actor: &Actor, case: &Case) -> bool {
    match visible(actor, case) {
        Visibility::Full => actor.desk().is_some(),
        Visibility::Summary => actor.role == Role::AuditAdmin,
        Visibility::None | Visibility::Own | Visibility::Former { .. } => false,
    }
}

/// Whether the desk of `actor` has the incident or had it, or its department.
fn is_in_chain(actor: &Actor, case: &Case) -> bool {
    case.custody.iter().any(|leg| actor.desk() == Some(leg.desk))
        || case.handling.iter().any(|leg| actor.works_for(leg.organisation))
}

/// Whether `actor`, who sees `case` in full, may read the confidential words of `event`: the desk that answers for the
/// incident, and whose linkage it is. What parties say in mediation goes no further, not even up.
#[must_use]
pub fn reads_confidential(actor: &Actor, case: &Case, event: &EventBody) -> bool {
    let linkage = event.linkage().and_then(|number| case.linkage(number));
    actor.desk().is_some_and(|desk| answers(desk, case))
        || linkage.is_some_and(|linkage| actor.works_for(linkage.by))
}

/// Whether the account is the grid worker who was sent to look at the result.
#[must_use]
pub fn is_sent_to_look(account: AccountId, case: &Case) -> bool {
    case.incident.proceedings.check.is_some_and(|check| check.worker == account)
}

fn own(account: AccountId, case: &Case) -> Visibility {
    if case.incident.is_of(account) { Visibility::Own } else { Visibility::None }
}

/// Whether the desk answers for the incident now, or for its outcome.
fn answers(desk: OrganisationCode, case: &Case) -> bool {
    case.custody.last().is_some_and(|leg| leg.desk == desk)
}

/// What is seen by office; of an own report never less than its reporter sees.
fn or_own(seen: Visibility, account: AccountId, case: &Case) -> Visibility {
    match seen {
        Visibility::None | Visibility::Summary if case.incident.is_of(account) => Visibility::Own,
        Visibility::None
        | Visibility::Summary
        | Visibility::Own
        | Visibility::Former { .. }
        | Visibility::Full => seen,
    }
}

/// A department sees an incident in full while it works on it, afterwards what it saw then.
fn work(organisation: OrganisationCode, case: &Case) -> Visibility {
    let mut seen = Visibility::None;
    for leg in case.handling.iter().filter(|leg| leg.organisation == organisation) {
        match leg.ended_seq {
            None => return Visibility::Full,
            Some(until) => seen = Visibility::Former { until },
        }
    }
    seen
}

/// Whether the desk stands directly above the one that has the incident: it takes over, decides disputes and is told of
/// what is late, wherever the place lies.
fn stands_above(desk: OrganisationCode, case: &Case) -> bool {
    case.open_custody().is_some_and(|leg| leg.superior == Some(desk))
}

fn at_desk(desk: OrganisationCode, case: &Case) -> Visibility {
    let incident = &case.incident;
    let level: Level = desk.unit.level();
    if incident.skips.is_some_and(|skipped| level <= skipped) {
        return Visibility::None;
    }
    let is_its_matter = incident.place.lies_in(desk.unit) || stands_above(desk, case);
    if (is_its_matter && !incident.restricted) || case.may_still_accept(desk) {
        return Visibility::Full;
    }
    let mut seen = Visibility::None;
    for leg in case.custody.iter().filter(|leg| leg.desk == desk) {
        seen = match leg.ended_seq {
            None => Visibility::Full,
            Some(until) => Visibility::Former { until },
        };
    }
    // The desk under which it came to rest keeps it: it answers for the outcome and may reopen it.
    if !incident.state.is_open() && answers(desk, case) {
        return Visibility::Full;
    }
    seen
}
