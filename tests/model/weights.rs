//! How often each command is tried.

use grassroots_domain::command_kind::CommandKind;

/// Commands that most other commands depend on.
const OFTEN: [CommandKind; 5] = [
    CommandKind::Accept,
    CommandKind::Dispatch,
    CommandKind::Acknowledge,
    CommandKind::SubmitResult,
    CommandKind::Approve,
];

/// The weights of commands that are rarely possible. A dispute is possible only after two returns.
const SELDOM_POSSIBLE: [(CommandKind, u32); 2] = [(CommandKind::Return, 300), (CommandKind::Dispute, 1_000)];

/// Commands that usually end an incident. They are tried less, because most commands need an open incident.
const ENDS: [CommandKind; 6] = [
    CommandKind::Decline,
    CommandKind::Refer,
    CommandKind::Void,
    CommandKind::Merge,
    CommandKind::Close,
    CommandKind::ForceClose,
];

/// The weight of an allowed command. Most weights decrease with the number of times it was carried out `before`.
pub fn weight(kind: CommandKind, before: u32) -> u32 {
    if let Some((_, weight)) = SELDOM_POSSIBLE.iter().find(|(known, _)| *known == kind) {
        *weight
    } else if OFTEN.contains(&kind) {
        40
    } else if ENDS.contains(&kind) {
        1 + 12 / (1 + before)
    } else {
        1 + 60 / (1 + before)
    }
}
