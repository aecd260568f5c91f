//! Evidence: where and when a photo was taken, compared with the report. It helps the desk with one case. It is never used
//! to count or rank people.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::{
        datum::{Datum, LonLat, distance_m, to_wgs84},
        position::{MAX_BORDER_RADIUS_M, Position},
    },
    incident::photo::Phase,
    time::Instant,
};

/// The allowed distance between a photo and the reported position, in metres, in addition to the accuracy of both. It is
/// less than half of the shift between WGS-84 and GCJ-02 in Sanmenxia (about 550 m), so that mixed-up datums are found.
pub const NEAR_M: f64 = 200.0;
/// The allowed time between a "before" photo and the matter (if earlier) or the report (if later).
const BEFORE_PHOTO_TOLERANCE: TimeDelta = TimeDelta::hours(24);
/// The allowed error of a phone's clock.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::hours(1);

codes! {
    /// Something that is unusual about a photo.
    Finding "finding" {
    /// The photo was not taken at the reported place.
        FarFromPlace "far_from_place" "拍摄位置与上报位置相距较远",
        /// The photo was taken at the place only if its position has another datum than stated.
        PhotoDatumWrong "photo_datum_wrong" "照片坐标系疑有误（WGS-84 与 GCJ-02 混用）",
        /// The photo was taken at the place only if the reported position has another datum than stated.
        ReportDatumWrong "report_datum_wrong" "上报坐标系疑有误（WGS-84 与 GCJ-02 混用）",
        /// The photo was taken at the place only if one of the two positions has another datum than stated.
        DatumsMixed "datums_mixed" "照片与上报的坐标系不一致（WGS-84 与 GCJ-02 混用）",
        /// The time written by the camera is later than the arrival of the photo.
        ClockInFuture "clock_in_future" "拍摄时间晚于收到时间，相机时钟有误",
        /// A "before" photo was taken long before the matter, or a photo of the work was taken before the report.
        TakenLongBefore "taken_long_before" "拍摄时间远早于事件",
        /// A "before" photo was taken long after the report.
        TakenLongAfter "taken_long_after" "拍摄时间远晚于上报",
        /// Another incident has a photo with the same bytes.
        SamePicture "same_picture_elsewhere" "其他事件使用了同一张照片",
        /// The result says the matter is settled, but the "after" photo that the category requires is missing.
        AfterPhotoMissing "after_photo_missing" "缺少处置后照片",
        /// Another incident has a photo that looks nearly the same.
        SimilarPicture "similar_picture_elsewhere" "其他事件有几乎相同的照片",
    }
}

codes! {
    /// Whether the position of a photo matches the reported position.
    PositionMatch "position match" {
    /// The positions match.
    Near "near" "相符",
    /// The positions do not match, in any datum.
    Far "far" "相距较远",
    /// They match if the photo's position has another datum than stated.
    NearByPhotoDatum "near_by_photo_datum" "换算照片坐标后相符",
    /// They match if the reported position has another datum than stated.
    NearByReportDatum "near_by_report_datum" "换算上报坐标后相符",
    /// They match if either of them has another datum than stated.
        NearByOneDatum "near_by_one_datum" "换算其中一个坐标后相符",
    }
}

/// A position that the camera wrote into the photo.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Fix {
    pub at: LonLat,
    /// The datum, if the camera wrote it. Without it, EXIF means WGS-84.
    pub datum: Option<Datum>,
    /// The accuracy radius given by the camera, in metres.
    pub accuracy_m: Option<f64>,
}

/// Time and position that the camera wrote into the photo. The position may be somebody's home, so it is compared with the
/// report and not stored.
#[derive(Clone, Copy, PartialEq, Default, Debug, Serialize, Deserialize)]
pub struct Traces {
    /// When the photo was taken. China Standard Time is assumed if the camera gives no offset.
    pub taken_at: Option<Instant>,
    /// Where the photo was taken.
    pub fix: Option<Fix>,
}

/// The position of a photo relative to the reported position.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Whereabouts {
    /// The distance, in whole metres. Both positions are taken in their stated datums.
    pub distance_m: f64,
    /// Whether the positions match.
    pub position_match: PositionMatch,
}

/// The part of [`Traces`] that is stored.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Evidence {
    pub taken_at: Option<Instant>,
    /// `None` if the photo or the report has no position.
    pub whereabouts: Option<Whereabouts>,
}

/// The times of a report that photos are compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReportTimes {
    /// When the matter happened. If that is unknown: when it was reported.
    pub occurred_at: Instant,
    /// When it was reported, by the phone's clock. If that is unknown: when the server received the report.
    pub reported_at: Instant,
    /// Whether the reporter settled the matter on the spot, before reporting it.
    pub on_spot: bool,
}

/// Compares the position of a photo with the reported position. If they do not match in their stated datums, the other
/// datums are tried.
#[must_use]
pub fn whereabouts(fix: Fix, reported: &Position) -> Whereabouts {
    let photo_datum = fix.datum.unwrap_or(Datum::Wgs84);
    let accuracy_m = fix.accuracy_m.unwrap_or_default().clamp(0.0, MAX_BORDER_RADIUS_M);
    let near_m = NEAR_M + reported.accuracy_m() + accuracy_m;
    let report_raw = LonLat { lon: reported.raw.lon, lat: reported.raw.lat };
    let photo = to_wgs84(fix.at, photo_datum);
    let distance = distance_m(photo, reported.wgs84);
    let datums_except = |stated: Datum| Datum::ALL.iter().copied().filter(move |datum| *datum != stated);
    // The shortest distance with another datum of the photo, and with another datum of the report.
    let by_photo = datums_except(photo_datum)
        .map(|datum| distance_m(to_wgs84(fix.at, datum), reported.wgs84))
        .fold(f64::INFINITY, f64::min);
    let by_report = datums_except(reported.raw.datum)
        .map(|datum| distance_m(photo, to_wgs84(report_raw, datum)))
        .fold(f64::INFINITY, f64::min);
    let position_match = if distance <= near_m {
        PositionMatch::Near
    } else if by_photo.min(by_report) > near_m {
        PositionMatch::Far
    } else if (by_photo - by_report).abs() <= NEAR_M {
        // Either datum may be wrong. Example: report and photo have the same numbers, but only the report says GCJ-02.
        PositionMatch::NearByOneDatum
    } else if by_photo < by_report {
        PositionMatch::NearByPhotoDatum
    } else {
        PositionMatch::NearByReportDatum
    };
    Whereabouts { distance_m: distance.round(), position_match }
}

/// The findings about the time and place of a photo that arrived at `arrived_at`.
#[must_use]
pub fn findings(evidence: &Evidence, phase: Phase, report: ReportTimes, arrived_at: Instant) -> Vec<Finding> {
    let about_place = evidence.whereabouts.and_then(|whereabouts| match whereabouts.position_match {
        PositionMatch::Near => None,
        PositionMatch::Far => Some(Finding::FarFromPlace),
        PositionMatch::NearByPhotoDatum => Some(Finding::PhotoDatumWrong),
        PositionMatch::NearByReportDatum => Some(Finding::ReportDatumWrong),
        PositionMatch::NearByOneDatum => Some(Finding::DatumsMixed),
    });
    let about_time =
        evidence.taken_at.and_then(|taken_at| finding_about_time(taken_at, phase, report, arrived_at));
    about_place.into_iter().chain(about_time).collect()
}

fn finding_about_time(
    taken_at: Instant,
    phase: Phase,
    report: ReportTimes,
    arrived_at: Instant,
) -> Option<Finding> {
    let ReportTimes { occurred_at, reported_at, on_spot } = report;
    let day_before = occurred_at.min(reported_at) - BEFORE_PHOTO_TOLERANCE;
    let (earliest, latest) = match phase {
        Phase::Before => (day_before, Some(reported_at + BEFORE_PHOTO_TOLERANCE)),
        Phase::During | Phase::After if on_spot => (day_before, None),
        // The work begins after the report.
        Phase::During | Phase::After => (reported_at - CLOCK_TOLERANCE, None),
    };
    if taken_at > arrived_at + CLOCK_TOLERANCE {
        Some(Finding::ClockInFuture)
    } else if taken_at < earliest {
        Some(Finding::TakenLongBefore)
    } else if latest.is_some_and(|latest| taken_at > latest) {
        Some(Finding::TakenLongAfter)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geography::{
        datum::from_wgs84,
        position::{PositionSource, RawPosition},
    };

    const PLACE: LonLat = LonLat { lon: 111.388, lat: 34.796 };

    fn reported(at: LonLat, datum: Datum, accuracy_m: Option<f64>) -> Position {
        let LonLat { lon, lat } = at;
        let source = PositionSource::Gps;
        let raw = RawPosition { lon, lat, datum, accuracy_m, captured_at: None, source };
        Position::parse(raw).unwrap().0
    }

    fn compare(at: LonLat, datum: Option<Datum>, reported: &Position) -> PositionMatch {
        whereabouts(Fix { at, datum, accuracy_m: None }, reported).position_match
    }

    #[test]
    fn mixed_up_datums_are_recognised() {
        let right = reported(PLACE, Datum::Wgs84, None);
        let shifted = from_wgs84(PLACE, Datum::Gcj02);
        assert_eq!(compare(PLACE, None, &right), PositionMatch::Near);
        assert_eq!(
            compare(shifted, Some(Datum::Gcj02), &right),
            PositionMatch::Near,
            "the stated datum is right"
        );
        assert_eq!(compare(shifted, None, &right), PositionMatch::NearByPhotoDatum);
        assert_eq!(whereabouts(Fix { at: shifted, datum: None, accuracy_m: None }, &right).distance_m, 583.0);
        assert_eq!(
            compare(shifted, Some(Datum::Wgs84), &right),
            PositionMatch::NearByPhotoDatum,
            "the stated datum is wrong"
        );
        assert_eq!(compare(from_wgs84(PLACE, Datum::Bd09), None, &right), PositionMatch::NearByPhotoDatum);
        let wrong = reported(shifted, Datum::Wgs84, None);
        assert_eq!(compare(PLACE, None, &wrong), PositionMatch::NearByReportDatum);
        let in_gcj02 = reported(shifted, Datum::Gcj02, None);
        assert_eq!(compare(PLACE, None, &in_gcj02), PositionMatch::Near);
        assert_eq!(
            compare(shifted, None, &in_gcj02),
            PositionMatch::NearByOneDatum,
            "the same numbers in another datum"
        );
    }

    #[test]
    fn the_allowed_distance_grows_with_the_accuracy_radius() {
        let north = |metres: f64| LonLat { lat: PLACE.lat + metres / 111_000.0, ..PLACE };
        let right = reported(PLACE, Datum::Wgs84, None);
        assert_eq!(compare(north(190.0), None, &right), PositionMatch::Near);
        assert_eq!(compare(north(250.0), None, &right), PositionMatch::Far);
        assert_eq!(
            compare(north(250.0), None, &reported(PLACE, Datum::Wgs84, Some(80.0))),
            PositionMatch::Near
        );
        let inaccurate = Fix { at: north(250.0), datum: None, accuracy_m: Some(80.0) };
        assert_eq!(
            whereabouts(inaccurate, &right).position_match,
            PositionMatch::Near,
            "within the camera's accuracy radius"
        );
        assert_eq!(compare(LonLat { lon: -3.7, lat: 40.4 }, None, &right), PositionMatch::Far);
    }

    #[test]
    fn times_are_compared_with_the_report() {
        let at = |hours: i64| Instant::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(hours);
        let report = ReportTimes { occurred_at: at(-2), reported_at: at(0), on_spot: false };
        let found = |hours, phase, report| {
            let evidence = Evidence { taken_at: Some(at(hours)), whereabouts: None };
            findings(&evidence, phase, report, at(100)).first().copied()
        };
        use Phase::{After, Before};
        assert_eq!(found(-1, Before, report), None);
        assert_eq!(found(-26, Before, report), None);
        assert_eq!(found(-27, Before, report), Some(Finding::TakenLongBefore));
        assert_eq!(found(24, Before, report), None);
        assert_eq!(found(25, Before, report), Some(Finding::TakenLongAfter));
        assert_eq!(found(102, Before, report), Some(Finding::ClockInFuture));
        assert_eq!(found(90, After, report), None);
        assert_eq!(found(-2, After, report), Some(Finding::TakenLongBefore), "before it was reported");
        assert_eq!(found(-2, After, ReportTimes { on_spot: true, ..report }), None);
    }
}
