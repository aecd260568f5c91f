//! How often each command is tried.

use grassroots_domain::command_kind::CommandKind;

/// Commands on the way to most others.
const OFTEN: [CommandKind; 5] = [
    CommandKind::Accept,
    CommandKind::Dispatch,
    CommandKind::Acknowledge,
    CommandKind::SubmitResult,
    CommandKind::Approve,
];

/// How often a command is tried that is seldom possible: the second is only after two of the first.
const SELDOM_POSSIBLE: [(CommandKind, u32); 2] = [(CommandKind::Return, 300), (CommandKind::Dispute, 1_000)];

/// Commands that mostly end an incident: there is more to try on one that lives.
const ENDS: [CommandKind; 6] = [
    CommandKind::Decline,
    CommandKind::Refer,
    CommandKind::Void,
    CommandKind::Merge,
    CommandKind::Close,
    CommandKind::ForceClose,
];

/// How often a command is tried that is allowed: most are tried less the oftener they were carried out `before`.
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
