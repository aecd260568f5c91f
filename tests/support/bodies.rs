//! The path and the body of each command.

use grassroots_domain::{
    command_kind::CommandKind,
    commands::{
        Command, accept::Accept, accept_and_dispatch::AcceptAndDispatch, acknowledge::Acknowledge,
        add_photos::AddPhotos, answer::Answer, approve::Approve, arbitrate::Arbitrate, arrive::Arrive,
        call_in::CallIn, close::Close, comment::Comment, conclude::Conclude, correct::Correct,
        decline::Decline, dispatch::Dispatch, dispute::Dispute, escalate::Escalate, extend::Extend,
        follow_up::FollowUp, force_close::ForceClose, hand_down::HandDown, involve::Involve, lift::Lift,
        link::Link, merge::Merge, object::Object, record::Record, redispatch::Redispatch, refer::Refer,
        reject::Reject, remind::Remind, reopen::Reopen, reply::Reply, report_check::ReportCheck,
        request_check::RequestCheck, request_info::RequestInfo, resume::Resume, return_work::Return,
        rework::Rework, settle::Settle, submit_result::SubmitResult, supervise::Supervise,
        supplement::Supplement, suspend::Suspend, take_over::TakeOver, transfer::Transfer, unmerge::Unmerge,
        void::Void, withdraw::Withdraw, withdraw_report::WithdrawReport,
    },
    ids::IncidentId,
    incident::{
        linkage::{LinkageDetails, LinkageKind},
        remark::Label,
    },
    text::Text,
};
use serde_json::{Value, json};

/// The request body of `command`.
pub fn body(command: &Command) -> Value {
    match command {
        Command::Accept(Accept {})
        | Command::TakeOver(TakeOver {})
        | Command::Acknowledge(Acknowledge {})
        | Command::Resume(Resume {}) => json!({}),
        Command::Decline(Decline { reason, reply }) => json!({ "reason": reason, "reply": reply }),
        Command::RequestInfo(RequestInfo { question }) => json!({ "question": question }),
        Command::Supplement(Supplement { text })
        | Command::Remind(Remind { text })
        | Command::Reply(Reply { text }) => json!({ "text": text }),
        Command::Dispatch(Dispatch { to, assist, outside_duty, note }) => {
            json!({ "organisation": to, "assist": assist, "outside_duty": outside_duty, "note": note })
        }
        Command::AcceptAndDispatch(AcceptAndDispatch { dispatch }) => body(&dispatch.clone().into()),
        Command::Settle(Settle { method, result, photos, reply, outside_duty }) => {
            json!({
                "method": method, "result": result, "photos": photos, "reply": reply,
                "outside_duty": outside_duty,
            })
        }
        Command::Object(Object { text }) => json!({ "text": text }),
        Command::WithdrawReport(WithdrawReport { reason }) => json!({ "reason": reason }),
        Command::Redispatch(Redispatch { to, outside_duty, reason }) => {
            json!({ "organisation": to, "outside_duty": outside_duty, "reason": reason })
        }
        Command::Withdraw(Withdraw { reason })
        | Command::Unmerge(Unmerge { reason })
        | Command::Void(Void { reason })
        | Command::Rework(Rework { reason })
        | Command::ForceClose(ForceClose { reason })
        | Command::Reopen(Reopen { reason })
        | Command::Reject(Reject { reason })
        | Command::Lift(Lift { reason }) => json!({ "reason": reason }),
        Command::Escalate(Escalate { reason, tried }) => json!({ "reason": reason, "tried": tried }),
        Command::HandDown(HandDown { to, advice }) => json!({ "organisation": to, "advice": advice }),
        Command::Transfer(Transfer { to, reason, explanation }) => {
            json!({ "organisation": to, "reason": reason, "explanation": explanation })
        }
        Command::Refer(Refer { to, reply }) => json!({ "authority": to, "reply": reply }),
        Command::Correct(Correct { category, severity, place, reason }) => {
            let grid = place.and_then(|place| place.grid);
            let unit = place.filter(|place| place.grid.is_none());
            let unit = unit.map(|place| place.village.or(place.township).unwrap_or(place.county));
            json!({ "category": category, "severity": severity, "grid": grid, "unit": unit, "reason": reason })
        }
        Command::Merge(Merge { into, primary: _, reason }) => json!({ "into": into, "reason": reason }),
        Command::Return(Return { reason, explanation })
        | Command::Dispute(Dispute { reason, explanation }) => {
            json!({ "reason": reason, "explanation": explanation })
        }
        Command::Arbitrate(Arbitrate { to, decision }) => json!({ "organisation": to, "decision": decision }),
        Command::Arrive(Arrive { note }) | Command::Approve(Approve { note }) => json!({ "note": note }),
        Command::CallIn(CallIn { organisations, urgent, purpose }) => {
            json!({ "organisations": organisations, "urgent": urgent, "purpose": purpose })
        }
        Command::Answer(Answer { assistance, text }) => json!({ "answer": assistance, "text": text }),
        Command::Extend(Extend { units, explanation }) => {
            json!({ "units": units, "explanation": explanation })
        }
        Command::Suspend(Suspend { reason, days, explanation }) => {
            json!({ "reason": reason, "days": days, "explanation": explanation })
        }
        Command::SubmitResult(SubmitResult { outcome, method, result, photos }) => {
            json!({ "outcome": outcome, "method": method, "result": result, "photos": photos })
        }
        Command::RequestCheck(RequestCheck { worker, is_of_the_grid: _, note }) => {
            json!({ "worker": worker, "note": note })
        }
        Command::ReportCheck(ReportCheck { settled, found }) => json!({ "settled": settled, "found": found }),
        Command::Close(Close { reply }) => json!({ "reply": reply }),
        Command::FollowUp(FollowUp { channel, settled, satisfaction, remarks, reply }) => {
            json!({
                "channel": channel, "settled": settled, "satisfaction": satisfaction, "remarks": remarks,
                "reply": reply,
            })
        }
        Command::Supervise(Supervise { level, reply_due, reason }) => {
            json!({ "level": level, "reply_due": reply_due, "reason": reason })
        }
        Command::Link(Link { opening, words }) => link_body(opening, words),
        Command::Record(Record { number, step, at, external_no, text }) => {
            json!({ "linkage": number, "step": step, "at": at, "external_no": external_no, "text": text })
        }
        Command::Conclude(Conclude { number, conclusion, at, until, words }) => json!({
            "linkage": number, "outcome": conclusion, "at": at, "until": until, "text": words.first().map(|(_, text)| text),
        }),
        Command::Involve(Involve { capacity, name }) => json!({ "capacity": capacity, "name": name }),
        Command::AddPhotos(AddPhotos { photos }) => json!({ "photos": photos }),
        Command::Comment(Comment { audience, text }) => json!({ "audience": audience, "text": text }),
    }
}

fn link_body(opening: &LinkageDetails, words: &[(Label, Text)]) -> Value {
    let mut body = match opening {
        LinkageDetails::Mediation { form } => json!({ "form": form }),
        LinkageDetails::JudicialConfirmation { mediation, applied_on } => {
            json!({ "mediation": mediation, "applied_on": applied_on })
        }
        LinkageDetails::CourtLinkage { direction, external_no } => {
            json!({ "direction": direction, "external_no": external_no, "both_agreed": true })
        }
        LinkageDetails::Hearing { held_at, public, officers, notified_on } => {
            json!({ "held_at": held_at, "public": public, "officers": officers, "notified_on": notified_on })
        }
        LinkageDetails::CaseLeadership { level, due_on } => json!({ "level": level, "due_on": due_on }),
        LinkageDetails::PoliceLinkage { direction, external_no, received_at } => {
            json!({ "direction": direction, "external_no": external_no, "received_at": received_at })
        }
        LinkageDetails::HotlineOrder { external_no, received_at } => {
            json!({ "external_no": external_no, "received_at": received_at })
        }
        LinkageDetails::Referral { to } => json!({ "help": to }),
    };
    body["kind"] = json!(opening.kind());
    for (label, text) in words {
        body[field(opening.kind(), *label)] = json!(text);
    }
    body
}

/// The field of the request for a text of a linkage.
const fn field(kind: LinkageKind, label: Label) -> &'static str {
    match (label, kind) {
        (Label::Text, LinkageKind::PoliceLinkage | LinkageKind::HotlineOrder) => "facts",
        (
            Label::Text,
            LinkageKind::Mediation
            | LinkageKind::JudicialConfirmation
            | LinkageKind::CourtLinkage
            | LinkageKind::Hearing
            | LinkageKind::CaseLeadership
            | LinkageKind::Referral,
        ) => "note",
        (label, _) => label.as_str(),
    }
}

/// The path to which a command of `kind` is sent.
pub fn path(incident: IncidentId, kind: CommandKind) -> String {
    format!("/v1/incidents/{incident}/{}", kind.as_str().replace('_', "-"))
}
