//! Reads values that are written as text: the keys of objects, and the parameters of a query.

use std::borrow::Cow;

use form_urlencoded::Parse;
use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Expected, MapAccess, Visitor,
        value::{MapAccessDeserializer, StringDeserializer},
    },
    forward_to_deserialize_any,
};

use crate::validation::shape_error::{Fault, Segment, ShapeError};

/// Reads a `T` from a query string. Each parameter is a field.
///
/// # Errors
/// The first wrong parameter.
pub fn read_query<T: DeserializeOwned>(query: &str) -> Result<T, ShapeError> {
    let parameters = Parameters { rest: form_urlencoded::parse(query.as_bytes()), pending: None };
    T::deserialize(MapAccessDeserializer::new(parameters))
}

/// The parameters of a query.
struct Parameters<'q> {
    rest: Parse<'q>,
    /// The parameter whose name was read last.
    pending: Option<(Cow<'q, str>, Cow<'q, str>)>,
}

impl<'de> MapAccess<'de> for Parameters<'_> {
    type Error = ShapeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, ShapeError> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        let read = seed.deserialize(Spelled::from(&*name));
        let read = read.map_err(|error| error.below(Segment::Key(name.clone().into_owned())))?;
        self.pending = Some((name, value));
        Ok(Some(read))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, ShapeError> {
        let (name, value) = self.pending.take().unwrap_or_default();
        let read = seed.deserialize(Spelled::from(&*value));
        read.map_err(|error| error.below(Segment::Key(name.into_owned())))
    }
}

/// A text that may contain a number, `true` or `false`.
pub(super) struct Spelled<'t>(&'t str);

impl<'t> From<&'t str> for Spelled<'t> {
    fn from(text: &'t str) -> Self {
        Self(text)
    }
}

/// Declares the methods that read numbers of these types.
macro_rules! numbers {
    ($($method:ident $visit:ident $number:ty => $fault:expr;)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ShapeError> {
            let number: $number = self.0.parse().map_err(|error| ShapeError::new($fault(error)))?;
            visitor.$visit(number)
        })+
    };
}

/// Gives `text` to the visitor of a type. An error names what the type expects.
pub(super) fn visit_text<'de, V: Visitor<'de>>(visitor: V, text: &str) -> Result<V::Value, ShapeError> {
    let expected: &dyn Expected = &visitor;
    let needed = expected.to_string();
    visitor.visit_str(text).map_err(|error: ShapeError| error.of_reader(needed))
}

fn not_whole(error: std::num::ParseIntError) -> Fault {
    Fault::NotWhole(*error.kind())
}

fn not_number(_: std::num::ParseFloatError) -> Fault {
    Fault::NotNumber
}

impl<'de> Deserializer<'de> for Spelled<'_> {
    type Error = ShapeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ShapeError> {
        visit_text(visitor, self.0)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ShapeError> {
        visitor.visit_bool(self.0.parse().map_err(|_| ShapeError::new(Fault::NotBoolean))?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ShapeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ShapeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ShapeError> {
        visitor.visit_enum(StringDeserializer::new(self.0.to_owned()))
    }

    numbers! {
        deserialize_i8 visit_i8 i8 => not_whole;
        deserialize_i16 visit_i16 i16 => not_whole;
        deserialize_i32 visit_i32 i32 => not_whole;
        deserialize_i64 visit_i64 i64 => not_whole;
        deserialize_u8 visit_u8 u8 => not_whole;
        deserialize_u16 visit_u16 u16 => not_whole;
        deserialize_u32 visit_u32 u32 => not_whole;
        deserialize_u64 visit_u64 u64 => not_whole;
        deserialize_f32 visit_f32 f32 => not_number;
        deserialize_f64 visit_f64 f64 => not_number;
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
