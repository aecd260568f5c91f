//! Reference data: units, organisations, grids, categories, and the units that contain a position.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH},
    web,
};
use grassroots_domain::{
    geography::{
        datum::{Datum, LonLat},
        position::{Position, PositionSource, RawPosition},
        unit::UnitCode,
    },
    organisation::OrganisationKind,
    text::localized::localized,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{
        params::{Params, PathPart, optional, required, wrong},
        problem::Problem,
    },
    json::organisation::organisation,
    problem_code::ProblemCode,
    urls,
    validation::fields::position_error,
    views::{
        catalogue::{
            CategoriesView, CategoryView, LocateView, OrganisationsView, ReasonsView, UnitView, UnitsView,
            feature_collection,
        },
        reader::Reader,
    },
};

/// The units to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UnitParams {
    /// Code of the unit whose direct children are listed. The topmost units if left out.
    pub parent: Option<String>,
}

/// List the units directly below a unit, or the topmost units.
#[utoipa::path(get, path = urls::UNITS, tag = "catalogue", params(UnitParams),
    responses((status = 200, description = "The units, sorted by code", body = UnitsView)))]
pub async fn units(reader: Reader, params: Params<UnitParams>) -> Result<web::Json<UnitsView>, Problem> {
    let parent: Option<UnitCode> = optional("parent", params.0.parent.as_deref())?;
    let reference_data = &reader.snapshot.reference_data;
    let units = match parent {
        Some(parent) => {
            reference_data.units.children(parent).map(|unit| UnitView::new(unit, reference_data)).collect()
        }
        None => reference_data.units.roots().map(|unit| UnitView::new(unit, reference_data)).collect(),
    };
    Ok(web::Json(UnitsView { units }))
}

/// Read a unit.
#[utoipa::path(get, path = urls::UNIT, tag = "catalogue", params(("code" = String, Path, description = "The division code of the unit: 4, 6, 9 or 12 digits")),
    responses((status = 200, description = "The unit", body = UnitView)))]
pub async fn unit(reader: Reader, code: PathPart<UnitCode>) -> Result<web::Json<UnitView>, Problem> {
    let reference_data = &reader.snapshot.reference_data;
    let unit = reference_data.units.get(code.0).ok_or_else(Problem::not_found)?;
    Ok(web::Json(UnitView::new(unit, reference_data)))
}

/// The organisations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganisationParams {
    /// Code of the unit whose organisations are listed. Your own unit if left out.
    pub unit: Option<String>,
    /// Only organisations of this kind: `desk` or a type of department. All kinds if left out.
    pub kind: Option<String>,
}

/// List the organisations of a unit. Work can be dispatched to them.
#[utoipa::path(get, path = urls::ORGANISATIONS, tag = "catalogue", params(OrganisationParams),
    responses((status = 200, description = "The organisations. The desk comes first", body = OrganisationsView)))]
pub async fn organisations(
    reader: Reader,
    params: Params<OrganisationParams>,
) -> Result<web::Json<OrganisationsView>, Problem> {
    let unit: UnitCode =
        optional("unit", params.0.unit.as_deref())?.unwrap_or(reader.actor.organisation.unit);
    let kind: Option<OrganisationKind> = optional("kind", params.0.kind.as_deref())?;
    let reference_data = &reader.snapshot.reference_data;
    let organisations = reference_data
        .organisations
        .of_unit(unit)
        .filter(|(code, _)| kind.is_none_or(|kind| code.kind == kind))
        .map(|(code, _)| organisation(code, reference_data))
        .collect();
    Ok(web::Json(OrganisationsView { organisations }))
}

/// The grids to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GridParams {
    /// The bounding box: west, south, east and north, in degrees (WGS-84).
    #[param(example = "111.0,34.0,111.1,34.1")]
    pub bbox: String,
}

/// List the grids whose bounding boxes touch the given one, as GeoJSON in WGS-84.
#[utoipa::path(get, path = urls::GRIDS, tag = "catalogue", params(GridParams),
    responses((status = 200, description = "A GeoJSON FeatureCollection", body = Object, content_type = "application/geo+json")))]
pub async fn grids(reader: Reader, params: Params<GridParams>) -> Result<HttpResponse, Problem> {
    let text = &params.0.bbox;
    let numbers: Option<Vec<f64>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    let Some([west, south, east, north]) = numbers.as_deref() else {
        return Err(wrong("bbox", text, &"west,south,east,north"));
    };
    if !(west <= east && south <= north) {
        return Err(wrong("bbox", text, &"west ≤ east, south ≤ north"));
    }
    let (min, max) = (LonLat { lon: *west, lat: *south }, LonLat { lon: *east, lat: *north });
    let grids = reader.snapshot.reference_data.grids.in_bbox(min, max);
    Ok(HttpResponse::Ok().content_type("application/geo+json").json(feature_collection(grids)))
}

/// A position.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LocateParams {
    /// Longitude in degrees east.
    #[param(example = 111.2003)]
    pub lon: f64,
    /// Latitude in degrees north.
    #[param(example = 34.7726)]
    pub lat: f64,
    /// The datum of `lon` and `lat`: `wgs84`, `gcj02`, `bd09` or `cgcs2000`.
    #[param(example = "wgs84")]
    pub datum: String,
    /// Accuracy stated by the phone: the radius around the position, in metres. May be left out.
    pub accuracy_m: Option<f64>,
}

/// Find the grid and the units that contain a position, and the grids it may belong to.
#[utoipa::path(get, path = urls::LOCATE, tag = "catalogue", params(LocateParams),
    responses((status = 200, description = "The grid, the units, and the grids that the position may belong to", body = LocateView)))]
pub async fn locate(reader: Reader, params: Params<LocateParams>) -> Result<web::Json<LocateView>, Problem> {
    let LocateParams { lon, lat, datum, accuracy_m } = params.0;
    let datum: Datum = required("datum", &datum)?;
    let raw = RawPosition { lon, lat, datum, accuracy_m, captured_at: None, source: PositionSource::MapPick };
    let (position, _) =
        Position::parse(raw).map_err(|error| Problem::invalid(vec![position_error("", &error)]))?;
    Ok(web::Json(LocateView::new(&position, &reader.snapshot.reference_data)))
}

/// List the reasons that can be given with commands.
#[utoipa::path(get, path = urls::REASONS, tag = "catalogue",
    responses((status = 200, description = "The reasons, by command", body = ReasonsView)))]
pub async fn reasons(reader: Reader) -> Result<web::Json<ReasonsView>, Problem> {
    let rules = reader.snapshot.rules.as_ref().ok_or_else(not_ready)?;
    Ok(web::Json(ReasonsView::new(rules, reader.language)))
}

fn not_ready() -> Problem {
    Problem::new(
        ProblemCode::Unavailable,
        localized!("系统尚未导入类别和日历", "categories and calendar are not imported yet"),
    )
}

/// List the categories in force. Send the `ETag` back as `If-None-Match` to learn whether they changed.
#[utoipa::path(get, path = urls::CATEGORIES, tag = "catalogue",
    responses((status = 200, description = "The categories, sorted by code", body = CategoriesView), (status = 304, description = "The categories have not changed")))]
pub async fn categories(reader: Reader, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let (language, version) = (reader.language, reader.snapshot.stamp.rules);
    let tag = format!("\"{version}-{}\"", language.tag());
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(tag.as_str()) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    }
    let categories = reader.snapshot.rules.as_ref().map_or_else(Vec::new, |rules| {
        rules.book().categories.values().map(|category| CategoryView::new(category, language)).collect()
    });
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .json(CategoriesView { rules_version: version, categories }))
}
