//! The door for photos: whatever bytes come in, `examine` answers, and what it answers holds together.
#![no_main]

use grassroots_domain::photo::MediaType;
use grassroots_pictures::examine;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(media_type) = MediaType::of_bytes(bytes) else { return };
    let Ok(picture) = examine(bytes, media_type).picture else { return };
    for preview in [picture.preview.thumb, picture.preview.large] {
        let again = examine(&preview, MediaType::Jpeg);
        assert!(again.picture.is_ok(), "a preview is a picture");
        assert_eq!(again.traces, Default::default(), "and nothing else");
    }
});
