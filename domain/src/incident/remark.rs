//! Remarks: the texts of an event, with their meaning and readers. They are stored in their own rows, which can be erased.
//! The event only keeps a salted hash of each text.

use crate::{code::codes, text::Text};

codes! {
    /// The readers of a remark.
    Audience "audience" {
    /// Accounts that see the incident in full.
    Internal "internal" "内部",
    /// Accounts that see the incident in full, and the reporter, who may show it to residents.
    Reporter "reporter" "上报人",
    /// Accounts that see the incident in full, and the grid worker who checks the result.
    Checker "checker" "核查员",
    /// Only the responsible desk and the organisation that opened the linkage. Statements in mediation are confidential
    /// (人民调解法; 诉调对接).
        Confidential "confidential" "保密",
    }
}

codes! {
    /// The meaning of a remark.
    Label "words" {
    /// The main text of the event: reason, result, reply or record.
    Text "text" "内容",
    /// The mediation body and the names of the mediators.
    Mediators "mediators" "调解组织和调解员",
    /// The name of a court.
    Court "court" "法院",
    /// The subject of a hearing.
    Subject "subject" "听证事项",
    /// The place of a hearing.
    Venue "venue" "听证地点",
    /// The chair of a hearing.
    Chair "chair" "听证主持人",
    /// The minutes of a hearing.
    Minutes "minutes" "听证笔录",
    /// The post of the responsible leader.
    Leader "leader" "包案领导（职务）",
    /// The leader's plan.
    Plan "plan" "化解方案",
    /// The organisation that a person was referred to.
    Recipient "recipient" "接收单位",
    /// The reply to the reporter, beside the main text.
    Reply "reply" "答复",
    /// The name of a participant.
    Name "name" "姓名",
    }
}

/// A text of an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    pub label: Label,
    pub audience: Audience,
    pub text: Text,
}
