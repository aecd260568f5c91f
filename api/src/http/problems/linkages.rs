//! Problems with linkages.

use grassroots_domain::{
    code::Codes,
    incident::linkage::{LinkageError, LinkageOutcome, LinkageStep},
    time::wall_clock,
};

use crate::{http::problem::Problem, localization::localized, problem_code::ProblemCode};

impl From<LinkageError> for Problem {
    fn from(error: LinkageError) -> Self {
        let (code, detail) = match error {
            LinkageError::NotMediable { category } => (
                ProblemCode::NotMediable,
                localized!(
                    "类别 {category} 的事项不适用调解；如类别有误请先更正",
                    "matters of category {category} are not mediated; correct the category first if it is wrong"
                ),
            ),
            LinkageError::NoAgreement { number } => (
                ProblemCode::NoAgreement,
                localized!(
                    "本事件没有已达成协议的调解 {number}；司法确认以调解协议为前提",
                    "no mediation {number} of this incident ended in an agreement, which is what a court confirms"
                ),
            ),
            LinkageError::ConfirmationLate { from, last } => (
                ProblemCode::OutOfRange,
                localized!(
                    "司法确认须在协议达成后申请：{from} 至 {last}",
                    "a court can be asked to confirm the agreement from {from} to {last}"
                ),
            ),
            LinkageError::Officers { given } => (
                ProblemCode::OutOfRange,
                localized!(
                    "听证员 {given} 名，应为不少于 3 名的单数",
                    "there are {given} hearing officers; an odd number is right, three at least"
                ),
            ),
            LinkageError::NoticeShort { given, least } => (
                ProblemCode::OutOfRange,
                localized!(
                    "通知与听证之间只有 {given} 个工作日，至少 {least} 个；请推迟听证",
                    "{given} working days lie between the notice and the hearing, at least {least} have to; hold it later"
                ),
            ),
            LinkageError::RestrictedHearing => (
                ProblemCode::OutOfRange,
                localized!(
                    "受限事件不公开听证，请将 public 设为 false",
                    "what is restricted is not heard in public; set public to false"
                ),
            ),
            LinkageError::DatePassed { given } => (
                ProblemCode::OutOfRange,
                localized!(
                    "{given} 已经过去，请给出将来的日期",
                    "{given} is over already; give a day to come"
                ),
            ),
            LinkageError::StillToCome { given } => (
                ProblemCode::TooEarly,
                localized!(
                    "{given} 尚未到来",
                    "{given} is still to come",
                    given = wall_clock(given).format("%Y-%m-%d %H:%M")
                ),
            ),
            LinkageError::ClosedAlready { kind } => (
                ProblemCode::WrongState,
                localized!(
                    "事件已结案，不能再建立“{zh}”；确需办理请先重新办理（reopen）",
                    "the incident is closed and takes no {kind} any more; reopen it first",
                    zh = kind.zh()
                ),
            ),
            LinkageError::Unknown { number } => (
                ProblemCode::UnknownLinkage,
                localized!(
                    "事件没有联动 {number}；已有的见 GET …/linkages",
                    "the incident has no linkage {number}; GET …/linkages lists those it has"
                ),
            ),
            LinkageError::NotYours { number, by } => (
                ProblemCode::NotYours,
                localized!(
                    "联动 {number} 由 {by} 登记，由该单位或受理台续办",
                    "linkage {number} is that of {by}; it, or the desk, goes on with it"
                ),
            ),
            LinkageError::NoSuchStep { kind, step, known } => (
                ProblemCode::WrongState,
                localized!(
                    "“{zh}”现在没有“{step_zh}”这一步；可用：{known}",
                    "{step} does not happen in {kind} now; one of these does: {known}",
                    zh = kind.zh(),
                    step_zh = step.zh(),
                    known =
                        if known.is_empty() { "–".to_owned() } else { names(&known, LinkageStep::as_str) },
                ),
            ),
            LinkageError::NoSuchEnd { kind, conclusion } => (
                ProblemCode::WrongType,
                localized!(
                    "“{zh}”没有“{end_zh}”这一结果；可用：{known}",
                    "{kind} does not end {conclusion}; one of these does: {known}",
                    zh = kind.zh(),
                    end_zh = conclusion.zh(),
                    known = names(kind.conclusions(), LinkageOutcome::as_str),
                ),
            ),
            LinkageError::Ended { number, conclusion } => (
                ProblemCode::DecidedAlready,
                localized!(
                    "联动 {number} 已办结（{zh}）",
                    "linkage {number} has ended already: {conclusion}",
                    zh = conclusion.zh()
                ),
            ),
            LinkageError::TooOften { step, most } => (
                ProblemCode::TooOften,
                localized!("“{zh}”最多 {most} 次", "{step} happens {most} times at most", zh = step.zh()),
            ),
            LinkageError::NumberMissing => (
                ProblemCode::MissingField,
                localized!("请给出 external_no", "give the number as external_no"),
            ),
            LinkageError::TooMany { most } => {
                (ProblemCode::TooOften, localized!("最多 {most} 项", "there are {most} at most"))
            }
        };
        Self::new(code, detail)
    }
}

fn names<T: Codes>(all: &[T], name: fn(T) -> &'static str) -> String {
    all.iter().map(|one| name(*one)).collect::<Vec<_>>().join(", ")
}
