//! The demo: Sanmenxia with its villages, rules and nine accounts, from files inside the program.

use grassroots_domain::{
    account::Role,
    geography::{
        grid::{Grid, GridIndex},
        unit::{CodeError, GridCode},
        unit_tree::UnitTree,
    },
    organisation::{OrganisationCode, OrganisationKind},
    reference_data::ReferenceData,
    time::Instant,
};
use grassroots_persistence::{
    account::accounts,
    database::{
        db::Db,
        error::{StoreError, StoreResult, WriteError},
        store::Store,
    },
    reference::{
        grids,
        reference_data::{self, ReferenceStamp},
        units,
    },
};

use crate::{
    app::{
        accounts::{AccountError, FirstPassword, NewAccount},
        assignments::Assignment,
        rules::ChangeError,
        snapshot::parse_shape,
    },
    auth::{Secret, passwords::Passwords},
    import::{
        self, LineError,
        accounts::{Accounts, Ready},
        calendar::Calendar,
        categories::Categories,
        divisions::Divisions,
        grids::Grids,
    },
};

/// The password of every account of the demo.
pub const PASSWORD: &str = "Grassroots-2023";
/// The city: 三门峡市.
pub const CITY: &str = "4112";
/// The county of the accounts: 卢氏县.
pub const COUNTY: &str = "411224";
/// The township of the accounts: 东明镇.
pub const TOWNSHIP: &str = "411224107";
/// The village of the accounts: 东明村.
pub const VILLAGE: &str = "411224107200";
/// The only grid of that village.
pub const GRID: &str = "411224107200001";
/// A place in that grid: longitude and latitude, WGS-84.
pub const PLACE: (f64, f64) = (110.8569, 33.7606);
/// What is owed wherever the cells are shown.
pub const ATTRIBUTION: &str = "行政区划数据来源：天地图，审图号 GS(2024)0650号";

const DIVISIONS: &[u8] = include_bytes!("../data/sanmenxia/divisions.csv");
const CELLS: &[u8] = include_bytes!("../data/sanmenxia/village_cells.geojson");
const CATEGORIES: &[u8] = include_bytes!("../data/sanmenxia/categories.csv");
const CALENDAR: &[u8] = include_bytes!("../data/sanmenxia/calendar_cn.csv");

/// An account of the demo.
#[derive(Clone, Copy, Debug)]
pub struct DemoAccount {
    /// What to sign in with; the password is [`PASSWORD`].
    pub username: &'static str,
    /// Its role.
    pub role: Role,
    /// The unit of its organisation.
    pub unit: &'static str,
    /// Its organisation there.
    pub kind: OrganisationKind,
}

/// Every account of the demo.
pub const ACCOUNTS: [DemoAccount; 9] = {
    const fn at(username: &'static str, role: Role, unit: &'static str) -> DemoAccount {
        DemoAccount { username, role, unit, kind: OrganisationKind::Desk }
    }
    [
        at("worker", Role::GridWorker, VILLAGE),
        at("village", Role::VillageOfficer, VILLAGE),
        at("dispatcher", Role::TownshipDispatcher, TOWNSHIP),
        DemoAccount { kind: OrganisationKind::UrbanManagement, ..at("handler", Role::Handler, TOWNSHIP) },
        at("county", Role::EscalationReviewer, COUNTY),
        at("city", Role::CityOverseer, CITY),
        at("sysadmin", Role::SystemAdmin, CITY),
        at("secadmin", Role::SecurityAdmin, CITY),
        at("auditor", Role::AuditAdmin, CITY),
    ]
};

impl DemoAccount {
    fn organisation(&self) -> Result<OrganisationCode, CodeError> {
        Ok(OrganisationCode { unit: self.unit.parse()?, kind: self.kind })
    }

    fn to_new(self) -> Result<NewAccount, CodeError> {
        let grids = if self.role == Role::GridWorker { vec![GridCode::parse(GRID)?] } else { Vec::new() };
        Ok(NewAccount {
            username: self.username.to_owned(),
            display_name: format!("{}（演示）", self.role.zh()),
            post: Assignment { role: self.role, organisation: self.organisation()?, grids },
            // It is printed on every start: changing it at the first sign-in would help nobody.
            password: FirstPassword::Settled(Secret::from(PASSWORD.to_owned())),
        })
    }
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database is in use for something else.
    #[error("the database holds other units, rules or accounts; the demo wants one of its own")]
    OtherData,
    /// The files inside the program contradict the program.
    #[error("the demo's own files are broken: {0}")]
    Broken(String),
    /// An account could not be made.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WriteError for DemoError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Account(error) => error.store_error(),
            Self::OtherData | Self::Broken(_) => None,
        }
    }
}

impl From<Vec<LineError>> for DemoError {
    fn from(errors: Vec<LineError>) -> Self {
        Self::Broken(errors.iter().map(ToString::to_string).collect())
    }
}

impl From<ChangeError> for DemoError {
    fn from(error: ChangeError) -> Self {
        if let ChangeError::Store(error) = error {
            return Self::Store(error);
        }
        Self::Broken(error.to_string())
    }
}

impl From<CodeError> for DemoError {
    fn from(error: CodeError) -> Self {
        Self::Broken(error.to_string())
    }
}

/// The files inside the program, read.
struct City {
    divisions: Divisions,
    grids: Grids,
    categories: Categories,
    calendar: Calendar,
}

impl City {
    fn read() -> Result<Self, DemoError> {
        let divisions = import::divisions::parse(DIVISIONS, &UnitTree::default())?;
        let units = tree(&divisions)?;
        Ok(Self {
            grids: import::grids::parse(CELLS, &units)?,
            categories: import::categories::parse(CATEGORIES)?,
            calendar: import::calendar::parse(CALENDAR)?,
            divisions,
        })
    }
}

fn tree(divisions: &Divisions) -> Result<UnitTree, DemoError> {
    UnitTree::new(divisions.0.clone()).map_err(|error| DemoError::Broken(error.to_string()))
}

/// Units and grids of the demo, without any database and without organisations.
///
/// # Errors
/// When the files inside the program contradict the program.
pub fn ground() -> Result<ReferenceData, DemoError> {
    let city = City::read()?;
    let broken = |error: &dyn std::fmt::Display| DemoError::Broken(error.to_string());
    let grid = |grid: grids::StoredGrid| {
        let shape = parse_shape(&grid.shape).map_err(DemoError::Broken)?;
        Ok(Grid { code: grid.code, name: grid.name, shape, synthetic: grid.synthetic })
    };
    let grids = city.grids.0.into_iter().map(grid).collect::<Result<_, DemoError>>()?;
    Ok(ReferenceData {
        units: tree(&city.divisions)?,
        grids: GridIndex::new(grids).map_err(|error| broken(&error))?,
        ..ReferenceData::default()
    })
}

/// What a database holds, as far as the demo cares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holding {
    /// Nothing yet.
    Nothing,
    /// The demo.
    Demo,
    /// Something else.
    Other,
}

/// What the database holds. It is the demo if it has all accounts of the demo: they may be moved and disabled, but user
/// names stay.
///
/// # Errors
/// When the database fails.
pub fn holding(db: &mut Db) -> StoreResult<Holding> {
    let mut found = 0;
    for demo in ACCOUNTS {
        found += usize::from(accounts::find_by_username(db, demo.username)?.is_some());
    }
    if found == ACCOUNTS.len() {
        return Ok(Holding::Demo);
    }
    // Accounts belong to organisations, and organisations to units.
    let is_empty = units::all(db)?.is_empty() && reference_data::stamp(db)? == ReferenceStamp::default();
    Ok(if is_empty { Holding::Nothing } else { Holding::Other })
}

/// Fills an empty database with the demo; one that has it already is left as it is. Says which.
///
/// # Errors
/// [`DemoError::OtherData`] for a database that is used for something else, and when hashing or the store fails.
pub async fn seed(store: &Store, passwords: &Passwords, now: Instant) -> Result<bool, DemoError> {
    match store.read(holding).await? {
        Holding::Demo => return Ok(false),
        Holding::Other => return Err(DemoError::OtherData),
        Holding::Nothing => {}
    }
    let wanted = ACCOUNTS.into_iter().map(DemoAccount::to_new).collect::<Result<Vec<_>, _>>()?;
    let hashing = import::accounts::prepare(Accounts(wanted), store, passwords);
    let reading = async {
        tokio::task::spawn_blocking(City::read).await.map_err(|error| DemoError::Broken(error.to_string()))?
    };
    let (city, ready) = futures_util::future::try_join(reading, async { Ok(hashing.await?) }).await?;
    store
        .write(move |db| match holding(db)? {
            // Another process was faster.
            Holding::Demo => Ok(false),
            Holding::Other => Err(DemoError::OtherData),
            Holding::Nothing => fill(db, &city, &ready, now).map(|()| true),
        })
        .await
}

fn fill(db: &mut Db, city: &City, ready: &[Ready], now: Instant) -> Result<(), DemoError> {
    import::divisions::apply(db, &city.divisions, now)?;
    import::grids::apply(db, &city.grids, now)?;
    import::calendar::apply(db, &city.calendar, now)?;
    import::categories::apply(db, &city.categories, now)?;
    import::accounts::apply(db, ready, now)?;
    Ok(())
}

/// What is said at every start of the demo, served at `url`.
#[must_use]
pub fn banner(url: &str) -> String {
    let accounts: String = ACCOUNTS
        .iter()
        .map(|demo| format!("  {:<12}{} ({})\n", demo.username, demo.role.zh(), demo.role))
        .collect();
    format!(
        "\n演示：河南省三门峡市。单位、类别和节假日为真实数据；网格形状为合成数据，并非真实边界。\n\
         Demo: Sanmenxia, Henan. Units, categories and holidays are real; the shapes of the grids are synthetic.\n\
         {ATTRIBUTION}\n\n\
         {url}\n\n\
         账号（密码均为 {PASSWORD}）· Accounts, all with the password {PASSWORD}:\n{accounts}"
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use grassroots_domain::geography::datum::LonLat;
    use grassroots_persistence::database::{migrations, store::StoreConfig};

    use super::*;

    const NOW: Instant = Instant::UNIX_EPOCH;

    fn open(folder: &tempfile::TempDir) -> Store {
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        migrations::migrate(&url).unwrap();
        Store::open(&StoreConfig { url, connections: 2, patience: Duration::from_secs(5) }).unwrap()
    }

    #[test]
    fn the_files_inside_the_program_are_good_and_the_accounts_fit_them() {
        let city = City::read().unwrap();
        assert_eq!(city.divisions.0.len(), 1 + 7 + 81 + 1_381);
        assert_eq!((city.grids.0.len(), city.categories.0.len()), (1_381, 65));
        let ground = ground().unwrap();
        let place = LonLat { lon: PLACE.0, lat: PLACE.1 };
        assert_eq!(ground.grids.locate(place).unwrap().to_string(), GRID);
        for demo in ACCOUNTS {
            assert!(demo.role.fits(demo.organisation().unwrap()), "{}", demo.username);
            assert!(ground.units.get(demo.unit.parse().unwrap()).is_some());
        }
    }
    #[tokio::test]
    async fn the_demo_is_loaded_once_and_importing_its_files_again_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (store, passwords) = (open(&folder), Passwords::new().unwrap());
        assert!(seed(&store, &passwords, NOW).await.unwrap());
        assert!(!seed(&store, &passwords, NOW).await.unwrap());
        let before = store.read(reference_data::stamp).await.unwrap();
        let city = City::read().unwrap();
        let again: Result<_, ChangeError> = store
            .write(move |db| {
                Ok([
                    import::divisions::apply(db, &city.divisions, NOW)?,
                    import::grids::apply(db, &city.grids, NOW)?,
                    import::calendar::apply(db, &city.calendar, NOW)?,
                    import::categories::apply(db, &city.categories, NOW)?,
                ])
            })
            .await;
        for summary in again.unwrap() {
            assert!(
                summary.counts.iter().all(|(_, counts)| !counts.any() && counts.unchanged > 0),
                "{summary}"
            );
        }
        assert_eq!(store.read(reference_data::stamp).await.unwrap(), before);
    }

    #[tokio::test]
    async fn the_demo_is_not_mixed_with_other_data() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder);
        let city = City::read().unwrap();
        store.write(move |db| import::categories::apply(db, &city.categories, NOW)).await.unwrap();
        let refused = seed(&store, &Passwords::new().unwrap(), NOW).await.unwrap_err();
        assert!(matches!(refused, DemoError::OtherData), "{refused}");
        assert!(store.read(units::all).await.unwrap().is_empty());
    }
}
