//! Legs: who answered for an incident, who worked on it, from when to when.

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::unit::Level,
    ids::AccountId,
    organisation::OrganisationCode,
    time::{
        Instant,
        auto_escalation::AutoEscalation,
        clock::{DeskClocks, WorkClocks},
    },
};

codes! {
    /// How a custody leg ended.
    CustodyOutcome "custody outcome" {
        /// Not a matter for grid governance.
        Declined "declined" "不予受理",
        /// The next level took over.
        Escalated "escalated" "已升级",
        /// It did not accept in time; the next level took over by itself.
        Lapsed "lapsed" "逾期未受理",
        /// It did not accept in time; the desk above took it over.
        TakenOver "taken_over" "被上级接管",
        /// The desk that had let it lapse accepted it after all.
        AcceptedBelow "accepted_below" "下级补受理",
        /// A desk below took over.
        HandedDown "handed_down" "已下派",
        /// Another desk of the level took over.
        Transferred "transferred" "已移送",
        /// The desk that had sent it took it back.
        Withdrawn "withdrawn" "已撤回",
        /// It was corrected, and what it is or where it is belongs to another desk.
        Rerouted "rerouted" "更正后改派",
        /// Another report of the same matter stands for it.
        Merged "merged" "已并案",
        /// An authority outside grid governance took it on.
        Referred "referred" "已转出",
        /// The desk closed the incident.
        Closed "closed" "已结案",
        /// Settled by the reporter, on the spot.
        ResolvedOnSpot "resolved_on_spot" "现场办结",
        /// Reported by mistake.
        Voided "voided" "已作废",
    }
}

codes! {
    /// How a handling leg ended.
    HandlingOutcome "handling outcome" {
        /// Sent back unread or not theirs.
        Returned "returned" "已退回",
        /// A result was handed in.
        Submitted "submitted" "已反馈",
        /// The work was taken away: the incident moved, or the desk changed its mind.
        Withdrawn "withdrawn" "已撤回",
        /// Assistance was given.
        Done "done" "已协办",
        /// Assistance was refused, with a reason.
        Declined "declined" "未协办",
        /// The incident was voided.
        Voided "voided" "已作废",
    }
}

codes! {
    /// Whether the organisation answers for the result or helps.
    HandlingRole "handling role" {
        /// Answers for the result.
        Lead "lead" "主办",
        /// Helps.
        Assist "assist" "协办",
    }
}

codes! {
    /// What came of the work.
    Outcome "outcome" {
        /// The matter is settled.
        Resolved "resolved" "已化解",
        /// Everything was tried; the matter stays.
        Unresolved "unresolved" "未化解",
    }
}

/// The time one desk answers for an incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CustodyLeg {
    /// 1 for the first desk.
    pub number: u32,
    /// The desk.
    pub desk: OrganisationCode,
    /// Its level.
    pub level: Level,
    /// When the incident reached it. Its clocks start here, not at a click.
    pub opened_at: Instant,
    /// Number of the event that opened it.
    pub opened_seq: u32,
    /// The desk above it, which may take over what it does not accept.
    pub superior: Option<OrganisationCode>,
    /// What happens when it does not accept.
    pub on_lapse: AutoEscalation,
    /// Its clocks.
    pub clocks: DeskClocks,
    /// When it accepted.
    pub accepted_at: Option<Instant>,
    /// When it ceased to answer for the incident.
    pub ended_at: Option<Instant>,
    /// Number of the event that ended it.
    pub ended_seq: Option<u32>,
    /// How.
    pub outcome: Option<CustodyOutcome>,
}

/// The time one organisation works on an incident, within a custody leg.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandlingLeg {
    /// 1 for the first, counted over the whole incident.
    pub number: u32,
    /// Number of the custody leg it belongs to.
    pub custody: u32,
    /// Who works.
    pub organisation: OrganisationCode,
    /// Lead or assist.
    pub role: HandlingRole,
    /// When the work reached it.
    pub opened_at: Instant,
    /// Number of the event that opened it.
    pub opened_seq: u32,
    /// Its clocks.
    pub clocks: WorkClocks,
    /// When it took the work on; at once for a desk's own work.
    pub acknowledged_at: Option<Instant>,
    /// When it was on site first.
    pub arrived_at: Option<Instant>,
    /// How often its time was extended.
    pub extended: u32,
    /// By how many units of its limit altogether.
    pub granted: u32,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Number of the event that ended it.
    pub ended_seq: Option<u32>,
    /// How.
    pub outcome: Option<HandlingOutcome>,
    /// What the submitted result says.
    pub result: Option<Outcome>,
    /// Who submitted it; the same person does not verify it.
    pub submitted_by: Option<AccountId>,
}
