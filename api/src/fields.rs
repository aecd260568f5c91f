//! Fields of a body: read one after the other, and everything that is wrong is named at once.

use std::str::FromStr;

use grassroots_domain::{
    position::{Position, PositionWarning, RawPosition},
    routing::Words,
    text::{self, Text, TextLimits},
    time::{Instant, is_storable},
    warning::Warning,
};

use crate::{
    explain::Explain,
    problem::{Code, FieldError, Problem, words},
    problems::intake::{position_error, text_error},
};

/// What is wrong with the fields read so far, and what is remarkable.
#[derive(Default, Debug)]
pub struct Fields {
    errors: Vec<FieldError>,
    warnings: Vec<Warning>,
}

impl Fields {
    /// Notes that the field at `pointer` is wrong.
    pub fn wrong(&mut self, pointer: &str, code: Code, detail: Words) {
        self.errors.push(FieldError { pointer: pointer.to_owned(), code, detail });
    }

    /// Reads a field that has a type of its own.
    pub fn parse<T: FromStr<Err: Explain>>(&mut self, pointer: &str, given: &str) -> Option<T> {
        self.parse_or(pointer, given, Code::WrongType)
    }

    /// The same, with a code of its own when it is wrong.
    pub fn parse_or<T: FromStr<Err: Explain>>(
        &mut self,
        pointer: &str,
        given: &str,
        code: Code,
    ) -> Option<T> {
        given.parse().map_err(|error: T::Err| self.wrong(pointer, code, error.explain())).ok()
    }

    /// Reads free text within limits; masked numbers are remarked upon.
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

    /// Checks a time that is to be kept.
    pub fn moment(&mut self, pointer: &str, at: Option<Instant>) {
        if let Some(at) = at.filter(|at| !is_storable(*at)) {
            let detail = words!("“{at}”不在公元 1 至 9999 年之间", "{at} is not in the years 1 to 9999");
            self.wrong(pointer, Code::WrongType, detail);
        }
    }

    /// Remarks upon something, once.
    pub fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// What was made of the fields and what is remarkable about them, or everything that is wrong.
    ///
    /// # Errors
    /// When a field is wrong.
    pub fn finish<T>(self, made: Option<T>) -> Result<(T, Vec<Warning>), Vec<FieldError>> {
        match made {
            Some(made) if self.errors.is_empty() => Ok((made, self.warnings)),
            _ => Err(self.errors),
        }
    }

    /// The same, for handlers.
    ///
    /// # Errors
    /// When a field is wrong.
    pub fn done<T>(self, made: Option<T>) -> Result<T, Problem> {
        self.finish(made).map(|(made, _)| made).map_err(Problem::invalid)
    }
}
