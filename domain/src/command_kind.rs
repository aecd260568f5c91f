//! The names of all commands.

use crate::code::codes;

codes! {
    /// The commands by name.
    CommandKind "command" {
        // The desk
        /// Takes the incident on.
        Accept "accept" "受理",
        /// Says that it is no matter for grid governance.
        Decline "decline" "不予受理",
        /// Asks the reporter for more.
        RequestInfo "request_info" "要求补充",
        /// Gives more information.
        Supplement "supplement" "补充材料",
        /// Sends it to an organisation, or to the desk itself.
        Dispatch "dispatch" "派遣",
        /// Takes back what was sent and not yet taken on.
        Withdraw "withdraw" "撤回",
        /// One level up.
        Escalate "escalate" "升级",
        /// One level down.
        HandDown "hand_down" "下派",
        /// To another desk of the same level.
        Transfer "transfer" "移送",
        /// The desk above takes over what is not accepted.
        TakeOver "take_over" "接管",
        /// To an authority outside grid governance.
        Refer "refer" "转出",
        /// Says what it is, how bad, or where, after all.
        Correct "correct" "更正",
        /// Another report of the same matter stands for it.
        Merge "merge" "并案",
        /// It is a matter of its own after all.
        Unmerge "unmerge" "撤销并案",
        /// It was reported by mistake.
        Void "void" "作废",
        // The work
        /// The organisation takes the work on.
        Acknowledge "acknowledge" "签收",
        /// The organisation sends the work back.
        Return "return" "退回",
        /// The organisation asks the desk above whose duty it is.
        Dispute "dispute" "申请裁定",
        /// The desk above says whose duty it is.
        Arbitrate "arbitrate" "裁定",
        /// Somebody is on site.
        Arrive "arrive" "到场",
        /// Calls other organisations in (吹哨).
        CallIn "call_in" "吹哨",
        /// An organisation that helps answers (应哨).
        Answer "answer" "应哨",
        /// Asks for more time.
        Extend "extend" "申请延期",
        /// Asks that work stands still.
        Suspend "suspend" "申请挂账",
        /// Work goes on.
        Resume "resume" "恢复办理",
        /// The organisation hands in its result.
        SubmitResult "submit_result" "提交结果",
        // The end
        /// Sends a grid worker to look at the result.
        RequestCheck "request_check" "派员核查",
        /// Says what was found on site.
        ReportCheck "report_check" "反馈核查",
        /// The desk wants more work done.
        Rework "rework" "返工",
        /// The desk is satisfied, or knows that nothing more can be done.
        Close "close" "结案",
        /// Closes without a result.
        ForceClose "force_close" "强制结案",
        /// Asks how it was settled.
        FollowUp "follow_up" "回访",
        /// A closed incident is not settled after all.
        Reopen "reopen" "重新办理",
        // Beside the way
        /// A second person agrees.
        Approve "approve" "批准",
        /// A second person disagrees.
        Reject "reject" "驳回",
        /// Asks to hurry.
        Remind "remind" "催办",
        /// Watches it.
        Supervise "supervise" "督办",
        /// Answers who watches.
        Reply "reply" "督办回复",
        /// Watches no more.
        Lift "lift" "解除督办",
        /// Attaches mediation, a court, a hearing, a leader, the police, the hotline or help.
        Link "link" "建立联动",
        /// Tells what happened in what is attached.
        Record "record" "登记联动进展",
        /// Ends what is attached.
        Conclude "conclude" "联动办结",
        /// Somebody takes part.
        Involve "involve" "登记参与人员",
        /// More photos.
        AddPhotos "add_photos" "补充照片",
        /// A remark.
        Comment "comment" "备注",
    }
}
