//! Commands of the organisations that work on an incident, and about their work.

use grassroots_domain::{
    commands::{
        acknowledge::Acknowledge, answer::Answer, arbitrate::Arbitrate, arrive::Arrive, call_in::CallIn,
        dispute::Dispute, extend::Extend, resume::Resume, return_work::Return, submit_result::SubmitResult,
        suspend::Suspend,
    },
    events::work::{Assistance, Method},
    incident::{leg::Outcome, photo::Phase},
    text::REMARK,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::photos::{self, SentPhoto},
    handlers::{
        commands::{
            ExplainedBody, NoteBody, NothingBody, command,
            desk::{organisation, organisations},
            optional_text,
        },
        photos::PhotoBody,
    },
    json::schema::codes,
};

/// Whose duty it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArbitrateBody {
    /// An organisation of the unit whose desk answers for the incident.
    #[schema(example = "411224107-urban_management")]
    pub organisation: String,
    /// Why.
    pub decision: String,
}

/// Who is called in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallInBody {
    /// At most ten departments of the desk's unit or of the units above it.
    #[schema(example = json!(["411224-fire_rescue"]))]
    pub organisations: Vec<String>,
    /// They have to answer within two hours instead of one working day.
    #[serde(default)]
    pub urgent: bool,
    /// What for.
    pub purpose: String,
}

/// What an organisation that assists says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// What.
    #[schema(schema_with = codes::<Assistance>)]
    pub answer: String,
    /// In words.
    pub text: String,
}

/// How much more time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendBody {
    /// In units of the limit that the work has; at most as many as it had at first.
    #[schema(example = 8)]
    pub units: u32,
    /// Why.
    pub explanation: String,
}

/// Why work stands still, and how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspendBody {
    /// The reason; `GET /v1/reasons` lists them.
    #[schema(example = "seasonal_works")]
    pub reason: String,
    /// For how many days: 1 to 90.
    #[schema(example = 30)]
    pub days: u32,
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
    /// Photos of the work, up to nine; their bytes follow by `POST /v1/uploads`. Categories with `photo1` ask for one before a
    /// matter counts as resolved.
    #[serde(default)]
    pub photos: Vec<PhotoBody>,
}

command! {
    /// Acknowledge work: the organisation takes it on. After four working hours that happens by itself.
    acknowledge INCIDENT_ACKNOWLEDGE NothingBody |_, _, _| Some(Acknowledge {}.into())
}
command! {
    /// Return work that is not the organisation's; within four working hours, and at most twice per incident.
    return_work INCIDENT_RETURN ExplainedBody |body, fields, _| {
        let reason = fields.parse("/reason", &body.reason);
        let explanation = fields.text("/explanation", &body.explanation, REMARK);
        Some(Return { reason: reason?, explanation: explanation? }.into())
    }
}
command! {
    /// Dispute whose duty it is, once returns are used up: the desk above decides.
    dispute INCIDENT_DISPUTE ExplainedBody |body, fields, _| {
        let reason = fields.parse("/reason", &body.reason);
        let explanation = fields.text("/explanation", &body.explanation, REMARK);
        Some(Dispute { reason: reason?, explanation: explanation? }.into())
    }
}
command! {
    /// Arbitrate: the desk above says whose duty it is. That organisation starts at once and cannot return it.
    arbitrate INCIDENT_ARBITRATE ArbitrateBody |body, fields, app| {
        let to = organisation(fields, "/organisation", &body.organisation, app);
        let decision = fields.text("/decision", &body.decision, REMARK);
        Some(Arbitrate { to: to?, decision: decision? }.into())
    }
}
command! {
    /// Arrive on site. Ends the clock of the first response.
    arrive INCIDENT_ARRIVE NoteBody |body, fields, _| {
        Some(Arrive { note: optional_text(fields, "/note", body.note.as_deref()) }.into())
    }
}
command! {
    /// Call other organisations in (吹哨). Each has to answer.
    call_in INCIDENT_CALL_IN CallInBody |body, fields, app| {
        let organisations = organisations(fields, "/organisations", &body.organisations, app);
        let purpose = fields.text("/purpose", &body.purpose, REMARK);
        Some(CallIn { organisations: organisations?, urgent: body.urgent, purpose: purpose? }.into())
    }
}
command! {
    /// Answer as an organisation that assists (应哨): it comes, has done its part, or says why it does not.
    answer INCIDENT_ANSWER AnswerBody |body, fields, _| {
        let assistance = fields.parse("/answer", &body.answer);
        let text = fields.text("/text", &body.text, REMARK);
        Some(Answer { assistance: assistance?, text: text? }.into())
    }
}
command! {
    /// Ask for more time, before it is over; at most twice. A second person of the desk approves.
    extend INCIDENT_EXTEND ExtendBody |body, fields, _| {
        let explanation = fields.text("/explanation", &body.explanation, REMARK)?;
        Some(Extend { units: body.units, explanation }.into())
    }
}
command! {
    /// Ask that work stands still (挂账), once; it goes on by itself. A second person of the desk approves.
    suspend INCIDENT_SUSPEND SuspendBody |body, fields, _| {
        let reason = fields.parse("/reason", &body.reason);
        let explanation = fields.text("/explanation", &body.explanation, REMARK);
        Some(Suspend { reason: reason?, days: body.days, explanation: explanation? }.into())
    }
}
command! {
    /// Resume suspended work before its date.
    resume INCIDENT_RESUME NothingBody |_, _, _| Some(Resume {}.into())
}
command! {
    /// Submit the result of work. The desk verifies it before the incident closes.
    submit_result INCIDENT_SUBMIT_RESULT ResultBody |body, fields, _| {
        let outcome = fields.parse("/outcome", &body.outcome);
        let method = fields.parse("/method", &body.method);
        let result = fields.text("/result", &body.result, REMARK);
        let sent: Vec<SentPhoto> = body.photos.into_iter().map(SentPhoto::from).collect();
        let photos = photos::read(fields, "/photos", &sent, Some(Phase::After));
        Some(SubmitResult { outcome: outcome?, method: method?, result: result?, photos: photos? }.into())
    }
}
