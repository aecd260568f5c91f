//! What may be the same matter: suggested, never in the way of a report.

use std::sync::Arc;

use chrono::TimeDelta;
use grassroots_domain::{account::Actor, ids::IncidentId, reading::visibility::Visibility};
use grassroots_persistence::{
    database::error::StoreResult,
    incident::similar::{self, Similar},
};

use crate::app::{
    App,
    error::{AppError, IncidentError},
    incidents::{self, VisibleIncident},
};

/// For how long a report may be of the same matter (DOMAIN 2.6).
const RECENT: TimeDelta = TimeDelta::hours(72);

/// Open reports like `found`, of others too: without a position there are none.
///
/// # Errors
/// When the database fails.
pub async fn like(app: &App, found: &VisibleIncident) -> StoreResult<Vec<Similar>> {
    let Some(position) = found.report.as_ref().and_then(|report| report.position.as_ref()) else {
        return Ok(Vec::new());
    };
    let (key, position) = (found.stored.key, position.wgs84);
    let incident = &found.stored.case.incident;
    let (category, since) = (incident.category, incident.received_at - RECENT);
    app.store.read_one(move |db| similar::near(db, key, category, position, since)).await
}

/// Open reports like the one with that id, for who sees it in full.
///
/// # Errors
/// When there is none the caller sees in full.
pub async fn of(app: &App, actor: Arc<Actor>, id: IncidentId) -> Result<Vec<Similar>, AppError> {
    let found = incidents::peek(app, actor, id).await?;
    if found.visibility != Visibility::Full {
        return Err(IncidentError::SummaryOnly.into());
    }
    Ok(like(app, &found).await?)
}
