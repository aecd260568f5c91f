//! Problems with changes of the rules.

use grassroots_domain::rules::{category::CategoryCode, routing::Localized};

use crate::{
    app::error::RulesError,
    http::{body_error, problem::Problem},
    localization::{explain::Explain, localized},
    problem_code::ProblemCode,
};

impl From<RulesError> for Problem {
    fn from(error: RulesError) -> Self {
        match error {
            RulesError::Forbidden => Self::new(
                ProblemCode::Forbidden,
                localized!("只有系统管理员可以修改规则", "only system administrators change rules"),
            ),
            RulesError::VersionMissing { current } => Self::new(
                ProblemCode::PreconditionRequired,
                localized!(
                    "请在 If-Match 中给出您看到的规则版本，当前为 \"{current}\"",
                    "send the version of the rules you saw as If-Match; it is \"{current}\" now"
                ),
            )
            .with("current_version", current),
            RulesError::Stale { given, current } => Self::new(
                ProblemCode::StaleRules,
                localized!(
                    "您看到的是第 {given} 版规则，现为第 {current} 版，请重新读取",
                    "you saw version {given} of the rules; it is {current} now: read them again"
                ),
            )
            .with("current_version", current),
            RulesError::Malformed { path, message } => {
                let Localized { zh, en } = body_error::of_value(&message);
                let pointer = format!("/changes/{}", path.replace(['.', '['], "/").replace(']', ""));
                Self::field(
                    ProblemCode::InvalidRules,
                    &pointer,
                    localized!("修改后的规则 {path} 有误：{zh}", "the changed rules are wrong at {path}: {en}"),
                )
            }
            RulesError::Wrong(error) => Self::field(ProblemCode::InvalidRules, "/changes", error.explain()),
            RulesError::InUse(open) => {
                Self::field(ProblemCode::InvalidRules, "/changes/categories", in_use(&open))
            }
            RulesError::Overtaken { began, current } => Self::new(
                ProblemCode::RulesChanged,
                localized!(
                    "重新计算是按第 {began} 版规则开始的，现行规则为第 {current} 版；请不带 after 从头开始",
                    "the recomputation began by version {began} of the rules; version {current} is in force now: start \
                     anew, without after"
                ),
            )
            .with("current_version", current),
        }
    }
}

fn in_use(open: &[(CategoryCode, u64)]) -> Localized {
    let each = |(code, number): &(CategoryCode, u64)| format!("{code} ({number})");
    let listed = open.iter().map(each).collect::<Vec<_>>().join(", ");
    localized!(
        "不能移除仍有未结事件的类别，括号内为未结事件数：{listed}；请保留，或待事件办结后再移除",
        "categories that open incidents have cannot be dropped, with their number: {listed}; keep them until these are closed"
    )
}
