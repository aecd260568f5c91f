//! Commands: one path each. `If-Match` names the version the caller saw, `Idempotency-Key` makes a repeat harmless.

use actix_web::{HttpResponse, http::header::CONTENT_TYPE, web};
use grassroots_domain::{
    command::{Audience, Command, DeclineReason, EscalateReason, Method, ReturnReason},
    incident::IncidentId,
    leg::Outcome,
    organisation::OrganisationCode,
    text::{self, Text},
    warning::Warning,
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::{
        App,
        commands::{self, Sent},
    },
    fields::Fields,
    problem::{Code, Problem, words},
    views::{codes, receipt::ReceiptView},
    web::{body::Body, headers::Guards, identity::Identity, params::Part},
};

/// A command as its body asks for it, and what is remarkable about its words.
struct Asked {
    command: Command,
    warnings: Vec<Warning>,
}

impl From<Command> for Asked {
    fn from(command: Command) -> Self {
        Self { command, warnings: Vec::new() }
    }
}

impl Asked {
    fn new(fields: Fields, command: Option<Command>) -> Result<Self, Problem> {
        let (command, warnings) = fields.finish(command).map_err(Problem::invalid)?;
        Ok(Self { command, warnings })
    }
}

/// What a body of a command comes to once its fields are checked.
trait Checked {
    /// The command, or everything that is wrong.
    fn check(self, app: &App) -> Result<Asked, Problem>;
}

/// A command without any facts of its own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NothingBody {}

/// Why a report is no matter for grid governance.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineBody {
    /// The reason.
    #[schema(schema_with = codes::<DeclineReason>)]
    pub reason: String,
    /// Words for the reporter: how to go on.
    pub reply: String,
}

/// Where the work goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DispatchBody {
    /// An organisation of the desk's own unit, or the desk itself.
    #[schema(example = "411224107-urban_management")]
    pub organisation: String,
    /// A note for those who work on it.
    pub note: Option<String>,
}

/// Why work is sent back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnBody {
    /// The reason.
    #[schema(schema_with = codes::<ReturnReason>)]
    pub reason: String,
    /// In words.
    pub explanation: String,
}

/// What came of the work.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultBody {
    /// Whether the matter is settled.
    #[schema(schema_with = codes::<Outcome>)]
    pub outcome: String,
    /// How.
    #[schema(schema_with = codes::<Method>)]
    pub method: String,
    /// What was done, in words.
    pub result: String,
}

/// A reason in words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// The reason.
    pub reason: String,
}

/// How an incident is closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBody {
    /// Words for the reporter, who may show them to residents.
    pub reply: Option<String>,
}

/// Why an incident goes up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalateBody {
    /// The reason.
    #[schema(schema_with = codes::<EscalateReason>)]
    pub reason: String,
    /// What was tried so far.
    pub tried: String,
}

/// A remark.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentBody {
    /// Who may read it.
    #[schema(schema_with = codes::<Audience>)]
    pub audience: String,
    /// The words.
    pub text: String,
}

impl Checked for DeclineBody {
    fn check(self, _: &App) -> Result<Asked, Problem> {
        let mut fields = Fields::default();
        let reason = fields.parse("/reason", &self.reason);
        let reply = fields.text("/reply", &self.reply, text::REMARK);
        let command = reason.zip(reply).map(|(reason, reply)| Command::Decline { reason, reply });
        Asked::new(fields, command)
    }
}

impl Checked for DispatchBody {
    fn check(self, app: &App) -> Result<Asked, Problem> {
        let mut fields = Fields::default();
        let to: Option<OrganisationCode> = fields.parse("/organisation", &self.organisation);
        let note = self.note.as_deref().and_then(|note| fields.text("/note", note, text::REMARK));
        if let Some(to) = to
            && !app.snapshots.current().ground.organisations.contains(to)
        {
            let detail = words!(
                "没有机构 {to}，可选机构见 GET /v1/organisations",
                "there is no organisation {to}; GET /v1/organisations lists them"
            );
            fields.wrong("/organisation", Code::UnknownOrganisation, detail);
        }
        Asked::new(fields, to.map(|to| Command::Dispatch { to, note }))
    }
}

impl Checked for ReturnBody {
    fn check(self, _: &App) -> Result<Asked, Problem> {
        let mut fields = Fields::default();
        let reason = fields.parse("/reason", &self.reason);
        let explanation = fields.text("/explanation", &self.explanation, text::REMARK);
        let command =
            reason.zip(explanation).map(|(reason, explanation)| Command::Return { reason, explanation });
        Asked::new(fields, command)
    }
}

impl Checked for ResultBody {
    fn check(self, _: &App) -> Result<Asked, Problem> {
        let mut fields = Fields::default();
        let outcome = fields.parse("/outcome", &self.outcome);
        let method = fields.parse("/method", &self.method);
        let result = fields.text("/result", &self.result, text::REMARK);
        let command = outcome
            .zip(method)
            .zip(result)
            .map(|((outcome, method), result)| Command::SubmitResult { outcome, method, result });
        Asked::new(fields, command)
    }
}

impl Checked for CloseBody {
    fn check(self, _: &App) -> Result<Asked, Problem> {
        let mut fields = Fields::default();
        let reply = self.reply.as_deref().and_then(|reply| fields.text("/reply", reply, text::REMARK));
        Asked::new(fields, Some(Command::Close { reply }))
    }
}

impl Checked for EscalateBody {
    fn check(self, _: &App) -> Result<Asked, Problem> {
        let mut fields = Fields::default();
        let reason = fields.parse("/reason", &self.reason);
        let tried = fields.text("/tried", &self.tried, text::REMARK);
        let command = reason.zip(tried).map(|(reason, tried)| Command::Escalate { reason, tried, to: None });
        Asked::new(fields, command)
    }
}

impl Checked for CommentBody {
    fn check(self, _: &App) -> Result<Asked, Problem> {
        let mut fields = Fields::default();
        let audience = fields.parse("/audience", &self.audience);
        let text = fields.text("/text", &self.text, text::REMARK);
        let command = audience.zip(text).map(|(audience, text)| Command::Comment { audience, text });
        Asked::new(fields, command)
    }
}

impl ReasonBody {
    fn check_as(self, command: fn(Text) -> Command) -> Result<Asked, Problem> {
        let mut fields = Fields::default();
        let reason = fields.text("/reason", &self.reason, text::REMARK);
        Asked::new(fields, reason.map(command))
    }
}

async fn give(
    who: &Identity,
    app: &App,
    id: Uuid,
    guards: Guards,
    Asked { command, warnings }: Asked,
) -> Result<HttpResponse, Problem> {
    let sent = Sent { incident: IncidentId(id), command, warnings, version: guards.version, key: guards.key };
    let answer = commands::give(app, who.actor(), sent).await?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(answer))
}

/// Declares the handler of a command: its path, its documentation, its body, and how that becomes a command.
macro_rules! command {
    ($(#[$doc:meta])* $name:ident $path:literal $body:ident $command:expr) => {
        $(#[$doc])*
        #[utoipa::path(
            post, path = $path, tag = "commands", request_body = $body,
            params(
                ("id" = Uuid, Path, description = "The incident"),
                ("If-Match" = String, Header, description = "The version you saw, such as `\"3\"`"),
                ("Idempotency-Key" = Uuid, Header, description = "A UUID of your own; the same for a repeat"),
            ),
            responses(
                (status = 200, description = "Where it stands now; a repeat is answered alike", body = ReceiptView),
                (status = 403, description = "`not_yours`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 404, description = "None, or not yours to see", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 409, description = "The state does not allow it", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 412, description = "`stale_version`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 422, description = "Fields are wrong", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
                (status = 428, description = "`precondition_required`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
            )
        )]
        pub async fn $name(
            who: Identity,
            app: web::Data<App>,
            id: Part<Uuid>,
            guards: Guards,
            body: Body<$body>,
        ) -> Result<HttpResponse, Problem> {
            let check: fn($body, &App) -> Result<Asked, Problem> = $command;
            give(&who, &app, id.0, guards, check(body.0, &app)?).await
        }
    };
}

command! {
    /// Accept an incident: the desk takes it on.
    accept "/v1/incidents/{id}/accept" NothingBody |_, _| Ok(Command::Accept.into())
}
command! {
    /// Decline a report: it is no matter for grid governance. The reporter gets the reply.
    decline "/v1/incidents/{id}/decline" DeclineBody |body, app| body.check(app)
}
command! {
    /// Dispatch an incident to an organisation of the desk's unit, or to the desk itself.
    dispatch "/v1/incidents/{id}/dispatch" DispatchBody |body, app| body.check(app)
}
command! {
    /// Acknowledge work: the organisation takes it on.
    acknowledge "/v1/incidents/{id}/acknowledge" NothingBody |_, _| Ok(Command::Acknowledge.into())
}
command! {
    /// Return work that is not the organisation's; at most twice per incident.
    return_work "/v1/incidents/{id}/return" ReturnBody |body, app| body.check(app)
}
command! {
    /// Submit the result of work. The desk verifies it before the incident closes.
    submit_result "/v1/incidents/{id}/submit-result" ResultBody |body, app| body.check(app)
}
command! {
    /// Ask for more work after a result: it was not enough.
    rework "/v1/incidents/{id}/rework" ReasonBody |body, _| body.check_as(|reason| Command::Rework { reason })
}
command! {
    /// Close an incident after verifying the result.
    close "/v1/incidents/{id}/close" CloseBody |body, app| body.check(app)
}
command! {
    /// Escalate an incident one level up, with what was tried.
    escalate "/v1/incidents/{id}/escalate" EscalateBody |body, app| body.check(app)
}
command! {
    /// Reopen an incident that is not settled after all; within 30 days.
    reopen "/v1/incidents/{id}/reopen" ReasonBody |body, _| body.check_as(|reason| Command::Reopen { reason })
}
command! {
    /// Void an incident that was reported by mistake.
    void "/v1/incidents/{id}/void" ReasonBody |body, _| body.check_as(|reason| Command::Void { reason })
}
command! {
    /// Comment on an incident, for colleagues or for the reporter.
    comment "/v1/incidents/{id}/comment" CommentBody |body, app| body.check(app)
}
