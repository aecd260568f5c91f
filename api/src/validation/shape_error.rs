//! Errors in the shape of a body or a query: a field is missing or unknown, or a value has the wrong type. Serde
//! creates these errors while it reads. Their texts are in `http/problems/shape.rs`.

use std::{fmt, num::IntErrorKind};

use serde::de::{Error, Expected, Unexpected};

/// An error with the path of the wrong value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShapeError {
    /// The path from the outermost value to the wrong one.
    pub path: Vec<Segment>,
    /// The error.
    pub fault: Fault,
}

/// One step of a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Segment {
    /// The value with this key.
    Key(String),
    /// The element with this index; 0 is the first.
    Index(usize),
}

/// What is wrong with a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The text is not JSON.
    Syntax,
    /// This field is missing.
    MissingField(String),
    /// This field appears twice.
    DuplicateField(String),
    /// The field is unknown. Its name is the end of the path.
    UnknownField {
        /// The known fields.
        known: Vec<String>,
    },
    /// The value is not one of the known values.
    UnknownVariant {
        /// The known values.
        known: Vec<String>,
    },
    /// The value has the wrong type.
    WrongType {
        /// The expected type in the words of serde, such as `u32` or `a string`.
        expected: String,
    },
    /// The value is a whole number of zero or more, but it does not fit the type.
    OutOfRange,
    /// The value has the right type, but its text cannot be read.
    Unreadable {
        /// The expected value in the words of serde, such as `a formatted UUID string`.
        expected: String,
        /// The message of the type that read the text.
        message: String,
    },
    /// The text is not a whole number of the expected type.
    NotWhole(IntErrorKind),
    /// The text is not a number.
    NotNumber,
    /// The text is neither `true` nor `false`.
    NotBoolean,
    /// Another error, with the message of the type.
    Other(String),
}

impl ShapeError {
    /// An error in the outermost value.
    #[must_use]
    pub const fn new(fault: Fault) -> Self {
        Self { path: Vec::new(), fault }
    }

    /// The same error with `segment` at the start of its path.
    #[must_use]
    pub fn below(mut self, segment: Segment) -> Self {
        self.path.insert(0, segment);
        self
    }

    /// The same error with `needed` as the expected type.
    #[must_use]
    pub(super) fn of_reader(self, needed: String) -> Self {
        let Fault::Other(message) = self.fault else { return self };
        Self { fault: Fault::Unreadable { expected: needed, message }, ..self }
    }
}

/// Writes a path as a JSON pointer (RFC 6901).
#[must_use]
pub fn pointer_to(path: &[Segment]) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Key(key) => format!("/{}", escaped(key)),
            Segment::Index(index) => format!("/{index}"),
        })
        .collect()
}

/// Escapes a name for a JSON pointer (RFC 6901).
#[must_use]
pub fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Serde requires this. Nobody reads the text, because the variants say more.
impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for ShapeError {}

impl Error for ShapeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Fault::Other(message.to_string()))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Fault::WrongType { expected: expected.to_string() })
    }

    fn invalid_value(given: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        let is_natural = match given {
            Unexpected::Unsigned(_) => true,
            Unexpected::Signed(number) => number >= 0,
            Unexpected::Bool(_)
            | Unexpected::Float(_)
            | Unexpected::Char(_)
            | Unexpected::Str(_)
            | Unexpected::Bytes(_)
            | Unexpected::Unit
            | Unexpected::Option
            | Unexpected::NewtypeStruct
            | Unexpected::Seq
            | Unexpected::Map
            | Unexpected::Enum
            | Unexpected::UnitVariant
            | Unexpected::NewtypeVariant
            | Unexpected::TupleVariant
            | Unexpected::StructVariant
            | Unexpected::Other(_) => false,
        };
        Self::new(if is_natural && is_integer(&expected) {
            Fault::OutOfRange
        } else {
            Fault::WrongType { expected }
        })
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::new(Fault::WrongType { expected: expected.to_string() })
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::new(Fault::UnknownVariant { known: owned(known) })
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::new(Fault::UnknownField { known: owned(known) })
    }

    fn missing_field(name: &'static str) -> Self {
        Self::new(Fault::MissingField(name.to_owned()))
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::new(Fault::DuplicateField(name.to_owned()))
    }
}

/// Whether `expected` is serde's name for an integer type.
fn is_integer(expected: &str) -> bool {
    matches!(
        expected,
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize"
    )
}
