//! The shape of a file, read before any decoder sees it: whether it is whole, and how much work it would be. Decoders
//! allocate first and ask later, and take half of a picture for the whole.

mod jpeg;
mod png;
mod webp;

use grassroots_domain::photo::{MediaType, NoPreview};

/// Pixels of a picture that is read, at most.
pub const MAX_PIXELS: u64 = 50_000_000;
/// The same for kinds that take up to three times as much memory and time: progressive, 16 bits a sample, HEIC.
pub const MAX_HEAVY_PIXELS: u64 = 24_000_000;
/// Pixels of a side, at most.
pub const MAX_SIDE: u32 = 16_384;
/// Passes over a progressive picture, at most; encoders make some ten.
const MAX_SCANS: u32 = 20;

/// What a file would cost to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// Pixels from left to right, as stored.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Whether each pixel takes more than usual.
    pub heavy: bool,
}

impl Shape {
    /// Looks whether a file is whole and reasonable. A HEIC file is left to its decoder, which looks by itself.
    ///
    /// # Errors
    /// What stands against reading it.
    pub fn of(bytes: &[u8], media_type: MediaType) -> Result<(), NoPreview> {
        match media_type {
            MediaType::Jpeg => jpeg::check(bytes),
            MediaType::Png => png::check(bytes),
            MediaType::Webp => webp::check(bytes),
            MediaType::Heic => Ok(()),
            MediaType::Avif => Err(NoPreview::NoDecoder),
        }
    }

    /// Whether it may be read.
    fn fits(self) -> Result<(), NoPreview> {
        let Self { width, height, heavy } = self;
        if width == 0 || height == 0 {
            return Err(NoPreview::Broken);
        }
        let most = if heavy { MAX_HEAVY_PIXELS } else { MAX_PIXELS };
        if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > most {
            return Err(NoPreview::TooLarge);
        }
        Ok(())
    }
}

/// Bytes read from the front. Everything is `None` behind the end.
#[derive(Clone, Copy)]
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    fn u16_be(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32_be(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn u32_le(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }
}

/// A length as an index; longer than everything if it is longer than memory.
fn index(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}
