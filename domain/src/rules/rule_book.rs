//! The rule book: the stored form of one version of the rules.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    geography::unit::{Level, UnitCode},
    rules::{
        category::{Category, CategoryCode, Severity},
        duty_list::Duty,
        limits::{
            ByLevel, BySeverity, CEILINGS, CallInLimits, DISPUTE_CEILINGS, LINKAGES, LinkageLimits, Maxima,
            STAGES, StageLimits, limit, working_hours,
        },
        reason::{self, Reason},
    },
    time::{
        auto_escalation::AutoEscalation,
        calendar::WorkCalendar,
        deadline::{Limit, LimitUnit},
    },
};

/// An exception in one area: another first level than that of the category.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FirstLevel {
    /// The area of the exception: this unit and all units in it.
    pub unit: UnitCode,
    pub category: CategoryCode,
    /// The level that receives reports first in this area.
    pub level: Level,
}

/// A rule for escalations that skip levels (越级上报).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SkipRule {
    pub category: CategoryCode,
    /// The rule applies from this severity upwards.
    pub severity: Severity,
    /// The level that an escalation from any lower level goes to.
    pub to: Level,
}

/// One version of the rules in its stored form. It is written once and never changed.
///
/// Old stored versions must stay readable. Therefore every new field, here and in all nested types, needs a default, and
/// unknown fields are ignored. A rule book is checked only before it is written ([`RuleBook::checked`]).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleBook {
    pub categories: BTreeMap<CategoryCode, Category>,
    pub calendar: WorkCalendar,
    /// The time limits of desks.
    pub stages: BySeverity<StageLimits>,
    /// The longest time that a level may hold an incident.
    pub ceilings: ByLevel<Limit>,
    /// The same for disputes.
    pub dispute_ceilings: ByLevel<Limit>,
    /// The minimum time for work after an escalation.
    pub minimum_after_escalation: Limit,
    /// The time that an organisation has to sign for work or return it.
    pub receipt: Limit,
    /// The time that a called-in organisation has to answer.
    pub call_in: CallInLimits,
    /// The time that a reporter has to give more information.
    pub information: Limit,
    /// The time that a grid worker has to check a result on site.
    pub check: Limit,
    /// The time that the desk above has to answer a reporter's objection to a closure.
    pub objection: Limit,
    pub linkages: LinkageLimits,
    /// When incidents escalate because a desk does not accept them. A category can override it.
    pub on_lapse: BySeverity<AutoEscalation>,
    /// The lowest level that can receive an incident first.
    pub minimum_level: BySeverity<Level>,
    /// Exceptions from the first levels of the categories.
    pub first_levels: Vec<FirstLevel>,
    /// Rules for escalations that skip levels.
    pub skips: Vec<SkipRule>,
    /// Duty list entries that differ from the departments named in the categories.
    pub duties: Vec<Duty>,
    /// The reasons that each command accepts.
    pub reasons: BTreeMap<CommandKind, Vec<Reason>>,
    pub maxima: Maxima,
    /// The longest suspension of work, in days.
    pub suspension_days: u32,
    /// The number of days after closing in which an incident can be reopened.
    pub reopen_days: u32,
    /// The number of days after closing in which the reporter can object.
    pub objection_days: u32,
    /// The number of hours after a merge in which it can be reversed.
    pub unmerge_hours: u32,
}

impl RuleBook {
    /// Creates a rule book with default values for everything except categories and calendar.
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
            objection: limit(5, LimitUnit::WorkingDays),
            linkages: LINKAGES,
            on_lapse: BySeverity {
                general: AutoEscalation::Never,
                significant: AutoEscalation::AtDouble,
                major: AutoEscalation::AtLimit,
                critical: AutoEscalation::AtLimit,
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
            maxima: Maxima::default(),
            suspension_days: 90,
            reopen_days: 30,
            objection_days: 7,
            unmerge_hours: 24,
        }
    }

    /// Every time limit with the name of its field.
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
                ("objection", self.objection),
                ("linkages", self.linkages.mediation),
                ("linkages", self.linkages.court),
                ("linkages", self.linkages.police_visit),
                ("linkages", self.linkages.police_feedback),
                ("linkages", self.linkages.hotline),
            ])
    }
}

/// The default values of fields that an old stored rule book does not have.
impl Default for RuleBook {
    fn default() -> Self {
        Self::new([], WorkCalendar::default())
    }
}
