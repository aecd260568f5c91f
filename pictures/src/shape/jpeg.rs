//! JPEG (ITU-T T.81): segments up to the end of the image. What follows it, a film or a second picture, is not looked at.

use grassroots_domain::incident::photo::NoPreview;

use super::{Bytes, MAX_SCANS, Shape};

pub(super) fn check(bytes: &[u8]) -> Result<(), NoPreview> {
    let mut rest = Bytes(bytes);
    rest.take(2).ok_or(NoPreview::Broken)?;
    let (mut frame, mut scans): (Option<Frame>, u32) = (None, 0);
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
                if frame.is_some() {
                    return Err(NoPreview::Broken);
                }
                let begun = Frame::parse(segment, marker == 0xc2).ok_or(NoPreview::Broken)?;
                begun.is_read()?;
                frame = Some(begun);
            }
            // Lossless, hierarchical, arithmetic; or the height comes later.
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf | 0xdc => return Err(NoPreview::NoDecoder),
            0xda => {
                scans += 1;
                if scans > MAX_SCANS {
                    return Err(NoPreview::TooLarge);
                }
                frame.as_mut().ok_or(NoPreview::Broken)?.scan(segment)?;
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

/// What a frame says of itself.
struct Frame {
    shape: Shape,
    bits: u8,
    progressive: bool,
    /// Components that were in no scan yet.
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
        let shape = Shape { width: width.into(), height: height.into(), heavy: progressive };
        (!missing.is_empty()).then_some(Self { shape, bits, progressive, missing })
    }

    fn is_read(&self) -> Result<(), NoPreview> {
        // Twelve bits; or the height comes later.
        if self.bits != 8 || self.shape.height == 0 {
            return Err(NoPreview::NoDecoder);
        }
        self.shape.fits()
    }

    /// A scan with some of the components.
    fn scan(&mut self, segment: &[u8]) -> Result<(), NoPreview> {
        let (count, rest) = segment.split_first().ok_or(NoPreview::Broken)?;
        let ids: Vec<u8> =
            rest.chunks_exact(2).take((*count).into()).filter_map(|id| id.first().copied()).collect();
        let all = self.missing.iter().all(|id| ids.contains(id));
        if !self.progressive && !all {
            // One component after the other, without being progressive: the decoder mixes them up.
            return Err(NoPreview::NoDecoder);
        }
        self.missing.retain(|id| !ids.contains(id));
        Ok(())
    }
}

/// The next marker. Bytes of 0xff may stand before it, and some phones leave a few others between segments.
fn marker(rest: &mut Bytes<'_>, end: NoPreview) -> Result<u8, NoPreview> {
    const FORGIVEN: usize = 16;
    let begins = rest.0.iter().take(FORGIVEN).position(|byte| *byte == 0xff);
    let lacks = if rest.0.len() < FORGIVEN { end } else { NoPreview::Broken };
    rest.take(begins.ok_or(lacks)? + 1);
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

/// Goes to the next marker that is no restart of the same scan.
fn skip_scan(rest: &mut Bytes<'_>) {
    loop {
        let next = rest.0.iter().position(|byte| *byte == 0xff).unwrap_or(rest.0.len());
        rest.take(next);
        match rest.0 {
            [0xff, 0 | 0xd0..=0xd7, ..] => drop(rest.take(2)),
            // Filled up before a marker.
            [0xff, 0xff, ..] => drop(rest.take(1)),
            _ => return,
        }
    }
}
