//! Checks of names in the rules.

use crate::text::invalid_value::{InvalidValue, invalid};

/// The maximum length of a name, in characters.
const MAX_CHARS: usize = 100;

/// Checks that `text` is a name: not empty, at most 100 characters, on one line. The sentence of an error follows the name
/// of the field.
///
/// # Errors
/// [`InvalidValue`] if it is not.
pub fn check(text: &str) -> Result<(), InvalidValue> {
    if text.trim().is_empty() {
        return Err(invalid!("为空，请填写名称", "is empty"));
    }
    if text.chars().count() > MAX_CHARS || text.chars().any(char::is_control) {
        return Err(invalid!(
            "“{text}”过长或含控制字符；最多 {MAX_CHARS} 个字符，写在一行内",
            "{text:?} is too long or holds control characters; write at most {MAX_CHARS} characters on one line"
        ));
    }
    Ok(())
}

/// Checks that `text` is a code name such as `town`: a name of lower-case letters, digits and underscores.
///
/// # Errors
/// [`InvalidValue`] if it is not.
pub fn check_code(text: &str) -> Result<(), InvalidValue> {
    check(text)?;
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if text.bytes().all(is_allowed) {
        return Ok(());
    }
    Err(invalid!(
        "“{text}”不是代码名；请用小写字母、数字和下划线，例如 town",
        "{text:?} is no code name; write lower-case letters, digits and underscores, such as town"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line() {
        let longest = "邻".repeat(100);
        assert_eq!(check(&longest), Ok(()));
        assert_eq!(check(" ").unwrap_err().to_string(), "is empty");
        for wrong in [format!("{longest}里"), "邻里\n纠纷".to_owned()] {
            assert!(check(&wrong).unwrap_err().to_string().contains("too long or holds control characters"));
        }
        assert_eq!(check_code("land_dispute_2"), Ok(()));
        assert!(
            check_code("Land dispute")
                .unwrap_err()
                .to_string()
                .starts_with("\"Land dispute\" is no code name")
        );
    }
}
