//! The password rules (等保 2.0), and generated one-time passwords.

use crate::{random::random_bytes, secret::Secret};

/// Shortest password, in characters.
pub const MIN_CHARS: usize = 10;
/// Longest password, in characters. The limit keeps hashing cheap.
pub const MAX_CHARS: usize = 128;
/// A password must have characters of this many of four classes: lower case, upper case, digits, others.
pub const MIN_CLASSES: usize = 3;

/// Common passwords that pass all other rules.
const COMMON: &[&str] = &[
    "1234qwer!@#$",
    "1q2w3e4r5t",
    "1q2w3e4r5t!",
    "1qaz2wsx3edc",
    "1qaz@wsx3edc",
    "1qaz!qaz2wsx@wsx",
    "a123456789!",
    "aa123456!@",
    "aa123456..",
    "aa123456789",
    "aa@123456789",
    "abc123456!",
    "abc123!@#$",
    "abc@123456",
    "abcd1234!@",
    "abcd1234!@#$",
    "abcd@1234!",
    "p@ssw0rd123",
    "p@ssw0rd1234",
    "p@ssw0rd!@#",
    "pa$$w0rd123",
    "passw0rd123!",
    "q1w2e3r4t5",
    "qwe123!@#$",
    "qwer1234!@",
    "qwer1234!@#$",
    "qwer@1234!",
    "zaq12wsxcde3",
    "zaq1@wsxcde3",
];

/// Words that make a password weak. Digits and signs around the word do not help.
const COMMON_WORDS: &[&str] = &[
    "admin",
    "administrator",
    "adminadmin",
    "asdfghjkl",
    "changeme",
    "default",
    "grassroots",
    "iloveyou",
    "letmein",
    "password",
    "qwerty",
    "qwertyuiop",
    "sanmenxia",
    "wangge",
    "wanggeyuan",
    "welcome",
    "woaini",
    "zhongguo",
];

/// The rule that a password breaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WeakPassword {
    /// Fewer than [`MIN_CHARS`] characters.
    TooShort,
    /// More than [`MAX_CHARS`] characters.
    TooLong,
    /// Fewer than [`MIN_CLASSES`] of: lower case, upper case, digits, others.
    TooFewClasses,
    ContainsUsername,
    /// A very common password.
    Common,
}

/// Checks `password` for the account `username`.
///
/// # Errors
/// The first rule that the password breaks.
pub fn check(password: &Secret, username: &str) -> Result<(), WeakPassword> {
    let text = password.expose();
    let chars = text.chars().count();
    if chars < MIN_CHARS {
        return Err(WeakPassword::TooShort);
    }
    if chars > MAX_CHARS {
        return Err(WeakPassword::TooLong);
    }
    if classes(text) < MIN_CLASSES {
        return Err(WeakPassword::TooFewClasses);
    }
    let lower = text.to_lowercase();
    if lower.contains(&username.to_lowercase()) {
        return Err(WeakPassword::ContainsUsername);
    }
    let word: String = lower.chars().filter(char::is_ascii_lowercase).collect();
    if COMMON.contains(&lower.as_str()) || COMMON_WORDS.contains(&word.as_str()) {
        return Err(WeakPassword::Common);
    }
    Ok(())
}

fn classes(text: &str) -> usize {
    let has = |class: fn(char) -> bool| usize::from(text.chars().any(class));
    has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_ascii_alphanumeric())
}

/// Letters and digits that are not confused on the telephone. There are 32, so that five random bits choose one.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Generates a password that its owner must change at the first sign-in: 80 random bits as `xxxx-xxxx-xxxx-xxxx`.
#[must_use]
pub fn one_time_password() -> Secret {
    loop {
        let letters = random_bytes::<16>().map(|byte| {
            let letter = LETTERS.get(usize::from(byte) % LETTERS.len()).copied().unwrap_or(b'a');
            char::from(letter)
        });
        let password = Secret::from(letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-"));
        // About one in a hundred has no digit and is not accepted.
        if classes(password.expose()) >= MIN_CLASSES {
            return password;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_accepts_and_refuses() {
        for (password, expected) in [
            ("Tr0ut-lake", Ok(())),
            ("网格员的密码Ab3还不错", Ok(())),
            ("correct horse 9 battery", Ok(())),
            ("Tr0ut-lak", Err(WeakPassword::TooShort)),
            ("一二三四五六七八九", Err(WeakPassword::TooShort)),
            ("troutlakes99", Err(WeakPassword::TooFewClasses)),
            ("1234567890!", Err(WeakPassword::TooFewClasses)),
            ("xx-WANG.er-42", Err(WeakPassword::ContainsUsername)),
            ("Abcd1234!@", Err(WeakPassword::Common)),
            ("Password123!", Err(WeakPassword::Common)),
            ("!!Admin@@2026", Err(WeakPassword::Common)),
            ("1qaz@WSX3edc", Err(WeakPassword::Common)),
        ] {
            assert_eq!(check(&password.to_owned().into(), "wang.er"), expected, "{password}");
        }
        let long = |chars: usize| Secret::from(format!("aB3{}", "x".repeat(chars - 3)));
        assert_eq!(check(&long(MAX_CHARS), "wang.er"), Ok(()));
        assert_eq!(check(&long(MAX_CHARS + 1), "wang.er"), Err(WeakPassword::TooLong));
    }

    #[test]
    fn the_listed_common_passwords_are_lower_case_and_long_enough() {
        for password in COMMON {
            assert_eq!(*password, password.to_lowercase());
            assert!(password.chars().count() >= MIN_CHARS, "{password}");
        }
    }

    #[test]
    fn one_time_passwords_keep_the_rules_and_differ() {
        let some: Vec<Secret> = (0..200).map(|_| one_time_password()).collect();
        for password in &some {
            assert_eq!(check(password, "wang.er"), Ok(()));
            assert_eq!(password.expose().len(), 19);
            assert_eq!(format!("{password:?}"), "…");
        }
        assert!(some.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
