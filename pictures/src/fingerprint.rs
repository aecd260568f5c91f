//! The fingerprint of a picture: a perceptual hash (dHash) of 8 × 8 differences between neighbouring fields.

use grassroots_domain::incident::photo::Fingerprint;
use image::DynamicImage;

/// The minimum width and height, in pixels.
const MIN_SIDE: u32 = 32;
/// The minimum difference between the lightest and the darkest field, of 255. All blank walls look the same.
const MIN_CONTRAST: u8 = 16;
/// The minimum number of turns between lighter and darker along the rows. A wall, a road or a sky that only gets darker towards
/// its edges has eight turns, and all of them look the same.
const MIN_TURNS: u32 = 12;

/// The fingerprint of an upright picture. `None` if the picture is too small or too plain to compare.
pub(crate) fn of(picture: &DynamicImage) -> Option<Fingerprint> {
    if picture.width().min(picture.height()) < MIN_SIDE {
        return None;
    }
    let fields = picture.thumbnail_exact(9, 8).to_luma8();
    let (darkest, lightest) = (fields.iter().min()?, fields.iter().max()?);
    if lightest - darkest < MIN_CONTRAST {
        return None;
    }
    let (mut bits, mut turns) = (0, 0);
    for row in fields.rows() {
        let brightness: Vec<u8> = row.map(|field| field.0[0]).collect();
        let mut previous = None;
        for (left, right) in brightness.iter().zip(brightness.iter().skip(1)) {
            let rises = left < right;
            bits = bits << 1 | u64::from(rises);
            turns += u32::from(previous.is_some_and(|previous| previous != rises));
            previous = Some(rises);
        }
    }
    (turns >= MIN_TURNS).then_some(Fingerprint(bits))
}
