//! Accounts: the acting person, their role and their organisation.

use crate::{
    code::codes,
    geography::place::OwnArea,
    geography::unit::{GridCode, Level},
    ids::AccountId,
    organisation::{OrganisationCode, OrganisationKind},
};

codes! {
    /// The role of an account. One account has exactly one role.
    Role "role" {
        /// Reports from the field and follows their own reports.
        GridWorker "grid_worker" "网格员",
        /// Works at the desk of a village.
        VillageOfficer "village_officer" "村级受理员",
        /// Works at the desk of a township.
        TownshipDispatcher "township_dispatcher" "乡镇调度员",
        /// Works for a department.
        Handler "handler" "承办人",
        /// Works at the desk of a county.
        EscalationReviewer "escalation_reviewer" "提级审核员",
        /// Works at the desk of the city. Sees every county; the city normally holds no incidents.
        CityOverseer "city_overseer" "市级统筹员",
        /// Manages installation, imports and rules.
        SystemAdmin "system_admin" "系统管理员",
        /// Manages accounts and keys.
        SecurityAdmin "security_admin" "安全管理员",
        /// Reads the record of actions, but no free text.
        AuditAdmin "audit_admin" "审计管理员",
    }
}

impl Role {
    /// The level of the desk that this role works at. `None` for roles without a desk.
    #[must_use]
    pub const fn desk_level(self) -> Option<Level> {
        match self {
            Self::VillageOfficer => Some(Level::Village),
            Self::TownshipDispatcher => Some(Level::Township),
            Self::EscalationReviewer => Some(Level::County),
            Self::CityOverseer => Some(Level::City),
            Self::GridWorker | Self::Handler | Self::SystemAdmin | Self::SecurityAdmin | Self::AuditAdmin => {
                None
            }
        }
    }

    /// Whether an account with this role may belong to `organisation`. Desk roles belong to a desk of their level, handlers
    /// to a department, and all others to the desk of any unit.
    #[must_use]
    pub fn fits(self, organisation: OrganisationCode) -> bool {
        let at_desk = organisation.kind == OrganisationKind::Desk;
        match self {
            Self::Handler => !at_desk,
            Self::VillageOfficer
            | Self::TownshipDispatcher
            | Self::EscalationReviewer
            | Self::CityOverseer => at_desk && self.desk_level() == Some(organisation.unit.level()),
            Self::GridWorker | Self::SystemAdmin | Self::SecurityAdmin | Self::AuditAdmin => at_desk,
        }
    }
}

/// The signed-in person: the facts that the rules use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    pub account: AccountId,
    pub role: Role,
    pub organisation: OrganisationCode,
    /// The grids of a grid worker. The first is the main one. Empty for other roles.
    pub grids: Vec<GridCode>,
}

impl Actor {
    /// The area where the person works.
    #[must_use]
    pub fn area(&self) -> OwnArea<'_> {
        OwnArea { unit: self.organisation.unit, grids: &self.grids }
    }

    /// The desk that this person works at, if any.
    #[must_use]
    pub fn desk(&self) -> Option<OrganisationCode> {
        self.role.desk_level().map(|_| self.organisation)
    }

    /// Whether this person may act for `organisation`: a handler or desk officer of exactly that organisation.
    #[must_use]
    pub fn works_for(&self, organisation: OrganisationCode) -> bool {
        (self.role == Role::Handler || self.desk().is_some()) && self.organisation == organisation
    }

    /// Whether this person may report incidents.
    #[must_use]
    pub fn may_report(&self) -> bool {
        self.role == Role::GridWorker || self.desk().is_some()
    }
}
