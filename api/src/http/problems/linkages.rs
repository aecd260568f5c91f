//! Problems with linkages.

use grassroots_domain::{
    code::Codes,
    incident::linkage::{LinkageError, LinkageOutcome, LinkageStep},
    time::wall_clock,
};

use crate::http::problems::table::problem_table;

problem_table! { LinkageError;
    LinkageError::NotMediable { category } => (NotMediable,
        "类别 {category} 的事项不适用调解；如类别有误请先更正",
        "matters of category {category} are not mediated; correct the category first if it is wrong"),
    LinkageError::NoAgreement { number } => (NoAgreement,
        "本事件没有已达成协议的调解 {number}；司法确认以调解协议为前提",
        "no mediation {number} of this incident ended in an agreement, which is what a court confirms"),
    LinkageError::ConfirmationLate { from, last } => (OutOfRange,
        "司法确认须在协议达成后申请：{from} 至 {last}",
        "a court can be asked to confirm the agreement from {from} to {last}"),
    LinkageError::Officers { given } => (OutOfRange,
        "听证员 {given} 名，应为不少于 3 名的单数",
        "there are {given} hearing officers; an odd number is right, three at least"),
    LinkageError::NoticeShort { given, least } => (OutOfRange,
        "通知与听证之间只有 {given} 个工作日，至少 {least} 个；请推迟听证",
        "{given} working days lie between the notice and the hearing, at least {least} have to; hold it later"),
    LinkageError::RestrictedHearing => (OutOfRange,
        "受限事件不公开听证，请将 public 设为 false",
        "what is restricted is not heard in public; set public to false"),
    LinkageError::DatePassed { given } => (OutOfRange,
        "{given} 已经过去，请给出将来的日期",
        "{given} is over already; give a day to come"),
    LinkageError::StillToCome { given } => (TooEarly,
        "{given} 尚未到来",
        "{given} is still to come",
        given = wall_clock(given).format("%Y-%m-%d %H:%M")),
    LinkageError::ClosedAlready { kind } => (WrongState,
        "事件已结案，不能再建立“{zh}”；确需办理请先重新办理（reopen）",
        "the incident is closed and takes no {kind} any more; reopen it first",
        zh = kind.zh()),
    LinkageError::Unknown { number } => (UnknownLinkage,
        "事件没有联动 {number}；已有的见 GET …/linkages",
        "the incident has no linkage {number}; GET …/linkages lists those it has"),
    LinkageError::NotYours { number, by } => (NotYours,
        "联动 {number} 由 {by} 登记，由该单位或受理台续办",
        "linkage {number} is that of {by}; it, or the desk, goes on with it"),
    LinkageError::NoSuchStep { kind, step, known } => (WrongState,
        "“{zh}”现在没有“{step_zh}”这一步；可用：{known}",
        "{step} does not happen in {kind} now; one of these does: {known}",
        zh = kind.zh(), step_zh = step.zh(), known = if known.is_empty() { "–".to_owned() } else { names(&known, LinkageStep::as_str) }),
    LinkageError::NoSuchEnd { kind, conclusion } => (WrongType,
        "“{zh}”没有“{end_zh}”这一结果；可用：{known}",
        "{kind} does not end {conclusion}; one of these does: {known}",
        zh = kind.zh(), end_zh = conclusion.zh(), known = names(kind.conclusions(), LinkageOutcome::as_str)),
    LinkageError::Ended { number, conclusion } => (DecidedAlready,
        "联动 {number} 已办结（{zh}）",
        "linkage {number} has ended already: {conclusion}",
        zh = conclusion.zh()),
    LinkageError::TooOften { step, most } => (TooOften,
        "“{zh}”最多 {most} 次",
        "{step} happens {most} times at most",
        zh = step.zh()),
    LinkageError::NumberMissing => (MissingField, "请给出 external_no", "give the number as external_no"),
    LinkageError::TooMany { most } => (TooOften, "最多 {most} 项", "there are {most} at most"),
}

fn names<T: Codes>(all: &[T], name: fn(T) -> &'static str) -> String {
    all.iter().map(|one| name(*one)).collect::<Vec<_>>().join(", ")
}
