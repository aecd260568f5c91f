//! What is wrong with the shape of a body or a query: a field is missing or unknown, or a value has the wrong type. Serde
//! builds these errors while it reads; their texts stand in `http/problems/shape.rs`.

use std::{fmt, num::IntErrorKind};

use serde::de::{Error, Expected, Unexpected};

/// A wrong value, and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShapeError {
    /// From the outermost value to the wrong one.
    pub path: Vec<Segment>,
    /// What is wrong.
    pub fault: Fault,
}

/// One step into a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Segment {
    /// To the value of this key.
    Key(String),
    /// To this element, counted from 0.
    Index(usize),
}

/// What is wrong with a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It is no JSON. The text is that of the parser, with line and column.
    Syntax(String),
    /// This field is missing in the value.
    MissingField(String),
    /// This field stands twice in the value.
    DuplicateField(String),
    /// There is no such field; the path ends with it.
    UnknownField {
        /// The fields there are.
        known: Vec<String>,
    },
    /// The value is none of these.
    UnknownVariant {
        /// The values there are.
        known: Vec<String>,
    },
    /// Another type is needed.
    WrongType {
        /// What is needed, in the words of serde, such as `u32` or `a string`.
        expected: String,
    },
    /// The number, zero or more, does not fit the type.
    OutOfRange,
    /// The type is right, but the text cannot be read.
    Unreadable {
        /// What is needed, in the words of serde, such as `a formatted UUID string`.
        expected: String,
        /// What the reader says.
        message: String,
    },
    /// The text is no whole number of that type.
    NotWhole(IntErrorKind),
    /// The text is no number.
    NotNumber,
    /// The text is neither `true` nor `false`.
    NotBoolean,
    /// Something else; the text is that of the type.
    Other(String),
}

impl ShapeError {
    /// The error at the outermost value.
    #[must_use]
    pub const fn new(fault: Fault) -> Self {
        Self { path: Vec::new(), fault }
    }

    /// The same error, seen from the value around it.
    #[must_use]
    pub fn below(mut self, segment: Segment) -> Self {
        self.path.insert(0, segment);
        self
    }

    /// The same error of a reader that needs `expected`.
    #[must_use]
    pub(super) fn of_reader(self, needed: String) -> Self {
        let Fault::Other(message) = self.fault else { return self };
        Self { fault: Fault::Unreadable { expected: needed, message }, ..self }
    }
}

/// A path as a JSON pointer (RFC 6901).
#[must_use]
pub fn pointer_to(path: &[Segment]) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Key(key) => format!("/{}", escaped(key)),
            Segment::Index(index) => format!("/{index}"),
        })
        .collect()
}

/// A name as a part of a JSON pointer (RFC 6901).
#[must_use]
pub fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// For errors of serde that are not read by anybody: the variants say more.
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

/// Whether this is how serde names a type of whole numbers.
fn is_integer(expected: &str) -> bool {
    matches!(
        expected,
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize"
    )
}
