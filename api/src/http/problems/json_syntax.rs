//! The explanation of a body that is not JSON.

use grassroots_domain::text::localized::{Localized, localized};

/// Explains why `bytes` are not JSON.
///
/// The parser publishes neither kinds of errors nor what it expected. The explanation is therefore made from the place where
/// it stopped.
pub fn text(bytes: &[u8]) -> Localized {
    let Err(error) = serde_json::from_slice::<serde_json::Value>(bytes) else {
        return localized!("内容有误", "it cannot be read");
    };
    let (line, column) = (error.line(), error.column());
    if error.is_eof() {
        return localized!(
            "内容不完整，到第 {line} 行第 {column} 列为止",
            "it ends at line {line} column {column}, too early"
        );
    }
    // A line break within a text is reported as column 0 of the next line.
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let start: usize = lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let (before, rest) = bytes.split_at_checked((start + column).saturating_sub(1)).unwrap_or((bytes, &[]));
    let rest = String::from_utf8_lossy(rest);
    let last = before.iter().rfind(|byte| !byte.is_ascii_whitespace());
    match rest.chars().next() {
        Some(found) if found.is_control() => localized!(
            "第 {line} 行第 {column} 列，文字中的控制字符（如换行）须转义，例如 \\n",
            "at line {line} column {column}, a control character such as a line break within a text; write \\n"
        ),
        Some('}' | ']') if last == Some(&b',') => localized!(
            "第 {line} 行第 {column} 列，多了一个逗号",
            "at line {line} column {column}, there is a comma too many"
        ),
        Some(found) => localized!(
            "第 {line} 行第 {column} 列，此处不应是“{found}”",
            "at line {line} column {column}, {found:?} is not expected"
        ),
        None => localized!("第 {line} 行第 {column} 列有误", "it is wrong at line {line} column {column}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_and_the_unexpected_character_are_named() {
        for (json, zh) in [
            ("{\"a\":", "内容不完整，到第 1 行第 5 列为止"),
            ("{\"a\" 1}", "第 1 行第 6 列，此处不应是“1”"),
            ("{\"a\":1 \"b\"}", "第 1 行第 8 列，此处不应是“\"”"),
            ("{\"a\":1,\n }", "第 2 行第 2 列，多了一个逗号"),
            ("{a:1}", "第 1 行第 2 列，此处不应是“a”"),
            ("{} x", "第 1 行第 4 列，此处不应是“x”"),
            ("{\"村\":村}", "第 1 行第 8 列，此处不应是“村”"),
            ("{\"a\":01}", "第 1 行第 7 列，此处不应是“1”"),
            ("\"\\x\"", "第 1 行第 3 列，此处不应是“x”"),
            ("\"a\nb\"", "第 2 行第 0 列，文字中的控制字符（如换行）须转义，例如 \\n"),
        ] {
            assert_eq!(text(json.as_bytes()).zh, zh, "{json}");
        }
        assert_eq!(text(b"{\"a\":1,}").en, "at line 1 column 8, there is a comma too many");
        assert_eq!(text(b"\"a\tb\"").en.split(';').next_back(), Some(" write \\n"));
        assert!(text(&[b'"', 0xff, b'"']).zh.starts_with("第 1 行"));
        assert_eq!(text(&[b'['; 50_000]).zh, "第 1 行第 128 列，此处不应是“[”");
    }
}
