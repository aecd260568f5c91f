//! The photos of an incident, with previews and findings.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::incident::{evidence::Finding, photo::NoPreview};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::{
        evidence::PhotoFindings,
        photos::{ListedPhoto, PhotoList},
    },
    json::{
        schema::{codes, optional_codes},
        time::local,
    },
    language::Language,
};

/// The photos of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotosView {
    /// The photos, in the order they were announced.
    pub photos: Vec<PhotoView>,
    /// Findings about all photos together. Only shown to desks and auditors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingView>,
}

/// A photo of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoView {
    /// The id of the photo, for `GET /v1/photos/{id}`.
    pub id: Uuid,
    /// The SHA-256 of the file.
    pub sha256: String,
    /// The size of the file in bytes.
    pub size_bytes: u32,
    /// The media type that the phone stated.
    #[schema(schema_with = codes::<grassroots_domain::incident::photo::MediaType>)]
    pub media_type: &'static str,
    /// Whether the photo shows the site before, during or after the work.
    #[schema(schema_with = codes::<grassroots_domain::incident::photo::Phase>)]
    pub phase: &'static str,
    /// When the photo was announced.
    pub named_at: DateTime<FixedOffset>,
    /// When the upload was complete; absent until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<DateTime<FixedOffset>>,
    /// The size of the picture; absent until the photo has been examined, and if it cannot be shown. The previews are
    /// at `GET /v1/photos/{id}?size=`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<PreviewView>,
    /// Why there is no preview; absent if there is one, and until the photo has been examined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_preview: Option<NoPreviewView>,
    /// Place and time of the photo compared with the report; absent until the photo has been examined. Only shown to
    /// desks and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceView>,
}

/// The size of a picture that can be shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewView {
    /// Width of the picture in pixels, after turning it upright.
    pub width: u32,
    /// Height of the picture in pixels, after turning it upright.
    pub height: u32,
}

/// Why a photo has no preview. The photo is kept nevertheless.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoPreviewView {
    /// The code of the reason.
    #[schema(schema_with = codes::<NoPreview>)]
    pub code: &'static str,
    /// What the reason means.
    pub text: String,
}

/// Place and time of a photo, compared with the report.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceView {
    /// When the photo was taken, as the camera says; absent if the file does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<DateTime<FixedOffset>>,
    /// Distance between the position in the photo and the reported position, in metres. Each position is read in the
    /// datum stated with it. Absent if the photo or the report has no position. The position in the photo is not
    /// stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 12.0)]
    pub distance_m: Option<f64>,
    /// Whether the position in the photo matches the reported position; absent together with `distance_m`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = optional_codes::<grassroots_domain::incident::evidence::PositionMatch>)]
    pub lie: Option<&'static str>,
    /// The findings about this photo. A finding asks for a closer look and proves nothing by itself.
    pub findings: Vec<FindingView>,
    /// Ids of other incidents with the same or nearly the same picture, limited to those that you can see.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Uuid>,
}

/// Something unusual about photos.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingView {
    /// The code of the finding.
    #[schema(schema_with = codes::<Finding>)]
    pub code: &'static str,
    /// What the finding means.
    pub text: String,
}

impl PhotosView {
    #[must_use]
    pub fn new(list: &PhotoList, language: Language) -> Self {
        Self {
            photos: list.photos.iter().map(|listed| PhotoView::new(listed, language)).collect(),
            findings: findings(&list.findings, language),
        }
    }
}

impl PhotoView {
    fn new(listed: &ListedPhoto, language: Language) -> Self {
        let ListedPhoto { photo, picture, evidence } = listed;
        let shown = picture.as_ref().and_then(|picture| picture.shown);
        let no_preview = shown
            .and_then(Result::err)
            .map(|why| NoPreviewView { code: why.as_str(), text: language.name((why.zh(), why.as_str())) });
        let preview = shown.and_then(Result::ok);
        Self {
            id: photo.id.0,
            sha256: photo.photo.sha256.to_string(),
            size_bytes: photo.photo.size_bytes,
            media_type: photo.photo.media_type.as_str(),
            phase: photo.photo.phase.as_str(),
            named_at: local(photo.named_at),
            arrived_at: photo.arrived_at.map(local),
            preview: preview.map(|shown| PreviewView { width: shown.width, height: shown.height }),
            no_preview,
            evidence: evidence.as_ref().map(|told| EvidenceView::new(told, language)),
        }
    }
}

impl EvidenceView {
    fn new(told: &PhotoFindings, language: Language) -> Self {
        let whereabouts = told.evidence.whereabouts;
        Self {
            taken_at: told.evidence.taken_at.map(local),
            distance_m: whereabouts.map(|whereabouts| whereabouts.distance_m),
            lie: whereabouts.map(|whereabouts| whereabouts.position_match.as_str()),
            findings: findings(&told.findings, language),
            elsewhere: told.elsewhere.iter().map(|incident| incident.0).collect(),
        }
    }
}

fn findings(findings: &[Finding], language: Language) -> Vec<FindingView> {
    let view = |finding: &Finding| FindingView {
        code: finding.as_str(),
        text: language.name((finding.zh(), finding.as_str())),
    };
    findings.iter().map(view).collect()
}
