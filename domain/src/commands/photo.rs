//! The check of photos that a report or a command adds to an incident.

use crate::{
    incident::photo::{FOR_AFTER, MOST, MOST_AT_ONCE, Phase, Photo},
    refusal::Refusal,
    rules::category::{Category, Flag},
};

/// Checks whether the photos `new` may be added to an incident of `category` that has the photos `existing`.
///
/// An incident has at most [`MOST`] photos. Of these, [`FOR_AFTER`] are reserved for photos of the finished work.
///
/// # Errors
/// The category forbids photos, there are too many, or one is added twice.
pub(crate) fn check_new_photos(
    new: &[Photo],
    existing: &[Photo],
    category: &Category,
) -> Result<(), Refusal> {
    if new.is_empty() {
        return Ok(());
    }
    if category.has(Flag::PhotoOff) {
        return Err(Refusal::PhotosOff { category: category.code });
    }
    if new.len() > MOST_AT_ONCE {
        return Err(Refusal::TooManyPhotos { most: MOST_AT_ONCE });
    }
    let are_after = new.iter().all(|photo| photo.phase == Phase::After);
    let most = if are_after { MOST } else { MOST - FOR_AFTER };
    if existing.len() + new.len() > most {
        return Err(Refusal::TooManyPhotos { most });
    }
    for (index, photo) in new.iter().enumerate() {
        let mut earlier = existing.iter().chain(new.iter().take(index));
        if earlier.any(|other| other.sha256 == photo.sha256) {
            return Err(Refusal::PhotoNamedTwice { sha256: photo.sha256 });
        }
    }
    Ok(())
}
