//! Commands: one path each. `If-Match` names the version the caller saw, `Idempotency-Key` makes a repeat harmless.

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

/// A command without any facts of its own.
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

/// Words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextBody {
    /// The words.
    pub text: String,
}

/// A remark, if there is one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    /// The words.
    pub note: Option<String>,
}

/// A reason of the rules, with words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplainedBody {
    /// The reason; `GET /v1/reasons` lists them.
    #[schema(example = "unclear_duty")]
    pub reason: String,
    /// In words.
    pub explanation: String,
}

/// Reads a body: what it comes to, with everything that is wrong noted in the fields.
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

/// Words that may be left out.
fn optional_text(fields: &mut Fields, pointer: &str, given: Option<&str>) -> Option<text::Text> {
    given.and_then(|given| fields.text(pointer, given, text::REMARK))
}

/// Declares the handler of a command: its path, its documentation, its body, and how that becomes a command.
macro_rules! command {
    ($(#[$doc:meta])* $name:ident $path:ident $body:ident $check:expr) => {
        $(#[$doc])*
        #[utoipa::path(
            post, path = crate::urls::$path, tag = "commands", request_body = $body,
            params(
                ("id" = Uuid, Path, description = "The incident"),
                ("If-Match" = String, Header, description = "The version you saw, such as `\"3\"`"),
                ("Idempotency-Key" = Uuid, Header, description = "A UUID of your own; the same for a repeat"),
            ),
            responses(
                (status = 200, description = "Where it stands now; a repeat is answered alike", body = crate::app::receipt::ReceiptView),
                (status = 403, description = "`not_yours`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 404, description = "None, or not yours to see", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 409, description = "The state does not allow it", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 412, description = "`stale_version`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 422, description = "Fields are wrong", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 428, description = "`precondition_required`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
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
