//! Administrative units, grids and their codes.
//!
//! A unit code (区划代码) is the significant prefix of the 12-digit statistical code: 4 digits for a city, 6 for a county,
//! 9 for a township, 12 for a village. A grid code is a village code with three more digits. Only the length of the code
//! decides the level of a unit.

use std::{fmt, ops::Range, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    code::serde_as_text,
    text::invalid_value::{InvalidValue, invalid},
};

/// A level of government, ordered from the lowest (village) to the highest (city).
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
    /// Every level, from the lowest to the highest.
    pub const ALL: [Self; 4] = [Self::Village, Self::Township, Self::County, Self::City];

    /// The next higher level. `None` for a city.
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

    /// The factor between the code of a unit and the codes of the units directly below. `None` for a village.
    const fn child_factor(self) -> Option<u64> {
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
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::ALL.into_iter().find(|level| level.as_str() == text).ok_or_else(|| {
            invalid!(
                "“{text}”不是层级；应为 village、township、county 或 city",
                "`{text}` is not a level; write village, township, county or city"
            )
        })
    }
}

/// The code of an administrative unit, without padding zeros.
///
/// Codes are ordered by level (city first), then by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitCode(u64);

impl UnitCode {
    /// The range of the codes directly below this unit. They continue the digits of this code.
    pub(crate) const fn below(self) -> Range<Self> {
        match self.level().child_factor() {
            Some(factor) => Self(self.0 * factor)..Self((self.0 + 1) * factor),
            None => self..self,
        }
    }

    /// Reads the significant digits of a unit: `4112`, `411224`, `411224107` or `411224107201`.
    ///
    /// The last segment must not be zero. Other segments may be: in cities without districts (such as 4419), the county
    /// segment of a township is 00. Counties are not compared with GB/T 2260, because it lacks statistical zones such as
    /// 411271.
    ///
    /// # Errors
    /// [`InvalidValue`] for other lengths or characters, or if the last segment is zero.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let refused = || {
            invalid!(
                "“{text}”不是单位代码；市 4 位、县 6 位、乡镇 9 位、村 12 位数字，例如 411224107201",
                "`{text}` is not a unit code; write the 4 digits of a city, 6 of a county, 9 of a township or 12 of a \
                 village, such as 411224107201"
            )
        };
        let level = Level::ALL.into_iter().find(|level| level.digits() == text.len()).ok_or_else(refused)?;
        let code = Self(parse_digits(text).ok_or_else(refused)?);
        let segment = level.superior().and_then(Level::child_factor).unwrap_or(100);
        if code.0.is_multiple_of(segment) {
            return Err(invalid!(
                "“{text}”以零结尾，不是{zh}单位的代码；请写该单位本身的代码，不要补零",
                "`{text}` ends in zeros and names no {level}; write the shorter code of the unit itself, without padding",
                zh = level.zh()
            ));
        }
        Ok(code)
    }

    /// Reads a 12-digit statistical code of a unit at `level`: `("411221101000", Township)` gives `411221101`.
    ///
    /// # Errors
    /// [`InvalidValue`] if the code does not have 12 digits, or has more significant digits than the level, or if the
    /// significant part is not a code.
    pub fn from_statistical(code: &str, level: Level) -> Result<Self, InvalidValue> {
        match code.split_at_checked(level.digits()) {
            Some((prefix, rest)) if code.len() == 12 && rest.bytes().all(|byte| byte == b'0') => {
                Self::parse(prefix)
            }
            Some(_) | None => Err(invalid!(
                "“{code}”不是{zh}的统计用区划代码；应为 12 位数字，前 {digits} 位之后均为 0",
                "`{code}` is not the statistical code of a {level}; write 12 digits, zeros after the first {digits}",
                zh = level.zh(),
                digits = level.digits()
            )),
        }
    }

    /// The level, derived from the number of digits.
    #[must_use]
    pub const fn level(self) -> Level {
        match self.0 {
            0..10_000 => Level::City,
            10_000..1_000_000 => Level::County,
            1_000_000..1_000_000_000 => Level::Township,
            1_000_000_000.. => Level::Village,
        }
    }

    /// The unit directly above. `None` for a city.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        let factor = self.level().superior()?.child_factor()?;
        self.0.checked_div(factor).map(Self)
    }

    /// The unit of `level` that contains this unit, or this unit itself. `None` if this unit is higher than `level`.
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

/// The digits of `text` as a number. `None` if there is another character or a leading zero.
fn parse_digits(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if is_number { text.parse().ok() } else { None }
}

/// The kind of a grid.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GridKind {
    /// A basic grid (基础网格): a part of a village. Numbers 001–899.
    Basic,
    /// A dedicated grid (专属网格): a school, factory or market. Numbers 901–999.
    Dedicated,
}

/// The code of a grid: the 12 digits of its village and a 3-digit number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GridCode(u64);

impl GridCode {
    const DIGITS: usize = 15;
    const NUMBERS: u64 = 1_000;

    /// Reads 15 digits such as `411224107201001`.
    ///
    /// # Errors
    /// [`InvalidValue`] for other lengths or characters, for the reserved numbers 000 and 900, and for an invalid village.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let refused = || {
            invalid!(
                "“{text}”不是网格代码；应为 12 位村级代码加 3 位网格号，例如 411224107201001",
                "`{text}` is not a grid code; write the 12 digits of the village and a 3-digit number, such as \
                 411224107201001"
            )
        };
        if text.len() != Self::DIGITS {
            return Err(refused());
        }
        let code = Self(parse_digits(text).ok_or_else(refused)?);
        UnitCode::parse(&code.village().to_string())?;
        match code.number() {
            0 | 900 => Err(invalid!(
                "“{text}”的网格号无效；基础网格 001–899，专属网格 901–999",
                "`{text}` has no valid grid number; write 001-899 for a basic grid or 901-999 for a dedicated one"
            )),
            _ => Ok(code),
        }
    }

    /// The village of the grid.
    #[must_use]
    pub const fn village(self) -> UnitCode {
        UnitCode(self.0 / Self::NUMBERS)
    }

    /// The number of the grid in its village: 1–999 without 900.
    #[must_use]
    pub fn number(self) -> u16 {
        u16::try_from(self.0 % Self::NUMBERS).unwrap_or_default()
    }

    /// The kind of the grid, derived from its number.
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

/// Implements reading and writing of a code as text.
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
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                Self::parse(text)
            }
        }

        serde_as_text!($code);
    };
}

code_as_text!(UnitCode);
code_as_text!(GridCode);

/// An administrative unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    pub code: UnitCode,
    /// The official name, such as 东明镇. Names are not unique, so they must not be used as keys.
    pub name: String,
    /// The name for lists and maps.
    pub short_name: String,
    /// The kind in the national statistics, such as `town` or `residents_committee`.
    pub kind: String,
}

impl Unit {
    /// The name as people say it: 江渠村 for 江渠村民委员会, 翰林路社区 for 翰林路社区居民委员会. Other names stay as they are.
    #[must_use]
    pub fn plain_name(&self) -> String {
        let name = self.name.as_str();
        let residents = ["居民委员会", "居委会"].iter().find_map(|suffix| name.strip_suffix(suffix));
        let villagers = ["村民委员会", "村委会"].iter().find_map(|suffix| name.strip_suffix(suffix));
        match (residents, villagers) {
            (Some(place), _) if !place.is_empty() => place.to_owned(),
            (_, Some(place)) if place.ends_with('村') || place.ends_with("社区") => place.to_owned(),
            (_, Some(place)) if !place.is_empty() => format!("{place}村"),
            _ => name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> UnitCode {
        UnitCode::parse(text).unwrap()
    }

    #[test]
    fn levels_are_ordered_from_village_to_city() {
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
    fn the_length_of_a_code_decides_its_level() {
        assert_eq!(code("4112").level(), Level::City);
        assert_eq!(code("411271").level(), Level::County);
        assert_eq!(code("411271560").level(), Level::Township);
        assert_eq!(code("411224107201").level(), Level::Village);
        for wrong in
            ["", "41", "41122", "4112241072010", "41122a", "４１１２", " 4112", "0112", "411202003０"]
        {
            let said = UnitCode::parse(wrong).unwrap_err().to_string();
            assert!(said.starts_with(&format!("`{wrong}` is not a unit code")), "{said}");
        }
        for padded in ["4100", "411200", "411202000", "411202001000", "411202000000"] {
            let said = UnitCode::parse(padded).unwrap_err().to_string();
            assert!(said.contains("ends in zeros"), "{said}");
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
            let said = UnitCode::from_statistical(wrong, level).unwrap_err().to_string();
            assert!(said.contains("is not the statistical code"), "{said}");
        }
        assert!(UnitCode::from_statistical("411221000000", Level::Township).is_err());
    }

    #[test]
    fn the_code_of_a_higher_unit_is_a_prefix() {
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
    fn a_grid_code_is_a_village_code_and_a_number() {
        let grid = GridCode::parse("411224107201001").unwrap();
        assert_eq!((grid.village(), grid.number(), grid.kind()), (code("411224107201"), 1, GridKind::Basic));
        assert_eq!(GridCode::parse("411224107201899").unwrap().kind(), GridKind::Basic);
        assert_eq!(GridCode::parse("411224107201901").unwrap().kind(), GridKind::Dedicated);
        assert_eq!(serde_json::to_string(&grid).unwrap(), "\"411224107201001\"");
        assert!(serde_json::from_str::<GridCode>("411224107201001").is_err());
        for reserved in ["411224107201000", "411224107201900"] {
            let said = GridCode::parse(reserved).unwrap_err().to_string();
            assert!(said.contains("has no valid grid number"), "{said}");
        }
        let said = |text| GridCode::parse(text).unwrap_err().to_string();
        assert!(said("411224107201").contains("is not a grid code"));
        assert!(said("411224107000001").contains("ends in zeros"));
    }

    proptest! {
        #[test]
        fn a_code_is_unchanged_after_text_and_json(text in "[1-9][0-9]{3}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?") {
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
