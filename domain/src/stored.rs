//! How values of the domain are stored: fields that have their default value are left out, and times are milliseconds since 1970.

pub(crate) use chrono::serde::{ts_milliseconds as time, ts_milliseconds_option as optional_time};

/// Whether a field has its default value. Such a field is neither stored nor needed when it is read, so that new fields of a
/// snapshot or an event leave the stored ones readable.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
