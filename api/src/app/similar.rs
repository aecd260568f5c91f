//! Finds similar reports. They are only suggested: a report is accepted even if there are similar ones.

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

/// Reports received more than this before the given report are not compared.
const RECENT: TimeDelta = TimeDelta::hours(72);

/// Finds open reports like `found`, also of other reporters. Without a position it finds none.
pub async fn like(app: &App, found: &VisibleIncident) -> StoreResult<Vec<Similar>> {
    let Some(position) = found.report.as_ref().and_then(|report| report.position.as_ref()) else {
        return Ok(Vec::new());
    };
    let (key, position) = (found.stored.key, position.wgs84);
    let incident = found.stored.case.incident();
    let (category, since) = (incident.category, incident.received_at - RECENT);
    app.store.read_one(move |db| similar::near(db, key, category, position, since)).await
}

/// Finds open reports like the one with this id. The caller must see that one in full.
///
/// # Errors
/// [`AppError::NotFound`] or [`IncidentError::SummaryOnly`].
pub async fn of(app: &App, actor: Arc<Actor>, id: IncidentId) -> Result<Vec<Similar>, AppError> {
    let found = incidents::peek(app, actor, id).await?;
    if found.visibility != Visibility::Full {
        return Err(IncidentError::SummaryOnly.into());
    }
    Ok(like(app, &found).await?)
}
