//! Statistics: the grassroots share, hearings, and the lists behind their figures.

use actix_web::{HttpRequest, Responder, web};
use chrono::{Datelike, NaiveDate};
use grassroots_domain::{
    account::Actor,
    reading::{
        hearings::HearingMetric,
        share::{DateBasis, Metric},
        visibility::Scope,
    },
};
use grassroots_persistence::reading::lists::Behind;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    app::{
        App,
        statistics::{self, GroupBy, MAX_MONTHS, ShareQuery},
    },
    handlers::incident_list::{self, ListParams},
    http::{
        params::{Params, optional, required, wrong},
        problem::Problem,
    },
    urls,
    views::{hearings::HearingsView, reader::Reader, share::GrassrootsView},
};

/// A question about the share.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShareParams {
    /// Unit in which incidents happened: 4, 6, 9 or 12 digits. Your own if left out.
    pub unit: Option<String>,
    /// First day, in China.
    #[param(example = "2026-11-01")]
    pub from: NaiveDate,
    /// Day after the last.
    #[param(example = "2026-12-01")]
    pub to: NaiveDate,
    /// `closed` (default): by latest closure. `reported`: by arrival.
    pub basis: Option<String>,
    /// Split by `unit` (direct children), `category` or `month`.
    pub group_by: Option<String>,
}

/// The incidents behind a figure of the share.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BehindParams {
    /// Unit in which incidents happened. Your own if left out.
    pub unit: Option<String>,
    /// First day, in China.
    #[param(example = "2026-11-01")]
    pub from: NaiveDate,
    /// Day after the last.
    #[param(example = "2026-12-01")]
    pub to: NaiveDate,
    /// `closed` (default): by latest closure. `reported`: by arrival.
    pub basis: Option<String>,
    /// Only those in this grid: 15 digits.
    pub grid: Option<String>,
    /// Only those of this category: four digits.
    pub category: Option<String>,
    /// Which figure.
    #[param(example = "grassroots")]
    pub figure: String,
    /// Where the page begins; from `next` of the page before.
    pub cursor: Option<String>,
    /// Incidents on a page: 1 to 200, 50 if left out.
    pub limit: Option<u32>,
}

fn asked(
    actor: &Actor,
    unit: Option<&str>,
    (from, to): (NaiveDate, NaiveDate),
    basis: Option<&str>,
    group_by: Option<&str>,
) -> Result<ShareQuery, Problem> {
    for (name, day) in [("from", from), ("to", to)] {
        if !(1..=9_999).contains(&day.year()) {
            return Err(wrong(name, &day.to_string(), &"0001–9999"));
        }
    }
    if to <= from {
        return Err(wrong("to", &to.to_string(), &format!("> {from}")));
    }
    let group_by = group_by.map(parse_group).transpose()?;
    let asked = ShareQuery {
        unit: optional("unit", unit)?.unwrap_or(actor.organisation.unit),
        from,
        to,
        basis: optional("basis", basis)?.unwrap_or(DateBasis::Closed),
        group_by,
    };
    if group_by == Some(GroupBy::Month) && asked.months().len() > MAX_MONTHS {
        return Err(wrong("group_by", "month", &format!("from … to ≤ {MAX_MONTHS} months")));
    }
    Ok(asked)
}

fn parse_group(name: &str) -> Result<GroupBy, Problem> {
    match name {
        "unit" => Ok(GroupBy::Unit),
        "category" => Ok(GroupBy::Category),
        "month" => Ok(GroupBy::Month),
        other => Err(wrong("group_by", other, &"unit, category, month")),
    }
}

/// The share of incidents resolved at the grassroots (village and township).
///
/// One published definition; every figure carries the link to the list behind it, and what could inflate the share
/// stands beside it. Shares of fewer than 100 carry Wilson's 95 % interval.
#[utoipa::path(
    get, path = urls::STATISTICS_GRASSROOTS, tag = "statistics", params(ShareParams),
    responses((status = 200, description = "Figures and shares", body = GrassrootsView))
)]
pub async fn grassroots(
    reader: Reader,
    app: web::Data<App>,
    params: Params<ShareParams>,
) -> Result<web::Json<GrassrootsView>, Problem> {
    let ShareParams { unit, from, to, basis, group_by } = params.0;
    let asked = asked(&reader.actor, unit.as_deref(), (from, to), basis.as_deref(), group_by.as_deref())?;
    let answer = statistics::grassroots(&app, Scope::of(&reader.actor), asked).await?;
    Ok(web::Json(GrassrootsView::new(&asked, &answer, &reader.snapshot, reader.language)))
}

/// The incidents behind one figure of the share.
#[utoipa::path(
    get, path = urls::STATISTICS_GRASSROOTS_INCIDENTS, tag = "statistics", params(BehindParams),
    responses((status = 200, description = "A page of them", body = crate::views::incident::IncidentsView))
)]
pub async fn behind(
    reader: Reader,
    request: HttpRequest,
    app: web::Data<App>,
    params: Params<BehindParams>,
) -> Result<impl Responder, Problem> {
    let BehindParams { unit, from, to, basis, grid, category, figure, cursor, limit } = params.0;
    let asked = asked(&reader.actor, unit.as_deref(), (from, to), basis.as_deref(), None)?;
    let figure: Metric = required("figure", &figure)?;
    let unit = Some(asked.unit.to_string());
    let list = ListParams { unit, grid, category, cursor, limit, ..ListParams::default() };
    let behind = Behind::Share { figure, basis: asked.basis, period: asked.period() };
    incident_list::answer(&app, reader, &request, &list, Some(behind)).await
}

/// A question about hearings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HearingParams {
    /// Unit in which the matters happened: 4, 6, 9 or 12 digits. Your own if left out.
    pub unit: Option<String>,
    /// First day on which hearings were held, in China.
    #[param(example = "2026-01-01")]
    pub from: NaiveDate,
    /// Day after the last.
    #[param(example = "2027-01-01")]
    pub to: NaiveDate,
}

/// The incidents behind a figure of hearings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BehindHearingsParams {
    /// Unit in which the matters happened. Your own if left out.
    pub unit: Option<String>,
    /// First day on which hearings were held, in China.
    #[param(example = "2026-01-01")]
    pub from: NaiveDate,
    /// Day after the last.
    #[param(example = "2027-01-01")]
    pub to: NaiveDate,
    /// Which figure.
    #[param(example = "settled")]
    pub figure: String,
    /// Where the page begins; from `next` of the page before.
    pub cursor: Option<String>,
    /// Incidents on a page: 1 to 200, 50 if left out.
    pub limit: Option<u32>,
}

/// Open hearings (阳光听证) by the day they are held, and the share that settled the matter.
#[utoipa::path(
    get, path = urls::STATISTICS_HEARINGS, tag = "statistics", params(HearingParams),
    responses((status = 200, description = "Figures and their share", body = HearingsView))
)]
pub async fn hearings(
    reader: Reader,
    app: web::Data<App>,
    params: Params<HearingParams>,
) -> Result<web::Json<HearingsView>, Problem> {
    let HearingParams { unit, from, to } = params.0;
    let asked = asked(&reader.actor, unit.as_deref(), (from, to), None, None)?;
    let counts = statistics::hearings(&app, Scope::of(&reader.actor), asked).await?;
    Ok(web::Json(HearingsView::new(&asked, &counts, &reader.snapshot, reader.language)))
}

/// The incidents behind one figure of hearings.
#[utoipa::path(
    get, path = urls::STATISTICS_HEARINGS_INCIDENTS, tag = "statistics", params(BehindHearingsParams),
    responses((status = 200, description = "A page of them", body = crate::views::incident::IncidentsView))
)]
pub async fn behind_hearings(
    reader: Reader,
    request: HttpRequest,
    app: web::Data<App>,
    params: Params<BehindHearingsParams>,
) -> Result<impl Responder, Problem> {
    let BehindHearingsParams { unit, from, to, figure, cursor, limit } = params.0;
    let asked = asked(&reader.actor, unit.as_deref(), (from, to), None, None)?;
    let figure: HearingMetric = required("figure", &figure)?;
    let list = ListParams { unit: Some(asked.unit.to_string()), cursor, limit, ..ListParams::default() };
    let behind = Behind::Hearings { figure, period: asked.period() };
    incident_list::answer(&app, reader, &request, &list, Some(behind)).await
}
