//! Checks of a rule book before it is written. A stored rule book is not checked when it is read, so a new check cannot make
//! an old version unreadable.

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

/// A rule book that passed every check. Only such rule books are written.
#[derive(Clone, PartialEq, Debug)]
pub struct ValidRules(RuleBook);

impl ValidRules {
    #[must_use]
    pub const fn book(&self) -> &RuleBook {
        &self.0
    }

    #[must_use]
    pub fn into_book(self) -> RuleBook {
        self.0
    }
}

impl RuleBook {
    /// Checks the rule book. An invalid rule is refused when it is saved; it is never skipped silently when it is used.
    ///
    /// # Errors
    /// [`RuleError`] if a rule is invalid, contradicts another rule, or names a category, unit or organisation that does not
    /// exist.
    pub fn checked(self, units: &UnitTree, organisations: &Organisations) -> Result<ValidRules, RuleError> {
        self.calendar.check()?;
        self.check_categories()?;
        self.check_limits()?;
        self.check_levels()?;
        self.check_references(units, organisations)?;
        self.check_duplicates()?;
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
        // In these fields, zero is allowed and means "never".
        let optional = [
            ("suspension_days", self.suspension_days, LimitUnit::CalendarDays),
            ("reopen_days", self.reopen_days, LimitUnit::CalendarDays),
            ("unmerge_hours", self.unmerge_hours, LimitUnit::ContinuousHours),
            ("linkages", self.linkages.confirmation_days, LimitUnit::CalendarDays),
            ("linkages", self.linkages.hearing_notice_days, LimitUnit::WorkingDays),
        ];
        let optional = optional
            .into_iter()
            .filter(|(_, amount, _)| *amount > 0)
            .map(|(field, amount, unit)| (field, Limit { amount, unit }));
        for (field, limit) in self.limits().chain(optional) {
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

    fn check_references(&self, units: &UnitTree, organisations: &Organisations) -> Result<(), RuleError> {
        let categories = (self.first_levels.iter().map(|exception| ("first_levels", exception.category)))
            .chain(self.skips.iter().map(|skip| ("skips", skip.category)))
            .chain(self.duties.iter().map(|duty| ("duties", duty.category)));
        for (field, category) in categories {
            if !self.categories.contains_key(&category) {
                return Err(RuleError::UnknownCategory { field, category });
            }
        }
        let mut named_units = self.first_levels.iter().map(|exception| exception.unit);
        if let Some(unit) = named_units.find(|unit| units.get(*unit).is_none()) {
            return Err(RuleError::UnknownUnit(unit));
        }
        let mut named_organisations = self.duties.iter().map(|duty| duty.organisation);
        match named_organisations.find(|organisation| !organisations.contains(*organisation)) {
            Some(organisation) => Err(RuleError::UnknownOrganisation(organisation)),
            None => Ok(()),
        }
    }

    /// Checks that no list has two entries for the same key.
    fn check_duplicates(&self) -> Result<(), RuleError> {
        let duties = self.duties.iter().map(|duty| (duty.organisation, duty.category));
        let exceptions = self.first_levels.iter().map(|exception| (exception.unit, exception.category));
        let skips = self.skips.iter().map(|skip| (skip.category, skip.severity));
        if let Some((organisation, category)) = first_duplicate(duties) {
            return Err(RuleError::Twice { field: "duties", what: format!("{organisation}, {category}") });
        }
        if let Some((unit, category)) = first_duplicate(exceptions) {
            return Err(RuleError::Twice { field: "first_levels", what: format!("{unit}, {category}") });
        }
        match first_duplicate(skips) {
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
            if let Some(code) = first_duplicate(reasons.iter().map(|reason| &reason.code)) {
                return Err(RuleError::Twice { field: "reasons", what: format!("{command}, {code}") });
            }
            for Reason { code, zh, en } in reasons {
                for (field, name) in [("zh", zh), ("en", en)] {
                    let invalid = |error| RuleError::ReasonName { code: code.clone(), field, error };
                    name::check(name).map_err(invalid)?;
                }
            }
        }
        Ok(())
    }
}

/// The first value that occurs a second time.
fn first_duplicate<T: Ord + Copy>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let mut seen = BTreeSet::new();
    values.find(|value| !seen.insert(*value))
}

/// Why a rule book is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RuleError {
    /// The calendar is invalid.
    #[error("calendar: {0}")]
    Calendar(#[from] CalendarError),
    /// A category is invalid.
    #[error(transparent)]
    Category(#[from] CategoryError),
    /// A category is stored under the code of another one.
    #[error("category {category} stands under {key}; its key is its code")]
    Misfiled {
        /// The code that it is stored under.
        key: CategoryCode,
        /// Its own code.
        category: CategoryCode,
    },
    /// A time limit is zero or too long.
    #[error("a limit in {field}: {error}")]
    Limit { field: &'static str, error: LimitError },
    /// A rule sends incidents to the city, which holds no incidents.
    #[error("the city holds no incidents; county is the highest level that can be named")]
    CityHolds,
    /// A rule names a category that does not exist.
    #[error(
        "{field} names category {category}, which is not there; take that line out, or keep the category"
    )]
    UnknownCategory { field: &'static str, category: CategoryCode },
    /// An exception names a unit that does not exist.
    #[error("first_levels names unit {0}, which does not exist; name one of GET /v1/units")]
    UnknownUnit(UnitCode),
    /// A duty names an organisation that does not exist.
    #[error("duties names organisation {0}, which does not exist; name one of GET /v1/organisations")]
    UnknownOrganisation(OrganisationCode),
    /// A list has two entries for the same key.
    #[error("{field} has two lines for {what}; keep one")]
    Twice {
        field: &'static str,
        /// The key.
        what: String,
    },
    /// A command needs a reason, but the rules list none for it.
    #[error("{0} names a reason, and there is none; give at least one")]
    NoReasons(CommandKind),
    /// The rules list reasons for a command that takes no reason.
    #[error("{0} names no reason; leave its reasons out")]
    ReasonsUnused(CommandKind),
    /// The name of a reason is invalid.
    #[error("reason {code}: {field} {error}")]
    ReasonName {
        code: ReasonCode,
        /// `zh` or `en`.
        field: &'static str,
        error: NameError,
    },
}
