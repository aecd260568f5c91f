//! An incident (事件): one matter at one place, with its state and its facts.

pub mod case;
pub mod evidence;
pub mod leg;
pub mod linkage;
mod linkage_rules;
pub mod merging;
pub mod oversight;
pub mod pauses;
pub mod photo;
pub mod remark;
pub mod reopening;
pub mod requests;
pub mod schedule;
pub mod source;
pub mod steps;
pub mod tally;
mod transitions;

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::{place::Place, unit::Level},
    ids::{AccountId, IncidentId},
    incident::{
        leg::Outcome,
        linkage::{Linkage, Participant},
        merging::Merging,
        oversight::Oversight,
        pauses::Pauses,
        photo::Photo,
        reopening::Reopening,
        requests::Requests,
        source::{ExternalNo, Source},
        tally::Tally,
    },
    organisation::OrganisationCode,
    rules::category::{CategoryCode, Severity},
    stored::is_default,
    time::{Instant, clock::Deadline},
};

codes! {
    /// The state of an incident.
    State "state" {
        /// A desk has the incident and has not accepted or declined it.
        PendingAcceptance "pending_acceptance" "待受理",
        /// The desk asked the reporter for more information.
        AwaitingInfo "awaiting_info" "待补充",
        /// The desk accepted the incident. Nobody works on it yet.
        PendingDispatch "pending_dispatch" "待派遣",
        /// The work was sent to an organisation that has not signed for it.
        PendingReceipt "pending_receipt" "待签收",
        /// An organisation works on it.
        InProgress "in_progress" "办理中",
        /// The work is suspended until a date.
        Suspended "suspended" "挂账",
        /// A result was submitted. The desk must verify it.
        PendingVerification "pending_verification" "待核查",
        /// The incident is closed, settled or not.
        Closed "closed" "已结案",
        /// A desk declined it: it is not a matter for grid governance.
        NotAccepted "not_accepted" "不予受理",
        /// It was reported by mistake.
        Voided "voided" "已作废",
        /// It was merged into another incident about the same matter.
        Merged "merged" "已并案",
        /// It was referred to an authority outside grid governance.
        ReferredOut "referred_out" "已转出",
    }
}

impl State {
    /// The states of open incidents, in which somebody still has to act.
    pub const OPEN: &'static [Self] = &[
        Self::PendingAcceptance,
        Self::AwaitingInfo,
        Self::PendingDispatch,
        Self::PendingReceipt,
        Self::InProgress,
        Self::Suspended,
        Self::PendingVerification,
    ];

    /// The open states in which the incident waits for its desk, or its desk for the reporter. In the other open states an organisation
    /// leads the work.
    pub const AT_DESK: &'static [Self] =
        &[Self::PendingAcceptance, Self::AwaitingInfo, Self::PendingDispatch, Self::PendingVerification];

    /// Whether the incident is open, so that somebody still has to act.
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

/// The facts of an incident that the rules use. Texts, positions and contacts are stored elsewhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    pub id: IncidentId,
    /// The number of events so far. The API sends it as `ETag` and expects it in `If-Match`.
    pub version: u32,
    pub category: CategoryCode,
    pub severity: Severity,
    pub state: State,
    /// Where it happened. Only a correction changes it; a change of the holder does not.
    pub place: Place,
    pub reporter: AccountId,
    #[serde(default, skip_serializing_if = "is_default")]
    pub source: Source,
    /// The number that the source gave the matter.
    #[serde(default, skip_serializing_if = "is_default")]
    pub external_no: Option<ExternalNo>,
    /// The desk that entered it. `None` if a grid worker reported it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub entered_by: Option<OrganisationCode>,
    /// When the server received the report. The clocks start at this moment.
    #[serde(with = "crate::stored::time")]
    pub received_at: Instant,
    /// When the latest event after the report happened.
    #[serde(default, skip_serializing_if = "is_default", with = "crate::stored::optional_time")]
    pub changed_at: Option<Instant>,
    /// The desk that accepted it first. `None` if it was settled on the spot, because no desk accepted that.
    #[serde(default, skip_serializing_if = "is_default")]
    pub first_accepted_by: Option<OrganisationCode>,
    /// This level and all lower levels neither receive nor see the incident.
    #[serde(default, skip_serializing_if = "is_default")]
    pub skips: Option<Level>,
    /// Only organisations that hold or held the incident see it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub restricted: bool,
    /// Only the first desk sees who reported it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reporter_hidden: bool,
    /// The category goes to the county first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub county_first: bool,
    /// The reporter settled it on the spot.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_spot: bool,
    /// One person did the work and closed it, and no grid worker confirmed the result.
    #[serde(default, skip_serializing_if = "is_default")]
    pub self_verified: bool,
    /// The desk did the work itself, and a second person of the desk closed it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub verified_by_colleague: bool,
    /// The closures that were undone, the oldest first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reopenings: Vec<Reopening>,
    /// How often departments returned it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub returned: u32,
    /// How often it was escalated.
    #[serde(default, skip_serializing_if = "is_default")]
    pub escalated: u32,
    /// The outcome. `None` until it is closed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub outcome: Option<Outcome>,
    /// The level of the custody leg under which it was closed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub resolved_level: Option<Level>,
    /// Whether the desk that closed it is the desk that accepted it first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub in_place: bool,
    /// When it was closed, declined, voided, merged or referred out. `None` while it is open.
    #[serde(default, skip_serializing_if = "is_default", with = "crate::stored::optional_time")]
    pub ended_at: Option<Instant>,
    /// When the whole matter should be settled. This clock never pauses.
    pub total: Deadline,
    #[serde(default, skip_serializing_if = "is_default")]
    pub pauses: Pauses,
    #[serde(default, skip_serializing_if = "is_default")]
    pub requests: Requests,
    #[serde(default, skip_serializing_if = "is_default")]
    pub oversight: Oversight,
    #[serde(default, skip_serializing_if = "is_default")]
    pub merging: Merging,
    #[serde(default, skip_serializing_if = "is_default")]
    pub tally: Tally,
    /// The linkages, oldest first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub linkages: Vec<Linkage>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub participants: Vec<Participant>,
    /// The announced photos, oldest first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub photos: Vec<Photo>,
    /// The account that replaces the reporter, who left or moved.
    #[serde(default, skip_serializing_if = "is_default")]
    pub caretaker: Option<AccountId>,
    /// The first reported place, if it was corrected.
    #[serde(default, skip_serializing_if = "is_default")]
    pub first_place: Option<Place>,
    /// The satisfaction of residents with the outcome, from 1 (very dissatisfied) to 5 (very satisfied).
    #[serde(default, skip_serializing_if = "is_default")]
    pub satisfaction: Option<u8>,
}

impl Incident {
    /// When the latest event happened.
    #[must_use]
    pub fn last_event_at(&self) -> Instant {
        self.changed_at.unwrap_or(self.received_at)
    }

    /// How often it was reopened.
    #[must_use]
    pub fn reopened(&self) -> u32 {
        u32::try_from(self.reopenings.len()).unwrap_or(u32::MAX)
    }

    /// The account that receives replies and answers questions of the desk: the reporter, or the caretaker if there is one.
    #[must_use]
    pub fn looked_after_by(&self) -> AccountId {
        self.caretaker.unwrap_or(self.reporter)
    }

    /// Whether the account reported the incident or is its caretaker.
    #[must_use]
    pub fn is_of(&self, account: AccountId) -> bool {
        self.reporter == account || self.caretaker == Some(account)
    }

    /// The grid workers who have to check the result, or checked one. They see what becomes of the incident, unless it is no longer
    /// shown in the field.
    pub fn checkers(&self) -> impl Iterator<Item = AccountId> {
        let sent = self.oversight.check.map(|check| check.worker);
        let earlier = self.oversight.checked_by.iter().copied();
        sent.into_iter().chain(earlier).filter(|_| self.is_shown_in_the_field())
    }

    /// Whether grid workers may see it and be sent to check the result. Not if it is restricted, and not if levels are skipped,
    /// because the matter may then concern people of the grid worker's own village.
    #[must_use]
    pub const fn is_shown_in_the_field(&self) -> bool {
        !self.restricted && self.skips.is_none()
    }
}
