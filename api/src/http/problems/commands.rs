//! Why a command is not carried out.

use grassroots_domain::command_kind::CommandKind;

use crate::{
    app::{commands::CommandError, incidents::ReadError},
    http::problem::Problem,
    localization::localized,
    problem_code::ProblemCode,
};

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Store(error) => error.into(),
            CommandError::NotFound => Self::not_found(),
            CommandError::NotReady => Self::new(
                ProblemCode::Unavailable,
                localized!("系统尚未导入类别和日历", "categories and calendar are not imported yet"),
            ),
            CommandError::KeyMissing => Self::new(
                ProblemCode::IdempotencyKeyMissing,
                localized!(
                    "请在 Idempotency-Key 中给出一个新的 UUID，重发时保持不变",
                    "send a new UUID as Idempotency-Key, and the same one when you send the command again"
                ),
            ),
            CommandError::KeyReused => Self::new(
                ProblemCode::IdempotencyKeyReused,
                localized!(
                    "该 Idempotency-Key 已用于另一请求，请换一个新的 UUID",
                    "this Idempotency-Key was used for another request; make a new UUID"
                ),
            ),
            CommandError::VersionMissing { current } => Self::new(
                ProblemCode::PreconditionRequired,
                localized!(
                    "请在 If-Match 中给出您看到的版本（ETag），当前为 \"{current}\"",
                    "send the version you saw as If-Match; it is \"{current}\" now"
                ),
            )
            .with("current_version", current),
            CommandError::Stale { given, current, state } => Self::new(
                ProblemCode::StaleVersion,
                localized!(
                    "您看到的是第 {given} 版，事件已更新到第 {current} 版（{zh}），请重新读取",
                    "you saw version {given}; the incident is at version {current} ({state}) now: read it again",
                    zh = state.zh()
                ),
            )
            .with("current_version", current)
            .with("current_state", state.as_str()),
            CommandError::Refused { refusal, allowed } => {
                let allowed: Vec<&str> = allowed.into_iter().map(CommandKind::as_str).collect();
                Self::from(refusal).with("allowed", allowed)
            }
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(error) => error.into(),
            ReadError::NotFound => Self::not_found(),
            ReadError::SummaryOnly => Self::new(
                ProblemCode::Forbidden,
                localized!("该事件只向您显示摘要", "only a summary of this incident is shown to you"),
            ),
        }
    }
}
