//! Worklists: how much waits in each, and what of it is new.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, FixedOffset};
use grassroots_domain::reading::worklist::Worklist;
use grassroots_persistence::{database::error::StoreResult, reading::worklists};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    http::{body::Body, identity::Identity, language::Language, params::PathPart, problem::Problem},
    validation::fields::Fields,
    views::{codes, local},
};

/// Every worklist of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueuesView {
    /// The time of the answer: what to say as `until` once the lists of this moment were looked at.
    pub as_of: DateTime<FixedOffset>,
    /// The worklists.
    pub queues: Vec<QueueView>,
}

/// A worklist.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueView {
    /// Its code.
    #[schema(schema_with = codes::<Worklist>)]
    pub queue: &'static str,
    /// Its name.
    pub title: String,
    /// How many incidents wait in it.
    pub open: i64,
    /// How many of them came to this worklist after you last looked.
    pub unread: i64,
    /// How many of them have a step that is late.
    pub overdue: i64,
    /// Where they are listed.
    pub href: String,
}

/// Up to when a worklist was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenBody {
    /// What came to the worklist up to this time was seen: `as_of` of the counts.
    pub until: DateTime<FixedOffset>,
}

/// Count what waits in each of your worklists, and what of it is new.
#[utoipa::path(
    get, path = "/v1/queues", tag = "incidents",
    responses((status = 200, description = "The worklists, in order", body = QueuesView))
)]
pub async fn counts(
    who: Identity,
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<web::Json<QueuesView>, Problem> {
    let (actor, now) = (who.actor(), app.clock.now());
    let counted = app.store.read(move |db| -> StoreResult<_> { worklists::counts(db, &actor, now) }).await?;
    let language = Language::of(request.headers());
    let queues = counted.into_iter().map(|count| QueueView {
        queue: count.queue.as_str(),
        title: language.name((count.queue.zh(), count.queue.as_str())),
        open: count.open,
        unread: count.unread,
        overdue: count.overdue,
        href: format!("/v1/incidents?queue={}&sort=due", count.queue.as_str()),
    });
    Ok(web::Json(QueuesView { as_of: local(now), queues: queues.collect() }))
}

/// Say that you have looked at a worklist.
#[utoipa::path(
    post, path = "/v1/queues/{queue}/seen", tag = "incidents", request_body = SeenBody,
    params(("queue" = String, Path, description = "The worklist")),
    responses((status = 204, description = "Noted; only later arrivals count as unread"))
)]
pub async fn seen(
    who: Identity,
    app: web::Data<App>,
    queue: PathPart<Worklist>,
    body: Body<SeenBody>,
) -> Result<HttpResponse, Problem> {
    let queue = queue.0;
    let (account, until) = (who.actor().account, body.0.until.to_utc());
    let mut fields = Fields::default();
    fields.moment("/until", Some(until));
    fields.done(Some(()))?;
    // Nobody has seen what is still to come.
    let until = until.min(app.clock.now());
    app.store.write(move |db| worklists::mark(db, account, queue, until)).await?;
    Ok(HttpResponse::NoContent().finish())
}
