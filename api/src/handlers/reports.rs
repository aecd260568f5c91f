//! Reports: how an incident begins.

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_LANGUAGE, LOCATION},
    web,
};
use chrono::{DateTime, FixedOffset};
use grassroots_domain::{geography::position::PositionSource, ids::IncidentId};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::{
        App,
        intake::{self, IntakeResult, ReportInput, SentLocation},
        photos::SentPhoto,
        similar,
    },
    handlers::photos::PhotoBody,
    http::{
        body::{Body, Object},
        headers::etag,
        identity::Identity,
        problem::Problem,
    },
    json::schema::optional_codes,
    localization::language::Language,
    urls,
    views::{incident::IncidentView, reader::Reader, similar::SimilarView},
};

/// A report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportBody {
    /// Identity, made on the phone: any UUID. The same report sent again under it changes nothing.
    pub id: Uuid,
    /// Four digits; `GET /v1/categories` lists them.
    #[schema(example = "5002")]
    pub category: String,
    /// What happened: 5 to 2,000 characters. Identity, card and phone numbers are masked (写事不写人).
    #[schema(example = "村口井盖缺失，夜间无灯，车辆绕行")]
    pub description: String,
    /// Where, in numbers. May be left out when `place_text` says where it is.
    #[schema(value_type = Option<LocationBody>)]
    pub location: Option<Object<LocationBody>>,
    /// How bad it is, if worse than the category says.
    #[schema(schema_with = optional_codes::<grassroots_domain::rules::category::Severity>)]
    pub severity: Option<String>,
    /// A short name: up to 100 characters.
    pub title: Option<String>,
    /// Where, in words: up to 200 characters.
    pub place_text: Option<String>,
    /// When it happened.
    pub occurred_at: Option<DateTime<FixedOffset>>,
    /// When it was typed.
    pub reported_at: Option<DateTime<FixedOffset>>,
    /// When it was sent; the only field that may differ between repeats.
    pub sent_at: Option<DateTime<FixedOffset>>,
    /// It is settled already: what was done. Only in categories that allow it.
    #[schema(value_type = Option<OnSpotBody>)]
    pub on_spot: Option<Object<OnSpotBody>>,
    /// What it looks like: up to nine photos, whose bytes follow by `POST /v1/uploads`.
    #[serde(default)]
    pub photos: Vec<PhotoBody>,
}

/// A position as the phone has it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationBody {
    /// Degrees east.
    #[schema(example = 111.05)]
    pub lon: f64,
    /// Degrees north.
    #[schema(example = 34.05)]
    pub lat: f64,
    /// What the numbers refer to: `wgs84`, `gcj02`, `bd09` or `cgcs2000`. Required: an unlabelled position is 500 m off.
    #[schema(required, example = "wgs84")]
    pub datum: Option<String>,
    /// Radius in which the phone believes to be, in metres.
    pub accuracy_m: Option<f64>,
    /// When the fix was made.
    pub captured_at: Option<DateTime<FixedOffset>>,
    /// How it was found; `gps` if left out.
    #[schema(schema_with = optional_codes::<PositionSource>)]
    pub source: Option<String>,
}

/// What was done on the spot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnSpotBody {
    /// In words: up to 2,000 characters.
    pub result: String,
}

impl From<ReportBody> for ReportInput {
    fn from(body: ReportBody) -> Self {
        let utc = |at: Option<DateTime<FixedOffset>>| at.map(|at| at.to_utc());
        Self {
            id: IncidentId(body.id),
            category: body.category,
            severity: body.severity,
            title: body.title,
            description: body.description,
            place_text: body.place_text,
            location: body.location.map(|Object(given)| SentLocation {
                lon: given.lon,
                lat: given.lat,
                datum: given.datum,
                accuracy_m: given.accuracy_m,
                captured_at: utc(given.captured_at),
                source: given.source,
            }),
            occurred_at: utc(body.occurred_at),
            reported_at: utc(body.reported_at),
            sent_at: utc(body.sent_at),
            on_spot: body.on_spot.map(|Object(on_spot)| on_spot.result),
            photos: body.photos.into_iter().map(SentPhoto::from).collect(),
        }
    }
}

/// Report an incident.
///
/// Answers 201 once it is on disk, with the desk that got it and why. The same report under the same id answers 200 with
/// the incident as it is now; other content under that id is a 409 that names both hashes.
#[utoipa::path(
    post, path = urls::INCIDENTS, tag = "incidents", request_body = ReportBody,
    responses(
        (status = 201, description = "Taken", body = IncidentView, headers(("ETag" = String), ("Location" = String))),
        (status = 200, description = "It was here already", body = IncidentView),
        (status = 409, description = "`report_conflict`, `id_taken`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
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
    // The report is on disk: if similar ones cannot be looked up, it is answered without them.
    let similar = similar::like(&app, &detail.found).await.unwrap_or_else(|error| {
        tracing::warn!(error = %error, "similar reports cannot be looked up");
        Vec::new()
    });
    let incident = &detail.found.stored.case.incident;
    let reader = Reader::new(who.actor(), language, &app);
    let similar = similar.iter().map(SimilarView::from).collect();
    Ok(response
        .insert_header(etag(incident.version))
        .insert_header((LOCATION, urls::incident(incident.id)))
        .insert_header((CONTENT_LANGUAGE, language.tag()))
        .json(IncidentView { similar, ..IncidentView::detail(detail, &reader) }))
}
