//! Where an incident is: from a position, or the reporter's own ground, to the units of the day.

use serde::{Deserialize, Serialize};

use crate::{
    geography::{
        grid::GridIndex,
        position::Position,
        unit::{GridCode, UnitCode},
    },
    warning::Warning,
};

/// The units an incident lies in, as of the day it was reported. It happened here, whoever holds it now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Place {
    /// The grid, unless the place lies in none and the reporter has none.
    pub grid: Option<GridCode>,
    /// The village.
    pub village: Option<UnitCode>,
    /// The township.
    pub township: Option<UnitCode>,
    /// The county.
    pub county: UnitCode,
    /// The city.
    pub city: UnitCode,
}

impl Place {
    /// The place of a grid.
    #[must_use]
    pub fn of_grid(grid: GridCode) -> Option<Self> {
        Self::of_unit(grid.village()).map(|place| Self { grid: Some(grid), ..place })
    }

    /// The place of a unit: what lies below it stays unknown. `None` for a city: some county must own the matter.
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

    /// The unit of that level this place lies in, if known.
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

/// How the place was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Located {
    /// The position lies in this grid, and no other is near.
    Inside,
    /// The border is nearer than the accuracy of the position, so that it may lie next door.
    NearBorder,
    /// The position lies in no grid: the reporter's grid or unit stands in.
    OutsideGrid,
    /// There is no position: the reporter's grid or unit stands in.
    NoPosition,
}

impl Located {
    /// What is remarkable about it.
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

/// Where a reporter works. It stands in when the position of a report is missing or lies in no grid.
#[derive(Clone, Copy, Debug)]
pub struct OwnArea<'a> {
    /// The unit of the reporter's organisation.
    pub unit: UnitCode,
    /// The reporter's grids.
    pub grids: &'a [GridCode],
}

/// Finds the place of a report.
///
/// Inside a grid it is that grid; when the border is nearer than the position is accurate and the reporter's own grid
/// is among the candidates, it is the reporter's. In no grid it is the reporter's first grid, else the reporter's
/// unit. Place of occurrence decides jurisdiction; the reporter's own area is only the fallback.
///
/// `None` when the reporter belongs to the whole city and the position does not help.
#[must_use]
pub fn locate(position: Option<&Position>, own: OwnArea<'_>, grids: &GridIndex) -> Option<(Place, Located)> {
    let own_place =
        || own.grids.first().and_then(|grid| Place::of_grid(*grid)).or_else(|| Place::of_unit(own.unit));
    let Some(position) = position else {
        return own_place().map(|place| (place, Located::NoPosition));
    };
    let inside = grids.locate(position.wgs84);
    let near = grids.candidates(position.wgs84, position.accuracy_m());
    let own_grid = near.iter().map(|candidate| candidate.grid).find(|grid| own.grids.contains(grid));
    let found = own_grid.or(inside);
    match found.and_then(Place::of_grid) {
        // Beyond the border of the reporter's own grid, or within reach of another one.
        Some(place) if near.len() > 1 || inside.is_none() => Some((place, Located::NearBorder)),
        Some(place) => Some((place, Located::Inside)),
        None => own_place().map(|place| (place, Located::OutsideGrid)),
    }
}
