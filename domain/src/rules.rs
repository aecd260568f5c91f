//! The rules in force: categories, limits and calendar, together one immutable version.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    calendar::WorkCalendar,
    category::{Category, CategoryCode, CategoryError, MINIMUM_AFTER_ESCALATION, Severity},
    deadline::{Deadline, Limit, LimitUnit, due},
    time::Instant,
    unit::Level,
};

/// How long a desk has for each of its stages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StageLimits {
    /// From arrival to accepting or declining.
    pub accept: Limit,
    /// From accepting to dispatching.
    pub dispatch: Limit,
    /// From the result to closing or rework.
    pub verify: Limit,
}

/// One value for each severity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the severities")]
pub struct BySeverity<T> {
    pub general: T,
    pub significant: T,
    pub major: T,
    pub critical: T,
}

impl<T: Copy> BySeverity<T> {
    const fn get(&self, severity: Severity) -> T {
        match severity {
            Severity::General => self.general,
            Severity::Significant => self.significant,
            Severity::Major => self.major,
            Severity::Critical => self.critical,
        }
    }
}

/// One value for each level that holds incidents.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the levels")]
pub struct ByLevel<T> {
    pub village: T,
    pub township: T,
    pub county: T,
}

impl<T: Copy> ByLevel<T> {
    const fn get(&self, level: Level) -> T {
        match level {
            Level::Village => self.village,
            Level::Township => self.township,
            Level::County | Level::City => self.county,
        }
    }
}

const fn limit(amount: u32, unit: LimitUnit) -> Limit {
    Limit { amount, unit }
}

const fn working_hours(amount: u32) -> Limit {
    limit(amount, LimitUnit::WorkingHours)
}

/// The defaults, which a county may change.
const STAGES: BySeverity<StageLimits> = BySeverity {
    general: StageLimits { accept: working_hours(8), dispatch: working_hours(4), verify: working_hours(16) },
    significant: StageLimits {
        accept: working_hours(4),
        dispatch: working_hours(2),
        verify: working_hours(16),
    },
    major: StageLimits {
        accept: limit(1, LimitUnit::ContinuousHours),
        dispatch: limit(1, LimitUnit::ContinuousHours),
        verify: working_hours(8),
    },
    critical: StageLimits {
        accept: limit(15, LimitUnit::ContinuousMinutes),
        dispatch: limit(15, LimitUnit::ContinuousMinutes),
        verify: limit(4, LimitUnit::ContinuousHours),
    },
};

/// How long a level may keep an incident.
const CEILINGS: ByLevel<Limit> =
    ByLevel { village: working_hours(24), township: working_hours(56), county: working_hours(120) };

/// The same for disputes (domain 10).
const DISPUTE_CEILINGS: ByLevel<Limit> =
    ByLevel { village: working_hours(56), township: working_hours(120), county: working_hours(240) };

/// The domain of disputes, which take longer.
const DISPUTES: u16 = 10;

/// One version of the rules as it is stored: written once, never changed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RuleBook {
    /// Every category, by code.
    pub categories: BTreeMap<CategoryCode, Category>,
    /// Working days and hours.
    pub calendar: WorkCalendar,
    /// The limits of a desk.
    pub stages: BySeverity<StageLimits>,
    /// How long a level may keep an incident.
    pub ceilings: ByLevel<Limit>,
    /// The same for disputes.
    pub dispute_ceilings: ByLevel<Limit>,
    /// How often departments may return an incident.
    pub returns_max: u32,
    /// For how many days a closed incident can be reopened.
    pub reopen_days: u32,
}

impl RuleBook {
    /// Rules with the defaults for everything but categories and calendar.
    #[must_use]
    pub fn new(categories: impl IntoIterator<Item = Category>, calendar: WorkCalendar) -> Self {
        Self {
            categories: categories.into_iter().map(|category| (category.code, category)).collect(),
            calendar,
            stages: STAGES,
            ceilings: CEILINGS,
            dispute_ceilings: DISPUTE_CEILINGS,
            returns_max: 2,
            reopen_days: 30,
        }
    }
}

/// A checked rule book with its version: what every decision is made by.
#[derive(Clone, Debug)]
pub struct Rules {
    version: i64,
    book: RuleBook,
}

impl Rules {
    /// Checks `book` and gives it its version. A broken rule is refused when saved, never skipped when run.
    ///
    /// # Errors
    /// When a category is wrong in itself.
    pub fn new(version: i64, book: RuleBook) -> Result<Self, CategoryError> {
        book.categories.values().try_for_each(Category::check)?;
        Ok(Self { version, book })
    }

    /// The version, stored with every decision.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// Everything the rules say.
    #[must_use]
    pub const fn book(&self) -> &RuleBook {
        &self.book
    }

    /// The category of that code.
    #[must_use]
    pub fn category(&self, code: CategoryCode) -> Option<&Category> {
        self.book.categories.get(&code)
    }

    /// When a desk must have accepted what reached it at `from`.
    #[must_use]
    pub fn accept_due(&self, severity: Severity, from: Instant) -> Deadline {
        self.due(from, self.book.stages.get(severity).accept)
    }

    /// When a desk must have dispatched what it accepted, or got back, at `from`.
    #[must_use]
    pub fn dispatch_due(&self, severity: Severity, from: Instant) -> Deadline {
        self.due(from, self.book.stages.get(severity).dispatch)
    }

    /// When a desk must have verified the result submitted at `from`.
    #[must_use]
    pub fn verify_due(&self, severity: Severity, from: Instant) -> Deadline {
        self.due(from, self.book.stages.get(severity).verify)
    }

    /// When the work that reached an organisation at `from` must be done. After an escalation the new leg has its
    /// own budget: the category's, but at least 16 working hours.
    #[must_use]
    pub fn handle_due(&self, category: CategoryCode, escalated: bool, from: Instant) -> Deadline {
        let budget = self.due(from, self.limit_of(category));
        if escalated { later(budget, self.due(from, MINIMUM_AFTER_ESCALATION)) } else { budget }
    }

    /// How long `level` may keep what reached it at `from`: the level's ceiling or the category's limit, whichever
    /// is later.
    #[must_use]
    pub fn ceiling(&self, category: CategoryCode, level: Level, from: Instant) -> Deadline {
        let ceilings =
            if category.domain() == DISPUTES { &self.book.dispute_ceilings } else { &self.book.ceilings };
        later(self.due(from, self.limit_of(category)), self.due(from, ceilings.get(level)))
    }

    /// The limit of a category; one that was dropped since keeps the longest minimum.
    fn limit_of(&self, category: CategoryCode) -> Limit {
        self.category(category).map_or(MINIMUM_AFTER_ESCALATION, |category| category.limit)
    }

    fn due(&self, from: Instant, limit: Limit) -> Deadline {
        // Without pauses there always is a deadline.
        due(&self.book.calendar, from, limit, &[]).unwrap_or(Deadline { at: from, provisional: true })
    }
}

fn later(a: Deadline, b: Deadline) -> Deadline {
    if a.at >= b.at { a } else { b }
}
