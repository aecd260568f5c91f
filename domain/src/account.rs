//! Accounts: who acts, in which role, for which organisation.

use crate::{
    code::codes,
    geography::place::OwnArea,
    geography::unit::{GridCode, Level},
    ids::AccountId,
    organisation::{OrganisationCode, OrganisationKind},
};

codes! {
    /// What an account may do. One account has one role.
    Role "role" {
        /// Reports from the field, follows own reports.
        GridWorker "grid_worker" "网格员",
        /// Staffs the desk of a village.
        VillageOfficer "village_officer" "村级受理员",
        /// Staffs the desk of a township.
        TownshipDispatcher "township_dispatcher" "乡镇调度员",
        /// Works for a department.
        Handler "handler" "承办人",
        /// Staffs the desk of a county.
        EscalationReviewer "escalation_reviewer" "升级审核员",
        /// Sees every county, holds nothing.
        CityOverseer "city_overseer" "市级统筹员",
        /// Installation, imports, rules.
        SystemAdmin "system_admin" "系统管理员",
        /// Accounts and keys.
        SecurityAdmin "security_admin" "安全管理员",
        /// Reads what was done, never what was written.
        AuditAdmin "audit_admin" "审计管理员",
    }
}

impl Role {
    /// The level whose desk this role staffs, if it staffs one.
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

    /// Whether an account with this role may belong to `organisation`: desk roles to the desk of their level,
    /// handlers to a department, everybody else to a desk (the unit they belong to).
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

/// The signed-in person, as far as rules care.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// Its role.
    pub role: Role,
    /// The organisation it works for.
    pub organisation: OrganisationCode,
    /// The grids a grid worker walks; the first is the usual one.
    pub grids: Vec<GridCode>,
}

impl Actor {
    /// Where the actor works.
    #[must_use]
    pub fn area(&self) -> OwnArea<'_> {
        OwnArea { unit: self.organisation.unit, grids: &self.grids }
    }

    /// The desk this person staffs, if any.
    #[must_use]
    pub fn desk(&self) -> Option<OrganisationCode> {
        self.role.desk_level().map(|_| self.organisation)
    }

    /// Whether this person does the work of `organisation`.
    #[must_use]
    pub fn works_for(&self, organisation: OrganisationCode) -> bool {
        (self.role == Role::Handler || self.desk().is_some()) && self.organisation == organisation
    }

    /// Whether this person may send in reports.
    #[must_use]
    pub fn may_report(&self) -> bool {
        self.role == Role::GridWorker || self.desk().is_some()
    }
}
