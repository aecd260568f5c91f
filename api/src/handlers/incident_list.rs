//! Lists of incidents: filters, cursors, and answers as JSON or CSV.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Days, FixedOffset};
use grassroots_domain::{
    account::Actor,
    geography::unit::UnitCode,
    incident::State,
    reading::worklist::Worklist,
    text::localized::localized,
    time::{Instant, is_storable, start_of_day},
};
use grassroots_persistence::reading::{
    lists::{After, Behind, IncidentFilter, Order},
    period::Period,
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::{
    app::{
        App,
        incidents::{self, VisibleIncident},
        statistics,
    },
    http::{
        params::{optional, required, wrong},
        problem::Problem,
        render::internal,
    },
    json::time::moment,
    problem_code::ProblemCode,
    query_code::parse_incident_no,
    views::{
        csv,
        incident::{IncidentView, IncidentsView},
        reader::Reader,
    },
};

/// The number of incidents on a page, if the request states none.
const DEFAULT_LIMIT: u32 = 50;
/// The largest number of incidents on a page.
pub const MAX_LIMIT: u32 = 200;

/// Filters of a list of incidents. An incident must match all of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// One state, or several separated by commas. `open` stands for all open states.
    #[param(example = "pending_acceptance,pending_dispatch")]
    pub state: Option<String>,
    /// The level of the desk that holds the incident: `village`, `township` or `county`.
    pub level: Option<String>,
    /// Code of the unit where it happened: 4, 6, 9 or 12 digits.
    pub unit: Option<String>,
    /// Code of the grid where it happened: 15 digits.
    pub grid: Option<String>,
    /// Code of the category: four digits.
    pub category: Option<String>,
    /// The severity: `general`, `significant`, `major` or `critical`.
    pub severity: Option<String>,
    /// Only incidents with an open linkage of this kind, such as `mediation`, `hearing` or `court_linkage`.
    pub linkage: Option<String>,
    /// Only incidents whose next step is due before this time.
    pub due_before: Option<DateTime<FixedOffset>>,
    /// Only incidents in this worklist of yours: `mine`, `desk`, `overdue`, `to_verify`, `returned`, `supervised` or
    /// `to_decide`.
    pub queue: Option<String>,
    /// If `true`, only incidents that you reported.
    pub mine: Option<bool>,
    /// Search words in the title, description or place, or an incident number.
    pub q: Option<String>,
    /// The order: `newest` (default) or `due`.
    pub sort: Option<String>,
    /// The start of the page. Take it from `next` of the page before.
    pub cursor: Option<String>,
    /// The number of incidents on a page: 1 to 200; 50 if left out.
    pub limit: Option<u32>,
    /// The datum of positions in the answer: `wgs84` (default), `gcj02`, `bd09` or `cgcs2000`.
    pub datum: Option<String>,
}

/// Answers a request for a list: the incidents that match `params`.
///
/// # Errors
/// A parameter is wrong, or the database fails.
pub async fn answer(
    app: &App,
    reader: Reader,
    request: &HttpRequest,
    params: &ListParams,
) -> Result<HttpResponse, Problem> {
    let reader = reader.with_datum(optional("datum", params.datum.as_deref())?);
    let filter = filter(params, &reader.actor, reader.now)?;
    let page = incidents::list(app, reader.actor.clone(), one_more(&filter)).await?;
    respond(page, &filter, None, request, &reader)
}

/// Answers a request for the incidents behind a figure of a unit: those that the caller may see, and the number of the others.
/// `restricted` limits it to restricted incidents, or to the others.
///
/// # Errors
/// A parameter is wrong, the figure is not for the caller, or the database fails.
pub async fn behind(
    app: &App,
    reader: Reader,
    request: &HttpRequest,
    params: &ListParams,
    (unit, counted, restricted): (UnitCode, Behind, Option<bool>),
) -> Result<HttpResponse, Problem> {
    let filter = filter(params, &reader.actor, reader.now)?;
    let filter = IncidentFilter { behind: Some(counted), restricted, ..filter };
    let (page, not_shown) = statistics::behind(app, reader.actor.clone(), unit, one_more(&filter)).await?;
    respond(page, &filter, Some(not_shown), request, &reader)
}

/// Asks for one incident more than needed. If it is found, there is a next page.
fn one_more(filter: &IncidentFilter) -> IncidentFilter {
    IncidentFilter { limit: filter.limit.saturating_add(1), ..filter.clone() }
}

fn respond(
    mut page: Vec<VisibleIncident>,
    filter: &IncidentFilter,
    not_shown: Option<u64>,
    request: &HttpRequest,
    reader: &Reader,
) -> Result<HttpResponse, Problem> {
    let has_more = u32::try_from(page.len()).unwrap_or(u32::MAX) > filter.limit;
    page.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
    let next =
        if has_more { page.last().and_then(|last| next_page(request, last, filter.order)) } else { None };
    if wants_csv(request) { csv(&page, next, reader) } else { Ok(json(&page, next, not_shown, reader)) }
}

fn json(
    page: &[VisibleIncident],
    next: Option<String>,
    not_shown: Option<u64>,
    reader: &Reader,
) -> HttpResponse {
    let incidents = page.iter().map(|found| IncidentView::item(found, reader)).collect();
    HttpResponse::Ok().json(IncidentsView { incidents, next, not_shown })
}

fn csv(page: &[VisibleIncident], next: Option<String>, reader: &Reader) -> Result<HttpResponse, Problem> {
    let rows = page.iter().map(|found| IncidentView::item(found, reader));
    let text = csv::incidents(rows, reader.language).map_err(|error| {
        tracing::error!(error = %error, "a list could not be written as CSV");
        internal()
    })?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"incidents.csv\""));
    if let Some(next) = next {
        response.insert_header(("Link", format!("<{next}>; rel=\"next\"")));
    }
    Ok(response.body(text))
}

fn wants_csv(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|entry| entry.trim().starts_with("text/csv"))
}

fn filter(params: &ListParams, actor: &Arc<Actor>, now: Instant) -> Result<IncidentFilter, Problem> {
    let queue: Option<Worklist> = optional("queue", params.queue.as_deref())?;
    let order = order(params.sort.as_deref())?;
    let limit = limit(params.limit)?;
    if let Some(at) = params.due_before.filter(|at| !is_storable(moment(*at))) {
        return Err(wrong("due_before", &at.to_rfc3339(), &"0001–9999"));
    }
    let q = words(params.q.as_deref())?;
    let number = q.and_then(parse_incident_no);
    Ok(IncidentFilter {
        states: states(params.state.as_deref())?,
        level: optional("level", params.level.as_deref())?,
        unit: optional("unit", params.unit.as_deref())?,
        grid: optional("grid", params.grid.as_deref())?,
        category: optional("category", params.category.as_deref())?,
        severity: optional("severity", params.severity.as_deref())?,
        due_before: params.due_before.map(moment),
        mine: params.mine.unwrap_or(false).then_some(actor.account),
        key: number.map(|(_, serial)| serial),
        received: number
            .map(|(day, _)| Period { from: start_of_day(day), to: start_of_day(day + Days::new(1)) }),
        linkage: optional("linkage", params.linkage.as_deref())?,
        words: q.filter(|_| number.is_none()).map(str::to_owned),
        restricted: None,
        behind: None,
        queue: queue.map(|queue| (queue, (**actor).clone(), now)),
        order,
        after: params.cursor.as_deref().map(|cursor| decode_cursor(cursor, order)).transpose()?,
        limit,
    })
}

fn order(sort: Option<&str>) -> Result<Order, Problem> {
    match sort {
        None | Some("newest") => Ok(Order::Newest),
        Some("due") => Ok(Order::Due),
        Some(other) => Err(wrong("sort", other, &"newest, due")),
    }
}

fn limit(given: Option<u32>) -> Result<u32, Problem> {
    let limit = given.unwrap_or(DEFAULT_LIMIT);
    if (1..=MAX_LIMIT).contains(&limit) {
        Ok(limit)
    } else {
        Err(wrong("limit", &limit.to_string(), &format!("1–{MAX_LIMIT}")))
    }
}

/// The search words, if there are any. U+0000 is refused, because PostgreSQL cannot store it.
fn words(q: Option<&str>) -> Result<Option<&str>, Problem> {
    if let Some(q) = q.filter(|q| q.contains('\0')) {
        return Err(wrong("q", q, &"≠ U+0000"));
    }
    Ok(q.map(str::trim).filter(|q| !q.is_empty()))
}

fn states(given: Option<&str>) -> Result<Vec<State>, Problem> {
    let mut states = Vec::new();
    for name in given.unwrap_or_default().split(',').filter(|name| !name.is_empty()) {
        if name == "open" {
            states.extend(State::ALL.iter().copied().filter(|state| state.is_open()));
        } else {
            states.push(required("state", name)?);
        }
    }
    Ok(states)
}

/// The content of a cursor: the last incident of the page before, and the order of the list.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CursorView {
    key: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_ms: Option<i64>,
}

fn next_page(request: &HttpRequest, last: &VisibleIncident, order: Order) -> Option<String> {
    let cursor = CursorView {
        key: last.stored.key,
        due_ms: match order {
            Order::Newest => None,
            Order::Due => Some(last.stored.case.due()?.at.timestamp_millis()),
        },
    };
    let cursor = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).ok()?);
    let kept =
        request.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let query: Vec<&str> = kept.collect();
    let separator = if query.is_empty() { "" } else { "&" };
    Some(format!("{}?{}{separator}cursor={cursor}", request.path(), query.join("&")))
}

fn decode_cursor(given: &str, order: Order) -> Result<After, Problem> {
    let invalid = || {
        Problem::new(
            ProblemCode::InvalidCursor,
            localized!(
                "游标“{given}”无效；请使用上一页 next 中的地址，不要自行拼接",
                "{given:?} is no cursor of this list; follow `next` of the page before"
            ),
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(given).map_err(|_| invalid())?;
    let cursor: CursorView = serde_json::from_slice(&bytes).map_err(|_| invalid())?;
    match (order, cursor.due_ms) {
        (Order::Newest, None) => Ok(After::Newest { key: cursor.key }),
        (Order::Due, Some(due)) => {
            let due: Instant =
                DateTime::from_timestamp_millis(due).filter(|due| is_storable(*due)).ok_or_else(invalid)?;
            Ok(After::Due { due, key: cursor.key })
        }
        (Order::Newest, Some(_)) | (Order::Due, None) => Err(invalid()),
    }
}
