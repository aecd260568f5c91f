//! Commands by which an incident is looked at, closed, and taken up again.

use grassroots_domain::{
    commands::{
        close::Close, follow_up::FollowUp, force_close::ForceClose, reopen::Reopen,
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
    handlers::commands::{ReasonBody, command, optional_text},
    json::schema::codes,
};

/// Who is sent to look.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestCheckBody {
    /// The account of a grid worker of the grid it happened in.
    pub worker: Uuid,
    /// What to look at.
    pub note: Option<String>,
}

/// What was found on site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportCheckBody {
    /// Whether the matter is settled.
    pub settled: bool,
    /// What was found.
    pub found: String,
}

/// How an incident is closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBody {
    /// Words for the reporter, who may show them to residents.
    pub reply: Option<String>,
}

/// What residents say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUpBody {
    /// How they were asked.
    #[schema(schema_with = codes::<Channel>)]
    pub channel: String,
    /// Whether it is settled. If not, the incident is reopened.
    pub settled: bool,
    /// 1 (very dissatisfied) to 5 (very satisfied).
    #[schema(minimum = 1, maximum = 5)]
    pub satisfaction: Option<u8>,
    /// What was said.
    pub remarks: String,
}

command! {
    /// Send a grid worker to look at the result.
    request_check INCIDENT_REQUEST_CHECK RequestCheckBody |body, fields, _| {
        let note = optional_text(fields, "/note", body.note.as_deref());
        Some(RequestCheck { worker: AccountId(body.worker), is_of_the_grid: false, note }.into())
    }
}
command! {
    /// Report what is to be seen on site, as the grid worker who was sent.
    report_check INCIDENT_REPORT_CHECK ReportCheckBody |body, fields, _| {
        let found = fields.text("/found", &body.found, REMARK)?;
        Some(ReportCheck { settled: body.settled, found }.into())
    }
}
command! {
    /// Ask for more work after a result: it was not enough.
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
    /// Close an incident without a result, as a county. A second person approves.
    force_close INCIDENT_FORCE_CLOSE ReasonBody |body, fields, _| {
        Some(ForceClose { reason: fields.text("/reason", &body.reason, REMARK)? }.into())
    }
}
command! {
    /// Follow up (回访): ask how it was settled. What is not settled is reopened.
    follow_up INCIDENT_FOLLOW_UP FollowUpBody |body, fields, _| {
        let channel = fields.parse("/channel", &body.channel);
        let remarks = fields.text("/remarks", &body.remarks, REMARK);
        let (settled, satisfaction) = (body.settled, body.satisfaction);
        Some(FollowUp { channel: channel?, settled, satisfaction, remarks: remarks? }.into())
    }
}
command! {
    /// Reopen an incident that is not settled after all; within 30 days.
    reopen INCIDENT_REOPEN ReasonBody |body, fields, _| {
        Some(Reopen { reason: fields.text("/reason", &body.reason, REMARK)? }.into())
    }
}
