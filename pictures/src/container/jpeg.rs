//! The structure of JPEG files (ITU-T T.81): segments up to the end of the image. Data after it, such as a video or a second
//! picture, is ignored.

use grassroots_domain::incident::photo::NoPreview;

use crate::{bytes::Bytes, dimensions::Dimensions};

/// The maximum number of scans. Encoders write about ten scans in a progressive picture.
const MAX_SCANS: u32 = 20;

pub(super) fn check(bytes: &[u8]) -> Result<(), NoPreview> {
    let mut rest = Bytes(bytes);
    rest.take(2).ok_or(NoPreview::Broken)?;
    let (mut frame, mut scans): (Option<Frame>, u32) = (None, 0);
    loop {
        // A file that ends before the first scan has nothing to show.
        let error_at_end = if scans == 0 { NoPreview::Broken } else { NoPreview::Truncated };
        let marker = read_marker(&mut rest, error_at_end)?;
        if marker == 0xd9 {
            break;
        }
        let segment = read_segment(&mut rest).ok_or(error_at_end)?;
        match marker {
            // Baseline, extended and progressive frames.
            0xc0..=0xc2 => {
                if frame.is_some() {
                    return Err(NoPreview::Broken);
                }
                let new = Frame::parse(segment, marker == 0xc2).ok_or(NoPreview::Broken)?;
                new.check()?;
                frame = Some(new);
            }
            // Lossless, hierarchical and arithmetic frames, and a height that is given after the frame.
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf | 0xdc => return Err(NoPreview::NoDecoder),
            0xda => {
                scans += 1;
                if scans > MAX_SCANS {
                    return Err(NoPreview::TooLarge);
                }
                frame.as_mut().ok_or(NoPreview::Broken)?.add_scan(segment)?;
                skip_scan(&mut rest);
            }
            _ => {}
        }
    }
    match frame {
        Some(frame) if scans > 0 && frame.missing.is_empty() => Ok(()),
        Some(_) if scans > 0 => Err(NoPreview::Truncated),
        _ => Err(NoPreview::Broken),
    }
}

/// The header of a frame, and the components that are still missing.
struct Frame {
    dimensions: Dimensions,
    bits: u8,
    progressive: bool,
    /// The ids of the components that no scan contained so far.
    missing: Vec<u8>,
}

impl Frame {
    fn parse(segment: &[u8], progressive: bool) -> Option<Self> {
        let mut rest = Bytes(segment);
        let bits = rest.u8()?;
        let (height, width) = (rest.u16_be()?, rest.u16_be()?);
        let components = rest.u8()?;
        let mut missing = Vec::new();
        for _ in 0..components {
            let [id, _, _] = rest.array()?;
            missing.push(id);
        }
        let dimensions = Dimensions { width: width.into(), height: height.into(), heavy: progressive };
        (!missing.is_empty()).then_some(Self { dimensions, bits, progressive, missing })
    }

    fn check(&self) -> Result<(), NoPreview> {
        // The decoder supports neither 12 bits a sample nor a height that is given later.
        if self.bits != 8 || self.dimensions.height == 0 {
            return Err(NoPreview::NoDecoder);
        }
        self.dimensions.check()
    }

    /// Adds a scan, which contains all or some of the components.
    fn add_scan(&mut self, segment: &[u8]) -> Result<(), NoPreview> {
        let (count, rest) = segment.split_first().ok_or(NoPreview::Broken)?;
        let ids: Vec<u8> =
            rest.chunks_exact(2).take((*count).into()).filter_map(|id| id.first().copied()).collect();
        let has_all = self.missing.iter().all(|id| ids.contains(id));
        if !self.progressive && !has_all {
            // The decoder mixes up the components of a baseline picture with one scan for each component.
            return Err(NoPreview::NoDecoder);
        }
        self.missing.retain(|id| !ids.contains(id));
        Ok(())
    }
}

/// Reads the next marker. Bytes of 0xff may stand before it, and some phones write a few other bytes between segments.
fn read_marker(rest: &mut Bytes<'_>, error_at_end: NoPreview) -> Result<u8, NoPreview> {
    const MAX_STRAY_BYTES: usize = 16;
    let start = rest.0.iter().take(MAX_STRAY_BYTES).position(|byte| *byte == 0xff);
    let error = if rest.0.len() < MAX_STRAY_BYTES { error_at_end } else { NoPreview::Broken };
    rest.take(start.ok_or(error)? + 1);
    loop {
        match rest.u8().ok_or(error_at_end)? {
            0xff => {}
            marker => return Ok(marker),
        }
    }
}

/// Reads the segment after a marker.
fn read_segment<'a>(rest: &mut Bytes<'a>) -> Option<&'a [u8]> {
    let length = usize::from(rest.u16_be()?);
    rest.take(length.checked_sub(2)?)
}

/// Skips the data of a scan, up to the next marker. Restart markers belong to the scan.
fn skip_scan(rest: &mut Bytes<'_>) {
    loop {
        let next = rest.0.iter().position(|byte| *byte == 0xff).unwrap_or(rest.0.len());
        rest.take(next);
        match rest.0 {
            [0xff, 0 | 0xd0..=0xd7, ..] => drop(rest.take(2)),
            // A fill byte before a marker.
            [0xff, 0xff, ..] => drop(rest.take(1)),
            _ => return,
        }
    }
}
