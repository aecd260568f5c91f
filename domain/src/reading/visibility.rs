//! Visibility: who sees how much of an incident. No other module decides this.

use crate::{
    account::{Actor, Role},
    events::EventBody,
    geography::unit::{Level, UnitCode},
    ids::AccountId,
    incident::case::Case,
    organisation::OrganisationCode,
};

/// How much of an incident an account sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Visibility {
    /// Nothing, not even that it exists.
    None,
    /// Category, severity, state and county. No texts, no position, no names.
    Summary,
    /// What a reporter sees of their own report: its text, state, holder and the replies for the reporter.
    Own,
    /// What a former holder sees: everything until its leg ended, and the outcome.
    Former {
        /// The number of the event that ended the leg.
        until: u32,
    },
    /// Everything.
    Full,
}

/// Which incidents an account can see. [`Scope::sees`] applies it to one incident. The database layer turns the same data
/// into a query. A test compares both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// No incident.
    Nothing,
    /// The account's own reports, and incidents that the account was sent to check or checked.
    Own(AccountId),
    /// Incidents with a handling leg of the organisation.
    Work(OrganisationCode),
    /// The incidents of a desk:
    ///
    /// - incidents whose place lies in the unit of the desk, and open incidents held by a desk directly below, except
    ///   restricted ones;
    /// - incidents that the desk holds, held or may still accept;
    /// - the account's own reports.
    ///
    /// Incidents that skip the level of the desk are not visible, except the account's own reports.
    Desk { desk: OrganisationCode, account: AccountId },
    /// Every incident of the city, and the account's own reports. Restricted incidents are visible as a summary, unless the
    /// desk of the city itself is responsible because no county has a desk.
    City {
        /// The city.
        unit: UnitCode,
        account: AccountId,
    },
    /// Every incident of the unit, as a summary.
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
            Self::Own(account) => seen_by_reporter(account, case),
            Self::Work(organisation) => seen_by_department(organisation, case),
            Self::Desk { desk, account } => at_least_own(seen_by_desk(desk, case), account, case),
            Self::City { unit, account } => {
                let seen = match incident.place.lies_in(unit) {
                    false => Visibility::None,
                    true if incident.restricted && !is_responsible(OrganisationCode::desk(unit), case) => {
                        Visibility::Summary
                    }
                    true => Visibility::Full,
                };
                at_least_own(seen, account, case)
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

/// Whether `actor` may see who reported the incident. If the category protects reporters, only the first desk and the
/// reporter may.
#[must_use]
pub fn sees_reporter(actor: &Actor, case: &Case) -> bool {
    let incident = &case.incident;
    incident.reporter == actor.account
        || if incident.reporter_hidden {
            actor.desk().is_some() && actor.desk() == case.first_desk()
        } else {
            matches!(visible(actor, case), Visibility::Full | Visibility::Former { .. })
        }
}

/// Whether `actor` may see previews of a photo that `named_by` announced: accounts that see the incident in full, audit
/// administrators who see it, and `named_by`.
#[must_use]
pub fn sees_preview(actor: &Actor, case: &Case, named_by: AccountId) -> bool {
    let sees_photos = match visible(actor, case) {
        Visibility::Full => true,
        Visibility::Summary => actor.role == Role::AuditAdmin,
        Visibility::None | Visibility::Own | Visibility::Former { .. } => false,
    };
    sees_photos || actor.account == named_by
}

/// Whether `actor` may see the original photo with its metadata. The actor must see previews, and must be an audit
/// administrator, `named_by`, or a member of an organisation that holds or held the incident. A photo by a protected
/// reporter is visible only to accounts that may know the reporter.
#[must_use]
pub fn sees_original(actor: &Actor, case: &Case, named_by: AccountId) -> bool {
    let incident = &case.incident;
    let identifies_reporter = incident.reporter_hidden && named_by == incident.reporter;
    let may_know_reporter = !identifies_reporter || sees_reporter(actor, case);
    let is_involved =
        actor.role == Role::AuditAdmin || actor.account == named_by || is_holder_or_former(actor, case);
    sees_preview(actor, case, named_by) && may_know_reporter && is_involved
}

/// Whether `actor` may see where and when photos were taken: desks that see the incident in full, and audit administrators
/// who see it.
#[must_use]
pub fn sees_evidence(actor: &Actor, case: &Case) -> bool {
    match visible(actor, case) {
        Visibility::Full => actor.desk().is_some(),
        Visibility::Summary => actor.role == Role::AuditAdmin,
        Visibility::None | Visibility::Own | Visibility::Former { .. } => false,
    }
}

/// Whether the desk or department of `actor` holds or held the incident.
fn is_holder_or_former(actor: &Actor, case: &Case) -> bool {
    case.custody.iter().any(|leg| actor.desk() == Some(leg.desk))
        || case.handling.iter().any(|leg| actor.works_for(leg.organisation))
}

/// Whether `actor`, who sees the incident in full, may read the confidential texts of `event`: the responsible desk, and
/// the organisation that opened the linkage. Higher desks may not, because statements in mediation are confidential.
#[must_use]
pub fn reads_confidential(actor: &Actor, case: &Case, event: &EventBody) -> bool {
    let linkage = event.linkage().and_then(|number| case.linkage(number));
    actor.desk().is_some_and(|desk| is_responsible(desk, case))
        || linkage.is_some_and(|linkage| actor.works_for(linkage.by))
}

/// Whether the account is a grid worker who was sent to check the result, now or before.
#[must_use]
pub fn is_sent_to_look(account: AccountId, case: &Case) -> bool {
    case.incident.checkers().any(|worker| worker == account)
}

fn seen_by_reporter(account: AccountId, case: &Case) -> Visibility {
    if case.incident.is_of(account) { Visibility::Own } else { Visibility::None }
}

/// Whether the desk is responsible for the incident, or was when it ended.
fn is_responsible(desk: OrganisationCode, case: &Case) -> bool {
    case.custody.last().is_some_and(|leg| leg.desk == desk)
}

/// Raises `seen` to [`Visibility::Own`] if it is less and the account reported the incident.
fn at_least_own(seen: Visibility, account: AccountId, case: &Case) -> Visibility {
    match seen {
        Visibility::None | Visibility::Summary if case.incident.is_of(account) => Visibility::Own,
        Visibility::None
        | Visibility::Summary
        | Visibility::Own
        | Visibility::Former { .. }
        | Visibility::Full => seen,
    }
}

/// A department sees the incident in full while it works on it. Afterwards it sees what it saw until then.
fn seen_by_department(organisation: OrganisationCode, case: &Case) -> Visibility {
    let mut seen = Visibility::None;
    for leg in case.handling.iter().filter(|leg| leg.organisation == organisation) {
        match leg.ended_seq {
            None => return Visibility::Full,
            Some(until) => seen = Visibility::Former { until },
        }
    }
    seen
}

/// Whether the desk is directly above the desk that holds the incident. It may take the incident over, decides disputes and
/// receives alarms, also if the place lies in another unit.
fn is_superior(desk: OrganisationCode, case: &Case) -> bool {
    case.open_custody().is_some_and(|leg| leg.superior() == Some(desk))
}

fn seen_by_desk(desk: OrganisationCode, case: &Case) -> Visibility {
    let incident = &case.incident;
    let level: Level = desk.unit.level();
    if incident.skips.is_some_and(|skipped| level <= skipped) {
        return Visibility::None;
    }
    let is_in_area = incident.place.lies_in(desk.unit) || is_superior(desk, case);
    if (is_in_area && !incident.restricted) || case.may_still_accept(desk) {
        return Visibility::Full;
    }
    let mut seen = Visibility::None;
    for leg in case.custody.iter().filter(|leg| leg.desk == desk) {
        seen = match leg.ended_seq {
            None => Visibility::Full,
            Some(until) => Visibility::Former { until },
        };
    }
    // The last desk still sees an ended incident in full: it is responsible for the outcome and may reopen it.
    if !incident.state.is_open() && is_responsible(desk, case) {
        return Visibility::Full;
    }
    seen
}
