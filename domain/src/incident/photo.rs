//! Photos: named by what their bytes are, in a report or later, before they arrive.

use serde::{Deserialize, Serialize};

use crate::{code::codes, hash::Hash};

/// Bytes of a photo at most. Phones compress to some 300 kB (DOMAIN 6.2); an original of theirs fits too.
pub const MAX_BYTES: u32 = 20 * 1024 * 1024;
/// Photos named at once, at most (DOMAIN 6.2).
pub const MOST_AT_ONCE: usize = 9;
/// Photos of an incident, at most.
pub const MOST: usize = 45;
/// Places among them that are left for photos of what was done.
pub const FOR_AFTER: usize = MOST_AT_ONCE;

/// Longer side of a thumbnail, in pixels.
pub const THUMB_PX: u32 = 320;
/// Longer side of a large preview, in pixels.
pub const LARGE_PX: u32 = 1_600;

codes! {
    /// What a photo is, by its bytes.
    MediaType "media type" {
        /// JPEG.
        Jpeg "image/jpeg" "JPEG 图像",
        /// PNG.
        Png "image/png" "PNG 图像",
        /// WebP.
        Webp "image/webp" "WebP 图像",
        /// HEIC, of iPhones.
        Heic "image/heic" "HEIC 图像",
        /// AVIF.
        Avif "image/avif" "AVIF 图像",
    }
}

codes! {
    /// When a photo was taken, seen from the work.
    Phase "phase" {
        /// As it was found.
        Before "before" "处置前",
        /// While it was worked on.
        During "during" "处置中",
        /// As it was left.
        After "after" "处置后",
    }
}

codes! {
    /// What became of a photo on its way.
    UploadOutcome "upload outcome" {
        /// Its bytes are kept.
        Stored "stored" "已保存",
        /// Its bytes were not those that were named, or no picture.
        Refused "refused" "未通过校验",
    }
}

codes! {
    /// How large a photo is shown. Neither size carries what the camera wrote beside the picture.
    PreviewSize "preview size" {
        /// For lists: [`THUMB_PX`] on the longer side.
        Thumb "thumb" "缩略图",
        /// For a screen: [`LARGE_PX`] on the longer side.
        Large "large" "大图",
    }
}

codes! {
    /// Why a photo that is kept cannot be shown.
    NoPreview "reason for no preview" {
        /// Nothing here reads such pictures.
        NoDecoder "no_decoder" "暂不支持预览此格式",
        /// It breaks off before its end.
        Truncated "truncated" "照片不完整",
        /// It is not what it claims to be, or damaged.
        Broken "broken" "照片已损坏",
        /// It has more pixels than are read, or is too laborious.
        TooLarge "too_large" "照片尺寸过大或过于复杂",
        /// Reading it took too long or too much memory, or failed.
        Failed "failed" "无法读取照片",
    }
}

/// A photo by what it is. Its bytes follow, or are here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Photo {
    /// SHA-256 of its bytes.
    pub sha256: Hash,
    /// How many they are.
    pub size_bytes: u32,
    /// What they are said to be.
    pub media_type: MediaType,
    /// When it was taken.
    pub phase: Phase,
}

/// What a picture looks like, in 64 bits: whether each of 8 × 8 fields is darker than the one to its right (dHash). Scaling
/// and compression change a few bits, other pictures some 32.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// Pictures whose fingerprints differ in at most so many bits are nearly the same.
    pub const NEARLY: u32 = 6;

    /// Whether the pictures are nearly the same.
    #[must_use]
    pub const fn is_nearly(self, other: Self) -> bool {
        (self.0 ^ other.0).count_ones() <= Self::NEARLY
    }
}

impl MediaType {
    /// What bytes that begin with `start` are. `None` when they are no picture we take.
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
    fn bytes_tell_what_they_are() {
        let start = |text: &[u8]| MediaType::of_bytes(text);
        assert_eq!(start(b"\xff\xd8\xff\xe0\x00\x10JFIF"), Some(MediaType::Jpeg));
        assert_eq!(start(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"), Some(MediaType::Png));
        assert_eq!(start(b"RIFF\x24\x00\x00\x00WEBPVP8 "), Some(MediaType::Webp));
        assert_eq!(start(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), Some(MediaType::Heic));
        assert_eq!(start(b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00"), Some(MediaType::Heic));
        assert_eq!(start(b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), Some(MediaType::Avif));
        for other in [
            &b""[..],
            b"\xff\xd8",
            b"<html>502</html>",
            b"\x00\x00\x00\x18ftyphhhh",
            b"GIF89a",
            b"RIFF....WAVE",
        ] {
            assert_eq!(start(other), None, "{other:?}");
        }
    }
}
