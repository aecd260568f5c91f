//! Events: what happened to an incident, appended and never changed.

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
    closing::{CheckReported, CheckRequested, Closed, FollowedUp, Reopened, Reworked},
    custody::{
        Accepted, Declined, Escalated, HandedDown, Referred, TakenOver, Transferred, Voided, Withdrawn,
    },
    effect::Effect,
    linkages::{Concluded, Involved, Linked, Recorded},
    merging::{Absorbed, Merged, Released, Unmerged},
    oversight::{Approved, Extended, HandedOver, Lifted, Rejected, Reminded, Replied, Requested, Supervised},
    reporting::{Commented, Corrected, InfoRequested, PhotosAdded, Reported, ResolvedOnSpot, Supplemented},
    work::{
        Acknowledged, Answered, Arbitrated, Arrived, CalledIn, Dispatched, Disputed, ResultSubmitted,
        Resumed, Returned, Suspended,
    },
};
use crate::{
    code::codes,
    hash::Hash,
    ids::{AccountId, IncidentId},
    incident::remark::Remark,
    time::Instant,
};

/// Version of the body format, stored with each event.
pub const SCHEMA_VERSION: i32 = 1;

/// Declares the events, the one that opens an incident first: code name and Chinese name of each type. The type holds its facts and its effect.
macro_rules! events {
    (
        opens $(#[$first_doc:meta])* $first:ident $first_code:literal $first_zh:literal,
        $($(#[$doc:meta])* $name:ident $code:literal $zh:literal,)+
    ) => {
        codes! {
            /// The types of event.
            EventType "event type" {
                $(#[$first_doc])* $first $first_code $first_zh,
                $($(#[$doc])* $name $code $zh,)+
            }
        }

        /// What happened, in codes, ids and times. Words stand in rows of their own that can be erased.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
        #[serde(tag = "type")]
        pub enum EventBody {
            $(#[$first_doc])* #[serde(rename = $first_code)] $first($first),
            $($(#[$doc])* #[serde(rename = $code)] $name($name),)+
        }

        impl EventBody {
            /// Its type.
            #[must_use]
            pub const fn event_type(&self) -> EventType {
                match self {
                    Self::$first(_) => EventType::$first,
                    $(Self::$name(_) => EventType::$name,)+
                }
            }

            /// Its effect on a case. `None` for the event that opens one.
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
    /// A report reached the server.
    Reported "reported" "上报",
    /// The reporter settled it on the spot.
    ResolvedOnSpot "resolved_on_spot" "现场办结",
    /// The desk took it on.
    Accepted "accepted" "受理",
    /// The desk said no.
    Declined "declined" "不予受理",
    /// The desk asked the reporter for more.
    InfoRequested "info_requested" "要求补充",
    /// There is more information.
    Supplemented "supplemented" "已补充材料",
    /// Sent to an organisation.
    Dispatched "dispatched" "派遣",
    /// What was sent was taken back.
    Withdrawn "withdrawn" "撤回",
    /// It went up.
    Escalated "escalated" "升级",
    /// Nobody accepted it; it went up by itself.
    AutoEscalated "lapsed" "逾期自动升级",
    /// It went down a level.
    HandedDown "handed_down" "下派",
    /// It went to another desk of the same level.
    Transferred "transferred" "移送",
    /// The desk above took it over.
    TakenOver "taken_over" "接管",
    /// An authority outside took it on.
    Referred "referred" "转出",
    /// It was corrected.
    Corrected "corrected" "更正",
    /// Another incident stands for it.
    Merged "merged" "并案",
    /// It stands for another incident too.
    Absorbed "absorbed" "并入他案",
    /// It was a matter of its own after all.
    Unmerged "unmerged" "撤销并案",
    /// It stands for another incident no more.
    Released "released" "他案分出",
    /// It is void.
    Voided "voided" "作废",
    /// The organisation took it on.
    Acknowledged "acknowledged" "签收",
    /// The organisation sent it back.
    Returned "returned" "退回",
    /// The organisation disputes its duty.
    Disputed "disputed" "申请裁定",
    /// Whose duty it is was decided.
    Arbitrated "arbitrated" "裁定",
    /// Somebody was on site.
    Arrived "arrived" "到场",
    /// Organisations were called in.
    CalledIn "called_in" "吹哨",
    /// An organisation that helps answered.
    Answered "answered" "应哨",
    /// Somebody asked for what a second person decides.
    Requested "requested" "申请",
    /// A second person agreed.
    Approved "approved" "批准",
    /// A second person disagreed.
    Rejected "rejected" "驳回",
    /// There is more time.
    Extended "extended" "延期",
    /// Work stands still.
    Suspended "suspended" "挂账",
    /// Work went on.
    Resumed "resumed" "恢复办理",
    /// The organisation handed in its result.
    ResultSubmitted "result_submitted" "提交结果",
    /// A grid worker was sent to look.
    CheckRequested "check_requested" "派员核查",
    /// What was found on site.
    CheckReported "check_reported" "核查反馈",
    /// More work has to be done.
    Reworked "reworked" "返工",
    /// The desk closed it.
    Closed "closed" "结案",
    /// Somebody was asked how it was settled.
    FollowedUp "followed_up" "回访",
    /// It was taken up again.
    Reopened "reopened" "重新办理",
    /// Who has it was asked to hurry.
    Reminded "reminded" "催办",
    /// Somebody watches it.
    Supervised "supervised" "督办",
    /// A clock ran out; the desk above is told.
    Alarmed "alarmed" "超期督办",
    /// Who watches got an answer.
    Replied "replied" "督办回复",
    /// Nobody watches it any more.
    Lifted "lifted" "解除督办",
    /// Somebody else looks after what hung on a person who left.
    HandedOver "handed_over" "交接",
    /// Its clocks were set anew, by rules that changed.
    Rescheduled "rescheduled" "重新计时",
    /// Something was attached.
    Linked "linked" "建立联动",
    /// Something happened in what is attached.
    Recorded "recorded" "联动进展",
    /// What is attached has ended.
    Concluded "concluded" "联动办结",
    /// Somebody takes part.
    Involved "involved" "参与人员",
    /// More photos were named.
    PhotosAdded "photos_added" "补充照片",
    /// Somebody remarked.
    Commented "commented" "备注",
}

impl EventBody {
    /// The number of the linkage that it is about.
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

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// The incident.
    pub incident: IncidentId,
    /// 1 for the first event of the incident, without gaps.
    pub seq: u32,
    /// When; never earlier than the event before.
    pub at: Instant,
    /// Who did it.
    pub actor: AccountId,
    /// What.
    pub body: EventBody,
}

/// The hash of an event: it covers the whole event, the salted hash of its words, and through `previous` all events
/// of the incident before it. `body` is the canonical text that is stored, in
/// the form of `schema_version`.
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

/// The hash of words that go with an event. It covers what they are and who may read them.
#[must_use]
pub fn remark_hash(salt: &[u8], remark: &Remark) -> Hash {
    let Remark { label, audience, text } = remark;
    Hash::of(&[salt, label.as_str().as_bytes(), audience.as_str().as_bytes(), text.as_str().as_bytes()])
}
