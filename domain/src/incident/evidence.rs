//! Evidence: what a photo tells of where and when it was taken, held against the report. It is for the desk that looks at a
//! case; nobody is counted or ranked by it.

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

/// How far from what was reported a photo may be taken, in metres, beside the accuracy of the report. Half of the shift
/// between WGS-84 and GCJ-02 in Sanmenxia (some 550 m) is more.
pub const NEAR_M: f64 = 200.0;
/// How long before the matter, or after the report of it, a photo of how it was found may be taken.
const OF_THE_DAY: TimeDelta = TimeDelta::hours(24);
/// How far clocks of phones may be wrong.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::hours(1);

codes! {
    /// What is remarkable about a photo.
    Finding "finding" {
        /// Taken elsewhere than where the incident was reported.
        FarFromPlace "far_from_place" "拍摄位置与上报位置相距较远",
        /// Taken at the place, if its position is in another datum than it says.
        PhotoDatumWrong "photo_datum_wrong" "照片坐标系疑有误（WGS-84 与 GCJ-02 混用）",
        /// Taken at the place, if the report's position is in another datum than it says.
        ReportDatumWrong "report_datum_wrong" "上报坐标系疑有误（WGS-84 与 GCJ-02 混用）",
        /// Taken at the place, if one of the positions, whichever, is in another datum than it says.
        DatumsMixed "datums_mixed" "照片与上报的坐标系不一致（WGS-84 与 GCJ-02 混用）",
        /// Taken later than it arrived, says the camera.
        ClockInFuture "clock_in_future" "拍摄时间晚于收到时间，相机时钟有误",
        /// Taken long before the matter, or, of the work, before the report.
        TakenLongBefore "taken_long_before" "拍摄时间远早于事件",
        /// Said to show how it was found, and taken long after the report.
        TakenLongAfter "taken_long_after" "拍摄时间远晚于上报",
        /// The same bytes are a photo of another incident.
        SamePicture "same_picture_elsewhere" "其他事件使用了同一张照片",
        /// The work is said to be done, its category asks for a photo of that, and there is none yet.
        AfterPhotoMissing "after_photo_missing" "缺少处置后照片",
        /// Nearly the same picture is a photo of another incident.
        SimilarPicture "similar_picture_elsewhere" "其他事件有几乎相同的照片",
    }
}

codes! {
    /// How the place where a photo was taken lies to the one that was reported.
    PositionMatch "lie" {
        /// There.
        Near "near" "相符",
        /// Elsewhere.
        Far "far" "相距较远",
        /// There, if the photo's position is in another datum than it says.
        NearByPhotoDatum "near_by_photo_datum" "换算照片坐标后相符",
        /// There, if the report's position is in another datum than it says.
        NearByReportDatum "near_by_report_datum" "换算上报坐标后相符",
        /// There, if either of them is in another datum than it says.
        NearByOneDatum "near_by_one_datum" "换算其中一个坐标后相符",
    }
}

/// A position as the camera wrote it.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Fix {
    /// The numbers.
    pub at: LonLat,
    /// What they refer to, if it is said. EXIF means WGS-84 otherwise.
    pub datum: Option<Datum>,
    /// Radius in which the camera believes to be, in metres.
    pub accuracy_m: Option<f64>,
}

/// What the camera wrote beside the picture. Its position is compared, and then forgotten: it may be somebody's home.
#[derive(Clone, Copy, PartialEq, Default, Debug, Serialize, Deserialize)]
pub struct Traces {
    /// When the picture was taken; by the clock of China where no other offset is given.
    pub taken_at: Option<Instant>,
    /// Where.
    pub fix: Option<Fix>,
}

/// How far from the place that was reported a photo was taken.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Whereabouts {
    /// Distance in whole metres, each position taken in the datum it says.
    pub distance_m: f64,
    /// What to make of it.
    pub lie: PositionMatch,
}

/// What is kept of the traces of a photo.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Evidence {
    /// When it was taken.
    pub taken_at: Option<Instant>,
    /// How far from the place; `None` when either position is missing.
    pub whereabouts: Option<Whereabouts>,
}

/// Times of a report that photos are held against.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReportTimes {
    /// When it happened, or else was reported.
    pub occurred_at: Instant,
    /// When it was reported by the phone's clock, or else received.
    pub reported_at: Instant,
    /// Settled before it was reported.
    pub on_spot: bool,
}

/// Holds a photo's position against the one that was reported.
#[must_use]
pub fn whereabouts(fix: Fix, reported: &Position) -> Whereabouts {
    let said = fix.datum.unwrap_or(Datum::Wgs84);
    let accuracy_m = fix.accuracy_m.unwrap_or_default().clamp(0.0, MAX_BORDER_RADIUS_M);
    let near_m = NEAR_M + reported.accuracy_m() + accuracy_m;
    let raw = LonLat { lon: reported.raw.lon, lat: reported.raw.lat };
    let taken = to_wgs84(fix.at, said);
    let distance = distance_m(taken, reported.wgs84);
    let others = |but: Datum| Datum::ALL.iter().copied().filter(move |datum| *datum != but);
    let by_photo = others(said).map(|datum| distance_m(to_wgs84(fix.at, datum), reported.wgs84));
    let by_report = others(reported.raw.datum).map(|datum| distance_m(taken, to_wgs84(raw, datum)));
    let (by_photo, by_report) =
        (by_photo.fold(f64::INFINITY, f64::min), by_report.fold(f64::INFINITY, f64::min));
    let lie = if distance <= near_m {
        PositionMatch::Near
    } else if by_photo.min(by_report) > near_m {
        PositionMatch::Far
    } else if (by_photo - by_report).abs() <= NEAR_M {
        // A report in GCJ-02 and a photo with the same numbers that does not say so, for instance: either may be wrong.
        PositionMatch::NearByOneDatum
    } else if by_photo < by_report {
        PositionMatch::NearByPhotoDatum
    } else {
        PositionMatch::NearByReportDatum
    };
    Whereabouts { distance_m: distance.round(), lie }
}

/// What is remarkable about when and where a photo was taken that arrived at `arrived_at`.
#[must_use]
pub fn findings(evidence: &Evidence, phase: Phase, report: ReportTimes, arrived_at: Instant) -> Vec<Finding> {
    let of_place = evidence.whereabouts.and_then(|whereabouts| match whereabouts.lie {
        PositionMatch::Near => None,
        PositionMatch::Far => Some(Finding::FarFromPlace),
        PositionMatch::NearByPhotoDatum => Some(Finding::PhotoDatumWrong),
        PositionMatch::NearByReportDatum => Some(Finding::ReportDatumWrong),
        PositionMatch::NearByOneDatum => Some(Finding::DatumsMixed),
    });
    let of_time = evidence.taken_at.and_then(|taken_at| of_time(taken_at, phase, report, arrived_at));
    of_place.into_iter().chain(of_time).collect()
}

fn of_time(taken_at: Instant, phase: Phase, report: ReportTimes, arrived_at: Instant) -> Option<Finding> {
    let ReportTimes { occurred_at, reported_at, on_spot } = report;
    let (earliest, latest) = match phase {
        Phase::Before => (occurred_at.min(reported_at) - OF_THE_DAY, Some(reported_at + OF_THE_DAY)),
        Phase::During | Phase::After if on_spot => (occurred_at.min(reported_at) - OF_THE_DAY, None),
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

    fn lie(at: LonLat, datum: Option<Datum>, reported: &Position) -> PositionMatch {
        whereabouts(Fix { at, datum, accuracy_m: None }, reported).lie
    }

    #[test]
    fn datums_that_were_mixed_up_are_recognised() {
        let right = reported(PLACE, Datum::Wgs84, None);
        let shifted = from_wgs84(PLACE, Datum::Gcj02);
        assert_eq!(lie(PLACE, None, &right), PositionMatch::Near);
        assert_eq!(lie(shifted, Some(Datum::Gcj02), &right), PositionMatch::Near, "it says so");
        assert_eq!(lie(shifted, None, &right), PositionMatch::NearByPhotoDatum);
        assert_eq!(whereabouts(Fix { at: shifted, datum: None, accuracy_m: None }, &right).distance_m, 583.0);
        assert_eq!(
            lie(shifted, Some(Datum::Wgs84), &right),
            PositionMatch::NearByPhotoDatum,
            "it says otherwise"
        );
        assert_eq!(lie(from_wgs84(PLACE, Datum::Bd09), None, &right), PositionMatch::NearByPhotoDatum);
        let wrong = reported(shifted, Datum::Wgs84, None);
        assert_eq!(lie(PLACE, None, &wrong), PositionMatch::NearByReportDatum);
        let said = reported(shifted, Datum::Gcj02, None);
        assert_eq!(lie(PLACE, None, &said), PositionMatch::Near);
        assert_eq!(
            lie(shifted, None, &said),
            PositionMatch::NearByOneDatum,
            "the same numbers, and another datum"
        );
    }

    #[test]
    fn elsewhere_is_far_unless_the_report_was_inaccurate() {
        let north = |metres: f64| LonLat { lat: PLACE.lat + metres / 111_000.0, ..PLACE };
        let right = reported(PLACE, Datum::Wgs84, None);
        assert_eq!(lie(north(190.0), None, &right), PositionMatch::Near);
        assert_eq!(lie(north(250.0), None, &right), PositionMatch::Far);
        assert_eq!(lie(north(250.0), None, &reported(PLACE, Datum::Wgs84, Some(80.0))), PositionMatch::Near);
        let inaccurate = Fix { at: north(250.0), datum: None, accuracy_m: Some(80.0) };
        assert_eq!(whereabouts(inaccurate, &right).lie, PositionMatch::Near, "the camera says so");
        assert_eq!(lie(LonLat { lon: -3.7, lat: 40.4 }, None, &right), PositionMatch::Far);
    }

    #[test]
    fn times_are_held_against_the_report() {
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
