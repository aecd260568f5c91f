//! Reasons of commands. They are part of the rules, so new rule versions can change them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    code::serde_as_text,
    text::invalid_value::{InvalidValue, invalid},
};

/// The maximum length of a code, in characters.
const MAX_LENGTH: usize = 40;

/// The code name of a reason, such as `beyond_authority`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReasonCode(String);

impl ReasonCode {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ReasonCode {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if text.is_empty() || text.len() > MAX_LENGTH || !text.bytes().all(is_allowed) {
            return Err(invalid!(
                "“{text}”不是理由代码；由小写字母、数字和下划线组成，例如 beyond_authority",
                "{text:?} is no code of a reason: lower-case letters, digits and _ are, such as beyond_authority"
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

serde_as_text!(ReasonCode);

/// A reason with its Chinese and English names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reason {
    pub code: ReasonCode,
    pub zh: String,
    pub en: String,
}

/// Default reasons: code, Chinese name, English name.
pub(crate) type Defaults = &'static [(&'static str, &'static str, &'static str)];

/// Why a desk declines a report.
pub(crate) const DECLINE: Defaults = &[
    ("not_in_scope", "不属于受理范围", "others are in charge"),
    ("no_such_fact", "事实不存在", "there is nothing there"),
    ("already_in_legal_procedure", "已进入法定程序", "a court or an authority already deals with it"),
    ("insufficient_info", "信息不足", "it cannot be told what is meant"),
    ("other", "其他", "other"),
];

/// Why a desk escalates an incident.
pub(crate) const ESCALATE: Defaults = &[
    ("beyond_authority", "超出权限", "the level may not do what is needed"),
    ("needs_joint_action", "需要联合处置", "several departments must act together"),
    ("cross_area", "跨区域", "it lies in several areas"),
    ("failed_mediation", "调解不成", "mediation was tried and failed"),
    ("severity_raised", "等级上升", "it became worse"),
];

/// Why an organisation returns work, or disputes its duty.
pub(crate) const RETURN: Defaults = &[
    ("wrong_place", "属地不符", "not in its area"),
    ("unclear_duty", "权属不清", "whose duty it is, is not clear"),
    ("overlapping_duty", "职能交叉", "several organisations share the duty"),
    ("other", "其他", "other"),
];

/// Why a desk transfers an incident to another desk of the same level.
pub(crate) const TRANSFER: Defaults = &[
    ("wrong_place", "属地不符", "it lies in the other desk's area"),
    ("main_site_elsewhere", "主要事发地在他处", "most of it happened in the other desk's area"),
    ("other", "其他", "other"),
];

/// Why work is suspended.
pub(crate) const SUSPEND: Defaults = &[
    ("seasonal_works", "季节性施工", "works that wait for the season"),
    ("funds", "资金待落实", "funds are not there yet"),
    ("litigation_pending", "诉讼未决", "a court has not decided yet"),
    ("party_absent", "当事人外出", "a party is away"),
    ("other", "其他", "other"),
];

#[expect(clippy::expect_used, reason = "the codes are constants, and a test reads all of them")]
pub(crate) fn defaults(table: Defaults) -> Vec<Reason> {
    let reason = |(code, zh, en): &(&str, &str, &str)| Reason {
        code: code.parse().expect("a code name"),
        zh: (*zh).to_owned(),
        en: (*en).to_owned(),
    };
    table.iter().map(reason).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_names_are_lower_case() {
        for table in [DECLINE, ESCALATE, RETURN, TRANSFER, SUSPEND] {
            assert_eq!(defaults(table).len(), table.len());
        }
        for wrong in ["", "Other", "属地不符", "a b", "x".repeat(41).as_str()] {
            assert!(wrong.parse::<ReasonCode>().is_err(), "{wrong:?}");
        }
    }
}
