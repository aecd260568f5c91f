//! The rules in force: one version of categories, limits and calendar, which never changes.

pub mod category;
mod deadlines;
pub mod duty_list;
pub mod limits;
pub mod reason;
pub mod routing;
pub mod rule_book;
pub mod validation;

use crate::{
    command_kind::CommandKind,
    geography::unit::{Level, UnitCode},
    organisation::{OrganisationCode, OrganisationKind, Organisations},
    rules::{
        category::{Category, CategoryCode, Flag, Severity},
        duty_list::{DutyRole, duty},
        reason::{Reason, ReasonCode},
        rule_book::{RuleBook, SkipRule},
    },
    time::auto_escalation::AutoEscalation,
};

/// A rule book with its version number. Every decision uses one.
#[derive(Clone, Debug)]
pub struct Rules {
    version: i64,
    book: RuleBook,
}

impl Rules {
    /// Wraps a stored rule book. It was checked when it was written and is not checked again.
    #[must_use]
    pub const fn new(version: i64, book: RuleBook) -> Self {
        Self { version, book }
    }

    /// The version number. It is stored with every decision.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.version
    }

    #[must_use]
    pub const fn book(&self) -> &RuleBook {
        &self.book
    }

    #[must_use]
    pub fn category(&self, code: CategoryCode) -> Option<&Category> {
        self.book.categories.get(&code)
    }

    /// The reasons that `command` accepts.
    #[must_use]
    pub fn reasons(&self, command: CommandKind) -> &[Reason] {
        self.book.reasons.get(&command).map_or(&[], Vec::as_slice)
    }

    /// Whether `command` accepts `reason`.
    #[must_use]
    pub fn knows(&self, command: CommandKind, reason: &ReasonCode) -> bool {
        self.reasons(command).iter().any(|listed| listed.code == *reason)
    }

    /// The role of `organisation` for `category`. Unlisted if the category no longer exists.
    #[must_use]
    pub fn duty(&self, organisation: OrganisationCode, category: CategoryCode) -> DutyRole {
        self.category(category)
            .map_or(DutyRole::Unlisted, |category| duty(organisation, category, &self.book.duties))
    }

    /// The departments of `unit` whose duty the category is: those that lead first, then those that assist. The desk may dispatch to
    /// them without confirmation.
    #[must_use]
    pub fn departments_for(
        &self,
        category: CategoryCode,
        unit: UnitCode,
        organisations: &Organisations,
    ) -> Vec<(OrganisationCode, DutyRole)> {
        let departments = organisations.of_unit(unit).filter(|(code, _)| code.kind != OrganisationKind::Desk);
        let mut listed: Vec<_> = departments
            .map(|(code, _)| (code, self.duty(code, category)))
            .filter(|(_, duty)| matches!(duty, DutyRole::Basic | DutyRole::Assist))
            .collect();
        listed.sort_by_key(|(code, duty)| (*duty, *code));
        listed
    }

    /// When an incident escalates because its desk does not accept it. Restricted incidents escalate at twice the limit at the
    /// latest, because no higher desk can see them and take them over.
    #[must_use]
    pub fn on_lapse(&self, category: CategoryCode, severity: Severity) -> AutoEscalation {
        let category = self.category(category);
        let of_category = category.and_then(|category| category.on_lapse);
        match of_category.unwrap_or_else(|| self.book.on_lapse.get(severity)) {
            AutoEscalation::Never if category.is_some_and(|category| category.has(Flag::Restricted)) => {
                AutoEscalation::AtDouble
            }
            other @ (AutoEscalation::AtLimit | AutoEscalation::AtDouble | AutoEscalation::Never) => other,
        }
    }

    /// The lowest level that can receive an incident of that severity first.
    #[must_use]
    pub const fn minimum_level(&self, severity: Severity) -> Level {
        self.book.minimum_level.get(severity)
    }

    /// The level that receives `category` first. `lies_in` tells whether the place lies in a unit. If there are exceptions for
    /// several units that contain the place, the smallest unit counts. Otherwise the category decides.
    #[must_use]
    pub fn first_level(&self, category: &Category, lies_in: impl Fn(UnitCode) -> bool) -> Level {
        self.book
            .first_levels
            .iter()
            .filter(|exception| exception.category == category.code && lies_in(exception.unit))
            .min_by_key(|exception| exception.unit.level())
            .map_or(category.first_level, |exception| exception.level)
    }

    /// The level that an escalation jumps to, if a rule skips levels (越级上报).
    #[must_use]
    pub fn skips_to(&self, category: CategoryCode, severity: Severity) -> Option<Level> {
        let applies = |skip: &&SkipRule| skip.category == category && severity >= skip.severity;
        self.book.skips.iter().filter(applies).map(|skip| skip.to).max()
    }
}
