//! Assignments: which roles an account can have in which organisation.

use grassroots_domain::{
    account::Role, geography::unit::GridCode, organisation::OrganisationCode, reference_data::ReferenceData,
};

use crate::app::error::AccountError;

/// Most grids of one account.
pub const MAX_GRIDS: usize = 50;

/// The role of an account, its organisation and its grids.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    pub role: Role,
    pub organisation: OrganisationCode,
    /// The grids of a grid worker. The first is the main grid.
    pub grids: Vec<GridCode>,
}

impl Assignment {
    /// Checks that organisation and grids exist and fit the role.
    pub fn check(&self, reference_data: &ReferenceData) -> Result<(), AccountError> {
        let Self { role, organisation, ref grids } = *self;
        if !reference_data.organisations.contains(organisation) {
            return Err(AccountError::UnknownOrganisation(organisation));
        }
        if !role.fits(organisation) {
            return Err(AccountError::RoleDoesNotFit { role, organisation });
        }
        if role != Role::GridWorker && !grids.is_empty() {
            return Err(AccountError::NoGrids(role));
        }
        if grids.len() > MAX_GRIDS {
            return Err(AccountError::TooManyGrids(grids.len()));
        }
        for (position, &grid) in grids.iter().enumerate() {
            if reference_data.grids.get(grid).is_none() {
                return Err(AccountError::UnknownGrid(grid));
            }
            if !organisation.unit.covers(grid.village()) {
                return Err(AccountError::GridOutside { grid, unit: organisation.unit });
            }
            if grids.iter().take(position).any(|earlier| *earlier == grid) {
                return Err(AccountError::DoubleGrid(grid));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use geo::{MultiPolygon, Rect, coord};
    use grassroots_domain::{
        geography::grid::{Grid, GridIndex},
        organisation::Organisations,
    };

    use super::*;

    const VILLAGE: &str = "411224107201";
    const OTHER_VILLAGE: &str = "411224107202";

    fn grid(village: &str, number: u16) -> GridCode {
        format!("{village}{number:03}").parse().unwrap()
    }

    /// A county, a township with its power company, and two villages with grids.
    fn reference_data() -> ReferenceData {
        let organisations = ["411224-desk", "411224107-desk", "411224107-power_utility", "411224107201-desk"];
        let shape = || {
            MultiPolygon::from(
                Rect::new(coord! { x: 111.0, y: 34.0 }, coord! { x: 111.1, y: 34.1 }).to_polygon(),
            )
        };
        let codes = (1..=60).map(|number| grid(VILLAGE, number)).chain([grid(OTHER_VILLAGE, 1)]);
        let grids = codes.map(|code| Grid { code, name: String::new(), shape: shape(), synthetic: true });
        ReferenceData {
            organisations: Organisations::new(
                organisations.map(|code| (code.parse().unwrap(), String::new())),
            ),
            grids: GridIndex::new(grids.collect()).unwrap(),
            ..ReferenceData::default()
        }
    }

    #[test]
    fn a_post_exists_and_fits() {
        let reference_data = reference_data();
        let check = |role, organisation: &str, grids: Vec<GridCode>| {
            Assignment { role, organisation: organisation.parse().unwrap(), grids }.check(&reference_data)
        };
        let outside = |village: &str, unit: &str| {
            Err(AccountError::GridOutside { grid: grid(village, 1), unit: unit.parse().unwrap() })
        };
        let misfit = |role, organisation: &str| {
            Err(AccountError::RoleDoesNotFit { role, organisation: organisation.parse().unwrap() })
        };
        let (desk, department) = ("411224107201-desk", "411224107-power_utility");

        assert_eq!(check(Role::GridWorker, desk, vec![]), Ok(()));
        assert_eq!(check(Role::GridWorker, desk, vec![grid(VILLAGE, 2), grid(VILLAGE, 1)]), Ok(()));
        assert_eq!(check(Role::GridWorker, "411224107-desk", vec![grid(OTHER_VILLAGE, 1)]), Ok(()));
        assert_eq!(check(Role::Handler, department, vec![]), Ok(()));
        assert_eq!(check(Role::SecurityAdmin, "411224-desk", vec![]), Ok(()));

        let nowhere = "411224108-desk";
        let unknown = AccountError::UnknownOrganisation(nowhere.parse().unwrap());
        assert_eq!(check(Role::TownshipDispatcher, nowhere, vec![]), Err(unknown));
        assert_eq!(check(Role::TownshipDispatcher, desk, vec![]), misfit(Role::TownshipDispatcher, desk));
        assert_eq!(check(Role::Handler, desk, vec![]), misfit(Role::Handler, desk));
        assert_eq!(check(Role::GridWorker, department, vec![]), misfit(Role::GridWorker, department));

        let one = || vec![grid(VILLAGE, 1)];
        assert_eq!(check(Role::Handler, department, one()), Err(AccountError::NoGrids(Role::Handler)));
        let many = (1..=60).map(|number| grid(VILLAGE, number)).collect();
        assert_eq!(check(Role::GridWorker, desk, many), Err(AccountError::TooManyGrids(60)));
        let missing = grid(VILLAGE, 61);
        assert_eq!(check(Role::GridWorker, desk, vec![missing]), Err(AccountError::UnknownGrid(missing)));
        assert_eq!(
            check(Role::GridWorker, desk, vec![grid(OTHER_VILLAGE, 1)]),
            outside(OTHER_VILLAGE, VILLAGE)
        );
        let twice = [one(), one()].concat();
        assert_eq!(check(Role::GridWorker, desk, twice), Err(AccountError::DoubleGrid(grid(VILLAGE, 1))));
    }
}
