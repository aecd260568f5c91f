//! Worklists: how much waits in each, and what of it is new.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, FixedOffset};
use grassroots_domain::reading::worklist::Worklist;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::{App, worklists},
    http::{body::Body, identity::Identity, params::PathPart, problem::Problem},
    json::{schema::codes, time::local},
    urls,
    validation::fields::Fields,
    views::reader::Reader,
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
    get, path = urls::QUEUES, tag = "incidents",
    responses((status = 200, description = "The worklists, in order", body = QueuesView))
)]
pub async fn counts(reader: Reader, app: web::Data<App>) -> Result<web::Json<QueuesView>, Problem> {
    let counted = worklists::counts(&app, reader.actor.clone(), reader.now).await?;
    let queues = counted.into_iter().map(|count| QueueView {
        queue: count.queue.as_str(),
        title: reader.language.name((count.queue.zh(), count.queue.as_str())),
        open: count.open,
        unread: count.unread,
        overdue: count.overdue,
        href: urls::worklist(count.queue),
    });
    Ok(web::Json(QueuesView { as_of: local(reader.now), queues: queues.collect() }))
}

/// Say that you have looked at a worklist.
#[utoipa::path(
    post, path = urls::QUEUE_SEEN, tag = "incidents", request_body = SeenBody,
    params(("queue" = String, Path, description = "The worklist")),
    responses((status = 204, description = "Noted; only later arrivals count as unread"))
)]
pub async fn seen(
    who: Identity,
    app: web::Data<App>,
    queue: PathPart<Worklist>,
    body: Body<SeenBody>,
) -> Result<HttpResponse, Problem> {
    let until = body.0.until.to_utc();
    let mut fields = Fields::default();
    fields.moment("/until", Some(until));
    fields.done(Some(()))?;
    worklists::mark_seen(&app, &who.actor(), queue.0, until).await?;
    Ok(HttpResponse::NoContent().finish())
}
