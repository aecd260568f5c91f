//! Time limits and maximum counts, with their default values. New rule versions can change them.

use serde::{Deserialize, Serialize};

use crate::{
    geography::unit::Level,
    rules::category::Severity,
    time::deadline::{Limit, LimitUnit},
};

/// The time limits of a desk, one for each stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StageLimits {
    /// From the arrival of the incident until the desk accepts or declines.
    pub accept: Limit,
    /// From acceptance until the desk dispatches.
    pub dispatch: Limit,
    /// From dispatch until the organisation is on site.
    pub response: Limit,
    /// From the result until the desk closes the incident or asks for rework.
    pub verify: Limit,
}

/// One value for each severity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BySeverity<T> {
    pub general: T,
    pub significant: T,
    pub major: T,
    pub critical: T,
}

impl<T: Copy> BySeverity<T> {
    pub(super) const fn get(&self, severity: Severity) -> T {
        match severity {
            Severity::General => self.general,
            Severity::Significant => self.significant,
            Severity::Major => self.major,
            Severity::Critical => self.critical,
        }
    }
}

/// One value for each level that holds incidents. The city uses the value of the county.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ByLevel<T> {
    pub village: T,
    pub township: T,
    pub county: T,
}

impl<T: Copy> ByLevel<T> {
    pub(super) const fn get(&self, level: Level) -> T {
        match level {
            Level::Village => self.village,
            Level::Township => self.township,
            Level::County | Level::City => self.county,
        }
    }
}

pub(super) const fn limit(amount: u32, unit: LimitUnit) -> Limit {
    Limit { amount, unit }
}

pub(super) const fn working_hours(amount: u32) -> Limit {
    limit(amount, LimitUnit::WorkingHours)
}

/// The default limits of a desk.
pub(super) const STAGES: BySeverity<StageLimits> = BySeverity {
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

/// The default for the longest time that a level may hold an incident.
pub(super) const CEILINGS: ByLevel<Limit> =
    ByLevel { village: working_hours(24), township: working_hours(56), county: working_hours(120) };

/// The same for disputes (the categories of domain 10).
pub(super) const DISPUTE_CEILINGS: ByLevel<Limit> =
    ByLevel { village: working_hours(56), township: working_hours(120), county: working_hours(240) };

/// The domain of disputes. Levels may hold disputes longer.
pub(super) const DISPUTES: u16 = 10;

/// How long a called-in organisation has to answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CallInLimits {
    pub urgent: Limit,
    pub ordinary: Limit,
}

/// The limits of linkages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LinkageLimits {
    /// The limit of mediation. It can be prolonged by the same time if both parties agree.
    pub mediation: Limit,
    /// The limit of a litigation–mediation linkage.
    pub court: Limit,
    /// The number of days after a mediation agreement in which the parties can ask a court to confirm it (人民调解法: 30).
    pub confirmation_days: u32,
    /// The minimum number of working days between the last notice and a hearing.
    pub hearing_notice_days: u32,
    /// The time until the first visit after a referral by the police.
    pub police_visit: Limit,
    /// The time until the police receive the result.
    pub police_feedback: Limit,
    /// The time until the hotline receives the result.
    pub hotline: Limit,
    /// How often a mediation can be prolonged.
    pub prolongations: u32,
    /// How often the parties can be contacted again after a referral by the police.
    pub follow_ups: u32,
}

pub(super) const LINKAGES: LinkageLimits = LinkageLimits {
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

/// How often a command is allowed for one incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Maxima {
    /// Returns by departments.
    pub returns: u32,
    /// Redispatches by one desk to another organisation.
    pub redispatches: u32,
    /// Transfers to another desk of the same level.
    pub transfers: u32,
    /// Hand-downs to a lower level.
    pub hand_downs: u32,
    /// Requests for information from the reporter.
    pub questions: u32,
    /// Extensions of the work of one organisation.
    pub extensions: u32,
    /// Suspensions.
    pub suspensions: u32,
}

impl Default for Maxima {
    fn default() -> Self {
        Self {
            returns: 2,
            redispatches: 2,
            transfers: 2,
            hand_downs: 1,
            questions: 2,
            extensions: 2,
            suspensions: 1,
        }
    }
}
