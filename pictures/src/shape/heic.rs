//! HEIC (ISO/IEC 23008-12): boxes, and what the main picture says of its size. Phones write behind the last box what is none.

use grassroots_domain::incident::photo::NoPreview;
use heifer::heifer_isobmff::HeifFile;

use super::{Bytes, Shape, index};

pub(super) fn check(bytes: &[u8]) -> Result<&[u8], NoPreview> {
    let file = boxes(bytes)?;
    let parsed = HeifFile::parse(file).map_err(|_| NoPreview::Broken)?;
    if let Ok(Some((width, height))) = parsed.image_size(parsed.primary_id) {
        Shape { width, height, heavy: true }.fits()?;
    }
    Ok(file)
}

/// All boxes, without what follows them.
fn boxes(bytes: &[u8]) -> Result<&[u8], NoPreview> {
    let mut rest = Bytes(bytes);
    loop {
        let before = rest.0;
        let Some((kind, length)) = header(&mut rest) else {
            let end = bytes.len() - before.len();
            return bytes.get(..end).ok_or(NoPreview::Broken);
        };
        if rest.take(length).is_none() {
            // The picture itself is in there, or this is no box at all.
            let end = bytes.len() - before.len();
            return if kind == *b"mdat" || kind == *b"meta" {
                Err(NoPreview::Truncated)
            } else {
                bytes.get(..end).ok_or(NoPreview::Broken)
            };
        }
    }
}

/// Kind of a box and length of its content.
fn header(rest: &mut Bytes<'_>) -> Option<([u8; 4], usize)> {
    let length = rest.u32_be()?;
    let kind = rest.array()?;
    let content = match length {
        // Up to the end.
        0 => rest.0.len(),
        1 => usize::try_from(u64::from_be_bytes(rest.array()?)).ok()?.checked_sub(16)?,
        _ => index(length).checked_sub(8)?,
    };
    Some((kind, content))
}
