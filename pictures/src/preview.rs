//! Previews: upright JPEG files that contain only pixels.

use grassroots_domain::incident::photo::{NoPreview, THUMB_PX};
use image::{DynamicImage, GenericImageView as _, Rgb, RgbImage, codecs::jpeg::JpegEncoder};

/// The JPEG quality, from 1 to 100.
const QUALITY: u8 = 80;

/// The previews of a picture, as JPEG files.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Preview {
    /// For lists. The longer side has at most [`THUMB_PX`] pixels.
    pub thumb: Vec<u8>,
    /// For a whole screen. The longer side has at most [`grassroots_domain::incident::photo::LARGE_PX`] pixels.
    pub large: Vec<u8>,
}

impl Preview {
    /// Makes the previews from the upright picture in its large size.
    pub(crate) fn of(large: &DynamicImage) -> Result<Self, NoPreview> {
        let thumb = shrink(large, THUMB_PX);
        Ok(Self { thumb: encode(&thumb)?, large: encode(large)? })
    }
}

/// Shrinks the picture so that its longer side has `side` pixels. A smaller picture stays as it is.
pub(crate) fn shrink(picture: &DynamicImage, side: u32) -> DynamicImage {
    let (width, height) = picture.dimensions();
    if width.max(height) <= side { picture.clone() } else { picture.thumbnail(side, side) }
}

fn encode(picture: &DynamicImage) -> Result<Vec<u8>, NoPreview> {
    let mut bytes = Vec::new();
    let pixels = on_white(picture);
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    pixels.write_with_encoder(encoder).map_err(|_| NoPreview::Failed)?;
    Ok(bytes)
}

/// The picture on a white background, because JPEG has no transparency.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let pixels = picture.to_rgba8();
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [red, green, blue, alpha] = pixels.get_pixel(x, y).0;
        let blend = |colour: u8| {
            let (colour, alpha) = (u16::from(colour), u16::from(alpha));
            u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        Rgb([red, green, blue].map(blend))
    })
}
