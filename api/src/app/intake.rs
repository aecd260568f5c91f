//! Intake: makes one incident from a report, even if the report is sent several times.

use std::sync::Arc;

use grassroots_domain::{
    account::Actor,
    events::reporting::Reported,
    geography::{
        datum::Datum,
        place::{Place, is_far, locate},
        position::{Position, PositionSource, RawPosition},
    },
    hash::Hash,
    ids::IncidentId,
    incident::{
        photo::{Phase, Photo},
        source::{ExternalNo, Source},
    },
    open::{Report, open},
    reading::visibility::{Visibility, visible},
    refusal::Refusal,
    rules::{
        Rules,
        category::{CategoryCode, Severity},
    },
    text::{self, Text, localized::localized},
    time::Instant,
    warning::Warning,
};
use grassroots_persistence::{
    database::{db::Db, error::StoreError},
    incident::{
        external_numbers,
        incidents::{self, IncidentRecord},
        intake::NewIncident,
        reports::{self, ReportContent},
    },
};
use serde::Serialize;

use crate::{
    app::{
        App,
        error::{AppError, IncidentError},
        incidents::{IncidentDetail, PublicReply, VisibleIncident, detail, opening},
        photos::{self, SentPhoto},
        snapshot::Snapshot,
    },
    json,
    problem_code::ProblemCode,
    query_code,
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

/// The result of sending a report.
#[derive(Debug)]
pub enum IntakeResult {
    /// The report is new.
    Opened(IncidentDetail),
    /// The report was received before. Holds the incident in its current state.
    Repeated(IncidentDetail),
}

/// Checks the report of `actor`, finds its grid and its first desk, and writes the incident in one transaction.
///
/// # Errors
/// When fields are wrong, the rules refuse the report, or the id belongs to another report.
pub async fn report(app: &App, actor: Arc<Actor>, sent: ReportInput) -> Result<IntakeResult, AppError> {
    let now = app.clock.now();
    let snapshot = app.snapshots.current();
    let refusal = match Opened::new(&sent, &actor, now, &snapshot) {
        Ok(opened) => match app.intake.write(Arc::clone(&opened.opening)).await? {
            Some(key) => return Ok(IntakeResult::Opened(opened.detail(key, &actor))),
            None => None,
        },
        Err(refusal) => Some(refusal),
    };
    // A repeat must succeed even if the category or the reporter's account has changed since the first report.
    match (repeated(app, actor, &sent, now).await, refusal) {
        (Ok(Some(detail)), _) => Ok(IntakeResult::Repeated(detail)),
        // A caller whose report is refused must not learn which ids exist.
        (
            Ok(None)
            | Err(AppError::Incident(IncidentError::IdTaken | IncidentError::ExternalNoTaken { .. })),
            Some(refusal),
        ) => Err(refusal),
        (Err(error), _) => Err(error),
        // This should not happen: `write` has just found the id, and incidents are never deleted.
        (Ok(None), None) => Err(StoreError::Conflict.into()),
    }
}

/// A report whose fields are valid.
struct Checked {
    category: CategoryCode,
    severity: Option<Severity>,
    content: ReportContent,
    on_spot: Option<Text>,
    photos: Vec<Photo>,
    source: Option<Source>,
    external_no: Option<ExternalNo>,
    warnings: Vec<Warning>,
}

/// Checks every field, and returns all errors at once. The category must exist in `rules`. Without `rules`, every
/// well-formed category is accepted.
fn check(sent: &ReportInput, now: Instant, rules: Option<&Rules>) -> Result<Checked, Vec<FieldError>> {
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

/// A checked report and the decision about it.
struct Opened {
    opening: Arc<NewIncident>,
    reported: Reported,
    replies: Vec<PublicReply>,
}

impl Opened {
    fn new(
        sent: &ReportInput,
        actor: &Actor,
        now: Instant,
        snapshot: &Arc<Snapshot>,
    ) -> Result<Self, AppError> {
        let refused = |refusal| AppError::refused(refusal, snapshot);
        if !actor.may_report() {
            return Err(refused(Refusal::MayNotReport));
        }
        let rules = snapshot.rules.as_ref().ok_or(IncidentError::CannotReport)?;
        let checked = check(sent, now, Some(rules)).map_err(AppError::Invalid)?;
        let (place, located) =
            locate(checked.content.position.as_ref(), actor.area(), &snapshot.reference_data.grids)
                .ok_or_else(|| refused(Refusal::PlaceUnknown))?;
        let category = rules.category(checked.category).ok_or(IncidentError::CannotReport)?;
        // Residents come to the window of a desk; grid workers see things themselves.
        let usual = if actor.desk().is_some() { Source::ResidentReport } else { Source::GridPatrol };
        let report = Report {
            severity: checked.severity,
            on_spot: checked.on_spot,
            photos: checked.photos,
            source: checked.source.unwrap_or(usual),
            external_no: checked.external_no,
            keep: sent.keep,
            located,
            far_from: far_from(&place, checked.content.position.as_ref(), actor, snapshot),
            ..Report::new(sent.id, category, place)
        };
        let decision = open(&report, actor, now, rules, &snapshot.reference_data).map_err(refused)?;
        let reported = decision.events.first().and_then(|first| opening(&first.event.body));
        let replies = decision.events.iter().flat_map(|decided| {
            let at = decided.event.at;
            decided
                .remarks
                .iter()
                .map(move |remark| PublicReply { at, text: remark.text.as_str().to_owned() })
        });
        let replies = replies.collect();
        let warnings = checked.warnings.into_iter().chain(located.warning()).chain(decision.warnings.clone());
        let content = ReportContent {
            warnings: warnings.map(|warning| warning.as_str().to_owned()).collect(),
            ..checked.content
        };
        let opening =
            NewIncident::new(decision, query_code::secret(), content, &|| random_bytes::<16>().to_vec())?;
        Ok(Self {
            opening: Arc::new(opening),
            reported: reported.ok_or_else(|| refused(Refusal::NoDesk))?,
            replies,
        })
    }

    /// The answer to the reporter, after the incident was written under `key`.
    fn detail(self, key: i64, actor: &Actor) -> IncidentDetail {
        let NewIncident { case, query_secret, report, .. } = Arc::unwrap_or_clone(self.opening);
        IncidentDetail {
            stands_for: None,
            photos_here: 0,
            replies: self.replies,
            reported: self.reported,
            found: VisibleIncident {
                visibility: visible(actor, &case),
                stored: IncidentRecord { key, query_secret, case },
                report: Some(report),
            },
        }
    }
}

/// The error for a number of a source that another incident has. The caller learns which one only if it is visible to them.
fn entered_before(
    db: &mut Db,
    actor: &Actor,
    source: Source,
    number: &ExternalNo,
) -> Result<Option<IncidentDetail>, AppError> {
    let Some(incident) = external_numbers::find(db, source, number)? else { return Ok(None) };
    let stored = incidents::find(db, incident)?;
    let seen = stored.filter(|stored| visible(actor, &stored.case) != Visibility::None);
    Err(IncidentError::ExternalNoTaken { incident: seen.map(|_| incident) }.into())
}

/// The name of the reporter's unit, if the reporter works elsewhere and the position is far from there.
fn far_from(
    place: &Place,
    position: Option<&Position>,
    actor: &Actor,
    snapshot: &Snapshot,
) -> Option<String> {
    let (unit, reference_data) = (actor.organisation.unit, &snapshot.reference_data);
    let position = position.filter(|_| !place.lies_in(unit))?;
    is_far(position, actor.area(), &reference_data.grids)
        .then(|| reference_data.units.plain_names_above(unit) + &reference_data.units.plain_name(unit))
}

/// Returns the incident of the same report, if it was received before.
async fn repeated(
    app: &App,
    actor: Arc<Actor>,
    sent: &ReportInput,
    now: Instant,
) -> Result<Option<IncidentDetail>, AppError> {
    let Ok(checked) = check(sent, now, None) else { return Ok(None) };
    let number = checked.source.zip(checked.external_no);
    let (id, sent) = (sent.id, checked.content.content_hash);
    app.store
        .read(move |db| {
            let Some(stored) = incidents::find(db, id)? else {
                return match number {
                    Some((source, number)) => entered_before(db, &actor, source, &number),
                    None => Ok(None),
                };
            };
            if stored.case.incident().reporter != actor.account {
                return Err(IncidentError::IdTaken.into());
            }
            match reports::get(db, stored.key)? {
                Some(content) if content.content_hash == sent => {
                    // A reporter who can no longer see the incident gets its summary.
                    let visibility = match visible(&actor, &stored.case) {
                        Visibility::None => Visibility::Summary,
                        seen @ (Visibility::Summary
                        | Visibility::Own
                        | Visibility::Former { .. }
                        | Visibility::Full) => seen,
                    };
                    Ok(Some(detail(db, VisibleIncident { stored, report: Some(content), visibility })?))
                }
                Some(content) => {
                    Err(IncidentError::ReportConflict { stored: content.content_hash, sent }.into())
                }
                // The report was erased, so nothing can be compared.
                None => Err(IncidentError::IdTaken.into()),
            }
        })
        .await
}
