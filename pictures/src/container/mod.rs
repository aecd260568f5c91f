//! Checks the structure of a file before a decoder reads it: whether it is complete, and how large the picture is. Decoders
//! allocate memory before they check the size, and show half of a truncated picture as if it were complete.

mod heic;
mod jpeg;
mod png;
pub(crate) mod webp;

use grassroots_domain::incident::photo::{MediaType, NoPreview};

/// Checks that a file is complete and not too large. Returns the part of the file that the decoder should read.
pub(crate) fn check(bytes: &[u8], media_type: MediaType) -> Result<&[u8], NoPreview> {
    match media_type {
        MediaType::Jpeg => jpeg::check(bytes).map(|()| bytes),
        MediaType::Png => png::check(bytes).map(|()| bytes),
        MediaType::Webp => webp::check(bytes).map(|()| bytes),
        MediaType::Heic => heic::check(bytes),
        MediaType::Avif => Err(NoPreview::NoDecoder),
    }
}
