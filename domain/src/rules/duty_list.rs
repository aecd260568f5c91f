//! Duty lists: which organisation is there for which category (乡镇履职事项清单).

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    organisation::{OrganisationCode, OrganisationKind},
    rules::category::{Category, CategoryCode},
};

codes! {
    /// How far a category is an organisation's duty.
    DutyRole "duty" {
        /// It is (基本履职).
        Basic "basic" "基本履职",
        /// It helps others (配合履职).
        Assist "assist" "配合履职",
        /// A department above took it back (上级收回).
        Reclaimed "reclaimed" "上级收回",
        /// It is on no list.
        Unlisted "unlisted" "清单外",
    }
}

/// One line of a duty list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Duty {
    /// The organisation.
    pub organisation: OrganisationCode,
    /// The category.
    pub category: CategoryCode,
    /// How far it is its duty.
    pub role: DutyRole,
}

/// How far `category` is the duty of `organisation`: as `list` says, else as the category names departments. A desk
/// coordinates, so everything is its duty.
#[must_use]
pub fn duty(organisation: OrganisationCode, category: &Category, list: &[Duty]) -> DutyRole {
    let own = |duty: &&Duty| duty.organisation == organisation && duty.category == category.code;
    if let Some(line) = list.iter().find(own) {
        return line.role;
    }
    if organisation.kind == OrganisationKind::Desk || organisation.kind == category.lead {
        DutyRole::Basic
    } else if category.assist.contains(&organisation.kind) {
        DutyRole::Assist
    } else {
        DutyRole::Unlisted
    }
}
