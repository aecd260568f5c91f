//! What the JSON parser says, in both languages. It speaks English, in a few fixed forms.

use grassroots_domain::rules::routing::Localized;

use crate::localization::localized;

const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
/// In UTC, so that it can be pasted into a query as it is.
const TIME: &str = "2026-11-23T01:30:00Z";
const DATE: &str = "2026-11-23";
/// What chrono says of a text that is no date or no time.
const CHRONO: [&str; 6] = [
    "premature end of input",
    "input contains invalid characters",
    "input is out of range",
    "input is not enough for unique date and time",
    "no possible date and time matching input",
    "trailing input",
];

/// What would be right instead of a value: `invalid type: string "x", expected u32`. The value itself, which may be
/// long, is for the caller to quote.
pub fn of_value(message: &str) -> Localized {
    if message.starts_with("UUID parsing failed") {
        return localized!("应为 UUID，例如 {UUID}", "expected a UUID such as {UUID}");
    }
    if CHRONO.contains(&message) {
        return localized!(
            "应为带时区的时间，例如 {TIME}；只要日期的地方写 {DATE}",
            "expected a time with its zone such as {TIME}; where a day is asked for, {DATE}"
        );
    }
    if let Some(field) = message.strip_prefix("missing field ") {
        return localized!("缺少 {field}", "{field} is missing");
    }
    if let Some(field) = message.strip_prefix("duplicate field ") {
        return localized!("{field} 出现了两次", "{field} is there twice");
    }
    // What is quoted before may say anything; what is expected comes last.
    if let Some((said, wanted)) = message.rsplit_once(", expected ") {
        let known = list(wanted);
        return match said {
            _ if said.starts_with("unknown field ") => {
                localized!("没有这个参数；可用：{known}", "there is no such parameter; expected {wanted}")
            }
            _ if said.starts_with("unknown variant ") => localized!("可用取值：{known}", "expected {wanted}"),
            _ if said.starts_with("invalid value: integer") && !said.contains('-') && is_number(wanted) => {
                localized!("数字超出范围", "the number is out of range")
            }
            _ => localized!("应为{right}", "expected {wanted}", right = expected(wanted)),
        };
    }
    match message {
        "number too large to fit in target type" => localized!("数字过大", "the number is too large"),
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            localized!("应为不小于零的整数", "expected a whole number, not below zero")
        }
        "invalid float literal" | "cannot parse float from empty string" => {
            localized!("应为数字", "expected a number")
        }
        "provided string was not `true` or `false`" => {
            localized!("应为 true 或 false", "expected true or false")
        }
        other => Localized { zh: other.to_owned(), en: other.to_owned() },
    }
}

/// ``one of `a`, `b` or `c` `` as a Chinese list.
pub fn list(known: &str) -> String {
    known.strip_prefix("one of ").unwrap_or(known).replace(" or ", "、").replace(", ", "、")
}

fn is_number(wanted: &str) -> bool {
    matches!(wanted.split_at_checked(1), Some(("i" | "u", bits)) if bits == "size" || bits.parse::<u8>().is_ok())
}

/// What is wrong with the syntax: ``expected `,` or `}` at line 1 column 7``.
pub fn of_syntax(message: &str) -> Localized {
    let (said, place) = message.split_once(" at line ").unwrap_or((message, ""));
    let place = match place.split_once(" column ") {
        Some((line, column)) => format!("第 {line} 行第 {column} 列，"),
        None => String::new(),
    };
    let zh = match said {
        "EOF while parsing a list"
        | "EOF while parsing an object"
        | "EOF while parsing a string"
        | "EOF while parsing a value" => "内容不完整".to_owned(),
        "trailing characters" => "结尾之后还有多余的内容".to_owned(),
        "trailing comma" => "多了一个逗号".to_owned(),
        "key must be a string" => "字段名须用双引号括起".to_owned(),
        "recursion limit exceeded" => "嵌套过深".to_owned(),
        "invalid number" | "number out of range" => "数字无效".to_owned(),
        "invalid escape" | "invalid unicode code point" | "lone leading surrogate in hex escape" => {
            "转义字符无效".to_owned()
        }
        "control character (\\u0000-\\u001F) found while parsing a string" => {
            "文字中的控制字符（如换行）须转义，例如 \\n".to_owned()
        }
        "expected value" | "expected ident" => "此处应为一个值".to_owned(),
        other => match other.strip_prefix("expected ") {
            Some(wanted) => format!("此处应为 {}", wanted.replace(" or ", " 或 ")),
            None => other.to_owned(),
        },
    };
    Localized { zh: format!("{place}{zh}"), en: message.to_owned() }
}

/// What would be right, as serde and chrono name it.
fn expected(wanted: &str) -> String {
    match wanted {
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

    #[derive(Deserialize, Debug)]
    struct Empty {}

    #[derive(Deserialize, Debug)]
    #[serde(rename_all = "snake_case")]
    enum Fruit {
        Pear,
        Plum,
    }

    /// What a Chinese reader is told of a wrong value.
    fn value<T: DeserializeOwned + std::fmt::Debug>(json: &str) -> String {
        let message = serde_json::from_str::<T>(json).unwrap_err().to_string();
        of_value(message.split(" at line ").next().unwrap()).zh
    }

    fn syntax(json: &str) -> String {
        of_syntax(&serde_json::from_str::<serde_json::Value>(json).unwrap_err().to_string()).zh
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
        assert_eq!(list("one of `a`, `b`, `c`"), "`a`、`b`、`c`");
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

    #[test]
    fn broken_syntax_is_explained_in_chinese() {
        for (json, said) in [
            ("{\"a\":", "第 1 行第 5 列，内容不完整"),
            ("{\"a\" 1}", "第 1 行第 6 列，此处应为 `:`"),
            ("{\"a\":1 \"b\"}", "第 1 行第 8 列，此处应为 `,` 或 `}`"),
            ("{\"a\":1,}", "第 1 行第 8 列，多了一个逗号"),
            ("{a:1}", "第 1 行第 2 列，字段名须用双引号括起"),
            ("{} x", "第 1 行第 4 列，结尾之后还有多余的内容"),
            ("{\"a\":x}", "第 1 行第 6 列，此处应为一个值"),
            ("{\"a\":01}", "第 1 行第 7 列，数字无效"),
            ("\"\\x\"", "第 1 行第 3 列，转义字符无效"),
            ("\"a\nb\"", "第 2 行第 0 列，文字中的控制字符（如换行）须转义，例如 \\n"),
        ] {
            assert_eq!(syntax(json), said, "{json}");
        }
        assert_eq!(syntax(&"[".repeat(50_000)), "第 1 行第 128 列，嵌套过深");
    }
}
