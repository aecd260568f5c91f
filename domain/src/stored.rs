//! How values of the domain are stored: fields that have their default value are left out.

/// Whether a field has its default value. Such a field is neither stored nor needed when it is read, so that new fields of a
/// snapshot or an event leave the stored ones readable.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
