//! The structure of HEIC files (ISO/IEC 23008-12): boxes, and the dimensions of the main picture.

use grassroots_domain::incident::photo::NoPreview;
use heifer::heifer_isobmff::HeifFile;

use crate::{
    bytes::{Bytes, to_usize},
    dimensions::Dimensions,
};

/// Checks the file. Returns the boxes, without the data that some phones write after the last box.
pub(super) fn check(bytes: &[u8]) -> Result<&[u8], NoPreview> {
    let file = boxes(bytes)?;
    let parsed = HeifFile::parse(file).map_err(|_| NoPreview::Broken)?;
    if let Ok(Some((width, height))) = parsed.image_size(parsed.primary_id) {
        Dimensions { width, height, heavy: true }.check()?;
    }
    Ok(file)
}

/// All boxes, without the data after the last box.
fn boxes(bytes: &[u8]) -> Result<&[u8], NoPreview> {
    let mut rest = Bytes(bytes);
    loop {
        let end = bytes.len() - rest.0.len();
        let Some((kind, length)) = read_header(&mut rest) else {
            return bytes.get(..end).ok_or(NoPreview::Broken);
        };
        if rest.take(length).is_none() {
            // These two boxes hold the picture, so the file is truncated. Anything else is not a box.
            return if kind == *b"mdat" || kind == *b"meta" {
                Err(NoPreview::Truncated)
            } else {
                bytes.get(..end).ok_or(NoPreview::Broken)
            };
        }
    }
}

/// Reads the header of a box: its kind and the length of its content.
fn read_header(rest: &mut Bytes<'_>) -> Option<([u8; 4], usize)> {
    let length = rest.u32_be()?;
    let kind = rest.array()?;
    let content = match length {
        // The box continues to the end of the file.
        0 => rest.0.len(),
        1 => usize::try_from(u64::from_be_bytes(rest.array()?)).ok()?.checked_sub(16)?,
        _ => to_usize(length).checked_sub(8)?,
    };
    Some((kind, content))
}
