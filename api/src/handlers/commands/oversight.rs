//! Commands of second persons and supervisors, and commands for comments and photos.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    commands::{
        add_photos::AddPhotos, approve::Approve, comment::Comment, lift::Lift, reject::Reject,
        remind::Remind, reply::Reply, supervise::Supervise,
    },
    incident::{oversight::SupervisionLevel, remark::Audience},
    text::{REMARK, localized::localized},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::photos::{self, SentPhoto},
    handlers::{
        commands::{NoteBody, ReasonBody, TextBody, command, optional_text},
        photos::PhotoBody,
    },
    json::{schema::codes, time::moment},
    problem_code::ProblemCode,
};

/// The supervision of an incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuperviseBody {
    /// The level of supervision.
    #[schema(schema_with = codes::<SupervisionLevel>)]
    pub level: String,
    /// When a reply is due.
    pub reply_due: DateTime<FixedOffset>,
    /// The reason for the supervision.
    pub reason: String,
}

/// A comment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentBody {
    /// Who may read the comment: `internal` (staff) or `reporter`.
    #[schema(example = "internal")]
    pub audience: String,
    /// The text of the comment.
    pub text: String,
}

/// New photos.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPhotosBody {
    /// The photos; at most nine in one command.
    pub photos: Vec<PhotoBody>,
}

command! {
    /// Approve a request of another person: an extension, a suspension, a correction or a forced close.
    approve INCIDENT_APPROVE NoteBody |body, fields, _| {
        Some(Approve { note: optional_text(fields, "/note", body.note.as_deref()) }.into())
    }
}
command! {
    /// Reject a request of another person.
    reject INCIDENT_REJECT ReasonBody |body, fields, _| {
        Some(Reject { reason: fields.text("/reason", &body.reason, REMARK)? }.into())
    }
}
command! {
    /// Remind the organisation that must act (催办). No deadline changes.
    remind INCIDENT_REMIND TextBody |body, fields, _| {
        Some(Remind { text: fields.text("/text", &body.text, REMARK)? }.into())
    }
}
command! {
    /// Supervise an incident (督办), as the holding desk or a desk above it. The organisation that must act has to reply.
    supervise INCIDENT_SUPERVISE SuperviseBody |body, fields, _| {
        let level = fields.parse("/level", &body.level);
        let reason = fields.text("/reason", &body.reason, REMARK);
        let reply_due = moment(body.reply_due);
        fields.moment("/reply_due", Some(reply_due));
        Some(Supervise { level: level?, reply_due, reason: reason? }.into())
    }
}
command! {
    /// Reply to the desk that supervises an incident.
    reply INCIDENT_REPLY TextBody |body, fields, _| {
        Some(Reply { text: fields.text("/text", &body.text, REMARK)? }.into())
    }
}
command! {
    /// End the supervision of an incident.
    lift INCIDENT_LIFT ReasonBody |body, fields, _| {
        Some(Lift { reason: fields.text("/reason", &body.reason, REMARK)? }.into())
    }
}
command! {
    /// Announce new photos of an incident. Upload the files with `POST /v1/uploads`.
    add_photos INCIDENT_ADD_PHOTOS AddPhotosBody |body, fields, _| {
        let sent: Vec<SentPhoto> = body.photos.into_iter().map(SentPhoto::from).collect();
        Some(AddPhotos { photos: photos::read(fields, "/photos", &sent, None)? }.into())
    }
}
command! {
    /// Comment on an incident, for staff or for the reporter.
    comment INCIDENT_COMMENT CommentBody |body, fields, _| {
        let audience = fields.parse("/audience", &body.audience);
        if matches!(audience, Some(Audience::Confidential | Audience::Checker)) {
            let detail = localized!(
                "备注的对象应为 internal 或 reporter",
                "a comment is for internal or reporter"
            );
            fields.wrong("/audience", ProblemCode::WrongType, detail);
        }
        let text = fields.text("/text", &body.text, REMARK);
        Some(Comment { audience: audience?, text: text? }.into())
    }
}
