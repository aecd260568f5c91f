//! The limits of the rules, with their defaults, which a county may change.

use serde::{Deserialize, Serialize};

use crate::{
    geography::unit::Level,
    rules::category::Severity,
    time::deadline::{Limit, LimitUnit},
};

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
    pub(super) const fn get(&self, severity: Severity) -> T {
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

/// The defaults, which a county may change.
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

/// How long a level may keep an incident.
pub(super) const CEILINGS: ByLevel<Limit> =
    ByLevel { village: working_hours(24), township: working_hours(56), county: working_hours(120) };

/// The same for disputes (domain 10).
pub(super) const DISPUTE_CEILINGS: ByLevel<Limit> =
    ByLevel { village: working_hours(56), township: working_hours(120), county: working_hours(240) };

/// The domain of disputes, which take longer.
pub(super) const DISPUTES: u16 = 10;

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
