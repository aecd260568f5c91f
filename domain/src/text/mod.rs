//! Free text. It is stored unchanged, except that numbers that identify a person are masked.

mod check_digit;
mod digit_groups;
pub mod invalid_value;
pub mod localized;
pub mod name;
pub mod redaction;

use serde::{Deserialize, Serialize};

use crate::text::redaction::{SensitiveKind, scan};

/// The allowed length of a text, in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TextLimits {
    /// The minimum, without white space at both ends.
    pub min: usize,
    /// The maximum, with all white space.
    pub max: usize,
}

/// For the description of an incident.
pub const DESCRIPTION: TextLimits = TextLimits { min: 5, max: 2_000 };
/// For the title of an incident.
pub const TITLE: TextLimits = TextLimits { min: 1, max: 100 };
/// For the description of a place.
pub const PLACE: TextLimits = TextLimits { min: 1, max: 200 };
/// For reasons, results, replies and comments.
pub const REMARK: TextLimits = TextLimits { min: 1, max: 2_000 };

/// A text that [`parse`] accepted and masked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TextError {
    /// The text is empty or only white space.
    Empty,
    /// The text has too few characters.
    TooShort { length: usize, min: usize },
    /// The text has too many characters.
    TooLong { length: usize, max: usize },
    /// The text has a control character other than line break and tab.
    Control {
        /// The code point.
        character: u32,
        /// The index of the character, starting at 0.
        position: usize,
    },
}

/// Checks `input` and masks identity, bank card and phone numbers (写事不写人). Returns the masked text and the kinds of
/// numbers that were masked.
///
/// # Errors
/// [`TextError`] if the text is empty, too short, too long, or has control characters.
pub fn parse(input: &str, limits: TextLimits) -> Result<(Text, Vec<SensitiveKind>), TextError> {
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if let Some((position, character)) = input.chars().enumerate().find(|(_, c)| is_control(*c)) {
        return Err(TextError::Control { character: u32::from(character), position });
    }
    let trimmed_length = input.trim().chars().count();
    if trimmed_length == 0 {
        return Err(TextError::Empty);
    }
    if trimmed_length < limits.min {
        return Err(TextError::TooShort { length: trimmed_length, min: limits.min });
    }
    let length = input.chars().count();
    if length > limits.max {
        return Err(TextError::TooLong { length, max: limits.max });
    }
    let scanned = scan(input);
    Ok((Text(scanned.text), scanned.found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_count_characters_not_bytes() {
        assert!(parse("井盖丢失了", DESCRIPTION).is_ok());
        assert_eq!(parse("井盖丢了", DESCRIPTION), Err(TextError::TooShort { length: 4, min: 5 }));
        assert!(parse(&"井".repeat(2_000), DESCRIPTION).is_ok());
        assert_eq!(
            parse(&"井".repeat(2_001), DESCRIPTION),
            Err(TextError::TooLong { length: 2_001, max: 2_000 })
        );
        assert_eq!(parse(" \n\t ", DESCRIPTION), Err(TextError::Empty));
    }

    #[test]
    fn control_characters_are_refused_and_other_characters_are_kept() {
        assert_eq!(parse("abc\0def", DESCRIPTION), Err(TextError::Control { character: 0, position: 3 }));
        let rare = "👨‍👩‍👧 𠮷野家门口\r\n井盖\t丢失";
        let (text, found) = parse(rare, DESCRIPTION).unwrap();
        assert_eq!((text.as_str(), found), (rare, vec![]));
    }
}
