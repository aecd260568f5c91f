//! The syntax of user names.

/// Length of a user name, in characters.
pub const USERNAME_CHARS: std::ops::RangeInclusive<usize> = 3..=32;

/// Whether `text` is a valid user name: 3 to 32 of `a-z`, `0-9`, `.`, `_` and `-`.
#[must_use]
pub fn is_username(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    USERNAME_CHARS.contains(&text.len()) && text.bytes().all(allowed)
}
