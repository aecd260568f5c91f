//! The error of every check of a value: codes, names, limits, areas, calendars, rules.

use std::fmt;

use crate::text::localized::Localized;

/// A value is refused. The sentence quotes the value, and says what is wrong with it and what would be right.
///
/// `Display` writes the English sentence, for log lines and the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvalidValue(Box<Localized>);

impl InvalidValue {
    #[must_use]
    pub fn new(explanation: Localized) -> Self {
        Self(Box::new(explanation))
    }

    /// Puts `place` before the sentence, such as `category 5002: `.
    #[must_use]
    pub fn within(self, place: Localized) -> Self {
        let Localized { zh, en } = *self.0;
        Self::new(Localized { zh: place.zh + &zh, en: place.en + &en })
    }
}

/// `invalid!("类别 {code} 没有时限", "category {code} has no time limit")`: an [`InvalidValue`].
macro_rules! invalid {
    ($($sentence:tt)+) => {
        $crate::text::invalid_value::InvalidValue::new($crate::text::localized::localized!($($sentence)+))
    };
}
pub(crate) use invalid;

impl From<InvalidValue> for Localized {
    fn from(error: InvalidValue) -> Self {
        *error.0
    }
}

impl From<std::num::ParseIntError> for InvalidValue {
    fn from(_: std::num::ParseIntError) -> Self {
        invalid!("应为整数", "a whole number is needed")
    }
}

impl From<uuid::Error> for InvalidValue {
    fn from(_: uuid::Error) -> Self {
        const EXAMPLE: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
        invalid!("应为 UUID，例如 {EXAMPLE}", "a UUID is needed, such as {EXAMPLE}")
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl std::error::Error for InvalidValue {}
