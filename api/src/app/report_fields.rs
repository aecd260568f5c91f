//! The fields of a report: checks all of them, and returns everything that is wrong at once.

use grassroots_domain::{
    geography::{
        datum::Datum,
        position::{Position, PositionSource, RawPosition},
    },
    hash::Hash,
    ids::IncidentId,
    incident::{
        photo::{Phase, Photo},
        source::{ExternalNo, Source},
    },
    rules::{
        Rules,
        category::{CategoryCode, Severity},
    },
    text::{self, Text, localized::localized},
    time::Instant,
    warning::Warning,
};
use grassroots_persistence::incident::reports::ReportContent;
use serde::Serialize;

use crate::{
    app::photos::{self, SentPhoto},
    json,
    problem_code::ProblemCode,
    random::random_bytes,
    validation::{FieldError, fields::Fields},
};

/// How far a phone's clock may be ahead of the server's without a warning, in minutes.
const CLOCK_TOLERANCE_MIN: i64 = 10;

/// A report as it was sent. Nothing is checked yet.
#[derive(Clone, Debug)]
pub struct ReportInput {
    /// The id, made on the phone.
    pub id: IncidentId,
    pub category: String,
    /// The severity, if the reporter chose one.
    pub severity: Option<String>,
    pub title: Option<String>,
    /// What happened.
    pub description: String,
    /// The place in words.
    pub place_text: Option<String>,
    /// The position.
    pub location: Option<SentLocation>,
    /// When it happened.
    pub occurred_at: Option<Instant>,
    /// When it was written on the phone.
    pub reported_at: Option<Instant>,
    /// When it was sent. Repeats of one report differ in this time.
    pub sent_at: Option<Instant>,
    /// The result, if the reporter handled it on the spot.
    pub on_spot: Option<String>,
    pub photos: Vec<SentPhoto>,
    /// How the matter came to the notice of the reporter.
    pub source: Option<String>,
    /// The number that the source gave the matter.
    pub external_no: Option<String>,
    /// Whether the desk that enters the matter keeps it.
    pub keep: bool,
}

/// A position as it was sent.
#[derive(Clone, Debug)]
pub struct SentLocation {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// The coordinate system.
    pub datum: Option<String>,
    /// The accuracy according to the phone, as a radius in metres.
    pub accuracy_m: Option<f64>,
    /// When the position was measured.
    pub captured_at: Option<Instant>,
    /// How the position was found. The default is satellite.
    pub source: Option<String>,
}

/// A report whose fields are valid.
pub(super) struct Checked {
    pub(super) category: CategoryCode,
    pub(super) severity: Option<Severity>,
    pub(super) content: ReportContent,
    pub(super) on_spot: Option<Text>,
    pub(super) photos: Vec<Photo>,
    pub(super) source: Option<Source>,
    pub(super) external_no: Option<ExternalNo>,
    pub(super) warnings: Vec<Warning>,
}

/// Checks every field, and returns all errors at once. The category must exist in `rules`. Without `rules`, every
/// well-formed category is accepted.
pub(super) fn check(
    sent: &ReportInput,
    now: Instant,
    rules: Option<&Rules>,
) -> Result<Checked, Vec<FieldError>> {
    let mut fields = Fields::default();
    let category = category(&sent.category, rules, &mut fields);
    let severity = sent.severity.as_deref().and_then(|given| fields.parse("/severity", given));
    let description = fields.text("/description", &sent.description, text::DESCRIPTION);
    let title = sent.title.as_deref().and_then(|given| fields.text("/title", given, text::TITLE));
    let place_text =
        sent.place_text.as_deref().and_then(|given| fields.text("/place_text", given, text::PLACE));
    let on_spot =
        sent.on_spot.as_deref().and_then(|given| fields.text("/on_spot/result", given, text::REMARK));
    let source = sent.source.as_deref().and_then(|given| fields.parse("/source", given));
    let external_no = sent.external_no.as_deref().and_then(|given| fields.parse("/external_no", given));
    let position = sent.location.as_ref().and_then(|given| location(given, &mut fields));
    let photos = photos::read(&mut fields, "/photos", &sent.photos, Some(Phase::Before));
    if sent.location.is_none() && sent.place_text.is_none() {
        let detail = localized!(
            "没有定位时须用 place_text 写明地点",
            "without a location, say in place_text where it is"
        );
        fields.wrong("/location", ProblemCode::MissingField, detail);
    }
    for (pointer, at) in [
        ("/location/captured_at", sent.location.as_ref().and_then(|given| given.captured_at)),
        ("/occurred_at", sent.occurred_at),
        ("/reported_at", sent.reported_at),
        ("/sent_at", sent.sent_at),
    ] {
        fields.moment(pointer, at);
    }
    let tolerated = now + chrono::TimeDelta::minutes(CLOCK_TOLERANCE_MIN);
    if [sent.occurred_at, sent.reported_at, sent.sent_at].into_iter().flatten().any(|at| at > tolerated) {
        fields.warn(Warning::DeviceClockAhead);
    }
    let read = category.zip(description).zip(photos);
    let (((category, description), photos), warnings) = fields.finish(read)?;
    let canonical = Canonical {
        category,
        severity,
        title: title.as_ref(),
        description: &description,
        place_text: place_text.as_ref(),
        location: position.as_ref().map(|position| position.raw),
        occurred_at: sent.occurred_at,
        reported_at: sent.reported_at,
        on_spot: on_spot.as_ref(),
        photos: &photos,
        source,
        external_no: external_no.as_ref(),
        keep: sent.keep,
    };
    let content = ReportContent {
        salt: random_bytes::<16>().to_vec(),
        content_hash: canonical.hash(),
        title: title.as_ref().map(|text| text.as_str().to_owned()),
        description: description.as_str().to_owned(),
        place_text: place_text.as_ref().map(|text| text.as_str().to_owned()),
        position,
        occurred_at: sent.occurred_at,
        reported_at: sent.reported_at,
        sent_at: sent.sent_at,
        warnings: Vec::new(),
    };
    Ok(Checked { category, severity, content, on_spot, photos, source, external_no, warnings })
}

fn category(given: &str, rules: Option<&Rules>, fields: &mut Fields) -> Option<CategoryCode> {
    let code: CategoryCode = fields.parse_or("/category", given, ProblemCode::UnknownCategory)?;
    if rules.is_some_and(|rules| rules.category(code).is_none()) {
        let detail = localized!(
            "没有类别 {code}，可用类别见 GET /v1/categories",
            "there is no category {code}; GET /v1/categories lists them"
        );
        fields.wrong("/category", ProblemCode::UnknownCategory, detail);
        return None;
    }
    Some(code)
}

fn location(given: &SentLocation, fields: &mut Fields) -> Option<Position> {
    let source = given
        .source
        .as_deref()
        .map_or(Some(PositionSource::Gps), |source| fields.parse("/location/source", source));
    let datum = if let Some(datum) = &given.datum {
        fields.parse("/location/datum", datum)
    } else {
        let detail = localized!(
            "必须说明坐标系 datum：wgs84（手机定位）、gcj02（高德、腾讯）、bd09（百度）或 cgcs2000（天地图）；不注明会偏差约 550 米",
            "say what the numbers refer to: wgs84 (phone), gcj02 (AMap, Tencent), bd09 (Baidu) or cgcs2000 (Tianditu); \
             without it the place is some 550 m off"
        );
        fields.wrong("/location/datum", ProblemCode::DatumMissing, detail);
        None
    };
    let raw = RawPosition {
        lon: given.lon,
        lat: given.lat,
        // Without a datum the location is refused. WGS 84 is used to check the numbers all the same.
        datum: datum.unwrap_or(Datum::Wgs84),
        accuracy_m: given.accuracy_m,
        captured_at: given.captured_at,
        source: source.unwrap_or(PositionSource::Gps),
    };
    let position = fields.position("/location", raw);
    datum.and(source).and(position)
}

/// The content that every repeat of a report must share: everything but `sent_at`. The order of the fields is part of
/// the hash.
#[derive(Serialize)]
struct Canonical<'a> {
    category: CategoryCode,
    severity: Option<Severity>,
    title: Option<&'a Text>,
    description: &'a Text,
    place_text: Option<&'a Text>,
    location: Option<RawPosition>,
    occurred_at: Option<Instant>,
    reported_at: Option<Instant>,
    on_spot: Option<&'a Text>,
    photos: &'a [Photo],
    source: Option<Source>,
    external_no: Option<&'a ExternalNo>,
    keep: bool,
}

impl Canonical<'_> {
    fn hash(&self) -> Hash {
        Hash::of(&[json::text(self).as_bytes()])
    }
}
