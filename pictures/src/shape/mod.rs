//! The shape of a file, read before any decoder sees it: whether it is whole, and how much work it would be. Decoders
//! allocate first and ask later, and take half of a picture for the whole.

mod heic;
mod jpeg;
mod png;
pub(crate) mod webp;

use grassroots_domain::incident::photo::{MediaType, NoPreview};

/// Pixels of a picture that is read, at most: 50 megapixels of phones are up to 8,192 × 6,144.
pub const MAX_PIXELS: u64 = 51_000_000;
/// The same for kinds that take up to three times as much memory and time: progressive, 16 bits a sample, HEIC. 24 megapixels
/// of iPhones are 5,712 × 4,284.
pub const MAX_HEAVY_PIXELS: u64 = 25_000_000;
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
    /// Looks whether a file is whole and reasonable, and says what of it is for its decoder.
    ///
    /// # Errors
    /// What stands against reading it.
    pub fn of(bytes: &[u8], media_type: MediaType) -> Result<&[u8], NoPreview> {
        match media_type {
            MediaType::Jpeg => jpeg::check(bytes).map(|()| bytes),
            MediaType::Png => png::check(bytes).map(|()| bytes),
            MediaType::Webp => webp::check(bytes).map(|()| bytes),
            MediaType::Heic => heic::check(bytes),
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
