//! Commands of the desk that holds an incident, and of the desks that hand it on.

use grassroots_domain::{
    commands::{
        accept::Accept, accept_and_dispatch::AcceptAndDispatch, correct::Correct, decline::Decline,
        dispatch::Dispatch, escalate::Escalate, hand_down::HandDown, merge::Merge, redispatch::Redispatch,
        refer::Refer, request_info::RequestInfo, supplement::Supplement, take_over::TakeOver,
        transfer::Transfer, unmerge::Unmerge, void::Void, withdraw::Withdraw,
        withdraw_report::WithdrawReport,
    },
    events::custody::Authority,
    geography::place::Place,
    ids::IncidentId,
    organisation::OrganisationCode,
    rules::category::Severity,
    text::{REMARK, localized::localized},
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::App,
    handlers::commands::{NothingBody, ReasonBody, TextBody, command, optional_text},
    json::schema::{codes, optional_codes},
    problem_code::ProblemCode,
    validation::fields::Fields,
};

/// The refusal of a report that is not a matter for grid governance.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineBody {
    /// Code of the reason; `GET /v1/reasons` lists them.
    #[schema(example = "not_in_scope")]
    pub reason: String,
    /// Reply to the reporter: who can help instead.
    pub reply: String,
}

/// A question to the reporter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionBody {
    /// The question.
    pub question: String,
}

/// The organisations that receive the work.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DispatchBody {
    /// Code of the lead organisation: an organisation of the desk's own unit, or the desk itself.
    #[schema(example = "411224107-urban_management")]
    pub organisation: String,
    /// Codes of the assisting organisations: at most ten departments of the desk's own unit.
    #[serde(default)]
    pub assist: Vec<String>,
    /// Whether the work goes to the lead organisation although the duty list does not allow it.
    #[serde(default)]
    pub outside_duty: bool,
    /// A note for the organisations. May be left out.
    pub note: Option<String>,
}

/// The other organisation that receives the work.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedispatchBody {
    /// Code of the new lead organisation: an organisation of the desk's own unit, or the desk itself.
    #[schema(example = "411224107-urban_management")]
    pub organisation: String,
    /// Whether the work goes to that organisation although the duty list does not allow it.
    #[serde(default)]
    pub outside_duty: bool,
    /// Why another organisation does the work.
    pub reason: String,
}

/// The reason for sending an incident up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalateBody {
    /// Code of the reason; `GET /v1/reasons` lists them.
    #[schema(example = "beyond_authority")]
    pub reason: String,
    /// The measures taken so far.
    pub tried: String,
}

/// The desk below that receives the incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandDownBody {
    /// Code of a desk directly below.
    #[schema(example = "411224107201-desk")]
    pub organisation: String,
    /// What the desk below should do.
    pub advice: String,
}

/// The other desk that receives the incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferBody {
    /// Code of another desk of the same level.
    #[schema(example = "411224108-desk")]
    pub organisation: String,
    /// Code of the reason; `GET /v1/reasons` lists them.
    #[schema(example = "wrong_place")]
    pub reason: String,
    /// An explanation of the reason.
    pub explanation: String,
}

/// The authority that handles the matter from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferBody {
    /// The authority.
    #[schema(schema_with = codes::<Authority>)]
    pub authority: String,
    /// Reply to the reporter: who handles the matter now, and how to reach them.
    pub reply: String,
}

/// Corrected facts of an incident. Facts that are left out stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectBody {
    /// Code of the category: four digits.
    #[schema(example = "5002")]
    pub category: Option<String>,
    /// The severity.
    #[schema(schema_with = optional_codes::<Severity>)]
    pub severity: Option<String>,
    /// Code of the grid where it happened: 15 digits; `GET /v1/locate` finds it.
    #[schema(example = "411224107201001")]
    pub grid: Option<String>,
    /// Code of the unit where it happened, if no grid is known: 6, 9 or 12 digits.
    pub unit: Option<String>,
    /// The reason for the correction.
    pub reason: String,
}

/// The primary incident that this one is merged into.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// The id of an earlier report of the same matter.
    pub into: Uuid,
    /// Why both reports are about the same matter.
    pub reason: String,
}

/// Reads the code of an existing organisation.
pub(super) fn organisation(
    fields: &mut Fields,
    pointer: &str,
    given: &str,
    app: &App,
) -> Option<OrganisationCode> {
    let code: OrganisationCode = fields.parse(pointer, given)?;
    if app.snapshots.current().reference_data.organisations.contains(code) {
        return Some(code);
    }
    let detail = localized!(
        "没有机构 {code}，可选机构见 GET /v1/organisations",
        "there is no organisation {code}; GET /v1/organisations lists them"
    );
    fields.wrong(pointer, ProblemCode::UnknownOrganisation, detail);
    None
}

/// Reads the codes of existing organisations. Every wrong code is recorded in `fields`.
pub(super) fn organisations(
    fields: &mut Fields,
    pointer: &str,
    given: &[String],
    app: &App,
) -> Option<Vec<OrganisationCode>> {
    let all: Vec<_> = given
        .iter()
        .enumerate()
        .map(|(position, code)| organisation(fields, &format!("{pointer}/{position}"), code, app))
        .collect();
    all.into_iter().collect()
}

/// Reads the organisations that receive the work.
fn dispatch_of(body: &DispatchBody, fields: &mut Fields, app: &App) -> Option<Dispatch> {
    let to = organisation(fields, "/organisation", &body.organisation, app);
    let assist = organisations(fields, "/assist", &body.assist, app);
    let note = optional_text(fields, "/note", body.note.as_deref());
    Some(Dispatch { to: to?, assist: assist?, outside_duty: body.outside_duty, note })
}

command! {
    /// Accept an incident. A desk that did not accept in time still may, until the next desk accepts.
    accept INCIDENT_ACCEPT NothingBody |_, _, _| Some(Accept {}.into())
}
command! {
    /// Accept an incident and dispatch it in one step (受理并派遣).
    accept_and_dispatch INCIDENT_ACCEPT_AND_DISPATCH DispatchBody |body, fields, app| {
        Some(AcceptAndDispatch { dispatch: dispatch_of(&body, fields, app)? }.into())
    }
}
command! {
    /// Decline a report that is not a matter for grid governance. The reporter gets the reply.
    decline INCIDENT_DECLINE DeclineBody |body, fields, _| {
        let reason = fields.parse("/reason", &body.reason);
        let reply = fields.text("/reply", &body.reply, REMARK);
        Some(Decline { reason: reason?, reply: reply? }.into())
    }
}
command! {
    /// Ask the reporter for missing information. The desk's clocks are paused until the answer, which is due within
    /// five working days.
    request_info INCIDENT_REQUEST_INFO QuestionBody |body, fields, _| {
        Some(RequestInfo { question: fields.text("/question", &body.question, REMARK)? }.into())
    }
}
command! {
    /// Give missing information, as the reporter or as the desk on behalf of the reporter.
    supplement INCIDENT_SUPPLEMENT TextBody |body, fields, _| {
        Some(Supplement { text: fields.text("/text", &body.text, REMARK)? }.into())
    }
}
command! {
    /// Dispatch an incident. One organisation of the desk's unit leads, or the desk itself. Other organisations may
    /// assist.
    ///
    /// If the duty list does not allow the lead organisation, the command is refused with `outside_duty`, unless the
    /// field `outside_duty` is true.
    dispatch INCIDENT_DISPATCH DispatchBody |body, fields, app| {
        dispatch_of(&body, fields, app).map(Into::into)
    }
}
command! {
    /// Withdraw the own report, as long as no desk has accepted it and no other report was merged into it. The incident is voided.
    withdraw_report INCIDENT_WITHDRAW_REPORT ReasonBody |body, fields, _| {
        Some(WithdrawReport { reason: fields.text("/reason", &body.reason, REMARK)? }.into())
    }
}
command! {
    /// Redispatch the work (改派): give it to another organisation of the desk's unit, or to the desk itself. The new organisation
    /// has its own time; who assisted goes on. Possible twice while the desk has the incident; then the desk
    /// above decides with `arbitrate`.
    redispatch INCIDENT_REDISPATCH RedispatchBody |body, fields, app| {
        let to = organisation(fields, "/organisation", &body.organisation, app);
        let reason = fields.text("/reason", &body.reason, REMARK);
        Some(Redispatch { to: to?, outside_duty: body.outside_duty, reason: reason? }.into())
    }
}
command! {
    /// Withdraw an incident or work that was sent to another desk or organisation, as long as the recipient did not
    /// take it on.
    withdraw INCIDENT_WITHDRAW ReasonBody |body, fields, _| {
        Some(Withdraw { reason: fields.text("/reason", &body.reason, REMARK)? }.into())
    }
}
command! {
    /// Escalate an incident to the desk one level above. State the measures taken so far.
    escalate INCIDENT_ESCALATE EscalateBody |body, fields, _| {
        let reason = fields.parse("/reason", &body.reason);
        let tried = fields.text("/tried", &body.tried, REMARK);
        Some(Escalate { reason: reason?, tried: tried? }.into())
    }
}
command! {
    /// Hand an incident down to a desk directly below, with advice. Possible once per incident.
    hand_down INCIDENT_HAND_DOWN HandDownBody |body, fields, app| {
        let to = organisation(fields, "/organisation", &body.organisation, app);
        let advice = fields.text("/advice", &body.advice, REMARK);
        Some(HandDown { to: to?, advice: advice? }.into())
    }
}
command! {
    /// Transfer an incident to another desk of the same level. Possible twice per incident.
    transfer INCIDENT_TRANSFER TransferBody |body, fields, app| {
        let to = organisation(fields, "/organisation", &body.organisation, app);
        let reason = fields.parse("/reason", &body.reason);
        let explanation = fields.text("/explanation", &body.explanation, REMARK);
        Some(Transfer { to: to?, reason: reason?, explanation: explanation? }.into())
    }
}
command! {
    /// Take over an incident that the desk below has not accepted within twice its time limit.
    take_over INCIDENT_TAKE_OVER NothingBody |_, _, _| Some(TakeOver {}.into())
}
command! {
    /// Refer an incident to an authority outside grid governance. The reporter gets the reply.
    refer INCIDENT_REFER ReferBody |body, fields, _| {
        let to = fields.parse("/authority", &body.authority);
        let reply = fields.text("/reply", &body.reply, REMARK);
        Some(Refer { to: to?, reply: reply? }.into())
    }
}
command! {
    /// Correct the category, the severity or the place. If a deadline becomes later, a second person must approve.
    correct INCIDENT_CORRECT CorrectBody |body, fields, app| {
        let category = body.category.as_deref().map(|code| fields.parse_or("/category", code, ProblemCode::UnknownCategory));
        let severity = body.severity.as_deref().map(|code| fields.parse("/severity", code));
        let place = place(fields, &body, app);
        let reason = fields.text("/reason", &body.reason, REMARK);
        let (category, severity) = (present(category)?, present(severity)?);
        Some(Correct { category, severity, place: place?, reason: reason? }.into())
    }
}
command! {
    /// Merge an incident into an earlier report of the same matter.
    merge INCIDENT_MERGE MergeBody |body, fields, _| {
        let reason = fields.text("/reason", &body.reason, REMARK)?;
        Some(Merge { into: IncidentId(body.into), primary: None, reason }.into())
    }
}
command! {
    /// Undo a merge within one day, because the incident is a separate matter.
    unmerge INCIDENT_UNMERGE ReasonBody |body, fields, _| {
        Some(Unmerge { reason: fields.text("/reason", &body.reason, REMARK)? }.into())
    }
}
command! {
    /// Void an incident that was reported by mistake.
    void INCIDENT_VOID ReasonBody |body, fields, _| {
        Some(Void { reason: fields.text("/reason", &body.reason, REMARK)? }.into())
    }
}

/// Returns the given value, if any. `None` means that a value was given but is wrong.
#[expect(clippy::option_option, reason = "given or not, right or not")]
const fn present<T: Copy>(given: Option<Option<T>>) -> Option<Option<T>> {
    match given {
        None => Some(None),
        Some(None) => None,
        Some(right) => Some(right),
    }
}

/// The place of the given grid or unit.
#[expect(clippy::option_option, reason = "given or not, right or not")]
fn place(fields: &mut Fields, body: &CorrectBody, app: &App) -> Option<Option<Place>> {
    let snapshot = app.snapshots.current();
    let found = match (body.grid.as_deref(), body.unit.as_deref()) {
        (None, None) => return Some(None),
        (Some(grid), _) => {
            let grid = fields.parse("/grid", grid)?;
            snapshot.reference_data.grids.get(grid).and_then(|_| Place::of_grid(grid))
        }
        (None, Some(unit)) => {
            let unit = fields.parse("/unit", unit)?;
            snapshot.reference_data.units.get(unit).and_then(|_| Place::of_unit(unit))
        }
    };
    if found.is_none() {
        let pointer = if body.grid.is_some() { "/grid" } else { "/unit" };
        let detail = localized!(
            "没有这个网格或单位，GET /v1/locate 按坐标查询网格",
            "there is no such grid or unit; GET /v1/locate finds the grid of a position"
        );
        fields.wrong(pointer, ProblemCode::PlaceUnknown, detail);
        return None;
    }
    Some(found)
}
