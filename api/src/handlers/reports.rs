//! Reports: how an incident is created.

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_LANGUAGE, LOCATION},
    web,
};
use chrono::{DateTime, FixedOffset};
use grassroots_domain::{geography::position::PositionSource, ids::IncidentId, incident::source::Source};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::{
        App,
        intake::{self, IntakeResult},
        photos::SentPhoto,
        report_fields::{ReportInput, SentLocation},
        similar,
    },
    handlers::photos::PhotoBody,
    http::{
        body::{Body, StrictObject},
        headers::etag,
        identity::Identity,
        problem::Problem,
    },
    json::{schema::optional_codes, time::moment},
    language::Language,
    urls,
    views::{incident::IncidentView, reader::Reader, similar::SimilarView},
};

/// A report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportBody {
    /// The id of the report: a UUID that the phone creates. Sending the same report again with the same id changes
    /// nothing.
    pub id: Uuid,
    /// Code of the category: four digits; `GET /v1/categories` lists them.
    #[schema(example = "5002")]
    pub category: String,
    /// What happened: 5 to 2,000 characters. Numbers of identity cards, bank cards and phones are masked (写事不写人).
    #[schema(example = "村口井盖缺失，夜间无灯，车辆绕行")]
    pub description: String,
    /// The position. May be left out if `place_text` states the place.
    #[schema(value_type = Option<LocationBody>)]
    pub location: Option<StrictObject<LocationBody>>,
    /// The severity, if it is higher than usual for the category. The usual severity of the category if left out.
    #[schema(schema_with = optional_codes::<grassroots_domain::rules::category::Severity>)]
    pub severity: Option<String>,
    /// A short title: up to 100 characters. May be left out.
    pub title: Option<String>,
    /// The place in words: up to 200 characters. Required if `location` is left out.
    pub place_text: Option<String>,
    /// When it happened. May be left out.
    pub occurred_at: Option<DateTime<FixedOffset>>,
    /// When the report was written. May be left out.
    pub reported_at: Option<DateTime<FixedOffset>>,
    /// When the report was sent. Only this field may differ when the report is sent again.
    pub sent_at: Option<DateTime<FixedOffset>>,
    /// What was done, if the matter is already settled. Only allowed in some categories.
    #[schema(value_type = Option<OnSpotBody>)]
    pub on_spot: Option<StrictObject<OnSpotBody>>,
    /// At most nine photos of the site. Upload the files with `POST /v1/uploads`.
    #[serde(default)]
    pub photos: Vec<PhotoBody>,
    /// How the matter came to your notice (来源). Left out: `grid_patrol` for grid workers, `resident_report` for desks. What comes
    /// from the hotline, the police, a court or another authority is entered by desks.
    #[schema(schema_with = optional_codes::<Source>)]
    pub source: Option<String>,
    /// The number that the source gave the matter, such as that of a work order of the hotline. One number of a source opens one
    /// incident: entered again, the answer is 409 with the incident. May be left out.
    #[schema(example = "20261128001")]
    pub external_no: Option<String>,
    /// Whether your desk keeps the matter and accepts it at once, although the category may start at a lower level. Allowed if your desk
    /// is of the level that the rules choose or above, not of the city, and the place lies in its unit.
    #[serde(default)]
    pub keep: bool,
}

/// A position measured by the phone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationBody {
    /// Longitude in degrees east.
    #[schema(example = 111.05)]
    pub lon: f64,
    /// Latitude in degrees north.
    #[schema(example = 34.05)]
    pub lat: f64,
    /// The datum of `lon` and `lat`: `wgs84`, `gcj02`, `bd09` or `cgcs2000`. Required: with the wrong datum, a position
    /// is about 500 m off.
    #[schema(required, example = "wgs84")]
    pub datum: Option<String>,
    /// Accuracy stated by the phone: the radius around the position, in metres. May be left out.
    pub accuracy_m: Option<f64>,
    /// When the phone measured the position. May be left out.
    pub captured_at: Option<DateTime<FixedOffset>>,
    /// How the position was found; `gps` if left out.
    #[schema(schema_with = optional_codes::<PositionSource>)]
    pub source: Option<String>,
}

/// What was done on the spot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnSpotBody {
    /// The work that was done: up to 2,000 characters.
    pub result: String,
}

impl From<ReportBody> for ReportInput {
    fn from(body: ReportBody) -> Self {
        Self {
            id: IncidentId(body.id),
            category: body.category,
            severity: body.severity,
            title: body.title,
            description: body.description,
            place_text: body.place_text,
            location: body.location.map(|StrictObject(given)| SentLocation {
                lon: given.lon,
                lat: given.lat,
                datum: given.datum,
                accuracy_m: given.accuracy_m,
                captured_at: given.captured_at.map(moment),
                source: given.source,
            }),
            occurred_at: body.occurred_at.map(moment),
            reported_at: body.reported_at.map(moment),
            sent_at: body.sent_at.map(moment),
            on_spot: body.on_spot.map(|StrictObject(on_spot)| on_spot.result),
            photos: body.photos.into_iter().map(SentPhoto::from).collect(),
            source: body.source,
            external_no: body.external_no,
            keep: body.keep,
        }
    }
}

/// Report an incident.
///
/// The server answers 201 after it has stored the report. The answer names the desk that received it, and why. The same
/// report with the same id is answered with 200 and the incident as it is now. Different content with the same id is
/// refused with 409, and the answer states both hashes.
#[utoipa::path(
    post, path = urls::INCIDENTS, tag = "incidents", request_body = ReportBody,
    responses(
        (status = 201, description = "The report is stored", body = IncidentView, headers(("ETag" = String), ("Location" = String))),
        (status = 200, description = "The same report was stored before", body = IncidentView),
        (status = 409, description = "`report_conflict`: the id was used for another report. `id_taken`: the id cannot be used. `external_no_taken`: the order was entered before, and `incident` names the incident if you may see it", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "Fields of the body are wrong", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn create(
    who: Identity,
    language: Language,
    app: web::Data<App>,
    body: Body<ReportBody>,
) -> Result<HttpResponse, Problem> {
    let taken = intake::report(&app, who.actor(), body.0.into()).await?;
    let (mut response, detail) = match &taken {
        IntakeResult::Opened(detail) => (HttpResponse::Created(), detail),
        IntakeResult::Repeated(detail) => (HttpResponse::Ok(), detail),
    };
    // The report is already stored. If the search for similar reports fails, the answer omits them.
    let similar = similar::like(&app, &detail.found).await.unwrap_or_else(|error| {
        tracing::warn!(error = %error, "similar reports cannot be looked up");
        Vec::new()
    });
    let incident = detail.found.stored.case.incident();
    let reader = Reader::new(who.actor(), language, &app);
    let similar = similar.iter().map(SimilarView::from).collect();
    Ok(response
        .insert_header(etag(incident.version))
        .insert_header((LOCATION, urls::incident(incident.id)))
        .insert_header((CONTENT_LANGUAGE, language.tag()))
        .json(IncidentView { similar, ..IncidentView::detail(detail, &reader) }))
}
