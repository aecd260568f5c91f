//! Deadlines under the rules: which limit applies, and when it is due.

use crate::{
    geography::unit::Level,
    rules::{
        Rules,
        category::{CategoryCode, Severity},
        limits::{CallInLimits, DISPUTES, limit},
    },
    time::{
        Instant,
        clock::{Deadline, LimitRule},
        deadline::{Limit, LimitUnit, Marks, Pause, due},
    },
};

impl Rules {
    /// When a desk must accept or decline an incident that arrived at `from`.
    #[must_use]
    pub fn accept_due(&self, severity: Severity, from: Instant) -> Deadline {
        self.due(from, self.book.stages.get(severity).accept, LimitRule::Accept)
    }

    /// When a desk must dispatch an incident that it accepted, or got back from a department, at `from`.
    #[must_use]
    pub fn dispatch_due(&self, severity: Severity, from: Instant) -> Deadline {
        self.due(from, self.book.stages.get(severity).dispatch, LimitRule::Dispatch)
    }

    /// When an organisation must be on site for work that it received at `from`.
    #[must_use]
    pub fn response_due(&self, severity: Severity, from: Instant) -> Deadline {
        self.due(from, self.book.stages.get(severity).response, LimitRule::Response)
    }

    /// When a desk must verify a result that was submitted at `from`.
    #[must_use]
    pub fn verify_due(&self, severity: Severity, from: Instant) -> Deadline {
        self.due(from, self.book.stages.get(severity).verify, LimitRule::Verify)
    }

    /// When an organisation must finish work that it received at `from`. The limit is that of the category. After an
    /// escalation it is at least `minimum_after_escalation` (default: 16 working hours).
    #[must_use]
    pub fn handle_due(&self, category: CategoryCode, escalated: bool, from: Instant) -> Deadline {
        let due = self.due(from, self.limit_of(category), LimitRule::Category);
        if escalated {
            due.or_later(self.due(from, self.book.minimum_after_escalation, LimitRule::Minimum))
        } else {
            due
        }
    }

    /// Until when `level` may hold an incident that it received at `from`: the ceiling of the level or the limit of the
    /// category, whichever is later.
    #[must_use]
    pub fn ceiling(&self, category: CategoryCode, level: Level, from: Instant) -> Deadline {
        let ceilings =
            if category.domain() == DISPUTES { &self.book.dispute_ceilings } else { &self.book.ceilings };
        self.total_due(category, from).or_later(self.due(from, ceilings.get(level), LimitRule::Ceiling))
    }

    /// When a matter that was reported at `from` should be settled.
    #[must_use]
    pub fn total_due(&self, category: CategoryCode, from: Instant) -> Deadline {
        self.due(from, self.limit_of(category), LimitRule::Category)
    }

    /// When an organisation must sign for, or return, work that it received at `from`.
    #[must_use]
    pub fn receipt_due(&self, from: Instant) -> Deadline {
        self.due(from, self.book.receipt, LimitRule::Receipt)
    }

    /// When an organisation that was called in at `from` must answer.
    #[must_use]
    pub fn call_in_due(&self, urgent: bool, from: Instant) -> Deadline {
        let CallInLimits { urgent: urgent_limit, ordinary } = self.book.call_in;
        self.due(from, if urgent { urgent_limit } else { ordinary }, LimitRule::CallIn)
    }

    /// When a reporter who was asked at `from` must give more information.
    #[must_use]
    pub fn information_due(&self, from: Instant) -> Deadline {
        self.due(from, self.book.information, LimitRule::Information)
    }

    /// When a grid worker who was sent at `from` must check the result.
    #[must_use]
    pub fn check_due(&self, from: Instant) -> Deadline {
        self.due(from, self.book.check, LimitRule::Check)
    }

    /// When an objection that was made at `from` must be answered.
    #[must_use]
    pub fn objection_due(&self, from: Instant) -> Deadline {
        self.due(from, self.book.objection, LimitRule::Objection)
    }

    /// When a step of a linkage is due, `limit` after `from`.
    #[must_use]
    pub fn linkage_due(&self, limit: Limit, from: Instant) -> Deadline {
        self.due(from, limit, LimitRule::Linkage)
    }

    /// When work that is suspended at `from` for `days` days continues.
    #[must_use]
    pub fn suspension_end(&self, days: u32, from: Instant) -> Deadline {
        self.due(from, limit(days, LimitUnit::CalendarDays), LimitRule::Suspension)
    }

    /// Recomputes a deadline with these pauses and the current calendar.
    #[must_use]
    pub fn recomputed(&self, clock: Deadline, pauses: &[Pause]) -> Deadline {
        self.with_pauses(clock.from, clock.limit, clock.rule, pauses)
    }

    /// Recomputes a deadline with a limit that is `units` longer.
    #[must_use]
    pub fn extended(&self, clock: Deadline, units: u32, pauses: &[Pause]) -> Deadline {
        let longer = Limit { amount: clock.limit.amount.saturating_add(units), ..clock.limit };
        self.with_pauses(clock.from, longer, clock.rule, pauses)
    }

    /// A deadline that is `extension` later, which is counted in another unit than the limit of the deadline.
    #[must_use]
    pub fn postponed(&self, clock: Deadline, extension: Limit, pauses: &[Pause]) -> Deadline {
        let end = self.with_pauses(clock.at, extension, clock.rule, pauses);
        let by = end.at - clock.at;
        Deadline {
            soon: clock.soon + by,
            at: end.at,
            late: clock.late + by,
            provisional: clock.provisional || end.provisional,
            ..clock
        }
    }

    /// The limit of a category. A category that no longer exists has the minimum limit.
    fn limit_of(&self, category: CategoryCode) -> Limit {
        self.category(category).map_or(self.book.minimum_after_escalation, |category| category.limit)
    }

    fn due(&self, from: Instant, limit: Limit, rule: LimitRule) -> Deadline {
        self.with_pauses(from, limit, rule, &[])
    }

    fn with_pauses(&self, from: Instant, limit: Limit, rule: LimitRule, pauses: &[Pause]) -> Deadline {
        // Open pauses are left out, because deadlines are recomputed when a pause ends. Without an open pause, `due` always
        // returns a deadline.
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
