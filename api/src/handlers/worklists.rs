//! The worklists of an account: how many incidents wait in each, and how many of them are new.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, FixedOffset};
use grassroots_domain::reading::worklist::Worklist;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::{App, worklists},
    http::{body::Body, identity::Identity, params::PathPart, problem::Problem},
    json::{
        schema::codes,
        time::{local, moment},
    },
    urls,
    validation::fields::Fields,
    views::reader::Reader,
};

/// All worklists of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueuesView {
    /// The time of the answer. Send it as `until` after the user has looked at the worklists.
    pub as_of: DateTime<FixedOffset>,
    /// The worklists.
    pub queues: Vec<QueueView>,
}

/// A worklist.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueView {
    /// The code of the worklist.
    #[schema(schema_with = codes::<Worklist>)]
    pub queue: &'static str,
    /// The name of the worklist.
    pub title: String,
    /// The number of incidents in the worklist.
    pub open: i64,
    /// The number of these incidents that came to the worklist after you last looked at it.
    pub unread: i64,
    /// The number of these incidents whose next step is overdue.
    pub overdue: i64,
    /// The URL of the list of these incidents.
    pub href: String,
}

/// The time until which a worklist was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenBody {
    /// Everything that came to the worklist until this time counts as seen. Take it from `as_of` of the worklists.
    pub until: DateTime<FixedOffset>,
}

/// List your worklists with the number of incidents in each, and how many of them are new.
#[utoipa::path(
    get, path = urls::QUEUES, tag = "incidents",
    responses((status = 200, description = "Your worklists", body = QueuesView))
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

/// Record that you have looked at a worklist.
#[utoipa::path(
    post, path = urls::QUEUE_SEEN, tag = "incidents", request_body = SeenBody,
    params(("queue" = String, Path, description = "The code of the worklist")),
    responses((status = 204, description = "Recorded. Only incidents that arrive later count as unread"))
)]
pub async fn seen(
    who: Identity,
    app: web::Data<App>,
    queue: PathPart<Worklist>,
    body: Body<SeenBody>,
) -> Result<HttpResponse, Problem> {
    let until = moment(body.0.until);
    let mut fields = Fields::default();
    fields.moment("/until", Some(until));
    fields.done(Some(()))?;
    worklists::mark_seen(&app, &who.actor(), queue.0, until).await?;
    Ok(HttpResponse::NoContent().finish())
}
