//! Checks: what rules must satisfy to be written. What is stored is not checked again when it is read, so that a check that
//! is added later makes no stored version unreadable.

use std::collections::BTreeSet;

use crate::{
    command_kind::CommandKind,
    geography::{
        unit::{Level, UnitCode},
        unit_tree::UnitTree,
    },
    organisation::{OrganisationCode, Organisations},
    rules::{
        category::{CategoryCode, CategoryError},
        limits::BySeverity,
        reason::{Reason, ReasonCode},
        rule_book::RuleBook,
    },
    text::name::{self, NameError},
    time::{
        calendar::CalendarError,
        deadline::{Limit, LimitError, LimitUnit},
    },
};

/// A rule book that passed every check: the only kind that is written.
#[derive(Clone, PartialEq, Debug)]
pub struct ValidRules(RuleBook);

impl ValidRules {
    /// Everything the rules say.
    #[must_use]
    pub const fn book(&self) -> &RuleBook {
        &self.0
    }

    /// The same, to decide by.
    #[must_use]
    pub fn into_book(self) -> RuleBook {
        self.0
    }
}

impl RuleBook {
    /// Itself, if all of it is right, and the units and organisations it names exist. A broken rule is refused when saved,
    /// never skipped when run.
    ///
    /// # Errors
    /// When a rule is wrong in itself, contradicts another, or names what does not exist.
    pub fn checked(self, units: &UnitTree, organisations: &Organisations) -> Result<ValidRules, RuleError> {
        self.calendar.check()?;
        self.check_categories()?;
        self.check_limits()?;
        self.check_levels()?;
        self.check_named(units, organisations)?;
        self.check_once()?;
        self.check_reasons()?;
        Ok(ValidRules(self))
    }

    fn check_categories(&self) -> Result<(), RuleError> {
        for (code, category) in &self.categories {
            category.check()?;
            if *code != category.code {
                return Err(RuleError::Misfiled { key: *code, category: category.code });
            }
        }
        Ok(())
    }

    fn check_limits(&self) -> Result<(), RuleError> {
        // Of these zero is a choice: never.
        let choices = [
            ("suspension_days", self.suspension_days, LimitUnit::CalendarDays),
            ("reopen_days", self.reopen_days, LimitUnit::CalendarDays),
            ("unmerge_hours", self.unmerge_hours, LimitUnit::ContinuousHours),
            ("linkages", self.linkages.confirmation_days, LimitUnit::CalendarDays),
            ("linkages", self.linkages.hearing_notice_days, LimitUnit::WorkingDays),
        ];
        let choices = choices
            .into_iter()
            .filter(|(_, amount, _)| *amount > 0)
            .map(|(field, amount, unit)| (field, Limit { amount, unit }));
        for (field, limit) in self.limits().chain(choices) {
            limit.check().map_err(|error| RuleError::Limit { field, error })?;
        }
        Ok(())
    }

    fn check_levels(&self) -> Result<(), RuleError> {
        let BySeverity { general, significant, major, critical } = self.minimum_level;
        let mut levels = [general, significant, major, critical]
            .into_iter()
            .chain(self.first_levels.iter().map(|exception| exception.level))
            .chain(self.skips.iter().map(|skip| skip.to));
        if levels.any(|level| level > Level::County) { Err(RuleError::CityHolds) } else { Ok(()) }
    }

    fn check_named(&self, units: &UnitTree, organisations: &Organisations) -> Result<(), RuleError> {
        let categories = (self.first_levels.iter().map(|exception| ("first_levels", exception.category)))
            .chain(self.skips.iter().map(|skip| ("skips", skip.category)))
            .chain(self.duties.iter().map(|duty| ("duties", duty.category)));
        for (field, category) in categories {
            if !self.categories.contains_key(&category) {
                return Err(RuleError::UnknownCategory { field, category });
            }
        }
        let mut named = self.first_levels.iter().map(|exception| exception.unit);
        if let Some(unit) = named.find(|unit| units.get(*unit).is_none()) {
            return Err(RuleError::UnknownUnit(unit));
        }
        let mut named = self.duties.iter().map(|duty| duty.organisation);
        match named.find(|organisation| !organisations.contains(*organisation)) {
            Some(organisation) => Err(RuleError::UnknownOrganisation(organisation)),
            None => Ok(()),
        }
    }

    /// Lists say one thing of each matter.
    fn check_once(&self) -> Result<(), RuleError> {
        let duties = self.duties.iter().map(|duty| (duty.organisation, duty.category));
        let exceptions = self.first_levels.iter().map(|exception| (exception.unit, exception.category));
        let skips = self.skips.iter().map(|skip| (skip.category, skip.severity));
        if let Some((organisation, category)) = repeated(duties) {
            return Err(RuleError::Twice { field: "duties", what: format!("{organisation}, {category}") });
        }
        if let Some((unit, category)) = repeated(exceptions) {
            return Err(RuleError::Twice { field: "first_levels", what: format!("{unit}, {category}") });
        }
        match repeated(skips) {
            Some((category, severity)) => {
                Err(RuleError::Twice { field: "skips", what: format!("{category}, {severity}") })
            }
            None => Ok(()),
        }
    }

    fn check_reasons(&self) -> Result<(), RuleError> {
        for command in CommandKind::ALL.iter().copied().filter(|command| command.gives_reason()) {
            if self.reasons.get(&command).is_none_or(Vec::is_empty) {
                return Err(RuleError::NoReasons(command));
            }
        }
        for (command, reasons) in &self.reasons {
            if !command.gives_reason() {
                return Err(RuleError::ReasonsUnused(*command));
            }
            if let Some(code) = repeated(reasons.iter().map(|reason| &reason.code)) {
                return Err(RuleError::Twice { field: "reasons", what: format!("{command}, {code}") });
            }
            for Reason { code, zh, en } in reasons {
                for (field, name) in [("zh", zh), ("en", en)] {
                    let wrong = |error| RuleError::ReasonName { code: code.clone(), field, error };
                    name::check(name).map_err(wrong)?;
                }
            }
        }
        Ok(())
    }
}

/// The first that is there a second time.
fn repeated<T: Ord + Copy>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let mut seen = BTreeSet::new();
    all.find(|one| !seen.insert(*one))
}

/// Why a rule book is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RuleError {
    /// The calendar is wrong in itself.
    #[error("calendar: {0}")]
    Calendar(#[from] CalendarError),
    /// A category is wrong in itself.
    #[error(transparent)]
    Category(#[from] CategoryError),
    /// A category stands under another one's code.
    #[error("category {category} stands under {key}; its key is its code")]
    Misfiled {
        /// Where it stands.
        key: CategoryCode,
        /// What it is.
        category: CategoryCode,
    },
    /// A limit within which nobody can do anything, or that is absurd.
    #[error("a limit in {field}: {error}")]
    Limit {
        /// Where.
        field: &'static str,
        /// What is wrong.
        error: LimitError,
    },
    /// The city coordinates and holds nothing.
    #[error("the city holds no incidents; county is the highest level that can be named")]
    CityHolds,
    /// A rule about a category that does not exist.
    #[error(
        "{field} names category {category}, which is not there; take that line out, or keep the category"
    )]
    UnknownCategory {
        /// Where.
        field: &'static str,
        /// The category.
        category: CategoryCode,
    },
    /// An exception for a unit that does not exist.
    #[error("first_levels names unit {0}, which does not exist; name one of GET /v1/units")]
    UnknownUnit(UnitCode),
    /// A duty of an organisation that does not exist.
    #[error("duties names organisation {0}, which does not exist; name one of GET /v1/organisations")]
    UnknownOrganisation(OrganisationCode),
    /// Two lines about one matter, of which only one can hold.
    #[error("{field} has two lines for {what}; keep one")]
    Twice {
        /// Where.
        field: &'static str,
        /// The matter.
        what: String,
    },
    /// A command that names a reason has none to name.
    #[error("{0} names a reason, and there is none; give at least one")]
    NoReasons(CommandKind),
    /// Reasons for a command that names none.
    #[error("{0} names no reason; leave its reasons out")]
    ReasonsUnused(CommandKind),
    /// A reason whose name is none.
    #[error("reason {code}: {field} {error}")]
    ReasonName {
        /// The reason.
        code: ReasonCode,
        /// Which of its names.
        field: &'static str,
        /// What is wrong.
        error: NameError,
    },
}
