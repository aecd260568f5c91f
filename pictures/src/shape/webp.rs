//! WebP (RFC 9649): the canvas, and every frame in it. A small canvas may hold a huge frame.

use grassroots_domain::incident::photo::NoPreview;

use super::{Bytes, Shape, index};

/// Frames of an animation sit in chunks of their own.
const DEEPEST: u32 = 1;
/// Bytes of a frame's own header in an animation.
const FRAME_HEADER: usize = 16;

pub(super) fn check(bytes: &[u8]) -> Result<(), NoPreview> {
    let mut rest = Bytes(bytes);
    rest.array().filter(|start| start == b"RIFF").ok_or(NoPreview::Broken)?;
    let length = index(rest.u32_le().ok_or(NoPreview::Broken)?);
    // What follows the file is not looked at.
    let content = rest.0.get(..length).ok_or(NoPreview::Truncated)?;
    let chunks = content.strip_prefix(b"WEBP").ok_or(NoPreview::Broken)?;
    if frames(Bytes(chunks), 0)? { Ok(()) } else { Err(NoPreview::Broken) }
}

/// What the camera wrote, without the prefix that belongs into JPEG.
pub(crate) fn exif(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = Bytes(bytes.get(12..)?);
    loop {
        let (kind, content) = chunk(&mut rest)?;
        if kind == *b"EXIF" {
            return Some(content.strip_prefix(b"Exif\0\0").unwrap_or(content));
        }
    }
}

/// Looks at all chunks; whether there is a frame among them.
fn frames(mut rest: Bytes<'_>, depth: u32) -> Result<bool, NoPreview> {
    let mut has_frame = false;
    while !rest.0.is_empty() {
        let (kind, content) = chunk(&mut rest).ok_or(NoPreview::Broken)?;
        let shape = match &kind {
            b"VP8X" => canvas(content),
            b"VP8 " => lossy(content),
            b"VP8L" => lossless(content),
            b"ANMF" if depth < DEEPEST => {
                let inner = content.get(FRAME_HEADER..).ok_or(NoPreview::Broken)?;
                has_frame |= frames(Bytes(inner), depth + 1)?;
                continue;
            }
            _ => continue,
        };
        shape.ok_or(NoPreview::Broken)?.fits()?;
        has_frame |= kind != *b"VP8X";
    }
    Ok(has_frame)
}

/// Kind and content of the next chunk. Chunks of odd length are filled up.
fn chunk<'a>(rest: &mut Bytes<'a>) -> Option<([u8; 4], &'a [u8])> {
    let kind = rest.array()?;
    let length = rest.u32_le()?;
    let content = rest.take(index(length))?;
    if length % 2 == 1 && !rest.0.is_empty() {
        rest.take(1)?;
    }
    Some((kind, content))
}

fn canvas(content: &[u8]) -> Option<Shape> {
    let mut rest = Bytes(content);
    rest.take(4)?;
    let mut side = || {
        let [low, middle, high] = rest.array()?;
        Some(u32::from_le_bytes([low, middle, high, 0]) + 1)
    };
    Some(Shape { width: side()?, height: side()?, heavy: false })
}

fn lossy(content: &[u8]) -> Option<Shape> {
    let mut rest = Bytes(content);
    rest.take(3)?;
    if rest.array()? != [0x9d, 0x01, 0x2a] {
        return None;
    }
    // The upper two bits say how to stretch it.
    let mut side = || Some(u32::from(u16::from_le_bytes(rest.array()?) & 0x3fff));
    Some(Shape { width: side()?, height: side()?, heavy: false })
}

fn lossless(content: &[u8]) -> Option<Shape> {
    let mut rest = Bytes(content);
    if rest.u8()? != 0x2f {
        return None;
    }
    let bits = rest.u32_le()?;
    Some(Shape { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1, heavy: false })
}
