//! Problems with linkages.

use grassroots_domain::{
    incident::linkage::{LinkageError, LinkageOutcome, LinkageStep},
    time::wall_clock,
};

use crate::http::problems::table::problem_table;

problem_table! { refused(LinkageError, names);
    LinkageError::NotMediable { category } => (NotMediable,
        "“{zh}”不适用调解；类别有误的，请先更正",
        "matters of category {category} are not mediated; correct the category first if it is wrong",
        zh = names.category(category)),
    LinkageError::NoAgreement { number } => (NoAgreement,
        "第 {number} 项联动不是已达成协议的调解；司法确认以调解协议为前提",
        "no mediation {number} of this incident ended in an agreement, which is what a court confirms"),
    LinkageError::ConfirmationLate { from, last } => (OutOfRange,
        "司法确认的申请期限为 {from} 至 {last}",
        "a court can be asked to confirm the agreement from {from} to {last}"),
    LinkageError::Officers { given } => (OutOfRange,
        "听证员 {given} 名，应为不少于 3 名的单数",
        "there are {given} hearing officers; an odd number is right, three at least"),
    LinkageError::NoticeShort { given, least } => (OutOfRange,
        "通知与听证之间只有 {given} 个工作日，至少 {least} 个；请推迟听证",
        "{given} working days lie between the notice and the hearing, at least {least} have to; hold it later"),
    LinkageError::RestrictedHearing => (OutOfRange,
        "受限事件不公开听证，请选择不公开",
        "what is restricted is not heard in public; set public to false"),
    LinkageError::DatePassed { given } => (OutOfRange,
        "{given} 已经过去，请选择将来的日期",
        "{given} is over already; give a day to come"),
    LinkageError::StillToCome { given } => (TooEarly,
        "{given} 尚未到，请填写已经发生的时间",
        "{given} is still to come",
        given = wall_clock(given).format("%Y-%m-%d %H:%M")),
    LinkageError::ClosedAlready { kind } => (WrongState,
        "事件已结案，不能再建立{zh}；确需办理的，请先重新办理",
        "the incident is closed and takes no {kind} any more; reopen it first",
        zh = kind.zh()),
    LinkageError::Unknown { number } => (UnknownLinkage,
        "事件没有第 {number} 项联动",
        "the incident has no linkage {number}; GET …/linkages lists those it has"),
    LinkageError::NotYours { number, by } => (NotYours,
        "第 {number} 项联动由{name}登记，只能由其或负责的受理台续办",
        "linkage {number} is that of {by}; it, or the desk, goes on with it",
        name = names.organisation(by))
        .with("organisation", by.to_string()),
    LinkageError::NoSuchStep { kind, step, known } => (WrongState,
        "{zh}现在不能登记“{step_zh}”{instead}",
        "{step} does not happen in {kind} now{codes}",
        zh = kind.zh(), step_zh = step.zh(),
        instead = listed("，可以登记：", "、", &known, LinkageStep::zh),
        codes = listed("; one of these does: ", ", ", &known, LinkageStep::as_str)),
    LinkageError::NoSuchEnd { kind, conclusion } => (WrongType,
        "{zh}没有“{end_zh}”这一结果{instead}",
        "{kind} does not end {conclusion}{codes}",
        zh = kind.zh(), end_zh = conclusion.zh(),
        instead = listed("，请选择：", "、", kind.conclusions(), LinkageOutcome::zh),
        codes = listed("; one of these does: ", ", ", kind.conclusions(), LinkageOutcome::as_str)),
    LinkageError::Ended { number, conclusion } => (DecidedAlready,
        "第 {number} 项联动已办结（{zh}）",
        "linkage {number} has ended already: {conclusion}",
        zh = conclusion.zh()),
    LinkageError::TooOften { step, most } => (TooOften,
        "{zh}最多 {most} 次",
        "{step} happens {most} times at most",
        zh = step.zh()),
    LinkageError::NumberMissing => (MissingField at "/external_no", "请填写案号或工单号", "give the number as external_no"),
    LinkageError::TooMany { most } => (TooOften, "联动及其进展最多登记 {most} 项", "there are {most} at most"),
}

/// `before` and the names of `all`; nothing if there are none.
fn listed<T: Copy>(before: &str, between: &str, all: &[T], name: fn(T) -> &'static str) -> String {
    if all.is_empty() {
        return String::new();
    }
    before.to_owned() + &all.iter().map(|one| name(*one)).collect::<Vec<_>>().join(between)
}
