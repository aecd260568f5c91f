//! Reads JSON with typed errors. The reader wraps the parser and passes its values to serde. The errors of the types
//! remain [`ShapeError`]s.
//!
//! The parser can return only its own error type. An error of a type is therefore stored in a slot until the parser has
//! returned.

use std::{cell::RefCell, fmt};

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, StringDeserializer},
    },
    forward_to_deserialize_any,
};

use crate::validation::{
    shape_error::{Fault, Segment, ShapeError},
    spelled::{Spelled, visit_text},
};

/// Reads a `T` from `parser`.
///
/// # Errors
/// The first wrong value, or a syntax error before it.
pub fn read<'de, T: DeserializeOwned, D: Deserializer<'de>>(parser: D) -> Result<T, ShapeError> {
    T::deserialize(ShapeReader { parser, slot: &Slot::default() })
}

/// Stores an error until the parser has returned.
#[derive(Default)]
struct Slot(RefCell<Option<ShapeError>>);

impl Slot {
    /// Stores `error`, and returns an error that the parser can return.
    fn put<E: Error>(&self, error: ShapeError) -> E {
        self.0.replace(Some(error));
        E::custom("")
    }

    /// Returns the stored error. If there is none, the parser itself has failed.
    fn take(&self) -> ShapeError {
        self.0.take().unwrap_or_else(|| ShapeError::new(Fault::Syntax))
    }
}

/// Reads the current value of the parser.
struct ShapeReader<'s, D> {
    parser: D,
    slot: &'s Slot,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ShapeReader<'_, D> {
    type Error = ShapeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ShapeError> {
        let slot = self.slot;
        self.parser.deserialize_any(Watched { visitor, slot }).map_err(|_| slot.take())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ShapeError> {
        let slot = self.slot;
        self.parser.deserialize_option(Watched { visitor, slot }).map_err(|_| slot.take())
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
        self.deserialize_any(Choice(visitor))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// Wraps the visitor of a type. The visitor's errors are stored in the slot.
struct Watched<'s, V> {
    visitor: V,
    slot: &'s Slot,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Watched<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<V::Value, E> {
        self.visitor.visit_bool(value).map_err(|error| self.slot.put(error))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<V::Value, E> {
        self.visitor.visit_i64(value).map_err(|error| self.slot.put(error))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<V::Value, E> {
        self.visitor.visit_u64(value).map_err(|error| self.slot.put(error))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        self.visitor.visit_f64(value).map_err(|error| self.slot.put(error))
    }

    // Serde passes borrowed and owned texts on to this method, too.
    fn visit_str<E: Error>(self, value: &str) -> Result<V::Value, E> {
        visit_text(self.visitor, value).map_err(|error| self.slot.put(error))
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit().map_err(|error| self.slot.put(error))
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none().map_err(|error| self.slot.put(error))
    }

    fn visit_some<D: Deserializer<'de>>(self, parser: D) -> Result<V::Value, D::Error> {
        let slot = self.slot;
        self.visitor.visit_some(ShapeReader { parser, slot }).map_err(|error| slot.put(error))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        let slot = self.slot;
        self.visitor.visit_seq(Elements { elements, index: 0, slot }).map_err(|error| slot.put(error))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        let slot = self.slot;
        self.visitor.visit_map(Entries { entries, key: String::new(), slot }).map_err(|error| slot.put(error))
    }
}

/// Wraps the seed that reads a part of a value.
struct Part<'s, S> {
    seed: S,
    slot: &'s Slot,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Part<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<S::Value, D::Error> {
        self.seed.deserialize(ShapeReader { parser, slot: self.slot }).map_err(|error| self.slot.put(error))
    }
}

/// The elements of an array.
struct Elements<'s, A> {
    elements: A,
    index: usize,
    slot: &'s Slot,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<'_, A> {
    type Error = ShapeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ShapeError> {
        let (index, slot) = (self.index, self.slot);
        self.index += 1;
        let element = self.elements.next_element_seed(Part { seed, slot });
        element.map_err(|_| slot.take().below(Segment::Index(index)))
    }
}

/// The entries of an object.
struct Entries<'s, A> {
    entries: A,
    /// The latest key.
    key: String,
    slot: &'s Slot,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<'_, A> {
    type Error = ShapeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, ShapeError> {
        let Some(key) = self.entries.next_key::<String>().map_err(|_| self.slot.take())? else {
            return Ok(None);
        };
        let read = seed.deserialize(Spelled::from(key.as_str()));
        let read = read.map_err(|error: ShapeError| error.below(Segment::Key(key.clone())))?;
        self.key = key;
        Ok(Some(read))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, ShapeError> {
        let slot = self.slot;
        let value = self.entries.next_value_seed(Part { seed, slot });
        value.map_err(|_| slot.take().below(Segment::Key(std::mem::take(&mut self.key))))
    }
}

/// An enum: the name of a variant, or an object with the variant as its only key.
struct Choice<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Choice<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("string or map")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<V::Value, E> {
        self.0.visit_enum(StringDeserializer::new(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(MapAccessDeserializer::new(variant))
    }
}
