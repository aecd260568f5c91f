//! The forty photos of `photos/photos.csv`: each matches the values of exiftool, or is refused with a known reason.

use std::{fs, path::PathBuf};

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use grassroots_domain::{
    geography::datum::Datum,
    incident::photo::{MediaType, NoPreview},
};
use grassroots_pictures::{Examination, examine};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/photos")
}

/// Examines a file. `None` if it is not a supported picture.
fn examine_file(file: &str) -> Option<Examination> {
    let bytes = fs::read(folder().join(file)).unwrap();
    MediaType::of_bytes(&bytes).map(|media_type| examine(&bytes, media_type))
}

/// The files without a preview, with the reason. `None` if it is not a supported picture.
const NOT_SHOWN: &[(&str, Option<NoPreview>)] = &[
    ("derived/empty.jpg", None),
    ("derived/not_an_image.jpg", None),
    ("derived/smx_truncated.jpg", Some(NoPreview::Truncated)),
    ("mit/nom_compatible-brands-fail.heic", None),
    ("mit/nom_exif-both.png", Some(NoPreview::Broken)),
    ("mit/nom_exif-legacy-app1.png", Some(NoPreview::Broken)),
    ("mit/nom_exif-no-tz.jpg", Some(NoPreview::Broken)),
    ("mit/nom_exif.avif", Some(NoPreview::NoDecoder)),
    ("mit/nom_exif.png", Some(NoPreview::Broken)),
    ("mit/nom_motion_photo_pixel_synth.jpg", Some(NoPreview::Broken)),
    ("mit/nom_oom_large_box.heic", Some(NoPreview::Broken)),
    ("mit/nom_text-only.png", Some(NoPreview::Broken)),
];

/// The photo with the position (0, 0), which phones write when they have no position.
const NO_FIX: &str = "derived/smx_null_island.jpg";
/// The photo without an offset, whose GPS time is two hours before its local time.
const OFFSET_FROM_GPS_TIME: &str = "derived/small_iphone6.jpg";

#[test]
fn forty_photos_match_exiftool_or_are_refused_for_a_known_reason() {
    let mut table = csv::Reader::from_path(folder().join("photos.csv")).unwrap();
    let columns: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    let mut seen = 0;
    for row in table.records() {
        let row = row.unwrap();
        let column = |name: &str| &row[columns.iter().position(|column| column == name).unwrap()];
        let file = column("file");
        let found = examine_file(file);
        seen += 1;
        let not_shown = NOT_SHOWN.iter().find(|(name, _)| *name == file);
        assert_eq!(
            not_shown.map(|(_, why)| *why),
            found.as_ref().map_or(Some(None), |found| found.picture.as_ref().err().map(|why| Some(*why))),
            "{file}"
        );
        let Some(found) = found else { continue };
        if found.picture == Err(NoPreview::Broken) {
            assert_eq!(found, Examination { traces: Default::default(), picture: Err(NoPreview::Broken) });
            continue;
        }
        if let Ok(picture) = &found.picture {
            let (width, height): (u32, u32) =
                (column("width").parse().unwrap(), column("height").parse().unwrap());
            let turned = column("orientation").parse().is_ok_and(|orientation: u8| orientation >= 5);
            let upright = if turned { (height, width) } else { (width, height) };
            assert_eq!((picture.width, picture.height), upright, "{file}");
        }
        let local = NaiveDateTime::parse_from_str(column("taken_at"), "%Y:%m:%d %H:%M:%S").ok();
        let offset = match column("utc_offset") {
            _ if file == OFFSET_FROM_GPS_TIME => "+02:00",
            "" => "+08:00",
            given => given,
        };
        let offset: FixedOffset = offset.parse().unwrap();
        let taken_at: Option<DateTime<FixedOffset>> =
            local.map(|local| local.and_local_timezone(offset).unwrap());
        assert_eq!(found.traces.taken_at, taken_at.map(|at| at.to_utc()), "{file}");
        let fix = found.traces.fix.map(|fix| (format!("{:.6}", fix.at.lat), format!("{:.6}", fix.at.lon)));
        let degrees = |name: &str| column(name).parse().map(|degrees: f64| format!("{degrees:.6}"));
        let expected = (column("has_gps") == "1" && file != NO_FIX)
            .then(|| (degrees("lat").unwrap(), degrees("lon").unwrap()));
        assert_eq!(fix, expected, "{file}");
    }
    assert_eq!(seen, 40);
}

#[test]
fn the_datum_of_the_position_is_read() {
    let datum = |file| examine_file(file).unwrap().traces.fix.unwrap().datum;
    assert_eq!(datum("derived/smx_border_wgs84.jpg"), Some(Datum::Wgs84));
    assert_eq!(datum("derived/smx_border_gcj02.jpg"), Some(Datum::Gcj02));
    assert_eq!(datum("derived/small_nokia.jpg"), None);
}

#[test]
fn the_fingerprint_does_not_depend_on_the_stored_orientation() {
    let fingerprint = |file: &str| examine_file(file).unwrap().picture.unwrap().fingerprint.unwrap();
    let first = fingerprint("mit/orient_landscape_1.jpg");
    for number in 2..=8 {
        assert!(first.is_nearly(fingerprint(&format!("mit/orient_landscape_{number}.jpg"))), "{number}");
    }
    for other in ["small_iphone6", "small_nokia", "small_vivo"] {
        let other = fingerprint(&format!("derived/{other}.jpg"));
        assert!((first.0 ^ other.0).count_ones() > 20, "{:x} {:x}", first.0, other.0);
    }
}

#[test]
fn previews_carry_no_metadata() {
    let picture = examine_file("derived/smx_lushi_o8.jpg").unwrap().picture.unwrap();
    for preview in [&picture.preview.thumb, &picture.preview.large] {
        let again = examine(preview, MediaType::Jpeg);
        assert_eq!(again.traces, Default::default());
        assert!(!preview.windows(4).any(|window| window == b"Exif" || window == b"http"));
        assert!(again.picture.unwrap().width > 0);
    }
}
