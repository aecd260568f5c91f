//! Explanations for values of the wrong shape.

use std::num::IntErrorKind;

use grassroots_domain::text::localized::{Localized, localized};

use crate::validation::shape_error::Fault;

const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
/// An example of a time. It is in UTC, so that it can be copied into a query without encoding.
const TIME: &str = "2026-11-23T01:30:00Z";
const DATE: &str = "2026-11-23";

/// Explains what would be right instead of the wrong value. The caller quotes the value itself, which may be long.
pub fn text(fault: &Fault) -> Localized {
    match fault {
        Fault::Syntax => localized!("不是有效的 JSON", "it is not JSON"),
        Fault::MissingField(name) => localized!("缺少 `{name}`", "`{name}` is missing"),
        Fault::DuplicateField(name) => localized!("`{name}` 出现了两次", "`{name}` is there twice"),
        Fault::UnknownField { known } => {
            let Localized { zh, en } = listed(known);
            localized!("没有这个参数；可用：{zh}", "there is no such parameter; expected {en}")
        }
        Fault::UnknownVariant { known } => {
            let Localized { zh, en } = listed(known);
            localized!("可用取值：{zh}", "expected {en}")
        }
        Fault::WrongType { expected } => {
            localized!("应为{zh}", "expected {expected}", zh = type_name(expected))
        }
        Fault::OutOfRange => localized!("数字超出范围", "the number is out of range"),
        Fault::Unreadable { expected, message } => match expected.as_str() {
            "a formatted UUID string" => {
                localized!("应为 UUID，例如 {UUID}", "expected a UUID such as {UUID}")
            }
            "an RFC 3339 formatted date and time string"
            | "a formatted date string"
            | "a formatted time string" => {
                localized!(
                    "应为带时区的时间，例如 {TIME}；只要日期的地方写 {DATE}",
                    "expected a time with its zone such as {TIME}; where a day is asked for, {DATE}"
                )
            }
            _ => Localized { zh: message.clone(), en: message.clone() },
        },
        Fault::NotWhole(kind) => not_whole(kind),
        Fault::NotNumber => localized!("应为数字", "expected a number"),
        Fault::NotBoolean => localized!("应为 true 或 false", "expected true or false"),
        Fault::Other(message) => Localized { zh: message.clone(), en: message.clone() },
    }
}

/// Writes names as a list.
pub fn listed(names: &[String]) -> Localized {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let en = match quoted.as_slice() {
        [one, other] => format!("{one} or {other}"),
        [] | [_] => quoted.concat(),
        _ => format!("one of {}", quoted.join(", ")),
    };
    Localized { zh: quoted.join("、"), en }
}

fn not_whole(kind: &IntErrorKind) -> Localized {
    if *kind == IntErrorKind::PosOverflow {
        localized!("数字过大", "the number is too large")
    } else if *kind == IntErrorKind::NegOverflow {
        localized!("数字过小", "the number is too small")
    } else {
        localized!("应为不小于零的整数", "expected a whole number, not below zero")
    }
}

/// The Chinese name of a type that serde, chrono or uuid expects.
fn type_name(expected: &str) -> String {
    match expected {
        "a string" | "a borrowed string" | "a character" => "文字",
        "a boolean" => " true 或 false",
        "f32" | "f64" => "数字",
        "i8" | "i16" | "i32" | "i64" | "isize" => "整数",
        "u8" | "u16" | "u32" | "u64" | "usize" => "不小于零的整数",
        "an object" | "a map" => "对象 {…}",
        "a sequence" | "an array" => "数组 […]",
        "an RFC 3339 formatted date and time string" => return format!("带时区的时间，例如 {TIME}"),
        "a formatted date string" => return format!("日期，例如 {DATE}"),
        "a formatted UUID string" | "a UUID string" => return format!(" UUID，例如 {UUID}"),
        other if other.starts_with("struct ") => "对象 {…}",
        other => return format!(" {other}"),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, FixedOffset};
    use serde::{Deserialize, de::DeserializeOwned};
    use uuid::Uuid;

    use super::*;
    use crate::validation::shape_reader;

    #[derive(Deserialize, Debug)]
    struct Empty {}

    #[derive(Deserialize, Debug)]
    #[serde(rename_all = "snake_case")]
    enum Fruit {
        Pear,
        Plum,
    }

    /// The Chinese explanation of a wrong value.
    fn value<T: DeserializeOwned + std::fmt::Debug>(json: &str) -> String {
        text(&fault::<T>(json)).zh
    }

    fn fault<T: DeserializeOwned + std::fmt::Debug>(json: &str) -> Fault {
        shape_reader::read::<T, _>(&mut serde_json::Deserializer::from_str(json)).unwrap_err().fault
    }

    #[test]
    fn what_would_be_right_is_said_in_chinese() {
        assert_eq!(value::<String>("1"), "应为文字");
        assert_eq!(value::<bool>("1"), "应为 true 或 false");
        assert_eq!(value::<f64>("\"1\""), "应为数字");
        assert_eq!(value::<u32>("-1"), "应为不小于零的整数");
        assert_eq!(value::<i64>("1.5"), "应为整数");
        assert_eq!(value::<Vec<u32>>("{}"), "应为数组 […]");
        assert_eq!(value::<Empty>("1"), "应为对象 {…}");
        assert_eq!(value::<Fruit>("\"apple\""), "可用取值：`pear`、`plum`");
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(listed(&names), localized!("`a`、`b`、`c`", "one of `a`, `b`, `c`"));
        assert_eq!(listed(&names[..2]), localized!("`a`、`b`", "`a` or `b`"));
        assert_eq!(listed(&names[..1]), localized!("`a`", "`a`"));
        assert_eq!(value::<u32>("99999999999"), "数字超出范围");
        assert_eq!(value::<f64>("\"a, expected b\""), "应为数字");
        assert!([Fruit::Pear, Fruit::Plum].len() == 2);
        for wrong in ["1", "\"\"", "\"x\"", "\"0f8fad5b-d9cb-469f-a165-70867728950g\""] {
            assert!(value::<Uuid>(wrong).contains(UUID), "{}", value::<Uuid>(wrong));
        }
        for wrong in [
            "1",
            "\"\"",
            "\"x\"",
            "\"2026-11-23\"",
            "\"2026-13-23T09:30:00+08:00\"",
            "\"2026-11-23T09:30:00\"",
        ] {
            let said = value::<DateTime<FixedOffset>>(wrong);
            assert!(said.contains(TIME), "{wrong}: {said}");
        }
    }
}
