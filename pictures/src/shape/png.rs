//! PNG: chunks up to the last.

use grassroots_domain::incident::photo::NoPreview;

use super::{Bytes, Shape, index};

pub(super) fn check(bytes: &[u8]) -> Result<(), NoPreview> {
    let mut rest = Bytes(bytes);
    rest.take(8).ok_or(NoPreview::Broken)?;
    let (length, kind) = begin(&mut rest).ok_or(NoPreview::Broken)?;
    let header = finish(&mut rest, length).filter(|_| kind == *b"IHDR").ok_or(NoPreview::Broken)?;
    shape(header).ok_or(NoPreview::Broken)?.fits()?;
    let mut end = NoPreview::Broken;
    loop {
        let (length, kind) = begin(&mut rest).ok_or(end)?;
        if kind == *b"IDAT" {
            // From here on there is something to see, if not all of it.
            end = NoPreview::Truncated;
        }
        finish(&mut rest, length).ok_or(end)?;
        if kind == *b"IEND" {
            return if end == NoPreview::Truncated { Ok(()) } else { Err(NoPreview::Broken) };
        }
    }
}

/// Length and kind of the next chunk.
fn begin(rest: &mut Bytes<'_>) -> Option<(u32, [u8; 4])> {
    Some((rest.u32_be()?, rest.array()?))
}

/// Its content. Whether its check sum is right is for the decoder to see.
fn finish<'a>(rest: &mut Bytes<'a>, length: u32) -> Option<&'a [u8]> {
    let content = rest.take(index(length))?;
    rest.take(4)?;
    Some(content)
}

fn shape(header: &[u8]) -> Option<Shape> {
    let mut rest = Bytes(header);
    Some(Shape { width: rest.u32_be()?, height: rest.u32_be()?, heavy: rest.u8()? > 8 })
}
