//! Commands for incidents. Each has its own path. `If-Match` states the version that the caller saw. `Idempotency-Key`
//! makes it safe to repeat a command.

pub mod closing;
pub mod desk;
pub mod linkages;
pub mod oversight;
pub mod work;

use actix_web::{HttpResponse, http::header::CONTENT_TYPE};
use grassroots_domain::{commands::Command, ids::IncidentId, text};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::{
        App,
        commands::{self, CommandInput},
    },
    http::{headers::Guards, identity::Identity, problem::Problem},
    validation::fields::Fields,
};

/// The empty body of a command without facts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NothingBody {}

/// A reason in words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// The reason.
    pub reason: String,
}

/// A text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextBody {
    /// The text.
    pub text: String,
}

/// An optional note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    /// The text of the note. May be left out.
    pub note: Option<String>,
}

/// A reason from the rules, with an explanation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplainedBody {
    /// Code of the reason; `GET /v1/reasons` lists them.
    #[schema(example = "unclear_duty")]
    pub reason: String,
    /// An explanation of the reason.
    pub explanation: String,
}

/// Turns a body into a command. Everything that is wrong is recorded in the fields.
type BodyReader<B> = fn(B, &mut Fields, &App) -> Option<Command>;

async fn give<B>(
    who: &Identity,
    app: &App,
    id: Uuid,
    guards: Guards,
    body: B,
    check: BodyReader<B>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let command = check(body, &mut fields, app);
    let (command, warnings) = fields.finish(command).map_err(Problem::invalid)?;
    let sent = CommandInput {
        incident: IncidentId(id),
        command,
        warnings,
        version: guards.version,
        key: guards.key,
    };
    let answer = commands::give(app, who.actor(), sent).await?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(answer))
}

/// Reads an optional text.
fn optional_text(fields: &mut Fields, pointer: &str, given: Option<&str>) -> Option<text::Text> {
    given.and_then(|given| fields.text(pointer, given, text::REMARK))
}

/// Declares the handler of a command: its documentation, its name, its path, its body, and the function that reads the
/// body.
macro_rules! command {
    ($(#[$doc:meta])* $name:ident $path:ident $body:ident $check:expr) => {
        $(#[$doc])*
        #[utoipa::path(
            post, path = crate::urls::$path, tag = "commands", request_body = $body,
            params(
                ("id" = Uuid, Path, description = "The id of the incident"),
                ("If-Match" = String, Header, description = "The version of the incident that you saw, such as `\"3\"`. An older one passes if only alarms, comments, photos and reminders came since"),
                ("Idempotency-Key" = Uuid, Header, description = "A UUID that you create. Send the same one when you repeat the command"),
            ),
            responses(
                (status = 200, description = "The state of the incident now. A repeated command gets the same answer", body = crate::app::receipt::ReceiptView),
                (status = 403, description = "`not_yours`: you may not give this command", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 404, description = "There is no such incident, or you may not see it", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 409, description = "The state of the incident does not allow the command", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 412, description = "`stale_version`: the incident was changed after the version that you saw", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 422, description = "Fields of the body are wrong", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 428, description = "`precondition_required`: the header `If-Match` is missing", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
            )
        )]
        pub async fn $name(
            who: crate::http::identity::Identity,
            app: actix_web::web::Data<crate::app::App>,
            id: crate::http::params::PathPart<uuid::Uuid>,
            guards: crate::http::headers::Guards,
            body: crate::http::body::Body<$body>,
        ) -> Result<actix_web::HttpResponse, crate::http::problem::Problem> {
            crate::handlers::commands::give::<$body>(&who, &app, id.0, guards, body.0, $check).await
        }
    };
}
use command;
