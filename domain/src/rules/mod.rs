//! The rules in force: categories, limits and calendar, together one immutable version.

pub mod category;
pub mod duty_list;
pub mod limits;
pub mod reason;
pub mod routing;
pub mod rule_book;
pub mod validation;

use crate::{
    command_kind::CommandKind,
    geography::unit::{Level, UnitCode},
    organisation::OrganisationCode,
    rules::{
        category::{Category, CategoryCode, Flag, Severity},
        duty_list::{DutyRole, duty},
        limits::{CallInLimits, DISPUTES, limit},
        reason::{Reason, ReasonCode},
        rule_book::{RuleBook, SkipRule},
    },
    time::{
        Instant,
        auto_escalation::AutoEscalation,
        clock::{Deadline, LimitRule},
        deadline::{Limit, LimitUnit, Marks, Pause, due},
    },
};

/// A rule book with its version: what every decision is made by.
#[derive(Clone, Debug)]
pub struct Rules {
    version: i64,
    book: RuleBook,
}

impl Rules {
    /// `book` as version `version`. What is stored was checked when it was written, by the checks of its day.
    #[must_use]
    pub const fn new(version: i64, book: RuleBook) -> Self {
        Self { version, book }
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

    /// The reasons that `command` can name.
    #[must_use]
    pub fn reasons(&self, command: CommandKind) -> &[Reason] {
        self.book.reasons.get(&command).map_or(&[], Vec::as_slice)
    }

    /// Whether `command` can name `reason`.
    #[must_use]
    pub fn knows(&self, command: CommandKind, reason: &ReasonCode) -> bool {
        self.reasons(command).iter().any(|known| known.code == *reason)
    }

    /// How far a category is an organisation's duty; unlisted for one that was dropped.
    #[must_use]
    pub fn duty(&self, organisation: OrganisationCode, category: CategoryCode) -> DutyRole {
        self.category(category)
            .map_or(DutyRole::Unlisted, |category| duty(organisation, category, &self.book.duties))
    }

    /// What happens when a desk does not accept. What is restricted nobody above can see, let alone take over: it goes up by
    /// itself at twice the limit at the latest.
    #[must_use]
    pub fn on_lapse(&self, category: CategoryCode, severity: Severity) -> AutoEscalation {
        let known = self.category(category);
        let own = known.and_then(|category| category.on_lapse);
        match own.unwrap_or_else(|| self.book.on_lapse.get(severity)) {
            AutoEscalation::Never if known.is_some_and(|category| category.has(Flag::Restricted)) => {
                AutoEscalation::AtDouble
            }
            other @ (AutoEscalation::AtLimit | AutoEscalation::AtDouble | AutoEscalation::Never) => other,
        }
    }

    /// The lowest level that gets an incident of that severity first.
    #[must_use]
    pub const fn minimum_level(&self, severity: Severity) -> Level {
        self.book.minimum_level.get(severity)
    }

    /// The level that gets `category` first in a place of these `units`: the exception for the smallest of them, else
    /// what the category says.
    #[must_use]
    pub fn first_level(&self, category: &Category, lies_in: impl Fn(UnitCode) -> bool) -> Level {
        self.book
            .first_levels
            .iter()
            .filter(|exception| exception.category == category.code && lies_in(exception.unit))
            .min_by_key(|exception| exception.unit.level())
            .map_or(category.first_level, |exception| exception.level)
    }

    /// The level to which an escalation goes at once, if a rule passes levels over.
    #[must_use]
    pub fn skips_to(&self, category: CategoryCode, severity: Severity) -> Option<Level> {
        let fitting = |skip: &&SkipRule| skip.category == category && severity >= skip.severity;
        self.book.skips.iter().filter(fitting).map(|skip| skip.to).max()
    }

    /// When a desk must have accepted what reached it at `from`.
    #[must_use]
    pub fn accept_due(&self, severity: Severity, from: Instant) -> Deadline {
        self.due(from, self.book.stages.get(severity).accept, LimitRule::Accept)
    }

    /// When a desk must have dispatched what it accepted, or got back, at `from`.
    #[must_use]
    pub fn dispatch_due(&self, severity: Severity, from: Instant) -> Deadline {
        self.due(from, self.book.stages.get(severity).dispatch, LimitRule::Dispatch)
    }

    /// When an organisation must be on site for work that reached it at `from`.
    #[must_use]
    pub fn response_due(&self, severity: Severity, from: Instant) -> Deadline {
        self.due(from, self.book.stages.get(severity).response, LimitRule::Response)
    }

    /// When a desk must have verified the result submitted at `from`.
    #[must_use]
    pub fn verify_due(&self, severity: Severity, from: Instant) -> Deadline {
        self.due(from, self.book.stages.get(severity).verify, LimitRule::Verify)
    }

    /// When the work that reached an organisation at `from` must be done. After an escalation the new leg has its
    /// own budget: the category's, but at least 16 working hours.
    #[must_use]
    pub fn handle_due(&self, category: CategoryCode, escalated: bool, from: Instant) -> Deadline {
        let budget = self.due(from, self.limit_of(category), LimitRule::Category);
        if escalated {
            budget.or_later(self.due(from, self.book.minimum_after_escalation, LimitRule::Minimum))
        } else {
            budget
        }
    }

    /// How long `level` may keep what reached it at `from`: the level's ceiling or the category's limit, whichever
    /// is later.
    #[must_use]
    pub fn ceiling(&self, category: CategoryCode, level: Level, from: Instant) -> Deadline {
        let ceilings =
            if category.domain() == DISPUTES { &self.book.dispute_ceilings } else { &self.book.ceilings };
        self.total_due(category, from).or_later(self.due(from, ceilings.get(level), LimitRule::Ceiling))
    }

    /// When the whole matter, reported at `from`, should be settled.
    #[must_use]
    pub fn total_due(&self, category: CategoryCode, from: Instant) -> Deadline {
        self.due(from, self.limit_of(category), LimitRule::Category)
    }

    /// When an organisation must have taken on, or sent back, what reached it at `from`.
    #[must_use]
    pub fn receipt_due(&self, from: Instant) -> Deadline {
        self.due(from, self.book.receipt, LimitRule::Receipt)
    }

    /// When an organisation that was called in at `from` must have answered.
    #[must_use]
    pub fn call_in_due(&self, urgent: bool, from: Instant) -> Deadline {
        let CallInLimits { urgent: soon, ordinary } = self.book.call_in;
        self.due(from, if urgent { soon } else { ordinary }, LimitRule::CallIn)
    }

    /// When a reporter who was asked at `from` must have given more information.
    #[must_use]
    pub fn information_due(&self, from: Instant) -> Deadline {
        self.due(from, self.book.information, LimitRule::Information)
    }

    /// When a grid worker who was sent at `from` must have looked at the result.
    #[must_use]
    pub fn check_due(&self, from: Instant) -> Deadline {
        self.due(from, self.book.check, LimitRule::Check)
    }

    /// When a linkage that began at `from` should have come so far.
    #[must_use]
    pub fn linkage_due(&self, limit: Limit, from: Instant) -> Deadline {
        self.due(from, limit, LimitRule::Linkage)
    }

    /// When work suspended at `from` for so many days goes on.
    #[must_use]
    pub fn suspension_end(&self, days: u32, from: Instant) -> Deadline {
        self.due(from, limit(days, LimitUnit::CalendarDays), LimitRule::Suspension)
    }

    /// The same clock with these pauses, on the calendar of today.
    #[must_use]
    pub fn again(&self, clock: Deadline, pauses: &[Pause]) -> Deadline {
        self.with_pauses(clock.from, clock.limit, clock.rule, pauses)
    }

    /// The same clock with so many units more.
    #[must_use]
    pub fn extended(&self, clock: Deadline, units: u32, pauses: &[Pause]) -> Deadline {
        let longer = Limit { amount: clock.limit.amount.saturating_add(units), ..clock.limit };
        self.with_pauses(clock.from, longer, clock.rule, pauses)
    }

    /// The limit of a category; one that was dropped since keeps the minimum.
    fn limit_of(&self, category: CategoryCode) -> Limit {
        self.category(category).map_or(self.book.minimum_after_escalation, |category| category.limit)
    }

    fn due(&self, from: Instant, limit: Limit, rule: LimitRule) -> Deadline {
        self.with_pauses(from, limit, rule, &[])
    }

    fn with_pauses(&self, from: Instant, limit: Limit, rule: LimitRule, pauses: &[Pause]) -> Deadline {
        // Only an open pause has no deadline, and a clock is set anew when its pause is over.
        let closed: Vec<Pause> = pauses.iter().copied().filter(|pause| pause.to.is_some()).collect();
        let marks = due(&self.book.calendar, from, limit, &closed).unwrap_or(Marks {
            soon: from,
            at: from,
            late: from,
            provisional: true,
        });
        Deadline::new(from, limit, marks, rule, self.version)
    }
}
