//! Remarks: the words that go with an event, what they are, and who may read them. They stand in rows of their own that
//! can be erased; the event keeps their salted hash.

use crate::{code::codes, text::Text};

codes! {
    /// Who may read a remark.
    Audience "audience" {
        /// Those who see the incident in full.
        Internal "internal" "内部",
        /// The reporter too, who may show it to residents.
        Reporter "reporter" "反映人",
        /// The grid worker who was sent to look, and those who see the incident in full.
        Checker "checker" "核查人",
        /// The desk that answers for the incident and the organisation whose linkage it is: what parties say in mediation
        /// stays there (人民调解法; 诉调对接).
        Confidential "confidential" "保密",
    }
}

codes! {
    /// What the words are.
    Label "words" {
        /// The words themselves: reason, result, reply, record.
        Text "text" "内容",
        /// The body that mediates, and its mediators as they sign.
        Mediators "mediators" "调解组织和调解员",
        /// A court.
        Court "court" "法院",
        /// What a hearing is about.
        Subject "subject" "听证事项",
        /// Where a hearing is held.
        Venue "venue" "听证地点",
        /// Who chairs it.
        Chair "chair" "听证主持人",
        /// What was said in it.
        Minutes "minutes" "听证笔录",
        /// The leader who is responsible, by post.
        Leader "leader" "包案领导（职务）",
        /// What the leader means to do.
        Plan "plan" "化解方案",
        /// To whom somebody was referred.
        Recipient "recipient" "接收单位",
        /// The name of somebody who took part.
        Name "name" "姓名",
    }
}

/// Words that go with an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// What they are.
    pub label: Label,
    /// Who may read them.
    pub audience: Audience,
    /// The words.
    pub text: Text,
}
