//! Other reports that may be about the same matter.

use grassroots_persistence::incident::similar::Similar;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Another report that may be about the same matter.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarView {
    /// The id of the other incident.
    pub id: Uuid,
    /// The category code of the other incident: four digits.
    #[schema(example = "5002")]
    pub category: String,
}

impl From<&Similar> for SimilarView {
    fn from(similar: &Similar) -> Self {
        Self { id: similar.id.0, category: similar.category.to_string() }
    }
}

/// Reports that may be about the same matter.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarsView {
    /// Other open reports of the same domain within 100 m and 72 hours, the nearest first. Restricted incidents are
    /// never listed.
    pub similar: Vec<SimilarView>,
}
