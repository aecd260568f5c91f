//! Free text: kept byte for byte, but for numbers that identify a person.

pub mod name;
pub mod redaction;

use serde::{Deserialize, Serialize};

use crate::text::redaction::{SensitiveKind, scan};

/// How long a text may be, in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TextLimits {
    /// Fewest characters, spaces at both ends not counted.
    pub min: usize,
    /// Most characters.
    pub max: usize,
}

/// What happened, in the reporter's words.
pub const DESCRIPTION: TextLimits = TextLimits { min: 5, max: 2_000 };
/// A short name for the incident.
pub const TITLE: TextLimits = TextLimits { min: 1, max: 100 };
/// Where it is, in words.
pub const PLACE: TextLimits = TextLimits { min: 1, max: 200 };
/// Reasons, results, replies and comments.
pub const REMARK: TextLimits = TextLimits { min: 1, max: 2_000 };

/// A text that passed [`parse`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TextError {
    /// Nothing but white space.
    Empty,
    /// Fewer characters than asked for.
    TooShort {
        /// Characters found.
        length: usize,
        /// Characters needed.
        min: usize,
    },
    /// More characters than allowed.
    TooLong {
        /// Characters found.
        length: usize,
        /// Characters allowed.
        max: usize,
    },
    /// A control character other than line break and tab.
    Control {
        /// The code point.
        character: u32,
        /// Where it stands, counted from 0.
        position: usize,
    },
}

/// Takes `input` as it is, with identity, card and phone numbers masked (写事不写人), and says what was masked.
///
/// # Errors
/// When the text is empty, too short, too long or holds control characters.
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
    fn control_characters_are_refused_and_the_rest_is_kept() {
        assert_eq!(parse("abc\0def", DESCRIPTION), Err(TextError::Control { character: 0, position: 3 }));
        let rare = "👨‍👩‍👧 𠮷野家门口\r\n井盖\t丢失";
        let (text, found) = parse(rare, DESCRIPTION).unwrap();
        assert_eq!((text.as_str(), found), (rare, vec![]));
    }
}
