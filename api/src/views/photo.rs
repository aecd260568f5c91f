//! Photos as JSON.

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
    localization::language::Language,
};

/// The photos of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotosView {
    /// In the order they were named.
    pub photos: Vec<PhotoView>,
    /// What is remarkable about all of them together; for desks and auditors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingView>,
}

/// A photo of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoView {
    /// Its identity, for `GET /v1/photos/{id}`.
    pub id: Uuid,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many they are.
    pub size_bytes: u32,
    /// What they are said to be.
    #[schema(schema_with = codes::<grassroots_domain::incident::photo::MediaType>)]
    pub media_type: &'static str,
    /// When it was taken, seen from the work.
    #[schema(schema_with = codes::<grassroots_domain::incident::photo::Phase>)]
    pub phase: &'static str,
    /// When it was named.
    pub named_at: DateTime<FixedOffset>,
    /// When its bytes were here; not yet, if it is on its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<DateTime<FixedOffset>>,
    /// Its pixels the right way up, once somebody has looked at it; the previews are `GET /v1/photos/{id}?size=`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<PreviewView>,
    /// Why it cannot be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_preview: Option<NoPreviewView>,
    /// What it tells of where and when it was taken, once somebody has looked at it; for desks and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceView>,
}

/// A picture that can be shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewView {
    /// Pixels from left to right, of the photo.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

/// Why a photo cannot be shown. It is kept all the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoPreviewView {
    /// The reason.
    #[schema(schema_with = codes::<NoPreview>)]
    pub code: &'static str,
    /// What it means.
    pub text: String,
}

/// What a photo tells of where and when it was taken, beside the report.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceView {
    /// When it was taken, says the camera.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<DateTime<FixedOffset>>,
    /// How far from the position that was reported, in metres, each position taken in the datum it says. The photo's own
    /// position is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 12.0)]
    pub distance_m: Option<f64>,
    /// What is made of the distance.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = optional_codes::<grassroots_domain::incident::evidence::PositionMatch>)]
    pub lie: Option<&'static str>,
    /// What is remarkable. It is to be looked at, and proves nothing by itself.
    pub findings: Vec<FindingView>,
    /// Other incidents with this picture or nearly this one, as far as you see them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Uuid>,
}

/// Something remarkable about photos.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingView {
    /// Its code.
    #[schema(schema_with = codes::<Finding>)]
    pub code: &'static str,
    /// What it means.
    pub text: String,
}

impl PhotosView {
    /// The photos in `list`.
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
            lie: whereabouts.map(|whereabouts| whereabouts.lie.as_str()),
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
