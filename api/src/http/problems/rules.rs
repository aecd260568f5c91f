//! Problems with changes of the rules.

use grassroots_domain::{
    rules::category::CategoryCode,
    text::localized::{Localized, localized},
};

use crate::{
    app::error::RulesError,
    http::{
        problem::Problem,
        problems::{shape, table::problem_table},
    },
    problem_code::ProblemCode,
    validation::shape_error::{Fault, Segment, ShapeError, pointer_to},
};

problem_table! { RulesError;
    RulesError::Forbidden => (Forbidden, "只有系统管理员可以修改规则", "only system administrators change rules"),
    RulesError::VersionMissing { current } => (PreconditionRequired,
        "请在 If-Match 中给出您看到的规则版本，当前为 \"{current}\"",
        "send the version of the rules you saw as If-Match; it is \"{current}\" now")
        .with("current_version", current),
    RulesError::Stale { given, current } => (StaleRules,
        "您看到的是第 {given} 版规则，现为第 {current} 版，请重新读取",
        "you saw version {given} of the rules; it is {current} now: read them again")
        .with("current_version", current),
    RulesError::Malformed(error) => (= malformed(&error)),
    RulesError::Wrong(error) => (= Self::field(ProblemCode::InvalidRules, "/changes", error.into())),
    RulesError::InUse(open) => (InvalidRules at "/changes/categories",
        "不能移除仍有未结事件的类别，括号内为未结事件数：{listed}；请保留，或待事件办结后再移除",
        "categories that open incidents have cannot be dropped, with their number: {listed}; keep them until these are closed",
        listed = listed(&open)),
    RulesError::Overtaken { began, current } => (RulesChanged,
        "重新计算是按第 {began} 版规则开始的，现行规则为第 {current} 版；请不带 after 从头开始",
        "the recomputation began by version {began} of the rules; version {current} is in force now: start anew, without after")
        .with("current_version", current),
}

/// The problem for changed rules that are no rule book.
fn malformed(error: &ShapeError) -> Problem {
    let (path, Localized { zh, en }) = (dotted(&error.path), misshapen(&error.fault));
    let detail = localized!("修改后的规则 {path} 有误：{zh}", "the changed rules are wrong at {path}: {en}");
    Problem::field(ProblemCode::InvalidRules, &format!("/changes{}", pointer_to(&error.path)), detail)
}

/// Writes a path as text, such as `calendar.hours[0].from`.
fn dotted(path: &[Segment]) -> String {
    let mut dotted = String::new();
    for segment in path {
        match segment {
            Segment::Key(key) if dotted.is_empty() => dotted.push_str(key),
            Segment::Key(key) => dotted.extend([".", key]),
            Segment::Index(index) => dotted.push_str(&format!("[{index}]")),
        }
    }
    dotted
}

/// The explanation of a wrong value. It lists only some of the known fields, because a rule book has many.
fn misshapen(fault: &Fault) -> Localized {
    let Fault::UnknownField { known } = fault else { return shape::text(fault) };
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    localized!(
        "没有这个参数；可用：{zh}",
        "there is no such parameter; expected one of {en}",
        zh = known.join("、"),
        en = known.join(", ")
    )
}

/// Lists categories with the number of their incidents.
fn listed(open: &[(CategoryCode, u64)]) -> String {
    let each = |(code, number): &(CategoryCode, u64)| format!("{code} ({number})");
    open.iter().map(each).collect::<Vec<_>>().join(", ")
}
