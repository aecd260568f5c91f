//! Duty lists: which organisation is responsible for which category (乡镇履职事项清单).

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    organisation::{OrganisationCode, OrganisationKind},
    rules::category::{Category, CategoryCode},
};

codes! {
    /// The role of an organisation for a category.
    DutyRole "duty" {
        /// The category is the organisation's duty (基本履职).
        Basic "basic" "基本履职",
        /// The organisation assists others (配合履职).
        Assist "assist" "配合履职",
        /// A higher department took the duty back (上级收回).
        Reclaimed "reclaimed" "上级收回",
        /// The category is not on the organisation's list.
        Unlisted "unlisted" "清单外",
    }
}

/// One entry of a duty list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Duty {
    pub organisation: OrganisationCode,
    pub category: CategoryCode,
    pub role: DutyRole,
}

/// The role of `organisation` for `category`. An entry in `list` decides first, then the lead and assisting departments of
/// the category. Every category is a duty of a desk, because desks coordinate.
#[must_use]
pub fn duty(organisation: OrganisationCode, category: &Category, list: &[Duty]) -> DutyRole {
    let matches = |duty: &&Duty| duty.organisation == organisation && duty.category == category.code;
    if let Some(duty) = list.iter().find(matches) {
        return duty.role;
    }
    if organisation.kind == OrganisationKind::Desk || organisation.kind == category.lead {
        DutyRole::Basic
    } else if category.assist.contains(&organisation.kind) {
        DutyRole::Assist
    } else {
        DutyRole::Unlisted
    }
}
