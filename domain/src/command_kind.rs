//! The code names of all commands.

use crate::code::codes;

codes! {
    /// A command, without its facts.
    CommandKind "command" {
        // Commands of a desk
        /// The desk accepts the incident.
        Accept "accept" "受理",
        /// The desk accepts the incident and dispatches it in one step.
        AcceptAndDispatch "accept_and_dispatch" "受理并派遣",
        /// A village accepts the matter, settles it itself and closes it in one step.
        Settle "settle" "直接办结",
        /// The desk declines it: it is not a matter for grid governance.
        Decline "decline" "不予受理",
        /// The desk asks the reporter for more information.
        RequestInfo "request_info" "要求补充",
        /// The reporter gives more information.
        Supplement "supplement" "补充材料",
        /// The reporter takes the report back before a desk accepts it.
        WithdrawReport "withdraw_report" "撤回上报",
        /// The desk sends the work to an organisation, or keeps it for itself.
        Dispatch "dispatch" "派遣",
        /// The desk gives the work to another organisation.
        Redispatch "redispatch" "改派",
        /// The sender takes the incident or the work back before the receiver accepts it.
        Withdraw "withdraw" "撤回",
        /// The desk passes the incident one level up.
        Escalate "escalate" "提级办理",
        /// The desk passes the incident one level down.
        HandDown "hand_down" "下派",
        /// The desk passes the incident to another desk of the same level.
        Transfer "transfer" "转办",
        /// The desk above takes over an incident that the desk did not accept in time.
        TakeOver "take_over" "接管",
        /// The desk refers the matter to an authority outside grid governance.
        Refer "refer" "移送",
        /// Corrects the category, the severity or the place.
        Correct "correct" "更正",
        /// Merges the incident into another one about the same matter.
        Merge "merge" "并案",
        /// Reverses a merge.
        Unmerge "unmerge" "撤销并案",
        /// Voids an incident that was reported by mistake.
        Void "void" "作废",
        // Commands of the organisation that does the work
        /// The organisation signs for the work.
        Acknowledge "acknowledge" "签收",
        /// The organisation sends the work back.
        Return "return" "退回",
        /// The organisation asks the desk above to decide whose duty the work is.
        Dispute "dispute" "申请裁定",
        /// The desk above decides whose duty the work is.
        Arbitrate "arbitrate" "裁定",
        /// The organisation arrives on site.
        Arrive "arrive" "登记到场",
        /// The desk calls in other organisations to help (吹哨).
        CallIn "call_in" "吹哨",
        /// A called-in organisation answers (应哨).
        Answer "answer" "应哨",
        /// The organisation asks for more time.
        Extend "extend" "申请延期",
        /// The organisation asks to suspend the work.
        Suspend "suspend" "申请挂账",
        /// Suspended work continues.
        Resume "resume" "恢复办理",
        /// The organisation submits its result.
        SubmitResult "submit_result" "提交结果",
        // Verification and closing
        /// The desk sends a grid worker to check the result on site.
        RequestCheck "request_check" "派员核查",
        /// The grid worker reports what the check found.
        ReportCheck "report_check" "反馈核查结果",
        /// The desk sends the result back for more work.
        Rework "rework" "返工",
        /// The desk closes the incident, settled or not.
        Close "close" "结案",
        /// Closes the incident without a result.
        ForceClose "force_close" "强制结案",
        /// Records a call or visit after closing.
        FollowUp "follow_up" "回访",
        /// The reporter says that the matter is not settled.
        Object "object" "提出异议",
        /// Reopens a closed incident.
        Reopen "reopen" "重新办理",
        // Commands that do not move the incident
        /// A second person approves a request.
        Approve "approve" "批准",
        /// A second person rejects a request.
        Reject "reject" "驳回",
        /// Reminds the holder.
        Remind "remind" "催办",
        /// Starts or raises the supervision of the incident.
        Supervise "supervise" "督办",
        /// Replies to the supervising desk.
        Reply "reply" "回复督办",
        /// Ends the supervision.
        Lift "lift" "解除督办",
        /// Opens a linkage: mediation, court, hearing, responsible leader, police, hotline or referral.
        Link "link" "建立联动",
        /// Records a step of a linkage.
        Record "record" "登记联动进展",
        /// Ends a linkage.
        Conclude "conclude" "办结联动",
        /// Registers a person who takes part.
        Involve "involve" "登记参与人员",
        /// Adds photos.
        AddPhotos "add_photos" "补充照片",
        /// Adds a comment.
        Comment "comment" "添加备注",
    }
}
