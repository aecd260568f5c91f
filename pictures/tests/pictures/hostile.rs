//! Damaged and malicious files, and formats that are missing in `photos/`. The files in `made/` were made with Pillow.

use std::{fs, path::PathBuf};

use grassroots_domain::incident::photo::{MediaType, NoPreview};
use grassroots_pictures::{Examination, examine};

fn made(file: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/made").join(file)).unwrap()
}

fn examine_file(bytes: &[u8]) -> Examination {
    examine(bytes, MediaType::of_bytes(bytes).unwrap())
}

fn refusal(bytes: &[u8]) -> Option<NoPreview> {
    examine_file(bytes).picture.err()
}

#[test]
fn all_supported_formats_get_a_preview() {
    for file in ["baseline.jpg", "progressive.jpg", "lossy.webp", "lossless.webp", "alpha.png", "alpha.webp"]
    {
        let found = examine_file(&made(file));
        let picture = found.picture.unwrap();
        assert_eq!((picture.width, picture.height), (64, 96), "{file}: the stored picture is rotated");
        assert_eq!(found.traces.taken_at.unwrap().to_rfc3339(), "2026-11-23T01:30:00+00:00", "{file}");
        let at = found.traces.fix.unwrap().at;
        assert_eq!((at.lon, at.lat), (111.181_4, 34.774_7), "{file}");
    }
    for (file, width) in [("grey.jpg", 96), ("cmyk.jpg", 96), ("palette.png", 96), ("grey16.png", 64)] {
        assert_eq!(examine_file(&made(file)).picture.unwrap().width, width, "{file}");
    }
    assert_eq!(examine_file(&made("animated.webp")).picture.unwrap().width, 64, "the first frame is shown");
    assert_eq!(examine_file(&made("grey16.png")).picture.unwrap().fingerprint, None, "the picture is black");
}

#[test]
fn a_preview_is_white_where_the_picture_is_transparent() {
    let preview = examine_file(&made("alpha.png")).picture.unwrap().preview.thumb;
    let pixels = image::load_from_memory(&preview).unwrap().to_rgb8();
    // The upper 20 rows of the stored picture are on the right after rotation.
    assert!(pixels.get_pixel(58, 48).0.iter().all(|colour| *colour > 240), "{:?}", pixels.get_pixel(58, 48));
    assert!(pixels.get_pixel(20, 48).0.iter().any(|colour| *colour < 200));
}

#[test]
fn a_truncated_file_gets_no_preview() {
    for file in
        ["baseline.jpg", "progressive.jpg", "alpha.png", "lossy.webp", "lossless.webp", "animated.webp"]
    {
        let whole = made(file);
        let (mut truncated, mut broken) = (0, 0);
        for end in 12..whole.len() {
            match refusal(&whole[..end]) {
                Some(NoPreview::Truncated) => truncated += 1,
                Some(NoPreview::Broken) => broken += 1,
                other => panic!("{file}, {end} of {} bytes: {other:?}", whole.len()),
            }
        }
        assert!(truncated > broken, "{file}: {truncated} {broken}");
    }
}

#[test]
fn pictures_that_are_too_large_are_not_decoded() {
    let png = |width: u32, height: u32, bits: u8| {
        let mut bytes = made("palette.png");
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        bytes[24] = bits;
        bytes
    };
    assert_eq!(refusal(&png(50_000, 50_000, 8)), Some(NoPreview::TooLarge));
    assert_eq!(refusal(&png(20_000, 1, 8)), Some(NoPreview::TooLarge), "one side is too long");
    assert_eq!(refusal(&png(7_000, 7_000, 16)), Some(NoPreview::TooLarge), "two bytes a sample");
    assert_eq!(refusal(&png(0, 7_000, 8)), Some(NoPreview::Broken));

    let mut jpeg = made("baseline.jpg");
    let frame = jpeg.windows(2).position(|window| window == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xff);
    assert_eq!(refusal(&jpeg), Some(NoPreview::TooLarge));

    // A huge frame in a small canvas.
    let mut webp = made("lossy.webp");
    let frame = webp.windows(3).position(|window| window == [0x9d, 0x01, 0x2a]).unwrap();
    webp[frame + 3..frame + 7].copy_from_slice(&[0xff, 0x3f, 0xff, 0x3f]);
    assert_eq!(refusal(&webp), Some(NoPreview::TooLarge));
}

#[test]
fn a_picture_with_too_many_scans_is_refused() {
    let whole = made("progressive.jpg");
    let scan = whole.windows(2).rposition(|window| window == [0xff, 0xda]).unwrap();
    let (head, last) = whole.split_at(scan);
    let (last, end) = last.split_at(last.len() - 2);
    let mut bytes = head.to_vec();
    (0..30).for_each(|_| bytes.extend_from_slice(last));
    bytes.extend_from_slice(end);
    assert_eq!(refusal(&bytes), Some(NoPreview::TooLarge));
}

#[test]
fn data_after_a_picture_is_not_in_its_preview() {
    for (file, hidden) in
        [("baseline.jpg", &b"<html><script>alert(1)</script>"[..]), ("lossy.webp", b"PK\x03\x04 zip")]
    {
        let bytes = [made(file), hidden.to_vec()].concat();
        let picture = examine_file(&bytes).picture.unwrap();
        assert_eq!(picture, examine_file(&made(file)).picture.unwrap());
        assert!(!picture.preview.thumb.windows(hidden.len()).any(|window| window == hidden));
    }
}

#[test]
fn a_picture_with_another_media_type_is_broken() {
    let bytes = made("baseline.jpg");
    for other in [MediaType::Png, MediaType::Webp, MediaType::Heic] {
        assert_eq!(examine(&bytes, other).picture, Err(NoPreview::Broken), "{other}");
    }
}

/// A real photo from a phone.
fn heic() -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/photos/mit/nom_exif-one-entry.heic");
    fs::read(path).unwrap()
}

#[test]
fn truncated_and_too_large_heic_files_are_refused() {
    let whole = heic();
    for end in [whole.len() - 1, whole.len() / 2, 3_000] {
        assert_eq!(refusal(&whole[..end]), Some(NoPreview::Truncated), "{end}");
    }
    let mut sizes = whole.clone();
    for at in whole.windows(4).enumerate().filter(|(_, window)| window == b"ispe").map(|(at, _)| at + 8) {
        sizes[at..at + 4].copy_from_slice(&8_064_u32.to_be_bytes());
        sizes[at + 4..at + 8].copy_from_slice(&6_048_u32.to_be_bytes());
    }
    assert_ne!(sizes, whole);
    assert_eq!(refusal(&sizes), Some(NoPreview::TooLarge));
    // Some phones write other data after the last box.
    let trailer = [whole.clone(), b"v2_f31              LIVE_33289955       ".to_vec()].concat();
    assert_eq!(refusal(&trailer), None);
}

#[test]
fn unusual_jpegs_are_read_or_refused_as_unsupported() {
    let insert = |bytes: &[u8], at: usize, more: &[u8]| [&bytes[..at], more, &bytes[at..]].concat();
    let find =
        |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|window| window == what).unwrap();
    let restart = made("restart.jpg");
    let filled = insert(&restart, find(&restart, &[0xff, 0xd0]), &[0xff]);
    assert_eq!(
        examine_file(&filled).picture,
        examine_file(&restart).picture,
        "bytes of 0xff may stand before a marker"
    );
    let whole = made("baseline.jpg");
    let between = insert(&whole, find(&whole, &[0xff, 0xdb]), &[0]);
    assert_eq!(examine_file(&between), examine_file(&whole), "one byte between two segments");

    let frame = find(&whole, &[0xff, 0xc0]);
    let with = |offset: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[frame + offset] = byte;
        refusal(&bytes)
    };
    assert_eq!(with(4, 12), Some(NoPreview::NoDecoder), "twelve bits");
    let mut later = whole.clone();
    later[frame + 5..frame + 7].fill(0);
    assert_eq!(refusal(&later), Some(NoPreview::NoDecoder), "the height is given later");
    // The first of three components has its own scan.
    let scan = find(&whole, &[0xff, 0xda]);
    let one = [&whole[..scan], &[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0], &whole[scan + 14..]].concat();
    assert_eq!(refusal(&one), Some(NoPreview::NoDecoder));
    let progressive = made("progressive.jpg");
    let second = progressive[find(&progressive, &[0xff, 0xda]) + 2..]
        .windows(2)
        .position(|window| window == [0xff, 0xda]);
    let first = find(&progressive, &[0xff, 0xda]) + 2 + second.unwrap();
    let first_scan_only = [&progressive[..first], &[0xff, 0xd9]].concat();
    assert_eq!(refusal(&first_scan_only), None, "all components exist in low quality");
}

#[test]
fn old_gps_times_and_zero_denominators_are_handled() {
    let traces = |file| examine_file(&made(file)).traces;
    let china = "2026-05-08T02:00:00+00:00";
    assert_eq!(traces("old_fix.jpg").taken_at.unwrap().to_rfc3339(), china, "an old GPS time is not used");
    let fix = traces("zero_seconds.jpg").fix.unwrap();
    assert_eq!((fix.at.lon, fix.at.lat), (111.181_4, 34.774_7), "0/0 counts as 0");
    assert_eq!(fix.accuracy_m, Some(65.0));
}

#[test]
fn plain_walls_and_roads_have_no_fingerprint() {
    for file in ["wall.jpg", "road.jpg"] {
        assert_eq!(examine_file(&made(file)).picture.unwrap().fingerprint, None, "{file}");
    }
}

#[test]
fn files_found_by_fuzzing_are_handled() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/examine");
    let mut shown = 0;
    for file in fs::read_dir(folder).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        if let Some(media_type) = MediaType::of_bytes(&bytes)
            && let Ok(picture) = examine(&bytes, media_type).picture
        {
            assert_eq!(examine_file(&picture.preview.thumb).traces, Default::default());
            shown += 1;
        }
    }
    assert!(shown > 100, "{shown} of the files are pictures");
}
