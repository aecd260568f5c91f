//! Photos. A report or command first announces a photo by the digest of its bytes; the bytes arrive later.

use serde::{Deserialize, Serialize};

use crate::{code::codes, hash::Hash};

/// The maximum size of a photo, in bytes. Apps compress photos to about 300 kB, but an original photo of a phone fits too.
pub const MAX_BYTES: u32 = 20 * 1024 * 1024;
/// The maximum number of photos in one report or command.
pub const MOST_AT_ONCE: usize = 9;
/// The maximum number of photos of one incident.
pub const MOST: usize = 45;
/// The part of [`MOST`] that is reserved for photos after the work.
pub const FOR_AFTER: usize = MOST_AT_ONCE;

/// The longer side of a thumbnail, in pixels.
pub const THUMB_PX: u32 = 320;
/// The longer side of a large preview, in pixels.
pub const LARGE_PX: u32 = 1_600;

codes! {
    /// The media type of a photo.
    MediaType "media type" {
    Jpeg "image/jpeg" "JPEG 图像",
    Png "image/png" "PNG 图像",
    Webp "image/webp" "WebP 图像",
    /// HEIC, the default format of iPhones.
    Heic "image/heic" "HEIC 图像",
    Avif "image/avif" "AVIF 图像",
    }
}

codes! {
    /// Whether a photo shows the site before, during or after the work.
    Phase "phase" {
    Before "before" "处置前",
    During "during" "处置中",
    After "after" "处置后",
    }
}

codes! {
    /// The outcome of an upload.
    UploadOutcome "upload outcome" {
    /// The bytes are stored.
    Stored "stored" "已保存",
    /// The bytes do not match the announced photo, or are not a picture.
        Refused "refused" "未通过校验",
    }
}

codes! {
    /// The size of a preview. Previews contain no metadata of the camera.
    PreviewSize "preview size" {
    /// For lists. The longer side has [`THUMB_PX`] pixels.
    Thumb "thumb" "缩略图",
    /// For a whole screen. The longer side has [`LARGE_PX`] pixels.
        Large "large" "大图",
    }
}

codes! {
    /// Why a stored photo has no preview.
    NoPreview "reason for no preview" {
    /// No decoder supports the format.
    NoDecoder "no_decoder" "暂不支持预览此格式",
    /// The end of the file is missing.
    Truncated "truncated" "照片不完整",
    /// The file is damaged, or its content does not match its media type.
    Broken "broken" "照片已损坏",
    /// The picture has too many pixels, or decoding would take too much work.
    TooLarge "too_large" "照片尺寸过大或过于复杂",
    /// Decoding took too long, used too much memory or failed.
        Failed "failed" "无法读取照片",
    }
}

/// An announced photo. Its bytes arrive later or are already stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Photo {
    /// The SHA-256 digest of the bytes.
    pub sha256: Hash,
    /// The number of bytes.
    pub size_bytes: u32,
    /// The media type given by the phone.
    pub media_type: MediaType,
    pub phase: Phase,
}

/// A perceptual hash of a picture (dHash). Each of the 64 bits tells whether one of 8 × 8 fields is darker than the field
/// to its right. Scaling and compression change a few bits; an unrelated picture differs in about 32.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// Two pictures look nearly the same if their fingerprints differ in at most this number of bits.
    pub const NEARLY: u32 = 6;

    /// Whether two pictures look nearly the same.
    #[must_use]
    pub const fn is_nearly(self, other: Self) -> bool {
        (self.0 ^ other.0).count_ones() <= Self::NEARLY
    }
}

impl MediaType {
    /// The media type of a file, from its first bytes (at least 12). `None` if the format is not supported.
    #[must_use]
    pub fn of_bytes(start: &[u8]) -> Option<Self> {
        let brand = || start.get(4..8).filter(|kind| kind == b"ftyp").and_then(|_| start.get(8..12));
        match start {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            _ => match brand()? {
                b"avif" | b"avis" => Some(Self::Avif),
                b"heic" | b"heix" | b"heim" | b"heis" | b"mif1" | b"msf1" => Some(Self::Heic),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide_the_media_type() {
        let media_type = |bytes: &[u8]| MediaType::of_bytes(bytes);
        assert_eq!(media_type(b"\xff\xd8\xff\xe0\x00\x10JFIF"), Some(MediaType::Jpeg));
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"), Some(MediaType::Png));
        assert_eq!(media_type(b"RIFF\x24\x00\x00\x00WEBPVP8 "), Some(MediaType::Webp));
        assert_eq!(media_type(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), Some(MediaType::Heic));
        assert_eq!(media_type(b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00"), Some(MediaType::Heic));
        assert_eq!(media_type(b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), Some(MediaType::Avif));
        for other in [
            &b""[..],
            b"\xff\xd8",
            b"<html>502</html>",
            b"\x00\x00\x00\x18ftyphhhh",
            b"GIF89a",
            b"RIFF....WAVE",
        ] {
            assert_eq!(media_type(other), None, "{other:?}");
        }
    }
}
