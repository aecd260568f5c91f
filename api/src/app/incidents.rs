//! Reads single incidents and lists of incidents, within what the caller may see.

use std::sync::Arc;

use grassroots_domain::{
    account::{Actor, Role},
    command_kind::CommandKind,
    decide,
    events::{Event, EventBody, reporting::Reported},
    ids::IncidentId,
    incident::{Incident, merging::MergedInto, remark::Audience},
    reading::visibility::{Scope, Visibility, sees_reporter, visible},
    rules::routing::RoutingReader,
    time::Instant,
};
use grassroots_persistence::{
    account::accounts,
    database::{
        db::Db,
        error::{StoreError, StoreResult},
    },
    incident::{
        events::{self, StoredEvent, StoredRemark},
        incidents::{self, IncidentRecord},
        reports::{self, ReportContent},
    },
    photo::photos,
    reading::lists::{self, IncidentFilter},
};

use crate::app::{
    App,
    error::{AppError, IncidentError},
};

/// An incident with its report, and how much of both the caller may see.
#[derive(Debug)]
pub struct VisibleIncident {
    /// The incident.
    pub stored: IncidentRecord,
    /// The report, unless it was erased.
    pub report: Option<ReportContent>,
    /// How much the caller may see.
    pub visibility: Visibility,
}

impl VisibleIncident {
    /// As whom `actor` reads why it went to its first desk.
    #[must_use]
    pub fn routing_reader(&self, actor: &Actor) -> RoutingReader {
        if sees_reporter(actor, &self.stored.case) {
            RoutingReader::KnowsReporter
        } else {
            RoutingReader::Other
        }
    }
}

/// An incident with its history.
#[derive(Debug)]
pub struct History {
    /// The incident.
    pub found: VisibleIncident,
    /// Its events, oldest first.
    pub events: Vec<StoredEvent>,
    /// The remarks of the events.
    pub remarks: Vec<StoredRemark>,
    /// The accounts that acted, with their display names.
    pub names: Vec<(grassroots_domain::ids::AccountId, String)>,
}

/// An incident with its first event, the replies to its reporter and the number of photos.
#[derive(Debug)]
pub struct IncidentDetail {
    /// The incident.
    pub found: VisibleIncident,
    /// The first event: to which desk it went, and why.
    pub reported: Reported,
    /// The replies to its reporter, and replies of the primary incident if it was merged.
    pub replies: Vec<PublicReply>,
    /// The primary incident, if it was merged. If that one was merged too, the last of the chain.
    pub stands_for: Option<Incident>,
    /// Number of photos that have arrived.
    pub photos_here: usize,
}

/// A reply to the reporter, who may show it to residents.
#[derive(Clone, Debug)]
pub struct PublicReply {
    pub at: Instant,
    pub text: String,
}

/// Reads the incident with this id.
///
/// # Errors
/// [`AppError::NotFound`], also if the caller may not see the incident.
pub async fn read(app: &App, actor: Arc<Actor>, id: IncidentId) -> Result<IncidentDetail, AppError> {
    app.store
        .read(move |db| {
            let found = find(db, &actor, id)?;
            Ok(detail(db, found)?)
        })
        .await
}

/// Reads the incident with this id without its history.
///
/// # Errors
/// [`AppError::NotFound`], also if the caller may not see the incident.
pub async fn peek(app: &App, actor: Arc<Actor>, id: IncidentId) -> Result<VisibleIncident, AppError> {
    app.store.read(move |db| find(db, &actor, id)).await
}

/// Adds the first event, the replies and the number of photos.
pub(crate) fn detail(db: &mut Db, found: VisibleIncident) -> StoreResult<IncidentDetail> {
    let events = events::history(db, found.stored.key)?;
    let remarks = events::remarks(db, found.stored.key)?;
    let reported =
        events.first().and_then(|first| opening(&first.event.body)).ok_or_else(|| StoreError::Decode {
            column: "event",
            value: found.stored.key.to_string(),
            reason: "the history does not begin with a report".to_owned(),
        })?;
    let until = match found.visibility {
        Visibility::Former { until } => Some(until),
        Visibility::None | Visibility::Summary | Visibility::Own | Visibility::Full => None,
    };
    let mut replies = told(&events, remarks, |event| until.is_none_or(|until| event.seq <= until));
    let mut stands_for = None;
    if until.is_none() {
        let mut merged = found.stored.case.incident().merging.merged;
        // The loop ends, because an incident can only be merged into an older one.
        while let Some(MergedInto { into, at: since }) = merged
            && let Some(next) = incidents::find(db, into)?
        {
            let incident = next.case.incident();
            merged = incident.merging.merged;
            // Replies of a restricted incident are for its own reporter only. So are requests for information, because only
            // that reporter can answer them.
            if !incident.restricted {
                let (events, remarks) = (events::history(db, next.key)?, events::remarks(db, next.key)?);
                let for_all = |event: &Event| !matches!(event.body, EventBody::InfoRequested(_));
                let later = |event: &Event| event.at >= since && for_all(event);
                replies.extend(told(&events, remarks, later));
            }
            stands_for = Some(incident.clone());
        }
    }
    let names_photos = !found.stored.case.incident().photos.is_empty();
    let photos_here = if names_photos { photos::count_arrived(db, found.stored.key)? } else { 0 };
    Ok(IncidentDetail { found, reported, replies, stands_for, photos_here })
}

/// The replies to the reporter whose events pass `shown`. Remarks of the reporter are not replies.
fn told(
    events: &[StoredEvent],
    remarks: Vec<StoredRemark>,
    shown: impl Fn(&Event) -> bool,
) -> Vec<PublicReply> {
    let replies = remarks.into_iter().filter(|remark| remark.audience == Audience::Reporter);
    replies
        .filter_map(|remark| {
            let event = &events.iter().find(|event| event.key == remark.event)?.event;
            let is_reply = !event.body.is_by_reporter();
            (is_reply && shown(event)).then_some(PublicReply { at: event.at, text: remark.text })
        })
        .collect()
}

/// The report in `body`, if it is the first event of an incident.
pub(crate) fn opening(body: &EventBody) -> Option<Reported> {
    if let EventBody::Reported(reported) = body { Some(reported.clone()) } else { None }
}

/// Reads the incident with this id and its history, for callers who see more than a summary.
///
/// # Errors
/// [`AppError::NotFound`] or [`IncidentError::SummaryOnly`].
pub async fn history(app: &App, actor: Arc<Actor>, id: IncidentId) -> Result<History, AppError> {
    let history = whole_history(app, actor, id).await?;
    more_than_a_summary(&history.found)?;
    Ok(history)
}

/// Like [`history`], for the timeline. Auditors may read it without remarks, even if they see a summary only.
///
/// # Errors
/// Those of [`history`].
pub async fn timeline(app: &App, actor: Arc<Actor>, id: IncidentId) -> Result<History, AppError> {
    let is_audit = actor.role == Role::AuditAdmin;
    let history = whole_history(app, actor, id).await?;
    if !is_audit {
        more_than_a_summary(&history.found)?;
    }
    Ok(history)
}

/// Reads why the incident went to its first desk.
///
/// # Errors
/// [`AppError::NotFound`] or [`IncidentError::SummaryOnly`].
pub async fn routing(
    app: &App,
    actor: Arc<Actor>,
    id: IncidentId,
) -> Result<(Reported, RoutingReader), AppError> {
    let detail = read(app, Arc::clone(&actor), id).await?;
    more_than_a_summary(&detail.found)?;
    let routing_reader = detail.found.routing_reader(&actor);
    Ok((detail.reported, routing_reader))
}

/// Reads the incident with this id and the commands that the caller may give now.
///
/// # Errors
/// [`AppError::NotFound`], also if the caller may not see the incident.
pub async fn actions(
    app: &App,
    actor: Arc<Actor>,
    id: IncidentId,
) -> Result<(Incident, Vec<CommandKind>), AppError> {
    let case = peek(app, Arc::clone(&actor), id).await?.stored.case;
    let (snapshot, now) = (app.snapshots.current(), app.clock.now());
    let commands = snapshot
        .rules
        .as_ref()
        .map_or_else(Vec::new, |rules| decide::actions(&case, &actor, now, rules, &snapshot.reference_data));
    Ok((case.incident().clone(), commands))
}

/// Refuses callers who may see the summary only. It does not contain who handles the incident and why.
fn more_than_a_summary(found: &VisibleIncident) -> Result<(), AppError> {
    if found.visibility == Visibility::Summary { Err(IncidentError::SummaryOnly.into()) } else { Ok(()) }
}

async fn whole_history(app: &App, actor: Arc<Actor>, id: IncidentId) -> Result<History, AppError> {
    app.store
        .read(move |db| {
            let found = find(db, &actor, id)?;
            let events = events::history(db, found.stored.key)?;
            let remarks = events::remarks(db, found.stored.key)?;
            let names = names(db, &events)?;
            Ok(History { found, events, remarks, names })
        })
        .await
}

fn names(
    db: &mut Db,
    events: &[StoredEvent],
) -> StoreResult<Vec<(grassroots_domain::ids::AccountId, String)>> {
    let mut names = Vec::new();
    for stored in events {
        let actor = stored.event.actor;
        if names.iter().all(|(known, _)| *known != actor)
            && let Some(account) = accounts::get(db, actor)?
        {
            names.push((actor, account.display_name));
        }
    }
    Ok(names)
}

pub(super) fn find(db: &mut Db, actor: &Actor, id: IncidentId) -> Result<VisibleIncident, AppError> {
    let stored = incidents::find(db, id)?.ok_or(AppError::NotFound)?;
    let visibility = visible(actor, &stored.case);
    if visibility == Visibility::None {
        return Err(AppError::NotFound);
    }
    let report = reports::get(db, stored.key)?;
    Ok(VisibleIncident { stored, report, visibility })
}

/// Reads a page of the incidents that the caller may see.
pub async fn list(app: &App, actor: Arc<Actor>, filter: IncidentFilter) -> StoreResult<Vec<VisibleIncident>> {
    app.store.read(move |db| page(db, &actor, &filter)).await
}

/// A page of the incidents that `actor` may see, with their reports.
pub(super) fn page(db: &mut Db, actor: &Actor, filter: &IncidentFilter) -> StoreResult<Vec<VisibleIncident>> {
    let page = lists::page(db, Scope::of(actor), filter)?;
    let keys: Vec<i64> = page.iter().map(|stored| stored.key).collect();
    let mut reports = reports::of_incidents(db, &keys)?;
    Ok(page
        .into_iter()
        .map(|stored| {
            let visibility = visible(actor, &stored.case);
            let report = reports.remove(&stored.key);
            VisibleIncident { stored, report, visibility }
        })
        .collect())
}
