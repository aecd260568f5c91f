//! Imports grids from a GeoJSON FeatureCollection of areas.

use std::collections::BTreeMap;

use geo::CoordsIter as _;
use geojson::{Feature, JsonObject, JsonValue};
use grassroots_domain::{
    geography::{
        datum::Datum,
        grid::{Grid, GridIndex},
        position::{Position, PositionSource, RawPosition},
        unit::{GridCode, UnitCode},
        unit_tree::UnitTree,
    },
    text::localized::{Localized, localized},
    time::Instant,
};
use grassroots_persistence::{
    database::{db::Db, error::StoreResult},
    reference::{
        grids::{self, StoredGrid},
        reference_data,
    },
};

use crate::{
    app::snapshot::parse_shape,
    import::{ErrorLocation, ImportCounts, LineError, LineErrors, Summary, utf8},
};

/// Ends of the names in `crs` members that mean degrees of WGS-84 or CGCS2000. A file without the member is WGS-84.
const KNOWN_CRS: [&str; 4] = ["CRS84", "EPSG::4326", "EPSG::4490", "EPSG:4326"];

/// Grids from a file. Each is a valid area of a village in the database.
#[derive(Clone, Debug)]
pub struct Grids(pub Vec<StoredGrid>);

/// Reads features with the properties `code`, `name` and optionally `synthetic`. The code has 15 digits, or the 12 of a
/// village that is one grid. `units` are the units in the database.
///
/// # Errors
/// Every wrong feature.
pub fn parse(bytes: &[u8], units: &UnitTree) -> Result<Grids, Vec<LineError>> {
    let features = features(utf8(bytes)?)?;
    let mut errors = LineErrors::default();
    let mut first: BTreeMap<GridCode, u64> = BTreeMap::new();
    let mut read = Vec::new();
    for (number, feature) in (1..).zip(features) {
        let code = feature.pointer("/properties/code").map(plain).unwrap_or_default();
        let at = ErrorLocation::Feature { number, code };
        match grid(feature, units) {
            Ok(grid) => match first.get(&grid.code) {
                Some(earlier) => errors.add(
                    at,
                    localized!(
                        "网格 {code} 在第 {earlier} 个要素已经出现；多块区域请合并为一个 MultiPolygon",
                        "feature {earlier} already has grid {code}; join several areas in one MultiPolygon",
                        code = grid.code
                    ),
                ),
                None => {
                    first.insert(grid.code, number);
                    read.push(grid);
                }
            },
            Err(problem) => errors.add(at, problem),
        }
    }
    errors.into_result(Grids(read))
}

/// The features of the collection as JSON. Each is parsed alone, so that one wrong feature does not hide the others.
fn features(text: &str) -> Result<Vec<JsonValue>, Vec<LineError>> {
    let mut collection: JsonObject = serde_json::from_str(text).map_err(|error| {
        let line = u64::try_from(error.line()).unwrap_or_default();
        let problem = localized!("不是 JSON 对象：{error}", "this is not a JSON object: {error}");
        vec![LineError { at: ErrorLocation::Line(line), problem }]
    })?;
    if collection.get("type").and_then(JsonValue::as_str) != Some("FeatureCollection") {
        let problem = localized!(
            "不是 GeoJSON 要素集合；type 应为 FeatureCollection",
            "this is not a GeoJSON feature collection; its type must be FeatureCollection"
        );
        return Err(LineError::file(problem));
    }
    if let Some(crs) = collection.get("crs").filter(|crs| !crs.is_null()) {
        let name = crs.pointer("/properties/name").map(plain).unwrap_or_default();
        if !KNOWN_CRS.iter().any(|known| name.ends_with(known)) {
            let problem = localized!(
                "坐标系为 “{name}”；请先转换为 WGS-84（EPSG:4326）或 CGCS2000（EPSG:4490）的经纬度",
                "the coordinate system is {name:?}; convert it to degrees of WGS-84 (EPSG:4326) or CGCS2000 \
                 (EPSG:4490) first"
            );
            return Err(LineError::file(problem));
        }
    }
    match collection.remove("features") {
        Some(JsonValue::Array(features)) if !features.is_empty() => Ok(features),
        _ => Err(LineError::file(localized!("没有任何要素", "there are no features"))),
    }
}

fn grid(feature: JsonValue, units: &UnitTree) -> Result<StoredGrid, Localized> {
    let feature: Feature = serde_json::from_value(feature)
        .map_err(|error| localized!("不是有效的要素：{error}", "this is not a valid feature: {error}"))?;
    let code = code_of(&feature)?;
    let village = code.village();
    if units.get(village).is_none() {
        return Err(localized!(
            "没有代码为 {village} 的村级单位；请先导入行政区划",
            "there is no village {village}; import the divisions first"
        ));
    }
    let name = name_of(&feature)?;
    let synthetic = match feature.property("synthetic") {
        None | Some(JsonValue::Null) => false,
        Some(&JsonValue::Bool(synthetic)) => synthetic,
        Some(other) => {
            return Err(localized!(
                "synthetic 为 {other}；应为 true 或 false",
                "synthetic is {other}; write true or false"
            ));
        }
    };
    let Some(geometry) = feature.geometry else {
        return Err(localized!("没有形状（geometry）", "the feature has no geometry"));
    };
    // Bounding box and unknown members are left out, so that equal areas are equal texts.
    let shape = geojson::Geometry::new(geometry.value).to_string();
    check_area(code, &name, &shape)?;
    Ok(StoredGrid { code, name, shape, synthetic })
}

/// The code of the grid. The code of a village means its grid 001.
fn code_of(feature: &Feature) -> Result<GridCode, Localized> {
    let given = feature.property("code").map(plain).unwrap_or_default();
    if given.is_empty() {
        return Err(localized!("缺少属性 code", "the property code is missing"));
    }
    let digits = match UnitCode::parse(&given) {
        Ok(village) if village.as_u64().to_string().len() == 12 => format!("{given}001"),
        Ok(_) | Err(_) => given,
    };
    Ok(GridCode::parse(&digits)?)
}

fn name_of(feature: &Feature) -> Result<String, Localized> {
    let name = feature.property("name").and_then(JsonValue::as_str).map(str::trim).unwrap_or_default();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(localized!(
            "属性 name 为 “{name}”；请写 1–100 个字符的名称",
            "the property name is {name:?}; write a name of 1 to 100 characters"
        ));
    }
    Ok(name.to_owned())
}

/// Checks that the server can load the shape and find positions in it.
fn check_area(code: GridCode, name: &str, shape: &str) -> Result<(), Localized> {
    let shape = parse_shape(shape).map_err(|reason| {
        localized!(
            "形状无法使用（{reason}）；应为 Polygon 或 MultiPolygon",
            "the shape cannot be used ({reason}); a Polygon or MultiPolygon is needed"
        )
    })?;
    let in_china = |lon: f64, lat: f64| {
        let (datum, source) = (Datum::Wgs84, PositionSource::MapPick);
        let raw = RawPosition { lon, lat, datum, accuracy_m: None, captured_at: None, source };
        Position::parse(raw).is_ok()
    };
    if let Some(outside) = shape.coords_iter().find(|at| !in_china(at.x, at.y)) {
        return Err(localized!(
            "坐标 [{x}, {y}] 不是中国境内的经纬度；应为 WGS-84 或 CGCS2000 的度数，先经度后纬度",
            "[{x}, {y}] is not in China; write degrees of WGS-84 or CGCS2000, longitude first",
            x = outside.x,
            y = outside.y
        ));
    }
    let grid = Grid { code, name: name.to_owned(), shape, synthetic: false };
    Ok(GridIndex::new(vec![grid]).map(drop)?)
}

/// A text without quotes, or a number. Codes may be either.
fn plain(value: &JsonValue) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned())
}

/// Writes new and changed grids.
///
/// # Errors
/// The database failed.
pub fn apply(db: &mut Db, grids: &Grids, now: Instant) -> StoreResult<Summary> {
    let known: BTreeMap<GridCode, StoredGrid> =
        grids::all(db)?.into_iter().map(|grid| (grid.code, grid)).collect();
    let mut counts = ImportCounts::default();
    for grid in &grids.0 {
        if counts.record(known.get(&grid.code), grid) {
            grids::save(db, grid)?;
        }
    }
    if counts.has_changes() {
        reference_data::note_import(db, "grids", now)?;
    }
    Ok(Summary { counts: vec![(localized!("网格", "grids"), counts)], rules_version: None })
}

#[cfg(test)]
mod tests {
    use grassroots_domain::geography::unit::Unit;
    use serde_json::json;

    use super::*;

    fn units() -> UnitTree {
        let unit = |code: &str| Unit {
            code: code.parse().unwrap(),
            name: "某村".to_owned(),
            short_name: "某村".to_owned(),
            kind: "villagers_committee".to_owned(),
        };
        UnitTree::new(vec![unit("411224107216"), unit("411224107219")]).unwrap()
    }

    fn square(lon: f64, lat: f64) -> JsonValue {
        let ring = [[lon, lat], [lon + 0.1, lat], [lon + 0.1, lat + 0.1], [lon, lat + 0.1], [lon, lat]];
        json!({ "type": "Polygon", "coordinates": [ring] })
    }

    fn feature(code: JsonValue, geometry: JsonValue) -> JsonValue {
        json!({ "type": "Feature", "properties": { "code": code, "name": "第一网格" }, "geometry": geometry })
    }

    fn read(features: Vec<JsonValue>) -> Result<Grids, Vec<LineError>> {
        let collection = json!({ "type": "FeatureCollection", "features": features });
        parse(collection.to_string().as_bytes(), &units())
    }

    fn refused(text: &str) -> String {
        parse(text.as_bytes(), &units()).unwrap_err()[0].to_string()
    }

    #[test]
    fn a_village_code_means_its_first_grid() {
        let given = vec![
            feature(json!("411224107216"), square(111.0, 34.0)),
            feature(json!(411224107219002_u64), square(111.1, 34.0)),
        ];
        let codes: Vec<String> = read(given).unwrap().0.iter().map(|grid| grid.code.to_string()).collect();
        assert_eq!(codes, ["411224107216001", "411224107219002"]);
    }

    #[test]
    fn every_wrong_feature_is_listed() {
        let bow_tie = json!({ "type": "Polygon", "coordinates":
            [[[111.0, 34.0], [111.1, 34.1], [111.1, 34.0], [111.0, 34.1], [111.0, 34.0]]] });
        let errors = read(vec![
            feature(json!("411224107216"), square(111.0, 34.0)),
            feature(json!("411224107216001"), square(111.0, 34.0)),
            feature(json!("411224107217001"), square(111.0, 34.0)),
            feature(json!("411224107216002"), bow_tie),
            feature(json!("411224107216003"), square(34.0, 111.0)),
            feature(json!("411224107216004"), json!({ "type": "Point", "coordinates": [111.0, 34.0] })),
            feature(json!("411224107216005"), JsonValue::Null),
            feature(json!("4112241072"), square(111.0, 34.0)),
            json!({ "type": "Feature", "properties": {}, "geometry": null }),
            json!(7),
        ])
        .unwrap_err();
        let english: Vec<String> =
            errors.iter().map(|error| error.to_string().lines().last().unwrap().trim().to_owned()).collect();
        let expected = [
            "feature 2 (411224107216001): feature 1 already has grid 411224107216001",
            "feature 3 (411224107217001): there is no village 411224107217",
            "feature 4 (411224107216002): the shape of grid 411224107216002 is not an area",
            "feature 5 (411224107216003): [34, 111] is not in China",
            "feature 6 (411224107216004): the shape cannot be used (the shape is no polygon)",
            "feature 7 (411224107216005): the feature has no geometry",
            "feature 8 (4112241072): `4112241072` is not a grid code",
            "feature 9: the property code is missing",
            "feature 10: this is not a valid feature",
        ];
        assert_eq!(english.len(), expected.len(), "{english:#?}");
        for (found, begin) in english.iter().zip(expected) {
            assert!(found.starts_with(begin), "{found}\n{begin}");
        }
    }

    #[test]
    fn a_file_that_is_not_a_feature_collection_in_degrees_is_refused() {
        assert!(refused("{").contains("line 1: this is not a JSON object"));
        assert!(refused(r#"{"type":"Feature"}"#).contains("not a GeoJSON feature collection"));
        assert!(refused(r#"{"type":"FeatureCollection","features":[]}"#).contains("no features"));
        let projected = r#"{"type":"FeatureCollection","features":[],
            "crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4547"}}}"#;
        assert!(refused(projected).contains("EPSG::4547"));
    }
}
