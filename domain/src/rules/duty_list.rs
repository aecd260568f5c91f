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
    let is_of = |kind: &OrganisationKind| at_any_level(organisation.kind) == at_any_level(*kind);
    if organisation.kind == OrganisationKind::Desk || is_of(&category.lead) {
        DutyRole::Basic
    } else if category.assist.iter().any(is_of) {
        DutyRole::Assist
    } else {
        DutyRole::Unlisted
    }
}

/// The kind that stands for the same duty at every level: a county has a justice bureau (司法局) where a township has a justice
/// office (司法所). Other departments have one kind at all levels.
const fn at_any_level(kind: OrganisationKind) -> OrganisationKind {
    if matches!(kind, OrganisationKind::JusticeBureau) { OrganisationKind::JusticeOffice } else { kind }
}
