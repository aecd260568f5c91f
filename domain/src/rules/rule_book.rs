//! The rule book: one version of the rules as it is stored.

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
    pub on_lapse: BySeverity<AutoEscalation>,
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
