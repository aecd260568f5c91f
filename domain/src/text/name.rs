//! Checks of names in the rules.

/// The maximum length of a name, in characters.
const MAX_CHARS: usize = 100;

/// Why a text is not a valid name.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NameError {
    /// The text is empty or only white space.
    #[error("is empty")]
    Empty,
    /// The text is longer than 100 characters, or has control characters.
    #[error("{0:?} is too long or holds control characters; write at most 100 characters on one line")]
    Unfit(String),
    /// The text has characters that are not allowed in code names.
    #[error("{0:?} is no code name; write lower-case letters, digits and underscores, such as town")]
    NoCode(String),
}

/// Checks that `text` is a name: not empty, at most 100 characters, on one line.
///
/// # Errors
/// [`NameError`] if it is not.
pub fn check(text: &str) -> Result<(), NameError> {
    if text.trim().is_empty() {
        return Err(NameError::Empty);
    }
    if text.chars().count() > MAX_CHARS || text.chars().any(char::is_control) {
        return Err(NameError::Unfit(text.to_owned()));
    }
    Ok(())
}

/// Checks that `text` is a code name such as `town`: a name of lower-case letters, digits and underscores.
///
/// # Errors
/// [`NameError`] if it is not.
pub fn check_code(text: &str) -> Result<(), NameError> {
    check(text)?;
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if text.bytes().all(is_allowed) { Ok(()) } else { Err(NameError::NoCode(text.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line() {
        let longest = "邻".repeat(100);
        assert_eq!(check(&longest), Ok(()));
        assert_eq!(check(" "), Err(NameError::Empty));
        for wrong in [format!("{longest}里"), "邻里\n纠纷".to_owned()] {
            assert_eq!(check(&wrong), Err(NameError::Unfit(wrong.clone())));
        }
        assert_eq!(check_code("land_dispute_2"), Ok(()));
        assert_eq!(check_code("Land dispute"), Err(NameError::NoCode("Land dispute".to_owned())));
    }
}
