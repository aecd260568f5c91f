//! The structure of PNG files: chunks from the header to the end chunk.

use grassroots_domain::incident::photo::NoPreview;

use crate::{
    bytes::{Bytes, to_usize},
    dimensions::Dimensions,
};

pub(super) fn check(bytes: &[u8]) -> Result<(), NoPreview> {
    let mut rest = Bytes(bytes);
    rest.take(8).ok_or(NoPreview::Broken)?;
    let (length, kind) = read_chunk_header(&mut rest).ok_or(NoPreview::Broken)?;
    let header = read_content(&mut rest, length).filter(|_| kind == *b"IHDR").ok_or(NoPreview::Broken)?;
    dimensions(header).ok_or(NoPreview::Broken)?.check()?;
    let mut error_at_end = NoPreview::Broken;
    loop {
        let (length, kind) = read_chunk_header(&mut rest).ok_or(error_at_end)?;
        if kind == *b"IDAT" {
            // From here on, a file that ends too early has at least a part of the picture.
            error_at_end = NoPreview::Truncated;
        }
        read_content(&mut rest, length).ok_or(error_at_end)?;
        if kind == *b"IEND" {
            return if error_at_end == NoPreview::Truncated { Ok(()) } else { Err(NoPreview::Broken) };
        }
    }
}

/// The length and the kind of the next chunk.
fn read_chunk_header(rest: &mut Bytes<'_>) -> Option<(u32, [u8; 4])> {
    Some((rest.u32_be()?, rest.array()?))
}

/// The content of a chunk. The decoder checks the checksum after it.
fn read_content<'a>(rest: &mut Bytes<'a>, length: u32) -> Option<&'a [u8]> {
    let content = rest.take(to_usize(length))?;
    rest.take(4)?;
    Some(content)
}

fn dimensions(header: &[u8]) -> Option<Dimensions> {
    let mut rest = Bytes(header);
    Some(Dimensions { width: rest.u32_be()?, height: rest.u32_be()?, heavy: rest.u8()? > 8 })
}
