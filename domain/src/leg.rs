//! Legs: who answered for an incident, who worked on it, from when to when.

use serde::{Deserialize, Serialize};

use crate::{
    account::AccountId, code::codes, deadline::Deadline, organisation::OrganisationCode, time::Instant,
    unit::Level,
};

codes! {
    /// How a custody leg ended.
    CustodyOutcome "custody outcome" {
        /// Not a matter for grid governance.
        Declined "declined" "不予受理",
        /// The next level took over.
        Escalated "escalated" "已升级",
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
        /// The incident moved up and took the work away.
        Withdrawn "withdrawn" "已撤回",
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
    /// When it must have accepted or declined. `None` where nothing is left to accept: reopened, or settled on
    /// the spot.
    pub accept_due: Option<Deadline>,
    /// When it accepted.
    pub accepted_at: Option<Instant>,
    /// When it must have dispatched; starts anew when work is returned.
    pub dispatch_due: Option<Deadline>,
    /// When it must have verified the latest result.
    pub verify_due: Option<Deadline>,
    /// How long it may keep the incident at all.
    pub ceiling_due: Deadline,
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
    /// When it acknowledged; at once for a desk's own work.
    pub acknowledged_at: Option<Instant>,
    /// When the result is due.
    pub handle_due: Deadline,
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
