//! The fingerprint of a picture: dHash, 8 × 8 differences of neighbours.

use grassroots_domain::incident::photo::Fingerprint;
use image::DynamicImage;

/// Pixels a side must have.
const SMALLEST: u32 = 32;
/// How much lighter the lightest of the fields must be than the darkest, of 255. Every blank wall looks like every other.
const PLAIN: u8 = 16;
/// How often it must turn from lighter to darker, along the rows. A wall, a road or a sky that only falls off towards the
/// edges looks like every other, too: it turns eight times.
const SMOOTH: u32 = 12;

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
    let (mut bits, mut turns) = (0, 0);
    for row in fields.rows() {
        let lights: Vec<u8> = row.map(|field| field.0[0]).collect();
        let mut before = None;
        for (left, right) in lights.iter().zip(lights.iter().skip(1)) {
            let rises = left < right;
            bits = bits << 1 | u64::from(rises);
            turns += u32::from(before.is_some_and(|before| before != rises));
            before = Some(rises);
        }
    }
    (turns >= SMOOTH).then_some(Fingerprint(bits))
}
