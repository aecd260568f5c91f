//! The rules in force: categories, limits and calendar, together one immutable version.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    calendar::WorkCalendar,
    category::{Category, CategoryCode, Flag, Severity},
    clock::{Deadline, LimitRule},
    code::codes,
    commands::CommandKind,
    deadline::{Limit, LimitUnit, Marks, Pause, due},
    duty::{Duty, DutyRole, duty},
    organisation::OrganisationCode,
    reason::{self, Reason, ReasonCode},
    time::Instant,
    unit::{Level, UnitCode},
};

codes! {
    /// What happens when a desk does not accept (DOMAIN 2.4).
    OnLapse "on lapse" {
        /// The incident goes up by itself when the limit has passed.
        AtLimit "at_limit" "到期自动升级",
        /// It goes up by itself when twice the limit has passed.
        AtDouble "at_double" "两倍时限自动升级",
        /// It stays; at twice the limit the desk above may take it over.
        Never "never" "不自动升级",
    }
}

/// How long a desk has for each of its stages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StageLimits {
    /// From arrival to accepting or declining.
    pub accept: Limit,
    /// From accepting to dispatching.
    pub dispatch: Limit,
    /// From dispatching to somebody on site.
    pub response: Limit,
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
    general: StageLimits {
        accept: working_hours(8),
        dispatch: working_hours(4),
        response: working_hours(16),
        verify: working_hours(16),
    },
    significant: StageLimits {
        accept: working_hours(4),
        dispatch: working_hours(2),
        response: working_hours(8),
        verify: working_hours(16),
    },
    major: StageLimits {
        accept: limit(1, LimitUnit::ContinuousHours),
        dispatch: limit(1, LimitUnit::ContinuousHours),
        response: limit(2, LimitUnit::ContinuousHours),
        verify: working_hours(8),
    },
    critical: StageLimits {
        accept: limit(15, LimitUnit::ContinuousMinutes),
        dispatch: limit(15, LimitUnit::ContinuousMinutes),
        response: limit(30, LimitUnit::ContinuousMinutes),
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

/// Another first level than that of the category, somewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FirstLevel {
    /// Where: this unit and what lies in it.
    pub unit: UnitCode,
    /// Of what.
    pub category: CategoryCode,
    /// The level that gets it first there.
    pub level: Level,
}

/// An escalation that passes a level over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SkipRule {
    /// Of what.
    pub category: CategoryCode,
    /// How bad at least.
    pub severity: Severity,
    /// Where it goes from any level below.
    pub to: Level,
}

/// How long an organisation that was called in has to answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the two kinds of call")]
pub struct CallInLimits {
    pub urgent: Limit,
    pub ordinary: Limit,
}

/// What linkages go by (DOMAIN 2.10).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LinkageLimits {
    /// How long mediation may take; as long again if both parties agree.
    pub mediation: Limit,
    /// The same for what a court and the centre share.
    pub court: Limit,
    /// Within how many days of an agreement a court can be asked to confirm it.
    pub confirmation_days: u32,
    /// How many working days lie between the last notice and a hearing.
    pub hearing_notice_days: u32,
    /// How soon somebody visits after a call of the police.
    pub police_visit: Limit,
    /// How soon the police are told what became of it.
    pub police_feedback: Limit,
    /// How soon the hotline is.
    pub hotline: Limit,
    /// How often mediation goes on for longer.
    pub prolongations: u32,
    /// How often parties are asked again after a call of the police.
    pub follow_ups: u32,
}

const LINKAGES: LinkageLimits = LinkageLimits {
    mediation: limit(30, LimitUnit::CalendarDays),
    court: limit(30, LimitUnit::CalendarDays),
    confirmation_days: 30,
    hearing_notice_days: 5,
    police_visit: limit(24, LimitUnit::ContinuousHours),
    police_feedback: limit(3, LimitUnit::WorkingDays),
    hotline: limit(5, LimitUnit::WorkingDays),
    prolongations: 1,
    follow_ups: 3,
};

/// How often something can be done to one incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Maxima {
    /// Departments send it back.
    pub returns: u32,
    /// It goes to another desk of the same level.
    pub transfers: u32,
    /// It comes down a level.
    pub hand_downs: u32,
    /// The desk asks its reporter.
    pub questions: u32,
    /// One organisation's work is extended.
    pub extensions: u32,
    /// Work is suspended.
    pub suspensions: u32,
}

/// One version of the rules as it is stored: written once, never changed.
///
/// It is read leniently, so that stored versions stay readable: a field that is added has a default, here and in everything
/// inside, and one that nobody knows any more is passed over. What is written is checked ([`RuleBook::checked`]).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
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
    /// What work gets at least after an escalation.
    pub minimum_after_escalation: Limit,
    /// How long an organisation has to take work on, or to send it back.
    pub receipt: Limit,
    /// How long one that was called in has to answer.
    pub call_in: CallInLimits,
    /// How long a reporter has to give more information.
    pub information: Limit,
    /// How long a grid worker has to look at a result.
    pub check: Limit,
    /// What linkages go by.
    pub linkages: LinkageLimits,
    /// What happens when a desk does not accept, unless its category says otherwise.
    pub on_lapse: BySeverity<OnLapse>,
    /// The lowest level that gets an incident first.
    pub minimum_level: BySeverity<Level>,
    /// First levels that differ from those of the categories.
    pub first_levels: Vec<FirstLevel>,
    /// Escalations that pass a level over.
    pub skips: Vec<SkipRule>,
    /// Duty lists, where they differ from what the categories name.
    pub duties: Vec<Duty>,
    /// The reasons that commands name.
    pub reasons: BTreeMap<CommandKind, Vec<Reason>>,
    /// How often something can be done.
    pub maxima: Maxima,
    /// For how many days work can be suspended.
    pub suspension_days: u32,
    /// For how many days a closed incident can be reopened.
    pub reopen_days: u32,
    /// For how many hours a merged incident can be taken apart again.
    pub unmerge_hours: u32,
}

impl RuleBook {
    /// Rules with the defaults for everything but categories and calendar.
    #[must_use]
    pub fn new(categories: impl IntoIterator<Item = Category>, calendar: WorkCalendar) -> Self {
        let reasons = [
            (CommandKind::Decline, reason::DECLINE),
            (CommandKind::Escalate, reason::ESCALATE),
            (CommandKind::Return, reason::RETURN),
            (CommandKind::Dispute, reason::RETURN),
            (CommandKind::Transfer, reason::TRANSFER),
            (CommandKind::Suspend, reason::SUSPEND),
        ];
        Self {
            categories: categories.into_iter().map(|category| (category.code, category)).collect(),
            calendar,
            stages: STAGES,
            ceilings: CEILINGS,
            dispute_ceilings: DISPUTE_CEILINGS,
            minimum_after_escalation: working_hours(16),
            receipt: working_hours(4),
            call_in: CallInLimits {
                urgent: limit(2, LimitUnit::ContinuousHours),
                ordinary: limit(1, LimitUnit::WorkingDays),
            },
            information: limit(5, LimitUnit::WorkingDays),
            check: working_hours(8),
            linkages: LINKAGES,
            on_lapse: BySeverity {
                general: OnLapse::Never,
                significant: OnLapse::AtDouble,
                major: OnLapse::AtLimit,
                critical: OnLapse::AtLimit,
            },
            minimum_level: BySeverity {
                general: Level::Village,
                significant: Level::Village,
                major: Level::Township,
                critical: Level::County,
            },
            first_levels: Vec::new(),
            skips: Vec::new(),
            duties: Vec::new(),
            reasons: reasons.map(|(command, table)| (command, reason::defaults(table))).into(),
            maxima: Maxima {
                returns: 2,
                transfers: 2,
                hand_downs: 1,
                questions: 2,
                extensions: 2,
                suspensions: 1,
            },
            suspension_days: 90,
            reopen_days: 30,
            unmerge_hours: 24,
        }
    }

    /// Every limit, by the name of its field.
    pub(crate) fn limits(&self) -> impl Iterator<Item = (&'static str, Limit)> {
        let BySeverity { general, significant, major, critical } = self.stages;
        let stages = [general, significant, major, critical]
            .into_iter()
            .flat_map(|stage| [stage.accept, stage.dispatch, stage.response, stage.verify])
            .map(|limit| ("stages", limit));
        let levels =
            |name, of: ByLevel<Limit>| [of.village, of.township, of.county].map(|limit| (name, limit));
        stages
            .chain(levels("ceilings", self.ceilings))
            .chain(levels("dispute_ceilings", self.dispute_ceilings))
            .chain([
                ("minimum_after_escalation", self.minimum_after_escalation),
                ("receipt", self.receipt),
                ("call_in", self.call_in.urgent),
                ("call_in", self.call_in.ordinary),
                ("information", self.information),
                ("check", self.check),
                ("linkages", self.linkages.mediation),
                ("linkages", self.linkages.court),
                ("linkages", self.linkages.police_visit),
                ("linkages", self.linkages.police_feedback),
                ("linkages", self.linkages.hotline),
            ])
    }
}

/// What a stored book lacks that was written before a field was there.
impl Default for RuleBook {
    fn default() -> Self {
        Self::new([], WorkCalendar::default())
    }
}

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
    pub fn on_lapse(&self, category: CategoryCode, severity: Severity) -> OnLapse {
        let known = self.category(category);
        let own = known.and_then(|category| category.on_lapse);
        match own.unwrap_or_else(|| self.book.on_lapse.get(severity)) {
            OnLapse::Never if known.is_some_and(|category| category.has(Flag::Restricted)) => {
                OnLapse::AtDouble
            }
            other @ (OnLapse::AtLimit | OnLapse::AtDouble | OnLapse::Never) => other,
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
