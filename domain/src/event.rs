//! Events: what happened to an incident, appended and never changed.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    account::AccountId,
    case::{Case, Stamp},
    code::{codes, serde_as_text},
    commands::{
        Effect, accept, acknowledge, add_photos, answer, approve, arbitrate, arrive, call_in, close, comment,
        conclude, correct, decline, dispatch, dispute, escalate, extend, follow_up, hand_down, involve, lift,
        link, merge, record, refer, reject, remind, reopen, reply, report_check, request_check, request_info,
        resume, return_work, rework, submit_result, supervise, supplement, suspend, take_over, transfer,
        unmerge, void, withdraw,
    },
    hand_over::HandedOver,
    incident::IncidentId,
    open::{Reported, ResolvedOnSpot},
    reconcile::{Alarmed, Lapsed, Rescheduled},
    remark::Remark,
    time::Instant,
};

/// Version of the body format, stored with each event.
pub const SCHEMA_VERSION: i32 = 1;

/// Declares the events: variant, code name, Chinese name, and the type with its facts and effect.
macro_rules! events {
    ($($(#[$doc:meta])* $name:ident $code:literal $zh:literal $type:ty,)+) => {
        codes! {
            /// The types of event.
            EventType "event type" { $($(#[$doc])* $name $code $zh,)+ }
        }

        /// What happened, in codes, ids and times. Words stand in rows of their own that can be erased.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
        #[serde(tag = "type", rename_all = "snake_case")]
        pub enum EventBody {
            $($(#[$doc])* $name($type),)+
        }

        impl EventBody {
            /// Its type.
            #[must_use]
            pub const fn event_type(&self) -> EventType {
                match self { $(Self::$name(_) => EventType::$name,)+ }
            }

            /// Changes `case`.
            pub(crate) fn apply(&self, case: &mut Case, stamp: Stamp) {
                match self { $(Self::$name(event) => event.apply(case, stamp),)+ }
            }
        }

        $(impl From<$type> for EventBody {
            fn from(event: $type) -> Self {
                Self::$name(event)
            }
        })+
    };
}

events! {
    /// A report reached the server.
    Reported "reported" "上报" Reported,
    /// The reporter settled it on the spot.
    ResolvedOnSpot "resolved_on_spot" "现场办结" ResolvedOnSpot,
    /// The desk took it on.
    Accepted "accepted" "受理" accept::Accepted,
    /// The desk said no.
    Declined "declined" "不予受理" decline::Declined,
    /// The desk asked the reporter for more.
    InfoRequested "info_requested" "要求补充" request_info::InfoRequested,
    /// There is more information.
    Supplemented "supplemented" "已补充材料" supplement::Supplemented,
    /// Sent to an organisation.
    Dispatched "dispatched" "派遣" dispatch::Dispatched,
    /// What was sent was taken back.
    Withdrawn "withdrawn" "撤回" withdraw::Withdrawn,
    /// It went up.
    Escalated "escalated" "升级" escalate::Escalated,
    /// Nobody accepted it; it went up by itself.
    Lapsed "lapsed" "逾期自动升级" Lapsed,
    /// It went down a level.
    HandedDown "handed_down" "下派" hand_down::HandedDown,
    /// It went to another desk of the same level.
    Transferred "transferred" "移送" transfer::Transferred,
    /// The desk above took it over.
    TakenOver "taken_over" "接管" take_over::TakenOver,
    /// An authority outside took it on.
    Referred "referred" "转出" refer::Referred,
    /// It was corrected.
    Corrected "corrected" "更正" correct::Corrected,
    /// Another incident stands for it.
    Merged "merged" "并案" merge::Merged,
    /// It stands for another incident too.
    Absorbed "absorbed" "并入他案" merge::Absorbed,
    /// It was a matter of its own after all.
    Unmerged "unmerged" "撤销并案" unmerge::Unmerged,
    /// It stands for another incident no more.
    Released "released" "他案分出" unmerge::Released,
    /// It is void.
    Voided "voided" "作废" void::Voided,
    /// The organisation took it on.
    Acknowledged "acknowledged" "签收" acknowledge::Acknowledged,
    /// The organisation sent it back.
    Returned "returned" "退回" return_work::Returned,
    /// The organisation disputes its duty.
    Disputed "disputed" "申请裁定" dispute::Disputed,
    /// Whose duty it is was decided.
    Arbitrated "arbitrated" "裁定" arbitrate::Arbitrated,
    /// Somebody was on site.
    Arrived "arrived" "到场" arrive::Arrived,
    /// Organisations were called in.
    CalledIn "called_in" "吹哨" call_in::CalledIn,
    /// An organisation that helps answered.
    Answered "answered" "应哨" answer::Answered,
    /// Somebody asked for what a second person decides.
    Requested "requested" "申请" extend::Requested,
    /// A second person agreed.
    Approved "approved" "批准" approve::Approved,
    /// A second person disagreed.
    Rejected "rejected" "驳回" reject::Rejected,
    /// There is more time.
    Extended "extended" "延期" extend::Extended,
    /// Work stands still.
    Suspended "suspended" "挂账" suspend::Suspended,
    /// Work went on.
    Resumed "resumed" "恢复办理" resume::Resumed,
    /// The organisation handed in its result.
    ResultSubmitted "result_submitted" "提交结果" submit_result::ResultSubmitted,
    /// A grid worker was sent to look.
    CheckRequested "check_requested" "派员核查" request_check::CheckRequested,
    /// What was found on site.
    CheckReported "check_reported" "核查反馈" report_check::CheckReported,
    /// More work has to be done.
    Reworked "reworked" "返工" rework::Reworked,
    /// The desk closed it.
    Closed "closed" "结案" close::Closed,
    /// Somebody was asked how it was settled.
    FollowedUp "followed_up" "回访" follow_up::FollowedUp,
    /// It was taken up again.
    Reopened "reopened" "重新办理" reopen::Reopened,
    /// Who has it was asked to hurry.
    Reminded "reminded" "催办" remind::Reminded,
    /// Somebody watches it.
    Supervised "supervised" "督办" supervise::Supervised,
    /// A clock ran out; the desk above is told.
    Alarmed "alarmed" "超期督办" Alarmed,
    /// Who watches got an answer.
    Replied "replied" "督办回复" reply::Replied,
    /// Nobody watches it any more.
    Lifted "lifted" "解除督办" lift::Lifted,
    /// Somebody else looks after what hung on a person who left.
    HandedOver "handed_over" "交接" HandedOver,
    /// Its clocks were set anew, by rules that changed.
    Rescheduled "rescheduled" "重新计时" Rescheduled,
    /// Something was attached.
    Linked "linked" "建立联动" link::Linked,
    /// Something happened in what is attached.
    Recorded "recorded" "联动进展" record::Recorded,
    /// What is attached has ended.
    Concluded "concluded" "联动办结" conclude::Concluded,
    /// Somebody takes part.
    Involved "involved" "参与人员" involve::Involved,
    /// More photos were named.
    PhotosAdded "photos_added" "补充照片" add_photos::PhotosAdded,
    /// Somebody remarked.
    Commented "commented" "备注" comment::Commented,
}

impl EventBody {
    /// The number of the linkage that it is about.
    #[must_use]
    pub const fn linkage(&self) -> Option<u32> {
        if let Self::Linked(link::Linked { number, .. })
        | Self::Recorded(record::Recorded { number, .. })
        | Self::Concluded(conclude::Concluded { number, .. }) = self
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

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first event of an incident points back to.
    pub const GENESIS: Self = Self([0; 32]);

    /// The digest of `parts`, each preceded by its length so that no two lists of parts look alike.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no SHA-256 digest.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is no SHA-256 digest; 64 hexadecimal digits are")]
pub struct HashError(pub String);

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || HashError(text.to_owned());
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut digest = [0; 32];
        for (byte, digits) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(digest))
    }
}

serde_as_text!(Hash);

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

/// The hash of words that can be erased: the salt is erased with them, and what is left proves nothing about them.
#[must_use]
pub fn words_hash(salt: &[u8], words: &str) -> Hash {
    Hash::of(&[salt, words.as_bytes()])
}
