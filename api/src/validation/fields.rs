//! Reads the fields of a body one after the other and collects all errors.

use std::{borrow::Cow, str::FromStr};

use grassroots_domain::{
    geography::position::{Position, PositionError, PositionWarning, RawPosition},
    text::{
        self, Text, TextError, TextLimits,
        invalid_value::InvalidValue,
        localized::{Localized, localized},
    },
    time::{Instant, is_storable},
    warning::Warning,
};

use crate::{problem_code::ProblemCode, validation::FieldError};

/// The largest number of characters that are quoted from a wrong value. It fits a SHA-256 digest, which is the longest
/// code.
const MAX_QUOTED_CHARS: usize = 64;

/// Shortens a value for quoting.
#[must_use]
pub fn quoted(given: &str) -> Cow<'_, str> {
    match given.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", given.get(..end).unwrap_or_default()).into(),
        None => given.into(),
    }
}

/// The errors and warnings about the fields read so far.
#[derive(Default, Debug)]
pub struct Fields {
    errors: Vec<FieldError>,
    warnings: Vec<Warning>,
}

impl Fields {
    /// Records that the field at `pointer` is wrong.
    pub fn wrong(&mut self, pointer: &str, code: ProblemCode, detail: Localized) {
        self.errors.push(FieldError { pointer: pointer.to_owned(), code, detail });
    }

    /// Reads a field into its own type.
    pub fn parse<T: FromStr<Err: Into<InvalidValue>>>(&mut self, pointer: &str, given: &str) -> Option<T> {
        self.parse_or(pointer, given, ProblemCode::WrongType)
    }

    /// Reads a field into its own type. If it is wrong, the error has the given code.
    pub fn parse_or<T: FromStr<Err: Into<InvalidValue>>>(
        &mut self,
        pointer: &str,
        given: &str,
        code: ProblemCode,
    ) -> Option<T> {
        // A shortened value is still wrong, because no code is that long.
        quoted(given).parse().map_err(|error: T::Err| self.wrong(pointer, code, error.into().into())).ok()
    }

    /// Reads free text within limits. A warning is recorded if numbers were masked.
    pub fn text(&mut self, pointer: &str, given: &str, limits: TextLimits) -> Option<Text> {
        match text::parse(given, limits) {
            Ok((text, masked)) => {
                if !masked.is_empty() {
                    self.warn(Warning::TextMasked);
                }
                Some(text)
            }
            Err(error) => {
                self.errors.push(text_error(pointer, &error));
                None
            }
        }
    }

    /// Reads the position at `parent`.
    pub fn position(&mut self, parent: &str, raw: RawPosition) -> Option<Position> {
        match Position::parse(raw) {
            Ok((position, remarks)) => {
                for PositionWarning::Inaccurate in remarks {
                    self.warn(Warning::LocationInaccurate);
                }
                Some(position)
            }
            Err(error) => {
                self.errors.push(position_error(parent, &error));
                None
            }
        }
    }

    /// Checks that a time can be stored.
    pub fn moment(&mut self, pointer: &str, at: Option<Instant>) {
        if let Some(at) = at.filter(|at| !is_storable(*at)) {
            let detail = localized!("“{at}”不在公元 1 至 9999 年之间", "{at} is not in the years 1 to 9999");
            self.wrong(pointer, ProblemCode::WrongType, detail);
        }
    }

    /// Records a warning. The same warning is recorded only once.
    pub fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Returns the result and the warnings, or all errors.
    ///
    /// # Errors
    /// A field is wrong.
    pub fn finish<T>(self, made: Option<T>) -> Result<(T, Vec<Warning>), Vec<FieldError>> {
        match made {
            Some(made) if self.errors.is_empty() => Ok((made, self.warnings)),
            _ => Err(self.errors),
        }
    }

    /// Returns the result, or all errors. For bodies that cannot cause warnings.
    ///
    /// # Errors
    /// A field is wrong.
    pub fn done<T>(self, made: Option<T>) -> Result<T, Vec<FieldError>> {
        self.finish(made).map(|(made, _)| made)
    }
}

/// The field error for a refused text.
#[must_use]
fn text_error(pointer: &str, error: &TextError) -> FieldError {
    let (code, detail) = match error {
        TextError::Empty => (ProblemCode::TextEmpty, localized!("文字为空", "the text is empty")),
        TextError::TooShort { length, min } => (
            ProblemCode::TextTooShort,
            localized!(
                "只有 {length} 个字，至少需要 {min} 个字",
                "the text has {length} characters; at least {min} are needed"
            ),
        ),
        TextError::TooLong { length, max } => (
            ProblemCode::TextTooLong,
            localized!(
                "有 {length} 个字，最多 {max} 个字",
                "the text has {length} characters; at most {max} are allowed"
            ),
        ),
        TextError::Control { character, position } => (
            ProblemCode::ControlCharacter,
            localized!(
                "第 {position} 个字符是控制字符 U+{character:04X}，请删除",
                "character {position} is the control character U+{character:04X}; remove it"
            ),
        ),
    };
    FieldError { pointer: pointer.to_owned(), code, detail }
}

/// The field error for a refused position. The pointer begins with `parent`.
#[must_use]
pub fn position_error(parent: &str, error: &PositionError) -> FieldError {
    let (code, detail) = match *error {
        PositionError::NotFinite => (
            ProblemCode::PositionNotFinite,
            localized!("坐标不是有限的数字", "the position is not a pair of finite numbers"),
        ),
        PositionError::Zero => (
            ProblemCode::PositionZero,
            localized!(
                "坐标为 (0, 0)，手机没有定位成功，请等待定位或在地图上选点",
                "the position is (0, 0): the phone had no fix; wait for one or pick the place on the map"
            ),
        ),
        PositionError::Swapped { lon, lat } => (
            ProblemCode::PositionSwapped,
            localized!(
                "lon={lon}、lat={lat} 经纬度颠倒，应为 lon={lat}、lat={lon}",
                "lon={lon} and lat={lat} are swapped; send lon={lat} and lat={lon}"
            ),
        ),
        PositionError::OutsideChina { lon, lat } => (
            ProblemCode::PositionOutsideChina,
            localized!(
                "({lon}, {lat}) 不在中国境内：经度 73–136，纬度 3–54",
                "({lon}, {lat}) is not in China: lon 73–136, lat 3–54"
            ),
        ),
        PositionError::AccuracyNegative(accuracy) => (
            ProblemCode::AccuracyNegative,
            localized!(
                "accuracy_m={accuracy} 为负，应为米数，没有则省略",
                "accuracy_m={accuracy} is negative; send metres, or leave it out"
            ),
        ),
        PositionError::AccuracyAbsurd(accuracy) => (
            ProblemCode::AccuracyAbsurd,
            localized!(
                "accuracy_m={accuracy} 不合理，应为米数，没有则省略",
                "accuracy_m={accuracy} is no accuracy; send metres, or leave it out"
            ),
        ),
    };
    FieldError { pointer: format!("{parent}/{}", error.field()), code, detail }
}
