//! Administrative units, grids and their codes.
//!
//! A unit code is the significant prefix of the 12-digit statistical code: 4 digits for a city, 6 for a county, 9 for a
//! township, 12 for a village. A grid code is a village code and three more digits. The level of a unit follows from the
//! length of its code and from nothing else: neither the name nor trailing zeros tell it.

use std::{fmt, ops::Range, str::FromStr};

use serde::{Deserialize, Serialize};

/// A level of government, ordered upwards: a village is less than a city.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Villagers' or residents' committee (村, 社区).
    Village,
    /// Town, township or street office (乡镇, 街道).
    Township,
    /// County, district, county-level city or statistical zone (县, 区).
    County,
    /// Prefecture-level city (市).
    City,
}

impl Level {
    /// Every level, upwards.
    pub const ALL: [Self; 4] = [Self::Village, Self::Township, Self::County, Self::City];

    /// The next level up; a city has none.
    #[must_use]
    pub const fn superior(self) -> Option<Self> {
        match self {
            Self::Village => Some(Self::Township),
            Self::Township => Some(Self::County),
            Self::County => Some(Self::City),
            Self::City => None,
        }
    }

    /// The name used in the API and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Village => "village",
            Self::Township => "township",
            Self::County => "county",
            Self::City => "city",
        }
    }

    /// The name shown to users.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Village => "村级",
            Self::Township => "乡镇级",
            Self::County => "县级",
            Self::City => "市级",
        }
    }

    const fn digits(self) -> usize {
        match self {
            Self::City => 4,
            Self::County => 6,
            Self::Township => 9,
            Self::Village => 12,
        }
    }

    /// What one more step down multiplies a code by; a village has no units below.
    const fn fan_out(self) -> Option<u64> {
        match self {
            Self::City => Some(100),
            Self::County | Self::Township => Some(1_000),
            Self::Village => None,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| CodeError::Level(text.to_owned()))
    }
}

/// Why a code was refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CodeError {
    /// Not the name of a level.
    #[error("`{0}` is not a level; write village, township, county or city")]
    Level(String),
    /// Not the digits of a unit code.
    #[error(
        "`{0}` is not a unit code; write the 4 digits of a city, 6 of a county, 9 of a township or 12 of a village, \
         such as 411224107201"
    )]
    Unit(String),
    /// The last segment is all zeros, so the code names no unit of its length.
    #[error(
        "`{code}` ends in zeros and names no {level}; write the shorter code of the unit itself, without padding"
    )]
    Padded {
        /// The code as it was given.
        code: String,
        /// The level its length stands for.
        level: Level,
    },
    /// A 12-digit statistical code that does not fit its level column.
    #[error(
        "`{code}` is not the statistical code of a {level}; write 12 digits, zeros after the first {digits}"
    )]
    Statistical {
        /// The code as it was given.
        code: String,
        /// The level it was said to have.
        level: Level,
        /// How many digits are significant at that level.
        digits: usize,
    },
    /// Not the digits of a grid code.
    #[error(
        "`{0}` is not a grid code; write the 12 digits of the village and a 3-digit number, such as 411224107201001"
    )]
    Grid(String),
    /// The three digits of the grid are reserved.
    #[error("`{0}` has no valid grid number; write 001-899 for a basic grid or 901-999 for a dedicated one")]
    GridNumber(String),
}

/// The code of an administrative unit, as long as its level needs.
///
/// Codes order by level downwards (city first), then by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitCode(u64);

impl UnitCode {
    /// The codes directly below: they continue the digits of this one, so they are one range of numbers.
    pub(crate) const fn below(self) -> Range<Self> {
        match self.level().fan_out() {
            Some(fan_out) => Self(self.0 * fan_out)..Self((self.0 + 1) * fan_out),
            None => self..self,
        }
    }

    /// Reads the significant digits of a unit: `4112`, `411224`, `411224107` or `411224107201`.
    ///
    /// Only the last segment must not be zero: cities without districts (such as 4419) have townships whose county
    /// segment is 00. Counties are not compared with GB/T 2260, which lacks statistical zones such as 411271.
    ///
    /// # Errors
    /// [`CodeError::Unit`] for other lengths or characters, [`CodeError::Padded`] for a last segment of zeros.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let refused = || CodeError::Unit(text.to_owned());
        let level = Level::ALL.into_iter().find(|level| level.digits() == text.len()).ok_or_else(refused)?;
        let code = Self(parse_digits(text).ok_or_else(refused)?);
        let segment = level.superior().and_then(Level::fan_out).unwrap_or(100);
        if code.0.is_multiple_of(segment) {
            return Err(CodeError::Padded { code: text.to_owned(), level });
        }
        Ok(code)
    }

    /// Reads the 12-digit statistical code and the level it stands for: `("411221101000", Township)` is `411221101`.
    ///
    /// # Errors
    /// [`CodeError::Statistical`] if it has not 12 digits or more significant ones than the level, and the errors of
    /// [`UnitCode::parse`] for the significant part.
    pub fn from_statistical(code: &str, level: Level) -> Result<Self, CodeError> {
        match code.split_at_checked(level.digits()) {
            Some((prefix, rest)) if code.len() == 12 && rest.bytes().all(|byte| byte == b'0') => {
                Self::parse(prefix)
            }
            Some(_) | None => {
                Err(CodeError::Statistical { code: code.to_owned(), level, digits: level.digits() })
            }
        }
    }

    /// The level, from the number of digits.
    #[must_use]
    pub const fn level(self) -> Level {
        match self.0 {
            0..10_000 => Level::City,
            10_000..1_000_000 => Level::County,
            1_000_000..1_000_000_000 => Level::Township,
            1_000_000_000.. => Level::Village,
        }
    }

    /// The unit directly above; none for a city.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        let fan_out = self.level().superior()?.fan_out()?;
        self.0.checked_div(fan_out).map(Self)
    }

    /// This unit or the one above it at `level`; none if this unit is higher than that.
    #[must_use]
    pub fn at(self, level: Level) -> Option<Self> {
        if self.level() == level { Some(self) } else { self.parent()?.at(level) }
    }

    /// Whether `other` is this unit or lies in it.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        other.at(self.level()) == Some(self)
    }

    /// The digits as a number.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

/// The digits of `text` as a number; none if there is another character or a leading zero, which would shorten it.
fn parse_digits(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

/// What a grid is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GridKind {
    /// A part of a village (基础网格), numbers 001–899.
    Basic,
    /// A school, factory or market (专属网格), numbers 901–999.
    Dedicated,
}

/// The code of a grid: the 12 digits of its village and a number of three.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GridCode(u64);

impl GridCode {
    const DIGITS: usize = 15;
    const NUMBERS: u64 = 1_000;

    /// Reads 15 digits such as `411224107201001`.
    ///
    /// # Errors
    /// [`CodeError::Grid`] for other lengths or characters, [`CodeError::GridNumber`] for the reserved numbers 000 and
    /// 900, and the errors of [`UnitCode::parse`] for the village.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let refused = || CodeError::Grid(text.to_owned());
        if text.len() != Self::DIGITS {
            return Err(refused());
        }
        let code = Self(parse_digits(text).ok_or_else(refused)?);
        UnitCode::parse(&code.village().to_string())?;
        match code.number() {
            0 | 900 => Err(CodeError::GridNumber(text.to_owned())),
            _ => Ok(code),
        }
    }

    /// The village of the grid.
    #[must_use]
    pub const fn village(self) -> UnitCode {
        UnitCode(self.0 / Self::NUMBERS)
    }

    /// The number in the village, 1–999 without 900.
    #[must_use]
    pub fn number(self) -> u16 {
        u16::try_from(self.0 % Self::NUMBERS).unwrap_or_default()
    }

    /// What the grid is for, from its number.
    #[must_use]
    pub fn kind(self) -> GridKind {
        if self.number() < 900 { GridKind::Basic } else { GridKind::Dedicated }
    }

    /// The digits as a number.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

/// Text in and out, the same for every code.
macro_rules! code_as_text {
    ($code:ty) => {
        impl fmt::Display for $code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $code {
            type Err = CodeError;

            fn from_str(text: &str) -> Result<Self, CodeError> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $code {
            type Error = CodeError;

            fn try_from(text: String) -> Result<Self, CodeError> {
                Self::parse(&text)
            }
        }

        impl From<$code> for String {
            fn from(code: $code) -> Self {
                code.to_string()
            }
        }
    };
}

code_as_text!(UnitCode);
code_as_text!(GridCode);

/// An administrative unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its code.
    pub code: UnitCode,
    /// The official name, such as 东明镇. Names repeat: never use one as a key.
    pub name: String,
    /// The name for lists and maps.
    pub short_name: String,
    /// What the statistics call it, such as `town` or `residents_committee`.
    pub kind: String,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> UnitCode {
        UnitCode::parse(text).unwrap()
    }

    #[test]
    fn levels_are_ordered_upwards() {
        assert!(
            Level::Village < Level::Township
                && Level::Township < Level::County
                && Level::County < Level::City
        );
        assert_eq!(Level::Village.superior(), Some(Level::Township));
        assert_eq!(Level::City.superior(), None);
        assert_eq!("county".parse(), Ok(Level::County));
        assert_eq!(serde_json::to_string(&Level::Village).unwrap(), "\"village\"");
        assert_eq!(
            "town".parse::<Level>().unwrap_err().to_string(),
            "`town` is not a level; write village, township, county or city"
        );
    }

    #[test]
    fn a_code_is_as_long_as_its_level_needs() {
        assert_eq!(code("4112").level(), Level::City);
        assert_eq!(code("411271").level(), Level::County);
        assert_eq!(code("411271560").level(), Level::Township);
        assert_eq!(code("411224107201").level(), Level::Village);
        for wrong in
            ["", "41", "41122", "4112241072010", "41122a", "４１１２", " 4112", "0112", "411202003０"]
        {
            assert_eq!(UnitCode::parse(wrong), Err(CodeError::Unit(wrong.to_owned())), "{wrong}");
        }
        for padded in ["4100", "411200", "411202000", "411202001000", "411202000000"] {
            assert!(matches!(UnitCode::parse(padded), Err(CodeError::Padded { .. })), "{padded}");
        }
    }

    #[test]
    fn the_statistical_code_must_fit_its_level() {
        assert_eq!(UnitCode::from_statistical("411221101000", Level::Township), Ok(code("411221101")));
        assert_eq!(UnitCode::from_statistical("411200000000", Level::City), Ok(code("4112")));
        for (wrong, level) in [
            ("411221101201", Level::Township),
            ("411221101", Level::Township),
            ("4112211010000", Level::Township),
            ("三门峡市", Level::City),
        ] {
            assert!(matches!(UnitCode::from_statistical(wrong, level), Err(CodeError::Statistical { .. })));
        }
        assert!(UnitCode::from_statistical("411221000000", Level::Township).is_err());
    }

    #[test]
    fn ancestors_are_prefixes() {
        let village = code("411224107201");
        assert_eq!(village.parent(), Some(code("411224107")));
        assert_eq!(village.at(Level::City), Some(code("4112")));
        assert_eq!(village.at(Level::Village), Some(village));
        assert_eq!(code("411224").at(Level::Village), None);
        assert_eq!(code("4112").parent(), None);
        assert!(code("411224").covers(village) && village.covers(village));
        assert!(!village.covers(code("411224")) && !code("411221").covers(village));
    }

    #[test]
    fn a_grid_is_a_village_and_a_number() {
        let grid = GridCode::parse("411224107201001").unwrap();
        assert_eq!((grid.village(), grid.number(), grid.kind()), (code("411224107201"), 1, GridKind::Basic));
        assert_eq!(GridCode::parse("411224107201899").unwrap().kind(), GridKind::Basic);
        assert_eq!(GridCode::parse("411224107201901").unwrap().kind(), GridKind::Dedicated);
        assert_eq!(serde_json::to_string(&grid).unwrap(), "\"411224107201001\"");
        assert!(serde_json::from_str::<GridCode>("411224107201001").is_err());
        for reserved in ["411224107201000", "411224107201900"] {
            assert_eq!(GridCode::parse(reserved), Err(CodeError::GridNumber(reserved.to_owned())));
        }
        assert_eq!(GridCode::parse("411224107201"), Err(CodeError::Grid("411224107201".to_owned())));
        assert!(matches!(GridCode::parse("411224107000001"), Err(CodeError::Padded { .. })));
    }

    proptest! {
        #[test]
        fn a_code_survives_text_and_json(text in "[1-9][0-9]{3}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?") {
            if let Ok(code) = UnitCode::parse(&text) {
                prop_assert_eq!(code.to_string(), text.clone());
                let json = serde_json::to_string(&code).unwrap();
                prop_assert_eq!(serde_json::from_str::<UnitCode>(&json).unwrap(), code);
                for level in Level::ALL {
                    let prefix = code.at(level);
                    prop_assert_eq!(prefix.is_some(), level >= code.level());
                    if let Some(prefix) = prefix {
                        prop_assert!(text.starts_with(&prefix.to_string()));
                        prop_assert!(prefix.covers(code));
                    }
                }
            }
        }
    }
}
