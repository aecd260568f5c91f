//! Fuzzing of `examine`: it must not panic, and every preview must be a valid JPEG without metadata.
#![no_main]

use grassroots_domain::incident::photo::MediaType;
use grassroots_pictures::examine;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(media_type) = MediaType::of_bytes(bytes) else { return };
    let Ok(picture) = examine(bytes, media_type).picture else { return };
    for preview in [picture.preview.thumb, picture.preview.large] {
        let again = examine(&preview, MediaType::Jpeg);
        assert!(again.picture.is_ok(), "the preview can be decoded");
        assert_eq!(again.traces, Default::default(), "the preview has no metadata");
    }
});
