//! Photos as JSON.

use chrono::{DateTime, FixedOffset};
use grassroots_persistence::photos::NamedPhoto;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::views::{codes, local};

/// The photos of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotosView {
    /// In the order they were named.
    pub photos: Vec<PhotoView>,
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
    #[schema(schema_with = codes::<grassroots_domain::photo::MediaType>)]
    pub media_type: &'static str,
    /// When it was taken, seen from the work.
    #[schema(schema_with = codes::<grassroots_domain::photo::Phase>)]
    pub phase: &'static str,
    /// When it was named.
    pub named_at: DateTime<FixedOffset>,
    /// When its bytes were here; not yet, if it is on its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<DateTime<FixedOffset>>,
}

impl From<&NamedPhoto> for PhotoView {
    fn from(named: &NamedPhoto) -> Self {
        Self {
            id: named.id.0,
            sha256: named.photo.sha256.to_string(),
            size_bytes: named.photo.size_bytes,
            media_type: named.photo.media_type.as_str(),
            phase: named.photo.phase.as_str(),
            named_at: local(named.named_at),
            arrived_at: named.arrived_at.map(local),
        }
    }
}
