//! Accounts of a village outside the small city, so that tests of accounts do not see the people of that city.

use chrono::TimeDelta;
use grassroots_domain::{
    account::Role,
    geography::unit::{Unit, UnitCode},
    ids::AccountId,
    organisation::OrganisationCode,
    time::Instant,
};
use grassroots_persistence::{
    account::accounts::{Account, PasswordHash},
    database::{error::StoreError, store::Store},
    reference::{
        grids::{self, StoredGrid},
        organisations, units,
    },
};
use uuid::Uuid;

pub const OTHER_CITY: &str = "4113";
pub const VILLAGE: &str = "411324107201";

pub fn at(seconds: i64) -> Instant {
    Instant::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

/// Writes a city and a village with two grids, and their desks.
pub async fn seed_village(store: &Store) {
    store
        .write(|db| {
            for code in [OTHER_CITY, VILLAGE].map(|text| text.parse::<UnitCode>().unwrap()) {
                let (name, short_name, kind) = (code.to_string(), code.to_string(), "unit".to_owned());
                units::save(db, &Unit { code, name, short_name, kind })?;
                organisations::save(db, OrganisationCode::desk(code), "desk")?;
            }
            for number in ["001", "002"] {
                let code = format!("{VILLAGE}{number}").parse().unwrap();
                let (name, shape) = (number.to_owned(), "{}".to_owned());
                grids::save(db, &StoredGrid { code, name, shape, synthetic: true })?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}

pub fn account(username: &str, role: Role, unit: &str, grid_numbers: &[&str]) -> Account {
    Account {
        id: AccountId(Uuid::new_v4()),
        username: username.to_owned(),
        display_name: "张三".to_owned(),
        role,
        organisation: OrganisationCode::desk(unit.parse().unwrap()),
        grids: grid_numbers.iter().map(|number| format!("{VILLAGE}{number}").parse().unwrap()).collect(),
        must_change_password: true,
        disabled: false,
        created_at: at(0),
        updated_at: at(0),
    }
}

pub fn password(text: &str) -> PasswordHash {
    PasswordHash(text.to_owned())
}
