//! The place of an incident: the grid and the units that contain its position.

use std::{fmt, str::FromStr};

use crate::{
    code::{codes, serde_as_text},
    geography::{
        grid::GridIndex,
        position::Position,
        unit::{GridCode, UnitCode},
    },
    text::invalid_value::{InvalidValue, invalid},
    warning::Warning,
};

/// The grid and the units where an incident happened, as of the day of the report. It does not depend on who holds the
/// incident.
///
/// It is stored as its lowest code, from which the other codes follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// `None` if the position lies in no grid and the reporter has no grid.
    pub grid: Option<GridCode>,
    pub village: Option<UnitCode>,
    pub township: Option<UnitCode>,
    pub county: UnitCode,
    pub city: UnitCode,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.grid, self.village.or(self.township)) {
            (Some(grid), _) => grid.fmt(f),
            (None, Some(unit)) => unit.fmt(f),
            (None, None) => self.county.fmt(f),
        }
    }
}

impl FromStr for Place {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let place = match GridCode::parse(text) {
            Ok(grid) => Self::of_grid(grid),
            Err(_) => Self::of_unit(UnitCode::parse(text)?),
        };
        place.ok_or_else(|| invalid!("“{text}”不在县内", "`{text}` lies in no county"))
    }
}

serde_as_text!(Place);

impl Place {
    /// The place of a whole grid.
    #[must_use]
    pub fn of_grid(grid: GridCode) -> Option<Self> {
        Self::of_unit(grid.village()).map(|place| Self { grid: Some(grid), ..place })
    }

    /// The place of a whole unit. The levels below it are unknown. `None` for a city, because every incident needs a county.
    #[must_use]
    pub fn of_unit(unit: UnitCode) -> Option<Self> {
        use crate::geography::unit::Level::{City, County, Township, Village};
        Some(Self {
            grid: None,
            village: unit.at(Village),
            township: unit.at(Township),
            county: unit.at(County)?,
            city: unit.at(City)?,
        })
    }

    /// The unit of `level` that contains this place, if known.
    #[must_use]
    pub const fn at(&self, level: crate::geography::unit::Level) -> Option<UnitCode> {
        use crate::geography::unit::Level;
        match level {
            Level::Village => self.village,
            Level::Township => self.township,
            Level::County => Some(self.county),
            Level::City => Some(self.city),
        }
    }

    /// Whether this place lies in `unit`.
    #[must_use]
    pub fn lies_in(&self, unit: UnitCode) -> bool {
        self.at(unit.level()) == Some(unit)
    }
}

codes! {
    /// How [`locate`] found the place.
    #[derive(Default)]
    Located "way to find a place" {
        #[default]
        /// The position lies in this grid, and no other grid is near.
        Inside "inside" "定位在网格内",
        /// A border lies within the accuracy radius of the position, so the neighbouring grid is possible too.
        NearBorder "near_border" "定位靠近网格边界",
        /// The position lies in no grid. The reporter's own grid or unit is used.
        OutsideGrid "outside_grid" "定位不在任何网格内",
        /// There is no position. The reporter's own grid or unit is used.
        NoPosition "no_position" "没有定位",
    }
}

impl Located {
    /// The warning for the reporter, if any.
    #[must_use]
    pub const fn warning(self) -> Option<Warning> {
        match self {
            Self::Inside => None,
            Self::NearBorder => Some(Warning::NearBorder),
            Self::OutsideGrid => Some(Warning::LocationOutsideGrid),
            Self::NoPosition => Some(Warning::LocationMissing),
        }
    }
}

/// Where a reporter works. It is used when the position of a report is missing or lies in no grid.
#[derive(Clone, Copy, Debug)]
pub struct OwnArea<'a> {
    /// The unit of the reporter's organisation.
    pub unit: UnitCode,
    /// The reporter's grids. The first is the main one.
    pub grids: &'a [GridCode],
}

/// From this distance on, a position is said to be far from the unit of the reporter, in metres. It changes no decision.
const FAR_M: f64 = 5_000.0;

/// Whether the position is so far from every grid of the reporter's unit that somebody should look at it. Never if the unit has no
/// grids.
#[must_use]
pub fn is_far(position: &Position, own: OwnArea<'_>, grids: &GridIndex) -> bool {
    let has_grids = || grids.iter().any(|grid| own.unit.covers(grid.code.village()));
    !grids.is_near(own.unit, position.wgs84, FAR_M) && has_grids()
}

/// Finds the place of a report.
///
/// The place is the grid that contains the position. If one of the reporter's grids is within the accuracy radius, that
/// grid is used instead. If no grid fits, the place is the reporter's first grid, or else the reporter's unit: the place
/// of occurrence decides jurisdiction, and the reporter's own area is only a fallback.
///
/// `None` if no grid fits and the reporter belongs to the city as a whole.
#[must_use]
pub fn locate(position: Option<&Position>, own: OwnArea<'_>, grids: &GridIndex) -> Option<(Place, Located)> {
    let own_place =
        || own.grids.first().and_then(|grid| Place::of_grid(*grid)).or_else(|| Place::of_unit(own.unit));
    let Some(position) = position else {
        return own_place().map(|place| (place, Located::NoPosition));
    };
    let inside = grids.locate(position.wgs84);
    let candidates = grids.candidates(position.wgs84, position.accuracy_m());
    let own_grid = candidates.iter().map(|candidate| candidate.grid).find(|grid| own.grids.contains(grid));
    let found = own_grid.or(inside);
    match found.and_then(Place::of_grid) {
        // The position lies outside the reporter's own grid, or another grid is within the radius.
        Some(place) if candidates.len() > 1 || inside.is_none() => Some((place, Located::NearBorder)),
        Some(place) => Some((place, Located::Inside)),
        None => own_place().map(|place| (place, Located::OutsideGrid)),
    }
}
