//! Checks of a rule book before it is written. A stored rule book is not checked when it is read, so a new check cannot make
//! an old version unreadable.

use std::{collections::BTreeSet, fmt};

use crate::{
    command_kind::CommandKind,
    geography::{unit::Level, unit_tree::UnitTree},
    organisation::Organisations,
    rules::{limits::BySeverity, reason::Reason, rule_book::RuleBook},
    text::{
        invalid_value::{InvalidValue, invalid},
        localized::localized,
        name,
    },
    time::deadline::{Limit, LimitUnit},
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
    /// [`InvalidValue`] if a rule is invalid, contradicts another rule, or names a category, unit or organisation that does not
    /// exist.
    pub fn checked(
        self,
        units: &UnitTree,
        organisations: &Organisations,
    ) -> Result<ValidRules, InvalidValue> {
        self.calendar.check().map_err(|error| error.within(localized!("日历：", "calendar: ")))?;
        self.check_categories()?;
        self.check_limits()?;
        self.check_receipt()?;
        self.check_levels()?;
        self.check_references(units, organisations)?;
        self.check_duplicates()?;
        self.check_reasons()?;
        Ok(ValidRules(self))
    }

    fn check_categories(&self) -> Result<(), InvalidValue> {
        for (code, category) in &self.categories {
            category.check()?;
            if *code != category.code {
                return Err(invalid!(
                    "类别 {category} 列在 {code} 之下；键应与代码一致",
                    "category {category} stands under {code}; its key is its code",
                    category = category.code
                ));
            }
        }
        Ok(())
    }

    fn check_limits(&self) -> Result<(), InvalidValue> {
        // In these fields, zero is allowed and means "never".
        let optional = [
            ("suspension_days", self.suspension_days, LimitUnit::CalendarDays),
            ("reopen_days", self.reopen_days, LimitUnit::CalendarDays),
            ("objection_days", self.objection_days, LimitUnit::CalendarDays),
            ("unmerge_hours", self.unmerge_hours, LimitUnit::ContinuousHours),
            ("linkages", self.linkages.confirmation_days, LimitUnit::CalendarDays),
            ("linkages", self.linkages.hearing_notice_days, LimitUnit::WorkingDays),
        ];
        let optional = optional
            .into_iter()
            .filter(|(_, amount, _)| *amount > 0)
            .map(|(field, amount, unit)| (field, Limit { amount, unit }));
        for (field, limit) in self.limits().chain(optional) {
            limit.check().map_err(|error| {
                error.within(localized!("{field} 中的时限有误：", "a limit in {field}: "))
            })?;
        }
        Ok(())
    }

    /// Work is acknowledged by the clock only in working hours, so that nobody has signed for work that came at night.
    fn check_receipt(&self) -> Result<(), InvalidValue> {
        if self.receipt.unit.is_working_time() {
            return Ok(());
        }
        Err(invalid!(
            "receipt 的单位是 {unit}；自动签收只按工作时间计算，应为 wh 或 wd",
            "receipt is counted in {unit}; work is acknowledged automatically in working time only: wh or wd",
            unit = self.receipt.unit.short()
        ))
    }

    fn check_levels(&self) -> Result<(), InvalidValue> {
        let BySeverity { general, significant, major, critical } = self.minimum_level;
        let mut levels = [general, significant, major, critical]
            .into_iter()
            .chain(self.first_levels.iter().map(|exception| exception.level))
            .chain(self.skips.iter().map(|skip| skip.to));
        if levels.all(|level| level <= Level::County) {
            return Ok(());
        }
        Err(invalid!(
            "市级不持有事件；最高可写 county",
            "the city holds no incidents; county is the highest level that can be named"
        ))
    }

    fn check_references(&self, units: &UnitTree, organisations: &Organisations) -> Result<(), InvalidValue> {
        let categories = (self.first_levels.iter().map(|exception| ("first_levels", exception.category)))
            .chain(self.skips.iter().map(|skip| ("skips", skip.category)))
            .chain(self.duties.iter().map(|duty| ("duties", duty.category)));
        for (field, category) in categories {
            if !self.categories.contains_key(&category) {
                return Err(invalid!(
                    "{field} 引用的类别 {category} 不存在；请去掉该行，或保留该类别",
                    "{field} names category {category}, which is not there; take that line out, or keep the category"
                ));
            }
        }
        let mut named_units = self.first_levels.iter().map(|exception| exception.unit);
        if let Some(unit) = named_units.find(|unit| units.get(*unit).is_none()) {
            return Err(invalid!(
                "first_levels 引用的单位 {unit} 不存在；可用单位见 GET /v1/units",
                "first_levels names unit {unit}, which does not exist; name one of GET /v1/units"
            ));
        }
        let mut named_organisations = self.duties.iter().map(|duty| duty.organisation);
        match named_organisations.find(|organisation| !organisations.contains(*organisation)) {
            Some(organisation) => Err(invalid!(
                "duties 引用的机构 {organisation} 不存在；可用机构见 GET /v1/organisations",
                "duties names organisation {organisation}, which does not exist; name one of GET /v1/organisations"
            )),
            None => Ok(()),
        }
    }

    /// Checks that no list has two entries for the same key.
    fn check_duplicates(&self) -> Result<(), InvalidValue> {
        let duties = self.duties.iter().map(|duty| (duty.organisation, duty.category));
        let exceptions = self.first_levels.iter().map(|exception| (exception.unit, exception.category));
        let skips = self.skips.iter().map(|skip| (skip.category, skip.severity));
        if let Some((organisation, category)) = first_duplicate(duties) {
            return Err(twice("duties", organisation, category));
        }
        if let Some((unit, category)) = first_duplicate(exceptions) {
            return Err(twice("first_levels", unit, category));
        }
        match first_duplicate(skips) {
            Some((category, severity)) => Err(twice("skips", category, severity)),
            None => Ok(()),
        }
    }

    fn check_reasons(&self) -> Result<(), InvalidValue> {
        for command in CommandKind::ALL.iter().copied().filter(|command| command.gives_reason()) {
            if self.reasons.get(&command).is_none_or(Vec::is_empty) {
                return Err(invalid!(
                    "“{zh}”需要理由，请至少保留一个",
                    "{command} names a reason, and there is none; give at least one",
                    zh = command.zh()
                ));
            }
        }
        for (command, reasons) in &self.reasons {
            if !command.gives_reason() {
                return Err(invalid!(
                    "“{zh}”不使用理由，请删去",
                    "{command} names no reason; leave its reasons out",
                    zh = command.zh()
                ));
            }
            if let Some(code) = first_duplicate(reasons.iter().map(|reason| &reason.code)) {
                return Err(twice("reasons", command, code));
            }
            for Reason { code, zh, en } in reasons {
                for (field, name) in [("zh", zh), ("en", en)] {
                    let at = || localized!("理由 {code} 的 {field} ", "reason {code}: {field} ");
                    name::check(name).map_err(|error| error.within(at()))?;
                }
            }
        }
        Ok(())
    }
}

/// The error for a list that has two entries for the same key.
fn twice(field: &str, key: impl fmt::Display, other: impl fmt::Display) -> InvalidValue {
    invalid!(
        "{field} 中 {key}, {other} 有两行；请只保留一行",
        "{field} has two lines for {key}, {other}; keep one"
    )
}

/// The first value that occurs a second time.
fn first_duplicate<T: Ord + Copy>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let mut seen = BTreeSet::new();
    values.find(|value| !seen.insert(*value))
}
