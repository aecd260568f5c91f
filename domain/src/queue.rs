//! Worklists: what waits for somebody at a desk, in a department, or in the field.

use crate::code::codes;

codes! {
    /// A worklist. Whose it is follows from who asks.
    Queue "queue" {
        /// What one's own organisation has to act on; for a grid worker, questions to answer and results to look at.
        Mine "mine" "待我办理",
        /// What one's own desk answers for, whoever works on it.
        Desk "desk" "本台负责",
        /// What one's own organisation has or answers for, with a step that is late.
        Overdue "overdue" "超期",
        /// Results that one's own desk has to look at.
        ToVerify "to_verify" "待核查",
        /// What departments sent back to one's own desk.
        Returned "returned" "被退回",
        /// What is watched: by one's own desk, or while one's own organisation has it.
        Supervised "supervised" "督办",
        /// What waits for a second person of one's own desk, or of one above it: requests and disputes.
        ToDecide "to_decide" "待批准裁定",
    }
}
