//! An incident: one matter at one place, and where it stands.

pub mod case;
pub mod evidence;
pub mod leg;
pub mod linkage;
pub mod photo;
pub mod proceedings;
pub mod remark;
pub mod schedule;

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::{place::Place, unit::Level},
    ids::{AccountId, IncidentId},
    incident::{leg::Outcome, proceedings::Proceedings},
    organisation::OrganisationCode,
    rules::category::{CategoryCode, Severity},
    time::{Instant, clock::Deadline},
};

codes! {
    /// Where an incident stands.
    State "state" {
        /// A desk has it and has not said yes or no.
        PendingAcceptance "pending_acceptance" "待受理",
        /// The desk asked the reporter for more.
        AwaitingInfo "awaiting_info" "待补充",
        /// Accepted; nobody works on it yet.
        PendingDispatch "pending_dispatch" "待派遣",
        /// Sent to an organisation that has not acknowledged.
        PendingReceipt "pending_receipt" "待签收",
        /// Somebody works on it.
        InProgress "in_progress" "办理中",
        /// Work stands still until a date.
        Suspended "suspended" "挂账",
        /// A result is in; the desk looks at it.
        PendingVerification "pending_verification" "待核查",
        /// Done, resolved or not.
        Closed "closed" "已结案",
        /// Not a matter for grid governance.
        NotAccepted "not_accepted" "不予受理",
        /// Reported by mistake.
        Voided "voided" "已作废",
        /// Another report of the same matter stands for it.
        Merged "merged" "已并案",
        /// An authority outside grid governance took it on.
        ReferredOut "referred_out" "已转出",
    }
}

impl State {
    /// The states in which somebody still has to do something.
    pub const OPEN: &'static [Self] = &[
        Self::PendingAcceptance,
        Self::AwaitingInfo,
        Self::PendingDispatch,
        Self::PendingReceipt,
        Self::InProgress,
        Self::Suspended,
        Self::PendingVerification,
    ];

    /// Whether somebody still has to do something.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::PendingAcceptance
            | Self::AwaitingInfo
            | Self::PendingDispatch
            | Self::PendingReceipt
            | Self::InProgress
            | Self::Suspended
            | Self::PendingVerification => true,
            Self::Closed | Self::NotAccepted | Self::Voided | Self::Merged | Self::ReferredOut => false,
        }
    }
}

/// The facts of an incident that rules look at. No texts, no positions, no contacts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Incident {
    /// Its identity.
    pub id: IncidentId,
    /// Number of events so far; what `ETag` shows and `If-Match` asks for.
    pub version: u32,
    /// What it is about.
    pub category: CategoryCode,
    /// How bad it is.
    pub severity: Severity,
    /// Where it stands.
    pub state: State,
    /// Where it happened. Never changes with the holder, only when it is corrected.
    pub place: Place,
    /// Who reported it.
    pub reporter: AccountId,
    /// When the server got it; its clocks start here.
    pub received_at: Instant,
    /// Time of the latest event.
    pub last_event_at: Instant,
    /// The desk that got it first.
    pub first_desk: OrganisationCode,
    /// The desk that accepted it first.
    pub first_accepted_by: Option<OrganisationCode>,
    /// Levels up to this one are passed over and see nothing of it.
    pub skips: Option<Level>,
    /// Visible to the holder chain only.
    pub restricted: bool,
    /// The reporter is named to nobody but the first desk.
    pub reporter_hidden: bool,
    /// Its category goes to the county first.
    pub county_first: bool,
    /// Settled by the reporter on the spot.
    pub on_spot: bool,
    /// Verified by the organisation that did the work.
    pub self_verified: bool,
    /// How often it was reopened.
    pub reopened: u32,
    /// How often departments returned it.
    pub returned: u32,
    /// How often it went up a level.
    pub escalated: u32,
    /// What came of it, once closed.
    pub outcome: Option<Outcome>,
    /// Level of the custody leg under which it closed.
    pub resolved_level: Option<Level>,
    /// Whether the desk that closed it is the one that accepted it first.
    pub in_place: bool,
    /// When it came to rest: closed, not accepted, voided, merged or referred out.
    pub ended_at: Option<Instant>,
    /// When the whole matter should be settled. This clock never stops.
    pub total: Deadline,
    /// What goes on beside the legs.
    pub proceedings: Proceedings,
    /// The rules its first routing was decided by.
    pub rules_version: i64,
}

impl Incident {
    /// Who reads its replies and answers its desk: the reporter, or who took that over.
    #[must_use]
    pub fn looked_after_by(&self) -> AccountId {
        self.proceedings.caretaker.unwrap_or(self.reporter)
    }

    /// Whether it is an own report of the account.
    #[must_use]
    pub fn is_of(&self, account: AccountId) -> bool {
        self.reporter == account || self.proceedings.caretaker == Some(account)
    }

    /// Whether a grid worker may be sent to look at it, and learn of it: neither what is restricted, nor what may be about
    /// those of the own village.
    #[must_use]
    pub const fn is_shown_in_the_field(&self) -> bool {
        !self.restricted && self.skips.is_none()
    }
}
