//! The metadata of photos (EXIF, CIPA DC-008). Only orientation, time and position are read.

use std::io::Cursor;

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _};
use exif::{Exif, Field, In, Reader, Tag, Value};
use grassroots_domain::{
    geography::datum::{Datum, LonLat},
    incident::{
        evidence::{Fix, Traces},
        photo::MediaType,
    },
    time::{Instant, china, is_storable},
};
use image::metadata::Orientation;

use crate::container::webp;

/// Reads the metadata of a photo. Damaged values count as missing.
pub(crate) fn read(bytes: &[u8], media_type: MediaType) -> (Traces, Option<Orientation>) {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let read = match webp::exif(bytes).filter(|_| media_type == MediaType::Webp) {
        Some(exif) => reader.read_raw(exif.to_vec()),
        None => reader.read_from_container(&mut Cursor::new(bytes)),
    };
    // Errors in single fields are ignored. The other fields are used.
    let Ok(exif) = read.or_else(|error| error.distill_partial_result(|_| ())) else {
        return (Traces::default(), None);
    };
    let fix = fix(&exif);
    let traces = Traces { taken_at: taken_at(&exif, fix), fix };
    (traces, orientation(&exif))
}

fn field(exif: &Exif, tag: Tag) -> Option<&Field> {
    exif.get_field(tag, In::PRIMARY)
}

fn text(exif: &Exif, tag: Tag) -> Option<&str> {
    let Value::Ascii(lines) = &field(exif, tag)?.value else { return None };
    let text = str::from_utf8(lines.first()?).ok()?.trim_matches([' ', '\0']);
    (!text.is_empty()).then_some(text)
}

/// A field of N numbers that are not negative. The first number must be known. Other unknown numbers (0/0) count as 0.
fn numbers<const N: usize>(exif: &Exif, tag: Tag) -> Option<[f64; N]> {
    let value = &field(exif, tag)?.value;
    let given: Vec<f64> = if let Value::Rational(rationals) = value {
        rationals.iter().map(exif::Rational::to_f64).collect()
    } else if let Value::SRational(rationals) = value {
        rationals.iter().map(exif::SRational::to_f64).collect()
    } else {
        return None;
    };
    let mut numbers: [f64; N] = given.try_into().ok()?;
    let (first, others) = numbers.split_first_mut()?;
    for other in others {
        *other = if other.is_finite() { *other } else { 0.0 };
    }
    (first.is_finite() && numbers.iter().all(|number| *number >= 0.0)).then_some(numbers)
}

fn orientation(exif: &Exif) -> Option<Orientation> {
    let given = field(exif, Tag::Orientation)?.value.get_uint(0)?;
    u8::try_from(given).ok().and_then(Orientation::from_exif)
}

/// When the photo was taken. The field `DateTime` is not used, because it is the time of the last change.
fn taken_at(exif: &Exif, fix: Option<Fix>) -> Option<Instant> {
    let times = [
        (Tag::DateTimeOriginal, Tag::OffsetTimeOriginal),
        (Tag::DateTimeDigitized, Tag::OffsetTimeDigitized),
    ];
    let (local, offset) = times.iter().find_map(|(time, offset)| {
        let local = NaiveDateTime::parse_from_str(text(exif, *time)?, "%Y:%m:%d %H:%M:%S").ok()?;
        Some((local, text(exif, *offset)))
    })?;
    let offset = offset
        .or_else(|| text(exif, Tag::OffsetTime))
        .and_then(parse_offset)
        .or_else(|| offset_from_gps_time(exif, local).filter(|_| fix.is_some_and(is_abroad)))
        .unwrap_or_else(china);
    let at = offset.from_local_datetime(&local).single()?.to_utc();
    is_storable(at).then_some(at)
}

/// Reads an offset such as `+08:00`, `-03:30` or `Z`.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    if text == "Z" {
        return FixedOffset::east_opt(0);
    }
    text.parse().ok()
}

/// Whether the position lies outside China. Inside China, the offset is known, and it is safer than the GPS time, which is
/// sometimes hours old.
fn is_abroad(fix: Fix) -> bool {
    !((73.0..136.0).contains(&fix.at.lon) && (3.0..54.0).contains(&fix.at.lat))
}

/// The offset between local time and GPS time (UTC), rounded to a quarter of an hour.
fn offset_from_gps_time(exif: &Exif, local: NaiveDateTime) -> Option<FixedOffset> {
    const QUARTER_S: i64 = 900;
    let date = NaiveDate::parse_from_str(text(exif, Tag::GPSDateStamp)?, "%Y:%m:%d").ok()?;
    let [hours, minutes, seconds] = numbers(exif, Tag::GPSTimeStamp)?;
    let floor = |number: f64, below: u32| (0..below).find(|whole| f64::from(*whole) == number.floor());
    let time = NaiveTime::from_hms_opt(floor(hours, 24)?, floor(minutes, 60)?, floor(seconds, 60)?)?;
    let difference = local - date.and_time(time);
    let quarters = (difference.num_seconds() + QUARTER_S / 2).div_euclid(QUARTER_S);
    let offset_s = i32::try_from(quarters * QUARTER_S).ok()?;
    let is_possible = difference.abs() <= TimeDelta::hours(14);
    FixedOffset::east_opt(offset_s).filter(|_| is_possible)
}

fn fix(exif: &Exif) -> Option<Fix> {
    let degrees = |number: Tag, reference: Tag, negative: &str, max: f64| {
        let [degrees, minutes, seconds] = numbers(exif, number)?;
        let degrees = degrees + minutes / 60.0 + seconds / 3600.0;
        // Without a reference, the position is in the north and in the east.
        let is_negative = text(exif, reference).is_some_and(|given| given.eq_ignore_ascii_case(negative));
        (degrees <= max).then_some(if is_negative { -degrees } else { degrees })
    };
    let lat = degrees(Tag::GPSLatitude, Tag::GPSLatitudeRef, "S", 90.0)?;
    let lon = degrees(Tag::GPSLongitude, Tag::GPSLongitudeRef, "W", 180.0)?;
    // Phones write (0, 0) when they have no position.
    if lat == 0.0 && lon == 0.0 {
        return None;
    }
    let accuracy_m = numbers(exif, Tag::GPSHPositioningError).map(|[metres]| metres);
    let datum = text(exif, Tag::GPSMapDatum).and_then(parse_datum);
    Some(Fix { at: LonLat { lon, lat }.rounded(), datum, accuracy_m })
}

/// Reads the name of a datum in any common spelling, such as `WGS-84`, `WGS84` or `GCJ-02`.
fn parse_datum(text: &str) -> Option<Datum> {
    let name: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    match name.to_ascii_lowercase().as_str() {
        "wgs84" => Some(Datum::Wgs84),
        "gcj02" => Some(Datum::Gcj02),
        "bd09" | "bd09ll" => Some(Datum::Bd09),
        "cgcs2000" => Some(Datum::Cgcs2000),
        _ => None,
    }
}
