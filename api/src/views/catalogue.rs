//! What a client needs to know before it asks: units, organisations, grids, categories.

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
    localization::language::Language,
};

/// A unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitView {
    /// Its code: 4, 6, 9 or 12 digits.
    #[schema(example = "411224107")]
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its name with those of the units above.
    pub full_name: String,
    /// Its level.
    #[schema(schema_with = level)]
    pub level: &'static str,
    /// The unit above.
    pub parent: Option<String>,
    /// What it is: town, township, subdistrict, villagers_committee …
    pub kind: String,
    /// How many units lie directly below.
    pub children: usize,
}

/// Some units.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitsView {
    /// The units, by code.
    pub units: Vec<UnitView>,
}

impl UnitView {
    /// One unit.
    #[must_use]
    pub fn new(unit: &Unit, ground: &ReferenceData) -> Self {
        Self {
            code: unit.code.to_string(),
            name: unit.name.clone(),
            full_name: ground.units.full_name(unit.code),
            level: unit.code.level().as_str(),
            parent: unit
                .code
                .parent()
                .filter(|code| ground.units.get(*code).is_some())
                .map(|code| code.to_string()),
            kind: unit.kind.clone(),
            children: ground.units.children(unit.code).count(),
        }
    }
}

/// Some organisations.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationsView {
    /// The organisations, the desk of each unit first.
    pub organisations: Vec<OrganisationView>,
}

/// Where a position lies.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocateView {
    /// Degrees east in WGS-84.
    pub lon: f64,
    /// Degrees north in WGS-84.
    pub lat: f64,
    /// The grid it lies in.
    pub grid: Option<GridRef>,
    /// The village it lies in.
    pub village: Option<String>,
    /// The township it lies in.
    pub township: Option<String>,
    /// The county it lies in.
    pub county: Option<String>,
    /// The unit in words.
    pub name: Option<String>,
    /// Every grid whose border is within the accuracy of the position, the nearest first.
    pub candidates: Vec<CandidateView>,
}

impl LocateView {
    /// Where `position` lies, and the grids it may belong to.
    #[must_use]
    pub fn new(position: &Position, ground: &ReferenceData) -> Self {
        let grid = ground.grids.locate(position.wgs84).and_then(|code| ground.grids.get(code));
        let village = grid.map(|grid| grid.code.village());
        let above = |level| village.and_then(|code| code.at(level)).map(|code| code.to_string());
        let candidates = ground.grids.candidates(position.wgs84, position.accuracy_m());
        let candidates = candidates.into_iter().filter_map(|candidate| {
            let grid = ground.grids.get(candidate.grid)?;
            let name = ground.units.full_name(grid.code.village());
            Some(CandidateView { grid: grid.into(), name, distance_m: candidate.distance_m })
        });
        Self {
            lon: position.wgs84.lon,
            lat: position.wgs84.lat,
            grid: grid.map(GridRef::from),
            village: village.map(|code| code.to_string()),
            township: above(Level::Township),
            county: above(Level::County),
            name: village.map(|code| ground.units.full_name(code)),
            candidates: candidates.collect(),
        }
    }
}

/// Grids with their shapes as a GeoJSON FeatureCollection.
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

/// A grid by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridRef {
    /// 15 digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its shape was made up.
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
    /// The unit in words.
    pub name: String,
    /// Metres to the grid; 0 inside.
    pub distance_m: f64,
}

/// The reasons that commands name.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonsView {
    /// The version of the rules they belong to.
    pub rules_version: i64,
    /// The commands that name a reason, each with those it can name.
    pub commands: Vec<CommandReasonsView>,
}

/// The reasons of one command.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommandReasonsView {
    /// The command.
    #[schema(schema_with = codes::<CommandKind>)]
    pub command: &'static str,
    /// Its reasons.
    pub reasons: Vec<ReasonView>,
}

/// A reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonView {
    /// Its code.
    #[schema(example = "beyond_authority")]
    pub code: String,
    /// Its name.
    pub name: String,
}

impl ReasonsView {
    /// Every reason of `rules`.
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
    /// The version of the rules they belong to.
    pub rules_version: i64,
    /// The categories, by code.
    pub categories: Vec<CategoryView>,
}

/// A category.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryView {
    /// Four digits.
    #[schema(example = "5002")]
    pub code: String,
    /// Its name.
    pub name: String,
    /// The level that gets it first.
    #[schema(schema_with = level)]
    pub first_level: &'static str,
    /// How bad it is unless the reporter says it is worse.
    #[schema(schema_with = codes::<Severity>)]
    pub severity: &'static str,
    /// How long the first handling leg may take, in words.
    pub limit: String,
    /// The type of department that usually leads.
    pub lead: &'static str,
    /// The types of department that usually assist.
    pub assist: Vec<&'static str>,
    /// It may be closed on the spot.
    pub on_spot: bool,
    /// Whether photos are asked for: `required`, `optional` or `off`.
    #[schema(example = "required")]
    pub photos: &'static str,
    /// Visible to the holder chain only.
    pub restricted: bool,
    /// The number to call before anything is typed.
    pub emergency_number: Option<String>,
    /// Everything special about it, as in the import.
    pub flags: Vec<String>,
}

impl CategoryView {
    /// One category.
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
