//! Commands of the desk that answers for an incident, and of those it passes through.

use grassroots_domain::{
    commands::{
        accept::Accept, correct::Correct, decline::Decline, dispatch::Dispatch, escalate::Escalate,
        hand_down::HandDown, merge::Merge, refer::Refer, request_info::RequestInfo, supplement::Supplement,
        take_over::TakeOver, transfer::Transfer, unmerge::Unmerge, void::Void, withdraw::Withdraw,
    },
    events::custody::Authority,
    geography::place::Place,
    ids::IncidentId,
    organisation::OrganisationCode,
    rules::category::Severity,
    text::REMARK,
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::App,
    handlers::commands::{NothingBody, ReasonBody, TextBody, command, optional_text},
    json::schema::{codes, optional_codes},
    localization::localized,
    problem_code::ProblemCode,
    validation::fields::Fields,
};

/// Why a report is no matter for grid governance.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineBody {
    /// The reason; `GET /v1/reasons` lists them.
    #[schema(example = "not_in_scope")]
    pub reason: String,
    /// Words for the reporter: how to go on.
    pub reply: String,
}

/// What is missing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionBody {
    /// The question, in words for the reporter.
    pub question: String,
}

/// Where the work goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DispatchBody {
    /// Who leads: an organisation of the desk's own unit, or the desk itself.
    #[schema(example = "411224107-urban_management")]
    pub organisation: String,
    /// Who assists: at most ten departments of the desk's own unit.
    #[serde(default)]
    pub assist: Vec<String>,
    /// It goes there although the duty list says otherwise.
    #[serde(default)]
    pub outside_duty: bool,
    /// A note for those who work on it.
    pub note: Option<String>,
}

/// Why an incident goes up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalateBody {
    /// The reason; `GET /v1/reasons` lists them.
    #[schema(example = "beyond_authority")]
    pub reason: String,
    /// What was tried so far.
    pub tried: String,
}

/// Which desk below gets it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandDownBody {
    /// A desk directly below.
    #[schema(example = "411224107201-desk")]
    pub organisation: String,
    /// What the desk below can do that it did not do before.
    pub advice: String,
}

/// Which other desk gets it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferBody {
    /// Another desk of the same level.
    #[schema(example = "411224108-desk")]
    pub organisation: String,
    /// The reason; `GET /v1/reasons` lists them.
    #[schema(example = "wrong_place")]
    pub reason: String,
    /// In words.
    pub explanation: String,
}

/// Who deals with it now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferBody {
    /// The authority.
    #[schema(schema_with = codes::<Authority>)]
    pub authority: String,
    /// Words for the reporter: who deals with it now, and how to reach them.
    pub reply: String,
}

/// What an incident is after all. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectBody {
    /// Category: four digits.
    #[schema(example = "5002")]
    pub category: Option<String>,
    /// How bad it is.
    #[schema(schema_with = optional_codes::<Severity>)]
    pub severity: Option<String>,
    /// The grid it happened in: 15 digits; `GET /v1/locate` finds it.
    #[schema(example = "411224107201001")]
    pub grid: Option<String>,
    /// The unit it happened in, where no grid is known: 6, 9 or 12 digits.
    pub unit: Option<String>,
    /// Why.
    pub reason: String,
}

/// Which incident stands for this one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// An earlier report of the same matter.
    pub into: Uuid,
    /// Why they are the same.
    pub reason: String,
}

/// Reads the code of an organisation that exists.
pub(super) fn organisation(
    fields: &mut Fields,
    pointer: &str,
    given: &str,
    app: &App,
) -> Option<OrganisationCode> {
    let code: OrganisationCode = fields.parse(pointer, given)?;
    if app.snapshots.current().ground.organisations.contains(code) {
        return Some(code);
    }
    let detail = localized!(
        "没有机构 {code}，可选机构见 GET /v1/organisations",
        "there is no organisation {code}; GET /v1/organisations lists them"
    );
    fields.wrong(pointer, ProblemCode::UnknownOrganisation, detail);
    None
}

/// Reads the codes of organisations that exist; everything that is wrong is noted.
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

command! {
    /// Accept an incident: the desk takes it on. A desk that let it lapse still may, until the next one does.
    accept INCIDENT_ACCEPT NothingBody |_, _, _| Some(Accept {}.into())
}
command! {
    /// Decline a report: it is no matter for grid governance. The reporter gets the reply.
    decline INCIDENT_DECLINE DeclineBody |body, fields, _| {
        let reason = fields.parse("/reason", &body.reason);
        let reply = fields.text("/reply", &body.reply, REMARK);
        Some(Decline { reason: reason?, reply: reply? }.into())
    }
}
command! {
    /// Ask the reporter for more. The desk's clocks stand still until the answer, which must come within five working days.
    request_info INCIDENT_REQUEST_INFO QuestionBody |body, fields, _| {
        Some(RequestInfo { question: fields.text("/question", &body.question, REMARK)? }.into())
    }
}
command! {
    /// Give more information: the reporter, or the desk for the reporter.
    supplement INCIDENT_SUPPLEMENT TextBody |body, fields, _| {
        Some(Supplement { text: fields.text("/text", &body.text, REMARK)? }.into())
    }
}
command! {
    /// Dispatch an incident: one organisation of the desk's unit leads, or the desk itself; others may assist.
    ///
    /// Outside the duty list of the organisation it is refused with `outside_duty`, unless `outside_duty` is set.
    dispatch INCIDENT_DISPATCH DispatchBody |body, fields, app| {
        let to = organisation(fields, "/organisation", &body.organisation, app);
        let assist = organisations(fields, "/assist", &body.assist, app);
        let note = optional_text(fields, "/note", body.note.as_deref());
        Some(Dispatch { to: to?, assist: assist?, outside_duty: body.outside_duty, note }.into())
    }
}
command! {
    /// Withdraw what was sent to an organisation or to another desk, as long as nobody took it on.
    withdraw INCIDENT_WITHDRAW ReasonBody |body, fields, _| {
        Some(Withdraw { reason: fields.text("/reason", &body.reason, REMARK)? }.into())
    }
}
command! {
    /// Escalate an incident one level up, with what was tried.
    escalate INCIDENT_ESCALATE EscalateBody |body, fields, _| {
        let reason = fields.parse("/reason", &body.reason);
        let tried = fields.text("/tried", &body.tried, REMARK);
        Some(Escalate { reason: reason?, tried: tried? }.into())
    }
}
command! {
    /// Hand an incident down to the desk below it, once, with advice.
    hand_down INCIDENT_HAND_DOWN HandDownBody |body, fields, app| {
        let to = organisation(fields, "/organisation", &body.organisation, app);
        let advice = fields.text("/advice", &body.advice, REMARK);
        Some(HandDown { to: to?, advice: advice? }.into())
    }
}
command! {
    /// Transfer an incident to another desk of the same level; at most twice.
    transfer INCIDENT_TRANSFER TransferBody |body, fields, app| {
        let to = organisation(fields, "/organisation", &body.organisation, app);
        let reason = fields.parse("/reason", &body.reason);
        let explanation = fields.text("/explanation", &body.explanation, REMARK);
        Some(Transfer { to: to?, reason: reason?, explanation: explanation? }.into())
    }
}
command! {
    /// Take over what the desk below has not accepted within twice its limit.
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
    /// Correct category, severity or place. If a deadline gets later, a second person has to approve it.
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
    /// Unmerge an incident, within a day: it is a matter of its own after all.
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

/// What was given, if anything was: `None` when it was wrong.
#[expect(clippy::option_option, reason = "given or not, right or not")]
const fn present<T: Copy>(given: Option<Option<T>>) -> Option<Option<T>> {
    match given {
        None => Some(None),
        Some(None) => None,
        Some(right) => Some(right),
    }
}

/// The place of the grid, or of the unit.
#[expect(clippy::option_option, reason = "given or not, right or not")]
fn place(fields: &mut Fields, body: &CorrectBody, app: &App) -> Option<Option<Place>> {
    let snapshot = app.snapshots.current();
    let found = match (body.grid.as_deref(), body.unit.as_deref()) {
        (None, None) => return Some(None),
        (Some(grid), _) => {
            let grid = fields.parse("/grid", grid)?;
            snapshot.ground.grids.get(grid).and_then(|_| Place::of_grid(grid))
        }
        (None, Some(unit)) => {
            let unit = fields.parse("/unit", unit)?;
            snapshot.ground.units.get(unit).and_then(|_| Place::of_unit(unit))
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
