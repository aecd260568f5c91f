//! Commands of the organisations that work on an incident, and commands about their work.

use grassroots_domain::{
    commands::{
        acknowledge::Acknowledge, answer::Answer, arbitrate::Arbitrate, arrive::Arrive, call_in::CallIn,
        dispute::Dispute, extend::Extend, resume::Resume, return_work::Return, settle::Settle,
        submit_result::SubmitResult, suspend::Suspend,
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

/// A decision about whose duty the work is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArbitrateBody {
    /// Code of the responsible organisation. It belongs to the unit of the holding desk.
    #[schema(example = "411224107-urban_management")]
    pub organisation: String,
    /// The decision with its reasons.
    pub decision: String,
}

/// The organisations that are called in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallInBody {
    /// Codes of at most ten departments of the desk's unit or the units above it.
    #[schema(example = json!(["411224-fire_rescue"]))]
    pub organisations: Vec<String>,
    /// Whether the call is urgent. The organisations then have to answer within two hours instead of one working day.
    #[serde(default)]
    pub urgent: bool,
    /// What the organisations are needed for.
    pub purpose: String,
}

/// The answer of an organisation that assists.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// The code of the answer.
    #[schema(schema_with = codes::<Assistance>)]
    pub answer: String,
    /// Details, or the reason for declining.
    pub text: String,
}

/// A request for more time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendBody {
    /// Additional time in the unit of the work's time limit. All extensions together may not exceed the original limit.
    #[schema(example = 8)]
    pub units: u32,
    /// The reason for the extension.
    pub explanation: String,
}

/// A request to suspend the work.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspendBody {
    /// Code of the reason; `GET /v1/reasons` lists them.
    #[schema(example = "seasonal_works")]
    pub reason: String,
    /// The length of the suspension in days: 1 to 90.
    #[schema(example = 30)]
    pub days: u32,
    /// An explanation of the reason.
    pub explanation: String,
}

/// The result of the work.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultBody {
    /// Whether the matter is settled.
    #[schema(schema_with = codes::<Outcome>)]
    pub outcome: String,
    /// How the matter was handled.
    #[schema(schema_with = codes::<Method>)]
    pub method: String,
    /// The work that was done.
    pub result: String,
    /// At most nine photos of the work. Upload the files with `POST /v1/uploads`. For categories with the flag
    /// `photo1`, at least one photo is required before the matter can count as resolved.
    #[serde(default)]
    pub photos: Vec<PhotoBody>,
}

/// The whole work of a village on a small matter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleBody {
    /// How the matter was handled.
    #[schema(schema_with = codes::<Method>)]
    pub method: String,
    /// The work that was done.
    pub result: String,
    /// At most nine photos of the work. For categories with the flag `photo1`, at least one is required.
    #[serde(default)]
    pub photos: Vec<PhotoBody>,
    /// Reply to the reporter, who may show it to residents. Only the desk that entered the matter itself may leave it out,
    /// and only if no other report was merged into it.
    pub reply: Option<String>,
    /// Whether the village does it although the duty list does not allow it.
    #[serde(default)]
    pub outside_duty: bool,
}

command! {
    /// Settle a small matter as a village (直接办结): accept it, do the work, and close it in one step. The incident is marked as
    /// self-verified, like after the single commands.
    settle INCIDENT_SETTLE SettleBody |body, fields, _| {
        let method = fields.parse("/method", &body.method);
        let result = fields.text("/result", &body.result, REMARK);
        let sent: Vec<SentPhoto> = body.photos.into_iter().map(SentPhoto::from).collect();
        let photos = photos::read(fields, "/photos", &sent, Some(Phase::After));
        let reply = optional_text(fields, "/reply", body.reply.as_deref());
        let outside_duty = body.outside_duty;
        Some(Settle { method: method?, result: result?, photos: photos?, reply, outside_duty }.into())
    }
}
command! {
    /// Acknowledge the work. After four working hours this happens automatically.
    acknowledge INCIDENT_ACKNOWLEDGE NothingBody |_, _, _| Some(Acknowledge {}.into())
}
command! {
    /// Return work that is not the duty of the organisation, within four working hours. Possible twice per incident.
    return_work INCIDENT_RETURN ExplainedBody |body, fields, _| {
        let reason = fields.parse("/reason", &body.reason);
        let explanation = fields.text("/explanation", &body.explanation, REMARK);
        Some(Return { reason: reason?, explanation: explanation? }.into())
    }
}
command! {
    /// Dispute whose duty the work is: as the lead organisation before it acknowledges, when no more returns are possible; or as the
    /// holding desk, when it may not redispatch any more. The desk above decides.
    dispute INCIDENT_DISPUTE ExplainedBody |body, fields, _| {
        let reason = fields.parse("/reason", &body.reason);
        let explanation = fields.text("/explanation", &body.explanation, REMARK);
        Some(Dispute { reason: reason?, explanation: explanation? }.into())
    }
}
command! {
    /// Decide whose duty disputed work is, as the desk above. That organisation starts at once and cannot return the
    /// work.
    arbitrate INCIDENT_ARBITRATE ArbitrateBody |body, fields, app| {
        let to = organisation(fields, "/organisation", &body.organisation, app);
        let decision = fields.text("/decision", &body.decision, REMARK);
        Some(Arbitrate { to: to?, decision: decision? }.into())
    }
}
command! {
    /// Report arrival on site. The clock of the first response ends.
    arrive INCIDENT_ARRIVE NoteBody |body, fields, _| {
        Some(Arrive { note: optional_text(fields, "/note", body.note.as_deref()) }.into())
    }
}
command! {
    /// Call in other organisations (吹哨). Each has to answer.
    call_in INCIDENT_CALL_IN CallInBody |body, fields, app| {
        let organisations = organisations(fields, "/organisations", &body.organisations, app);
        let purpose = fields.text("/purpose", &body.purpose, REMARK);
        Some(CallIn { organisations: organisations?, urgent: body.urgent, purpose: purpose? }.into())
    }
}
command! {
    /// Answer as an organisation that assists (应哨): it comes, it has finished its part, or it declines and gives the
    /// reason.
    answer INCIDENT_ANSWER AnswerBody |body, fields, _| {
        let assistance = fields.parse("/answer", &body.answer);
        let text = fields.text("/text", &body.text, REMARK);
        Some(Answer { assistance: assistance?, text: text? }.into())
    }
}
command! {
    /// Ask for more time, before the deadline. Possible twice for each piece of work. A second person of the desk, or of a desk above,
    /// must approve. The ceiling of the level moves as far.
    extend INCIDENT_EXTEND ExtendBody |body, fields, _| {
        let explanation = fields.text("/explanation", &body.explanation, REMARK)?;
        Some(Extend { units: body.units, explanation }.into())
    }
}
command! {
    /// Ask to suspend the work (挂账), once per incident. A second person of the desk must approve. The work resumes
    /// automatically.
    suspend INCIDENT_SUSPEND SuspendBody |body, fields, _| {
        let reason = fields.parse("/reason", &body.reason);
        let explanation = fields.text("/explanation", &body.explanation, REMARK);
        Some(Suspend { reason: reason?, days: body.days, explanation: explanation? }.into())
    }
}
command! {
    /// Resume suspended work before the end of the suspension.
    resume INCIDENT_RESUME NothingBody |_, _, _| Some(Resume {}.into())
}
command! {
    /// Submit the result of the work. The desk verifies it before it closes the incident.
    submit_result INCIDENT_SUBMIT_RESULT ResultBody |body, fields, _| {
        let outcome = fields.parse("/outcome", &body.outcome);
        let method = fields.parse("/method", &body.method);
        let result = fields.text("/result", &body.result, REMARK);
        let sent: Vec<SentPhoto> = body.photos.into_iter().map(SentPhoto::from).collect();
        let photos = photos::read(fields, "/photos", &sent, Some(Phase::After));
        Some(SubmitResult { outcome: outcome?, method: method?, result: result?, photos: photos? }.into())
    }
}
