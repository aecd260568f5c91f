//! Commands to check a result on site, to close an incident, and to reopen it.

use grassroots_domain::{
    commands::{
        close::Close, follow_up::FollowUp, force_close::ForceClose, object::Object, reopen::Reopen,
        report_check::ReportCheck, request_check::RequestCheck, rework::Rework,
    },
    events::closing::Channel,
    ids::AccountId,
    text::REMARK,
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    handlers::commands::{ReasonBody, TextBody, command, optional_text},
    json::schema::codes,
};

/// The grid worker who checks the result.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestCheckBody {
    /// The account of a grid worker of the grid where the incident happened.
    pub worker: Uuid,
    /// Instructions for the grid worker. May be left out.
    pub note: Option<String>,
}

/// The findings of a check on site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportCheckBody {
    /// Whether the matter is settled.
    pub settled: bool,
    /// The findings.
    pub found: String,
}

/// The closing of an incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBody {
    /// Reply to the reporter, who may show it to residents. Only the desk that entered the matter itself may leave it out,
    /// and only if no other report was merged into it.
    pub reply: Option<String>,
}

/// The answers of the residents about the outcome.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUpBody {
    /// How the residents were asked.
    #[schema(schema_with = codes::<Channel>)]
    pub channel: String,
    /// Whether the matter is settled, as the residents say. If not, the incident is reopened.
    pub settled: bool,
    /// Satisfaction with the outcome, from 1 (very dissatisfied) to 5 (very satisfied). May be left out.
    #[schema(minimum = 1, maximum = 5)]
    pub satisfaction: Option<u8>,
    /// What the residents said.
    pub remarks: String,
    /// Reply to the reporter. Required if an objection waits for an answer and the incident stays closed.
    pub reply: Option<String>,
}

command! {
    /// Ask a grid worker to check the result on site.
    request_check INCIDENT_REQUEST_CHECK RequestCheckBody |body, fields, _| {
        let note = optional_text(fields, "/note", body.note.as_deref());
        Some(RequestCheck { worker: AccountId(body.worker), is_of_the_grid: false, note }.into())
    }
}
command! {
    /// Report the findings of a check on site. Only the grid worker who was asked may do so.
    report_check INCIDENT_REPORT_CHECK ReportCheckBody |body, fields, _| {
        let found = fields.text("/found", &body.found, REMARK)?;
        Some(ReportCheck { settled: body.settled, found }.into())
    }
}
command! {
    /// Send the work back to the lead organisation, because the result is not sufficient.
    rework INCIDENT_REWORK ReasonBody |body, fields, _| {
        Some(Rework { reason: fields.text("/reason", &body.reason, REMARK)? }.into())
    }
}
command! {
    /// Close an incident after verifying the result.
    close INCIDENT_CLOSE CloseBody |body, fields, _| {
        Some(Close { reply: optional_text(fields, "/reply", body.reply.as_deref()) }.into())
    }
}
command! {
    /// Close an incident without a result. Only a county may ask for it, and a second person must approve.
    force_close INCIDENT_FORCE_CLOSE ReasonBody |body, fields, _| {
        Some(ForceClose { reason: fields.text("/reason", &body.reason, REMARK)? }.into())
    }
}
command! {
    /// Follow up (回访): record what the residents say about the outcome. If the matter is not settled, the incident is
    /// reopened.
    follow_up INCIDENT_FOLLOW_UP FollowUpBody |body, fields, _| {
        let channel = fields.parse("/channel", &body.channel);
        let remarks = fields.text("/remarks", &body.remarks, REMARK);
        let (settled, satisfaction) = (body.settled, body.satisfaction);
        let reply = optional_text(fields, "/reply", body.reply.as_deref());
        Some(FollowUp { channel: channel?, settled, satisfaction, remarks: remarks?, reply }.into())
    }
}
command! {
    /// Object to a closure as the reporter (提出异议), within seven days: the matter is not settled. The desk above sees it, or the
    /// desk that closed if no desk above sees the incident. It answers with a follow-up and a reply, or the incident is reopened. One
    /// objection for each closure.
    object INCIDENT_OBJECT TextBody |body, fields, _| {
        Some(Object { text: fields.text("/text", &body.text, REMARK)? }.into())
    }
}
command! {
    /// Reopen a closed incident that is not settled, within 30 days.
    reopen INCIDENT_REOPEN ReasonBody |body, fields, _| {
        Some(Reopen { reason: fields.text("/reason", &body.reason, REMARK)? }.into())
    }
}
