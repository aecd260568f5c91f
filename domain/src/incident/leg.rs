//! Legs (流转环节): which desk was responsible for an incident, and which organisations worked on it, with times.

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::unit::Level,
    ids::AccountId,
    organisation::OrganisationCode,
    stored::is_default,
    time::{
        Instant,
        auto_escalation::AutoEscalation,
        clock::{DeskClocks, WorkClocks},
        deadline::{Limit, LimitUnit},
    },
};

codes! {
    /// How a custody leg ended.
    CustodyOutcome "custody outcome" {
        /// The desk declined the incident.
        Declined "declined" "不予受理",
        /// The desk escalated the incident.
        Escalated "escalated" "已提级",
        /// The desk did not accept in time. The incident escalated automatically.
        Lapsed "lapsed" "超时未受理",
        /// The desk did not accept in time. The desk above took the incident over.
        TakenOver "taken_over" "被上级接管",
        /// A lower desk that had not accepted in time accepted the incident later.
        AcceptedBelow "accepted_below" "下级补受理",
        /// The desk handed the incident down to a lower desk.
        HandedDown "handed_down" "已下派",
        /// The desk transferred the incident to another desk of the same level.
        Transferred "transferred" "已转办",
        /// The desk that had sent the incident took it back.
        Withdrawn "withdrawn" "已撤回",
        /// Category, severity or place was corrected, and another desk became responsible.
        Rerouted "rerouted" "更正后转入他台",
        /// The incident was merged into another one.
        Merged "merged" "已并案",
        /// The incident was referred to an authority outside grid governance.
        Referred "referred" "已移送",
        /// The desk closed the incident.
        Closed "closed" "已结案",
        /// The reporter settled the matter on the spot.
        ResolvedOnSpot "resolved_on_spot" "现场自办",
        /// The incident was voided.
        Voided "voided" "已作废",
    }
}

codes! {
    /// How a handling leg ended.
    HandlingOutcome "handling outcome" {
        /// The organisation returned the work.
        Returned "returned" "已退回",
        /// The organisation submitted a result.
        Submitted "submitted" "已提交结果",
        /// The work was withdrawn: the incident went to another desk, or the desk took the work back.
        Withdrawn "withdrawn" "已撤回",
        /// The desk gave the work to another organisation.
        Reassigned "reassigned" "已改派",
        /// The organisation assisted.
        Done "done" "已协办",
        /// The organisation refused to assist, with a reason.
        Declined "declined" "未协办",
        /// The incident was voided.
        Voided "voided" "已作废",
    }
}

codes! {
    /// The role of an organisation in a handling leg.
    HandlingRole "handling role" {
    /// It is responsible for the result.
    Lead "lead" "主办",
    /// It assists the lead organisation.
    Assist "assist" "协办",
    }
}

codes! {
    /// The outcome of the work.
    Outcome "outcome" {
        /// The matter is settled.
        Resolved "resolved" "已化解",
        /// The matter is not settled.
        Unresolved "unresolved" "未化解",
    }
}

/// A custody leg: the time in which one desk is responsible for an incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustodyLeg {
    /// 1 for the first custody leg of the incident.
    pub number: u32,
    pub desk: OrganisationCode,
    /// When the incident arrived at the desk. The clocks start at this moment, not when somebody opens it.
    #[serde(with = "crate::stored::time")]
    pub opened_at: Instant,
    /// The number of the event that opened the leg.
    pub opened_seq: u32,
    /// The desk above. It may take the incident over if this desk does not accept it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub above: DeskAbove,
    /// When the incident escalates if the desk does not accept it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_lapse: AutoEscalation,
    pub clocks: DeskClocks,
    /// Whether the desk above decided whose duty the work is. After that, the work cannot be returned or redispatched.
    #[serde(default, skip_serializing_if = "is_default")]
    pub arbitrated: bool,
    /// The extensions of work that move the ceiling, the oldest first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extensions: Vec<Limit>,
    #[serde(default, skip_serializing_if = "is_default", with = "crate::stored::optional_time")]
    pub accepted_at: Option<Instant>,
    /// `None` while the leg is open.
    #[serde(default, skip_serializing_if = "is_default", with = "crate::stored::optional_time")]
    pub ended_at: Option<Instant>,
    /// The number of the event that ended the leg.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ended_seq: Option<u32>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub outcome: Option<CustodyOutcome>,
}

/// A handling leg: the time in which one organisation works on an incident, during a custody leg.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandlingLeg {
    /// 1 for the first handling leg of the incident.
    pub number: u32,
    /// The number of the custody leg that it belongs to.
    pub custody: u32,
    pub organisation: OrganisationCode,
    pub role: HandlingRole,
    /// When the organisation received the work.
    #[serde(with = "crate::stored::time")]
    pub opened_at: Instant,
    /// The number of the event that opened the leg.
    pub opened_seq: u32,
    pub clocks: WorkClocks,
    /// When the organisation signed for the work. For a desk's own work: `opened_at`.
    #[serde(default, skip_serializing_if = "is_default", with = "crate::stored::optional_time")]
    pub acknowledged_at: Option<Instant>,
    /// When the organisation was first on site.
    #[serde(default, skip_serializing_if = "is_default", with = "crate::stored::optional_time")]
    pub arrived_at: Option<Instant>,
    /// The granted extensions, the oldest first. Each keeps the unit that the limit had then.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extensions: Vec<Limit>,
    /// `None` while the leg is open.
    #[serde(default, skip_serializing_if = "is_default", with = "crate::stored::optional_time")]
    pub ended_at: Option<Instant>,
    /// The number of the event that ended the leg.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ended_seq: Option<u32>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub outcome: Option<HandlingOutcome>,
    /// The outcome in the submitted result.
    #[serde(default, skip_serializing_if = "is_default")]
    pub result: Option<Outcome>,
    /// How many photos the incident had when the work began. Later ones may show what was done.
    #[serde(default, skip_serializing_if = "is_default")]
    pub photos_before: u32,
    /// The account that submitted the result. The same person must not verify it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub submitted_by: Option<AccountId>,
}

/// The desk above a desk, as it was when an incident arrived. It is nearly always that of the next unit, which is not stored.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskAbove {
    /// The desk of the unit directly above.
    #[default]
    OfNextUnit,
    /// Another desk, because that unit has none.
    Other(OrganisationCode),
    Nobody,
}

impl DeskAbove {
    /// `superior` is above `desk`.
    #[must_use]
    pub fn new(desk: OrganisationCode, superior: Option<OrganisationCode>) -> Self {
        match superior {
            None => Self::Nobody,
            next if next == Self::OfNextUnit.of(desk) => Self::OfNextUnit,
            Some(other) => Self::Other(other),
        }
    }

    /// The desk above `desk`, if there is one.
    #[must_use]
    pub fn of(self, desk: OrganisationCode) -> Option<OrganisationCode> {
        match self {
            Self::OfNextUnit => desk.unit.parent().map(OrganisationCode::desk),
            Self::Other(other) => Some(other),
            Self::Nobody => None,
        }
    }
}

impl CustodyLeg {
    /// The desk above, if there is one.
    #[must_use]
    pub fn superior(&self) -> Option<OrganisationCode> {
        self.above.of(self.desk)
    }

    /// The level of the desk.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.desk.unit.level()
    }
}

impl HandlingLeg {
    /// How often the time for the work was extended.
    #[must_use]
    pub fn extended(&self) -> u32 {
        u32::try_from(self.extensions.len()).unwrap_or(u32::MAX)
    }

    /// The sum of the extensions that were granted in `unit`.
    #[must_use]
    pub fn extended_by(&self, unit: LimitUnit) -> u32 {
        let extensions = self.extensions.iter().filter(|extension| extension.unit == unit);
        extensions.fold(0, |sum, extension| sum.saturating_add(extension.amount))
    }
}
