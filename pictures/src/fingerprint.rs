//! The fingerprint of a picture: dHash, 8 × 8 differences of neighbours.

use grassroots_domain::photo::Fingerprint;
use image::DynamicImage;

/// Pixels a side must have.
const SMALLEST: u32 = 32;
/// How much lighter the lightest of the fields must be than the darkest, of 255. Every blank wall looks like every other.
const PLAIN: u8 = 16;

/// What `picture`, the right way up, looks like; none if it is small or plain.
pub(crate) fn of(picture: &DynamicImage) -> Option<Fingerprint> {
    if picture.width().min(picture.height()) < SMALLEST {
        return None;
    }
    let fields = picture.thumbnail_exact(9, 8).to_luma8();
    let (darkest, lightest) = (fields.iter().min()?, fields.iter().max()?);
    if lightest - darkest < PLAIN {
        return None;
    }
    let mut bits = 0;
    for row in fields.rows() {
        let mut left = None;
        for field in row {
            let [light] = field.0;
            if let Some(left) = left {
                bits = bits << 1 | u64::from(left < light);
            }
            left = Some(light);
        }
    }
    Some(Fingerprint(bits))
}
