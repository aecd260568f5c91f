//! Events: the history of an incident. Events are appended and never changed.

pub mod automatic;
pub mod closing;
pub mod custody;
pub(crate) mod effect;
pub mod linkages;
pub mod merging;
pub mod oversight;
mod replay;
pub mod reporting;
pub mod work;

use serde::{Deserialize, Serialize};

use self::{
    automatic::{Alarmed, AutoEscalated, Rescheduled},
    closing::{CheckReported, CheckRequested, Closed, FollowedUp, Objected, Reopened, Reworked},
    custody::{
        Accepted, Declined, Escalated, HandedDown, Referred, TakenOver, Transferred, Voided, Withdrawn,
    },
    effect::Effect,
    linkages::{Concluded, Involved, Linked, Recorded},
    merging::{Absorbed, Merged, Released, Unmerged},
    oversight::{Approved, Extended, HandedOver, Lifted, Rejected, Reminded, Replied, Requested, Supervised},
    reporting::{
        Commented, Corrected, InfoRequested, PhotosAdded, ReportWithdrawn, Reported, ResolvedOnSpot,
        Supplemented,
    },
    work::{
        Acknowledged, Answered, Arbitrated, Arrived, CalledIn, Dispatched, Disputed, Redispatched,
        ResultSubmitted, Resumed, Returned, Suspended,
    },
};
use crate::{
    code::codes,
    hash::Hash,
    ids::{AccountId, IncidentId},
    incident::remark::Remark,
    time::Instant,
};

impl EventType {
    /// Events after which a decision that somebody made without knowing them still stands: they change neither the state nor who
    /// may do what.
    pub const HARMLESS: &'static [Self] =
        &[Self::Alarmed, Self::Commented, Self::PhotosAdded, Self::Reminded];
}

impl EventBody {
    /// Whether the texts of the event are those of the reporter, or of the desk in the reporter's place.
    #[must_use]
    pub const fn is_by_reporter(&self) -> bool {
        matches!(
            self,
            Self::Supplemented(_)
                | Self::Objected(_)
                | Self::ReportWithdrawn(_)
                | Self::Commented(Commented { by_reporter: true, .. })
        )
    }
}

/// Version of the format of [`EventBody`], stored with each event.
pub const SCHEMA_VERSION: i32 = 1;

/// Declares [`EventType`] and [`EventBody`]: each event with its code name and Chinese name. The event that opens an
/// incident stands first. Each variant has a type of the same name, which holds the facts and the effect of the event.
macro_rules! events {
    (
        opens $(#[$first_doc:meta])* $first:ident $first_code:literal $first_zh:literal,
        $($(#[$doc:meta])* $name:ident $code:literal $zh:literal,)+
    ) => {
        codes! {
            /// The type of an event.
            EventType "event type" {
                $(#[$first_doc])* $first $first_code $first_zh,
                $($(#[$doc])* $name $code $zh,)+
            }
        }

        /// The facts of an event: codes, ids and times. Remarks are stored in rows of their own, so that they can be
        /// erased.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
        #[serde(tag = "type")]
        pub enum EventBody {
            $(#[$first_doc])* #[serde(rename = $first_code)] $first($first),
            $($(#[$doc])* #[serde(rename = $code)] $name($name),)+
        }

        impl EventBody {
            /// The type of the event.
            #[must_use]
            pub const fn event_type(&self) -> EventType {
                match self {
                    Self::$first(_) => EventType::$first,
                    $(Self::$name(_) => EventType::$name,)+
                }
            }

            /// The effect of the event on a case. `None` for the event that opens the incident.
            pub(crate) fn effect(&self) -> Option<&dyn Effect> {
                match self {
                    Self::$first(_) => None,
                    $(Self::$name(event) => Some(event),)+
                }
            }
        }

        impl From<$first> for EventBody {
            fn from(event: $first) -> Self {
                Self::$first(event)
            }
        }

        $(impl From<$name> for EventBody {
            fn from(event: $name) -> Self {
                Self::$name(event)
            }
        })+
    };
}

events! {
    opens
    /// A report opened the incident.
    Reported "reported" "上报",
    /// The reporter settled the matter on the spot.
    ResolvedOnSpot "resolved_on_spot" "现场自办",
    /// The reporter took the report back.
    ReportWithdrawn "report_withdrawn" "撤回上报",
    /// A desk accepted the incident.
    Accepted "accepted" "受理",
    /// The desk declined the incident.
    Declined "declined" "不予受理",
    /// The desk asked the reporter for missing information.
    InfoRequested "info_requested" "要求补充",
    /// The reporter gave the missing information, or the system continued without it.
    Supplemented "supplemented" "已补充材料",
    /// The desk assigned the work.
    Dispatched "dispatched" "派遣",
    /// The desk gave the work to another organisation.
    Redispatched "redispatched" "改派",
    /// A desk took back the incident from another desk, or the work from an organisation.
    Withdrawn "withdrawn" "撤回",
    /// The incident was sent to a desk above.
    Escalated "escalated" "提级办理",
    /// The system sent the incident to the desk above because the holding desk did not accept in time.
    AutoEscalated "lapsed" "超时自动提级",
    /// The incident was sent to a desk directly below.
    HandedDown "handed_down" "下派",
    /// The incident was sent to another desk of the same level.
    Transferred "transferred" "转办",
    /// The desk above took the incident over.
    TakenOver "taken_over" "接管",
    /// The incident was passed to an authority outside grid governance.
    Referred "referred" "移送",
    /// Category, severity or place was corrected.
    Corrected "corrected" "更正",
    /// The incident was merged into the primary incident.
    Merged "merged" "并案",
    /// Another incident was merged into this one.
    Absorbed "absorbed" "他案并入",
    /// The merge of the incident was undone.
    Unmerged "unmerged" "撤销并案",
    /// The merge of another incident into this one was undone.
    Released "released" "他案分出",
    /// The incident was voided.
    Voided "voided" "作废",
    /// The lead organisation took on the work.
    Acknowledged "acknowledged" "签收",
    /// The lead organisation sent the work back.
    Returned "returned" "退回",
    /// The lead organisation asked the desk above to decide which organisation is responsible.
    Disputed "disputed" "申请裁定",
    /// The desk above decided which organisation is responsible.
    Arbitrated "arbitrated" "裁定",
    /// The lead organisation arrived on site.
    Arrived "arrived" "到场",
    /// The desk called organisations in to help.
    CalledIn "called_in" "吹哨",
    /// An assisting organisation answered.
    Answered "answered" "应哨",
    /// A change was requested that a second person has to approve.
    Requested "requested" "申请",
    /// A second person approved the request.
    Approved "approved" "批准",
    /// A second person rejected the request.
    Rejected "rejected" "驳回",
    /// The handling deadline was extended.
    Extended "extended" "延期",
    /// The work was suspended.
    Suspended "suspended" "挂账",
    /// The suspended work continued.
    Resumed "resumed" "恢复办理",
    /// The lead organisation submitted its result.
    ResultSubmitted "result_submitted" "提交结果",
    /// A grid worker was asked to check the result on site.
    CheckRequested "check_requested" "派员核查",
    /// The grid worker reported the findings of the check on site.
    CheckReported "check_reported" "反馈核查结果",
    /// The desk asked for more work.
    Reworked "reworked" "返工",
    /// The incident was closed.
    Closed "closed" "结案",
    /// The residents were asked about the outcome.
    FollowedUp "followed_up" "回访",
    /// The reporter said that the matter is not settled.
    Objected "objected" "提出异议",
    /// A closed incident was reopened.
    Reopened "reopened" "重新办理",
    /// The organisation that has to act was asked to hurry.
    Reminded "reminded" "催办",
    /// A desk put the incident under supervision.
    Supervised "supervised" "督办",
    /// A deadline was missed and the system told a desk.
    Alarmed "alarmed" "超时督办",
    /// The supervising desk got a reply.
    Replied "replied" "督办回复",
    /// The supervising desk ended its supervision.
    Lifted "lifted" "解除督办",
    /// A successor took over from a person who left or moved.
    HandedOver "handed_over" "交接",
    /// The deadlines were computed again because the rules or the calendar changed.
    Rescheduled "rescheduled" "重新计时",
    /// A linkage was opened.
    Linked "linked" "建立联动",
    /// A step of a linkage was recorded.
    Recorded "recorded" "联动进展",
    /// A linkage ended.
    Concluded "concluded" "联动办结",
    /// A participant was recorded.
    Involved "involved" "参与人员",
    /// Photos were added.
    PhotosAdded "photos_added" "补充照片",
    /// A remark was added.
    Commented "commented" "备注",
}

impl EventBody {
    /// The number of the linkage, for an event of a linkage.
    #[must_use]
    pub const fn linkage(&self) -> Option<u32> {
        if let Self::Linked(Linked { number, .. })
        | Self::Recorded(Recorded { number, .. })
        | Self::Concluded(Concluded { number, .. }) = self
        {
            Some(*number)
        } else {
            None
        }
    }
}

/// An event of an incident.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    pub incident: IncidentId,
    /// Number of the event within the incident: 1 for the first, without gaps.
    pub seq: u32,
    /// Time of the event, never earlier than the previous event of the incident.
    pub at: Instant,
    /// The account that caused the event; [`AccountId::SYSTEM`] for automatic events.
    pub actor: AccountId,
    pub body: EventBody,
}

/// The hash of an event. It covers the whole event and `words`, the salted hash of its remarks. Through `previous`,
/// the hash of the previous event, it covers all earlier events of the incident. `body` is the stored canonical text
/// in the format `schema_version`.
#[must_use]
pub fn event_hash(
    event: &Event,
    schema_version: i32,
    body: &str,
    words: Option<Hash>,
    previous: Hash,
) -> Hash {
    Hash::of(&[
        &previous.0,
        event.incident.0.as_bytes(),
        &event.seq.to_be_bytes(),
        &event.at.timestamp_micros().to_be_bytes(),
        event.actor.0.as_bytes(),
        &schema_version.to_be_bytes(),
        body.as_bytes(),
        words.as_ref().map_or(&[], |hash| hash.0.as_slice()),
    ])
}

/// The salted hash of a remark. It covers label, audience and text.
#[must_use]
pub fn remark_hash(salt: &[u8], remark: &Remark) -> Hash {
    let Remark { label, audience, text } = remark;
    Hash::of(&[salt, label.as_str().as_bytes(), audience.as_str().as_bytes(), text.as_str().as_bytes()])
}
