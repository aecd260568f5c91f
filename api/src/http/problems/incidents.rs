//! Problems with reports, incidents and commands.

use crate::{app::error::IncidentError, http::problems::table::problem_table};

problem_table! { IncidentError;
    IncidentError::CannotReport => (Unavailable,
        "系统尚未导入类别和日历，暂不能接收上报",
        "categories and calendar are not imported yet; reports cannot be taken"),
    IncidentError::ReportConflict { stored, sent } => (ReportConflict,
        "该编号已登记了内容不同的上报，原上报保持不变；新的情况请用新的编号上报",
        "a report with other content has this id and stays as it is; use a new id for a new report")
        .with("stored_sha256", stored.to_string())
        .with("sent_sha256", sent.to_string()),
    IncidentError::IdTaken => (IdTaken,
        "该编号不可用，请换新编号上报",
        "this id cannot be used; make a new UUID"),
    IncidentError::ExternalNoTaken { incident: Some(incident) } => (ExternalNoTaken,
        "该来源的这一编号已登记，请在原事件中补充情况",
        "an incident with this number of the source exists; add what is new to it")
        .with("incident", incident.to_string()),
    IncidentError::ExternalNoTaken { incident: None } => (ExternalNoTaken,
        "该来源的这一编号已由其他单位登记，请核对编号",
        "another organisation entered this number of the source; check the number"),
    IncidentError::SummaryOnly => (Forbidden,
        "该事件只向您显示摘要",
        "only a summary of this incident is shown to you"),
    IncidentError::FiguresOfOthers => (Forbidden,
        "该单位的统计只向本单位和上级的受理台、审计管理员开放",
        "the figures of a unit are for its own desk, the desks above and audit administrators"),
    IncidentError::KeyMissing => (IdempotencyKeyMissing,
        "请在 Idempotency-Key 中给出一个新的 UUID，重发时保持不变",
        "send a new UUID as Idempotency-Key, and the same one when you send the command again"),
    IncidentError::KeyReused => (IdempotencyKeyReused,
        "该 Idempotency-Key 已用于另一请求，请换一个新的 UUID",
        "this Idempotency-Key was used for another request; make a new UUID"),
    IncidentError::VersionMissing { current } => (PreconditionRequired,
        "请在 If-Match 中给出您看到的版本（ETag），当前为 \"{current}\"",
        "send the version you saw as If-Match; it is \"{current}\" now")
        .with("current_version", current),
    IncidentError::Stale { given, current, state } => (StaleVersion,
        "您看到的是第 {given} 版，事件已更新到第 {current} 版（{zh}），请重新读取",
        "you saw version {given}; the incident is at version {current} ({state}) now: read it again",
        zh = state.zh())
        .with("current_version", current)
        .with("current_state", state.as_str()),
}
