//! Reference data for clients: units, organisations, grids, categories and reasons.

use grassroots_domain::{
    command_kind::CommandKind,
    geography::{
        grid::Grid,
        position::Position,
        unit::{Level, Unit},
    },
    reference_data::ReferenceData,
    rules::{
        Rules,
        category::{Category, Flag, Severity},
    },
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    json::{
        organisation::OrganisationView,
        schema::{codes, level},
    },
    language::Language,
};

/// A unit: a province, prefecture, county, township or village.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitView {
    /// The division code: 4, 6, 9 or 12 digits.
    #[schema(example = "411224107")]
    pub code: String,
    /// The name of the unit.
    pub name: String,
    /// The name of the unit, after the names of the units above it.
    pub full_name: String,
    /// The level of the unit.
    #[schema(schema_with = level)]
    pub level: &'static str,
    /// The code of the unit above; absent for the topmost units.
    pub parent: Option<String>,
    /// The kind of unit, such as `town`, `township`, `subdistrict` or `villagers_committee`.
    pub kind: String,
    /// The number of units directly below.
    pub children: usize,
}

/// A list of units.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitsView {
    /// The units, sorted by code.
    pub units: Vec<UnitView>,
}

impl UnitView {
    #[must_use]
    pub fn new(unit: &Unit, reference_data: &ReferenceData) -> Self {
        Self {
            code: unit.code.to_string(),
            name: unit.name.clone(),
            full_name: reference_data.units.full_name(unit.code),
            level: unit.code.level().as_str(),
            parent: unit
                .code
                .parent()
                .filter(|code| reference_data.units.get(*code).is_some())
                .map(|code| code.to_string()),
            kind: unit.kind.clone(),
            children: reference_data.units.children(unit.code).count(),
        }
    }
}

/// A list of organisations.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationsView {
    /// The organisations. The desk of each unit comes before its departments.
    pub organisations: Vec<OrganisationView>,
}

/// The grid and the units that contain a position.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocateView {
    /// Longitude in degrees east (WGS-84).
    pub lon: f64,
    /// Latitude in degrees north (WGS-84).
    pub lat: f64,
    /// The grid that contains the position; absent if there is none.
    pub grid: Option<GridRef>,
    /// Code of the village that contains the position; absent if not known.
    pub village: Option<String>,
    /// Code of the township that contains the position; absent if not known.
    pub township: Option<String>,
    /// Code of the county that contains the position; absent if not known.
    pub county: Option<String>,
    /// Full name of the smallest of these units; absent if none is known.
    pub name: Option<String>,
    /// The grids that the position may belong to, the nearest first: all grids closer to the position than its
    /// accuracy.
    pub candidates: Vec<CandidateView>,
}

impl LocateView {
    /// Finds the grid and the units that contain `position`, and the grids it may belong to.
    #[must_use]
    pub fn new(position: &Position, reference_data: &ReferenceData) -> Self {
        let grid =
            reference_data.grids.locate(position.wgs84).and_then(|code| reference_data.grids.get(code));
        let village = grid.map(|grid| grid.code.village());
        let above = |level| village.and_then(|code| code.at(level)).map(|code| code.to_string());
        let candidates = reference_data.grids.candidates(position.wgs84, position.accuracy_m());
        let candidates = candidates.into_iter().filter_map(|candidate| {
            let grid = reference_data.grids.get(candidate.grid)?;
            let name = reference_data.units.full_name(grid.code.village());
            Some(CandidateView { grid: grid.into(), name, distance_m: candidate.distance_m })
        });
        Self {
            lon: position.wgs84.lon,
            lat: position.wgs84.lat,
            grid: grid.map(GridRef::from),
            village: village.map(|code| code.to_string()),
            township: above(Level::Township),
            county: above(Level::County),
            name: village.map(|code| reference_data.units.full_name(code)),
            candidates: candidates.collect(),
        }
    }
}

/// Returns grids with their shapes as a GeoJSON FeatureCollection.
#[must_use]
pub fn feature_collection<'a>(grids: impl Iterator<Item = &'a Grid>) -> Value {
    let features = grids.map(|grid| {
        json!({
            "type": "Feature",
            "id": grid.code.to_string(),
            "properties": {
                "code": grid.code.to_string(),
                "name": grid.name,
                "village": grid.code.village().to_string(),
                "synthetic": grid.synthetic,
            },
            "geometry": geojson::Geometry::from(&grid.shape),
        })
    });
    json!({ "type": "FeatureCollection", "features": features.collect::<Vec<_>>() })
}

/// A grid with its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridRef {
    /// The code of the grid: 15 digits.
    pub code: String,
    /// The name of the grid.
    pub name: String,
    /// Whether the shape of the grid is invented and not surveyed.
    pub synthetic: bool,
}

impl From<&Grid> for GridRef {
    fn from(grid: &Grid) -> Self {
        Self { code: grid.code.to_string(), name: grid.name.clone(), synthetic: grid.synthetic }
    }
}

/// A grid that a position may belong to.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidateView {
    /// The grid.
    pub grid: GridRef,
    /// Full name of the grid's unit.
    pub name: String,
    /// Distance from the position to the grid, in metres; 0 if the position lies inside.
    pub distance_m: f64,
}

/// The reasons that can be given with commands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonsView {
    /// The version of the rules that define these reasons.
    pub rules_version: i64,
    /// The commands that need a reason, each with its reasons.
    pub commands: Vec<CommandReasonsView>,
}

/// The reasons for one command.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommandReasonsView {
    /// The code of the command.
    #[schema(schema_with = codes::<CommandKind>)]
    pub command: &'static str,
    /// The reasons that can be given.
    pub reasons: Vec<ReasonView>,
}

/// A reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonView {
    /// The code of the reason.
    #[schema(example = "beyond_authority")]
    pub code: String,
    /// The name of the reason.
    pub name: String,
}

impl ReasonsView {
    #[must_use]
    pub fn new(rules: &Rules, language: Language) -> Self {
        let named = CommandKind::ALL.iter().filter(|kind| kind.gives_reason());
        let commands = named.map(|kind| CommandReasonsView {
            command: kind.as_str(),
            reasons: rules
                .reasons(*kind)
                .iter()
                .map(|reason| ReasonView {
                    code: reason.code.to_string(),
                    name: language.choose((&reason.zh, &reason.en)).to_owned(),
                })
                .collect(),
        });
        Self { rules_version: rules.version(), commands: commands.collect() }
    }
}

/// The categories in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoriesView {
    /// The version of the rules that define these categories.
    pub rules_version: i64,
    /// The categories, sorted by code.
    pub categories: Vec<CategoryView>,
}

/// A category of incidents.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryView {
    /// The code of the category: four digits.
    #[schema(example = "5002")]
    pub code: String,
    /// The name of the category.
    pub name: String,
    /// The level of the desk that receives such incidents first.
    #[schema(schema_with = level)]
    pub first_level: &'static str,
    /// The usual severity. A reporter can state a higher one.
    #[schema(schema_with = codes::<Severity>)]
    pub severity: &'static str,
    /// The time limit for the first handling leg, in words.
    pub limit: String,
    /// The type of department that usually leads the work.
    pub lead: &'static str,
    /// The types of department that usually assist.
    pub assist: Vec<&'static str>,
    /// Whether the reporter may settle and close such an incident on the spot.
    pub on_spot: bool,
    /// Whether a report needs photos: `required`, `optional` or `off`.
    #[schema(example = "required")]
    pub photos: &'static str,
    /// Whether only the organisations that handle such an incident may see it.
    pub restricted: bool,
    /// The number to call before reporting; absent if there is no emergency.
    pub emergency_number: Option<String>,
    /// All special properties of the category, as in the imported table.
    pub flags: Vec<String>,
}

impl CategoryView {
    #[must_use]
    pub fn new(category: &Category, language: Language) -> Self {
        let photos = if category.has(Flag::PhotoRequired) {
            "required"
        } else if category.has(Flag::PhotoOff) {
            "off"
        } else {
            "optional"
        };
        Self {
            code: category.code.to_string(),
            name: language.choose((&category.zh, &category.en)).to_owned(),
            first_level: category.first_level.as_str(),
            severity: category.severity.as_str(),
            limit: match language {
                Language::Zh => category.limit.zh(),
                Language::En => category.limit.to_string(),
            },
            lead: category.lead.as_str(),
            assist: category.assist.iter().map(|kind| kind.as_str()).collect(),
            on_spot: category.has(Flag::OnSpot),
            photos,
            restricted: category.has(Flag::Restricted),
            emergency_number: category.emergency_number().map(|number| number.to_string()),
            flags: category.flags.iter().map(ToString::to_string).collect(),
        }
    }
}
