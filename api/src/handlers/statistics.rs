//! Statistics: the grassroots resolution rate, hearings, and the lists of the incidents counted.

use actix_web::{HttpRequest, Responder, web};
use chrono::{Datelike, NaiveDate};
use grassroots_domain::{
    account::Actor,
    reading::{
        hearings::HearingMetric,
        share::{DateBasis, Metric},
    },
    text::localized::localized,
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
    problem_code::ProblemCode,
    urls,
    views::{hearings::HearingsView, reader::Reader, share::GrassrootsView},
};

/// A request for the grassroots resolution rate.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShareParams {
    /// Code of the unit where the incidents happened: 4, 6, 9 or 12 digits. Your own unit if left out.
    pub unit: Option<String>,
    /// The first day of the period (China time).
    #[param(example = "2026-11-01")]
    pub from: NaiveDate,
    /// The day after the last day of the period (China time).
    #[param(example = "2026-12-01")]
    pub to: NaiveDate,
    /// `closed` (default): incidents whose latest closure lies in the period. `reported`: incidents received in the
    /// period.
    pub basis: Option<String>,
    /// Grouping by `unit` (the direct children), `category` or `month`. No grouping if left out.
    pub group_by: Option<String>,
}

/// A request for the incidents counted in a figure of the grassroots resolution rate.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BehindParams {
    /// Code of the unit where the incidents happened: 4, 6, 9 or 12 digits. Your own unit if left out.
    pub unit: Option<String>,
    /// The first day of the period (China time).
    #[param(example = "2026-11-01")]
    pub from: NaiveDate,
    /// The day after the last day of the period (China time).
    #[param(example = "2026-12-01")]
    pub to: NaiveDate,
    /// `closed` (default): incidents whose latest closure lies in the period. `reported`: incidents received in the
    /// period.
    pub basis: Option<String>,
    /// Only incidents in this grid: 15 digits.
    pub grid: Option<String>,
    /// Only incidents of this category that are not restricted: four digits.
    pub category: Option<String>,
    /// `true`: only restricted incidents, of any category.
    pub restricted: Option<bool>,
    /// The name of the figure.
    #[param(example = "grassroots")]
    pub figure: String,
    /// The start of the page. Take it from `next` of the page before.
    pub cursor: Option<String>,
    /// The number of incidents on a page: 1 to 200; 50 if left out.
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

/// Read the grassroots resolution rate: the share of incidents resolved by villages and townships.
///
/// The figures of a unit are the same for everybody who may ask: its own desk, the desks above and audit administrators. The
/// answer states the definition. Each figure links to the list of the incidents counted. Beside the rate stand the figures that
/// could make it look too good. Rates with a denominator below 100 have Wilson's 95 % confidence interval.
#[utoipa::path(
    get, path = urls::STATISTICS_GRASSROOTS, tag = "statistics", params(ShareParams),
    responses((status = 200, description = "The figures and the rates", body = GrassrootsView))
)]
pub async fn grassroots(
    reader: Reader,
    app: web::Data<App>,
    params: Params<ShareParams>,
) -> Result<web::Json<GrassrootsView>, Problem> {
    let ShareParams { unit, from, to, basis, group_by } = params.0;
    let asked = asked(&reader.actor, unit.as_deref(), (from, to), basis.as_deref(), group_by.as_deref())?;
    let answer = statistics::grassroots(&app, &reader.actor, asked).await?;
    Ok(web::Json(GrassrootsView::new(&asked, &answer, &reader.snapshot, reader.language)))
}

/// List the incidents counted in one figure of the grassroots resolution rate.
///
/// The list has those that you may see. `not_shown` is the number of the others.
#[utoipa::path(
    get, path = urls::STATISTICS_GRASSROOTS_INCIDENTS, tag = "statistics", params(BehindParams),
    responses((status = 200, description = "One page of incidents", body = crate::views::incident::IncidentsView))
)]
pub async fn behind(
    reader: Reader,
    request: HttpRequest,
    app: web::Data<App>,
    params: Params<BehindParams>,
) -> Result<impl Responder, Problem> {
    let BehindParams { unit, from, to, basis, grid, category, restricted, figure, cursor, limit } = params.0;
    let asked = asked(&reader.actor, unit.as_deref(), (from, to), basis.as_deref(), None)?;
    let figure: Metric = required("figure", &figure)?;
    let unit = Some(asked.unit.to_string());
    // The number of restricted incidents of one category could tell whom a matter is about.
    if category.is_some() && restricted == Some(true) {
        return Err(Problem::new(
            ProblemCode::InvalidQuery,
            localized!(
                "受限事件不按单个类别列出；请去掉 category 或 restricted=true",
                "restricted incidents are not listed by a single category; leave out category, or restricted=true"
            ),
        ));
    }
    let restricted = restricted.or(category.is_some().then_some(false));
    let list = ListParams { unit, grid, category, cursor, limit, ..ListParams::default() };
    let counted = Behind::Share { figure, basis: asked.basis, period: asked.period() };
    incident_list::behind(&app, reader, &request, &list, (asked.unit, counted, restricted)).await
}

/// A request for the statistics of hearings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HearingParams {
    /// Code of the unit where the incidents happened: 4, 6, 9 or 12 digits. Your own unit if left out.
    pub unit: Option<String>,
    /// The first day of the period (China time). A hearing counts on the day it is held.
    #[param(example = "2026-01-01")]
    pub from: NaiveDate,
    /// The day after the last day of the period (China time).
    #[param(example = "2027-01-01")]
    pub to: NaiveDate,
}

/// A request for the incidents counted in a figure of the hearings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BehindHearingsParams {
    /// Code of the unit where the incidents happened: 4, 6, 9 or 12 digits. Your own unit if left out.
    pub unit: Option<String>,
    /// The first day of the period (China time). A hearing counts on the day it is held.
    #[param(example = "2026-01-01")]
    pub from: NaiveDate,
    /// The day after the last day of the period (China time).
    #[param(example = "2027-01-01")]
    pub to: NaiveDate,
    /// The name of the figure.
    #[param(example = "settled")]
    pub figure: String,
    /// The start of the page. Take it from `next` of the page before.
    pub cursor: Option<String>,
    /// The number of incidents on a page: 1 to 200; 50 if left out.
    pub limit: Option<u32>,
}

/// Read the statistics of open hearings (阳光听证) held in a period, and the hearing settlement rate.
#[utoipa::path(
    get, path = urls::STATISTICS_HEARINGS, tag = "statistics", params(HearingParams),
    responses((status = 200, description = "The figures and the hearing settlement rate", body = HearingsView))
)]
pub async fn hearings(
    reader: Reader,
    app: web::Data<App>,
    params: Params<HearingParams>,
) -> Result<web::Json<HearingsView>, Problem> {
    let HearingParams { unit, from, to } = params.0;
    let asked = asked(&reader.actor, unit.as_deref(), (from, to), None, None)?;
    let counts = statistics::hearings(&app, &reader.actor, asked).await?;
    Ok(web::Json(HearingsView::new(&asked, &counts, &reader.snapshot, reader.language)))
}

/// List the incidents counted in one figure of the hearings.
#[utoipa::path(
    get, path = urls::STATISTICS_HEARINGS_INCIDENTS, tag = "statistics", params(BehindHearingsParams),
    responses((status = 200, description = "One page of incidents", body = crate::views::incident::IncidentsView))
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
    let counted = Behind::Hearings { figure, period: asked.period() };
    incident_list::behind(&app, reader, &request, &list, (asked.unit, counted, None)).await
}
