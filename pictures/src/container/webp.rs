//! The structure of WebP files (RFC 9649): the canvas and every frame. A frame may be much larger than the canvas.

use grassroots_domain::incident::photo::NoPreview;

use crate::{
    bytes::{Bytes, to_usize},
    dimensions::Dimensions,
};

/// The deepest nesting of chunks: the frames of an animation are inside other chunks.
const MAX_DEPTH: u32 = 1;
/// The length of the header of an animation frame, in bytes.
const FRAME_HEADER: usize = 16;

pub(super) fn check(bytes: &[u8]) -> Result<(), NoPreview> {
    let mut rest = Bytes(bytes);
    rest.array().filter(|start| start == b"RIFF").ok_or(NoPreview::Broken)?;
    let length = to_usize(rest.u32_le().ok_or(NoPreview::Broken)?);
    // Data after the file is ignored.
    let content = rest.0.get(..length).ok_or(NoPreview::Truncated)?;
    let chunks = content.strip_prefix(b"WEBP").ok_or(NoPreview::Broken)?;
    if check_frames(Bytes(chunks), 0)? { Ok(()) } else { Err(NoPreview::Broken) }
}

/// The EXIF data of the file, without the prefix that some cameras copy from JPEG.
pub(crate) fn exif(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = Bytes(bytes.get(12..)?);
    loop {
        let (kind, content) = read_chunk(&mut rest)?;
        if kind == *b"EXIF" {
            return Some(content.strip_prefix(b"Exif\0\0").unwrap_or(content));
        }
    }
}

/// Checks the dimensions in all chunks. Returns whether there is a frame.
fn check_frames(mut rest: Bytes<'_>, depth: u32) -> Result<bool, NoPreview> {
    let mut has_frame = false;
    while !rest.0.is_empty() {
        let (kind, content) = read_chunk(&mut rest).ok_or(NoPreview::Broken)?;
        let dimensions = match &kind {
            b"VP8X" => canvas_dimensions(content),
            b"VP8 " => lossy_dimensions(content),
            b"VP8L" => lossless_dimensions(content),
            b"ANMF" if depth < MAX_DEPTH => {
                let inner = content.get(FRAME_HEADER..).ok_or(NoPreview::Broken)?;
                has_frame |= check_frames(Bytes(inner), depth + 1)?;
                continue;
            }
            _ => continue,
        };
        dimensions.ok_or(NoPreview::Broken)?.check()?;
        has_frame |= kind != *b"VP8X";
    }
    Ok(has_frame)
}

/// The kind and the content of the next chunk. A chunk with an odd length is followed by a padding byte.
fn read_chunk<'a>(rest: &mut Bytes<'a>) -> Option<([u8; 4], &'a [u8])> {
    let kind = rest.array()?;
    let length = rest.u32_le()?;
    let content = rest.take(to_usize(length))?;
    if length % 2 == 1 && !rest.0.is_empty() {
        rest.take(1)?;
    }
    Some((kind, content))
}

fn canvas_dimensions(content: &[u8]) -> Option<Dimensions> {
    let mut rest = Bytes(content);
    rest.take(4)?;
    let mut side = || {
        let [low, middle, high] = rest.array()?;
        Some(u32::from_le_bytes([low, middle, high, 0]) + 1)
    };
    Some(Dimensions { width: side()?, height: side()?, heavy: false })
}

fn lossy_dimensions(content: &[u8]) -> Option<Dimensions> {
    let mut rest = Bytes(content);
    rest.take(3)?;
    if rest.array()? != [0x9d, 0x01, 0x2a] {
        return None;
    }
    // The upper two bits are the scaling for display.
    let mut side = || Some(u32::from(u16::from_le_bytes(rest.array()?) & 0x3fff));
    Some(Dimensions { width: side()?, height: side()?, heavy: false })
}

fn lossless_dimensions(content: &[u8]) -> Option<Dimensions> {
    let mut rest = Bytes(content);
    if rest.u8()? != 0x2f {
        return None;
    }
    let bits = rest.u32_le()?;
    Some(Dimensions { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1, heavy: false })
}
