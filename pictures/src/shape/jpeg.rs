//! JPEG (ITU-T T.81): segments up to the end of the image. What follows it, a film or a second picture, is not looked at.

use grassroots_domain::photo::NoPreview;

use super::{Bytes, MAX_SCANS, Shape};

pub(super) fn check(bytes: &[u8]) -> Result<(), NoPreview> {
    let mut rest = Bytes(bytes);
    rest.take(2).ok_or(NoPreview::Broken)?;
    let (mut shape, mut scans): (Option<Shape>, u32) = (None, 0);
    loop {
        // Broken off: before the picture began there is nothing to show.
        let end = if scans == 0 { NoPreview::Broken } else { NoPreview::Truncated };
        let marker = marker(&mut rest, end)?;
        if marker == 0xd9 {
            break;
        }
        let segment = segment(&mut rest).ok_or(end)?;
        match marker {
            // Baseline, extended, progressive.
            0xc0..=0xc2 => {
                if shape.is_some() {
                    return Err(NoPreview::Broken);
                }
                let frame = frame(segment, marker == 0xc2).ok_or(NoPreview::Broken)?;
                frame.fits()?;
                shape = Some(frame);
            }
            // Lossless, hierarchical, arithmetic.
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return Err(NoPreview::NoDecoder),
            0xda => {
                scans += 1;
                let Some(frame) = &mut shape else { return Err(NoPreview::Broken) };
                if scans > MAX_SCANS {
                    return Err(NoPreview::TooLarge);
                }
                // Several scans are gathered in memory before a pixel comes out.
                frame.heavy |= scans > 1;
                frame.fits()?;
                skip_scan(&mut rest);
            }
            _ => {}
        }
    }
    if scans == 0 { Err(NoPreview::Broken) } else { Ok(()) }
}

/// The next marker; bytes of 0xff may stand before it.
fn marker(rest: &mut Bytes<'_>, end: NoPreview) -> Result<u8, NoPreview> {
    if rest.u8().ok_or(end)? != 0xff {
        return Err(NoPreview::Broken);
    }
    loop {
        match rest.u8().ok_or(end)? {
            0xff => {}
            marker => return Ok(marker),
        }
    }
}

/// What follows a marker.
fn segment<'a>(rest: &mut Bytes<'a>) -> Option<&'a [u8]> {
    let length = usize::from(rest.u16_be()?);
    rest.take(length.checked_sub(2)?)
}

fn frame(segment: &[u8], progressive: bool) -> Option<Shape> {
    let mut rest = Bytes(segment);
    let bits = rest.u8()?;
    let (height, width) = (rest.u16_be()?, rest.u16_be()?);
    Some(Shape { width: width.into(), height: height.into(), heavy: progressive || bits > 8 })
}

/// Goes to the next marker that is no restart of the same scan.
fn skip_scan(rest: &mut Bytes<'_>) {
    loop {
        let next = rest.0.iter().position(|byte| *byte == 0xff).unwrap_or(rest.0.len());
        rest.take(next);
        match rest.0 {
            [0xff, 0 | 0xd0..=0xd7, ..] => drop(rest.take(2)),
            _ => return,
        }
    }
}
