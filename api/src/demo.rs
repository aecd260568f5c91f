//! The demo: the city of Sanmenxia with its units, grids and rules, and nine accounts. Its files are part of the program.

use grassroots_domain::{
    account::Role,
    geography::{
        grid::{Grid, GridIndex},
        unit::GridCode,
        unit_tree::UnitTree,
    },
    organisation::{OrganisationCode, OrganisationKind},
    reference_data::ReferenceData,
    text::invalid_value::InvalidValue,
    time::Instant,
};
use grassroots_persistence::{
    account::accounts,
    database::{
        db::Db,
        error::{StoreError, StoreResult},
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
        assignments::Assignment,
        error::AppError,
        registration::{FirstPassword, NewAccount},
        snapshot::parse_shape,
    },
    auth::passwords::Passwords,
    import::{
        self, LineError,
        accounts::{Accounts, PreparedAccount},
        calendar::Calendar,
        categories::Categories,
        divisions::Divisions,
        grids::Grids,
    },
    secret::Secret,
};

/// The password of all accounts of the demo.
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
/// A position in that grid: longitude and latitude, WGS-84.
pub const PLACE: (f64, f64) = (110.8569, 33.7606);
/// The attribution that must be shown with the grids.
pub const ATTRIBUTION: &str = "行政区划数据来源：天地图，审图号 GS(2024)0650号";

const DIVISIONS: &[u8] = include_bytes!("../data/sanmenxia/divisions.csv");
const CELLS: &[u8] = include_bytes!("../data/sanmenxia/village_cells.geojson");
const CATEGORIES: &[u8] = include_bytes!("../data/sanmenxia/categories.csv");
const CALENDAR: &[u8] = include_bytes!("../data/sanmenxia/calendar_cn.csv");

/// An account of the demo.
#[derive(Clone, Copy, Debug)]
pub struct DemoAccount {
    pub username: &'static str,
    pub role: Role,
    /// The unit of its organisation.
    pub unit: &'static str,
    /// The kind of its organisation.
    pub kind: OrganisationKind,
}

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
    fn organisation(&self) -> Result<OrganisationCode, InvalidValue> {
        Ok(OrganisationCode { unit: self.unit.parse()?, kind: self.kind })
    }

    fn to_new(self) -> Result<NewAccount, InvalidValue> {
        let grids = if self.role == Role::GridWorker { vec![GridCode::parse(GRID)?] } else { Vec::new() };
        Ok(NewAccount {
            username: self.username.to_owned(),
            display_name: format!("{}（演示）", self.role.zh()),
            post: Assignment { role: self.role, organisation: self.organisation()?, grids },
            // The password is public, so it need not be changed at the first sign-in.
            password: FirstPassword::Settled(Secret::from(PASSWORD.to_owned())),
        })
    }
}

/// An error while the demo is loaded.
#[derive(Debug)]
pub enum DemoError {
    /// The database contains other data.
    OtherData,
    /// The files of the demo are invalid.
    Broken(String),
    /// The data could not be written.
    App(AppError),
}

impl From<AppError> for DemoError {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<StoreError> for DemoError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

impl From<Vec<LineError>> for DemoError {
    fn from(errors: Vec<LineError>) -> Self {
        Self::Broken(errors.iter().map(ToString::to_string).collect())
    }
}

impl From<InvalidValue> for DemoError {
    fn from(error: InvalidValue) -> Self {
        Self::Broken(error.to_string())
    }
}

/// The parsed files of the demo.
struct DemoFiles {
    divisions: Divisions,
    grids: Grids,
    categories: Categories,
    calendar: Calendar,
}

impl DemoFiles {
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

/// Reads the units and grids of the demo from its files, without a database. Organisations are not included.
///
/// # Errors
/// The files of the demo are invalid.
pub fn load_reference_data() -> Result<ReferenceData, DemoError> {
    let files = DemoFiles::read()?;
    let broken = |error: &dyn std::fmt::Display| DemoError::Broken(error.to_string());
    let grid = |grid: grids::StoredGrid| {
        let shape = parse_shape(&grid.shape).map_err(DemoError::Broken)?;
        Ok(Grid { code: grid.code, name: grid.name, shape, synthetic: grid.synthetic })
    };
    let grids = files.grids.0.into_iter().map(grid).collect::<Result<_, DemoError>>()?;
    Ok(ReferenceData {
        units: tree(&files.divisions)?,
        grids: GridIndex::new(grids).map_err(|error| broken(&error))?,
        ..ReferenceData::default()
    })
}

/// What a database contains.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DatabaseContent {
    Empty,
    Demo,
    /// Data of another installation.
    Other,
}

/// Tells whether a database is empty, contains the demo or other data. The demo is recognised by its user names, which
/// never change.
///
/// # Errors
/// The database failed.
pub fn database_content(db: &mut Db) -> StoreResult<DatabaseContent> {
    let mut found = 0;
    for demo in ACCOUNTS {
        found += usize::from(accounts::find_by_username(db, demo.username)?.is_some());
    }
    if found == ACCOUNTS.len() {
        return Ok(DatabaseContent::Demo);
    }
    // Without units there are no accounts, because an account has an organisation and an organisation has a unit.
    let is_empty = units::all(db)?.is_empty() && reference_data::stamp(db)? == ReferenceStamp::default();
    Ok(if is_empty { DatabaseContent::Empty } else { DatabaseContent::Other })
}

/// Loads the demo into an empty database. Returns false if the database already contains the demo.
///
/// # Errors
/// [`DemoError::OtherData`] if the database contains other data. Also if hashing or the database fails.
pub async fn seed(store: &Store, passwords: &Passwords, now: Instant) -> Result<bool, DemoError> {
    match store.read(database_content).await? {
        DatabaseContent::Demo => return Ok(false),
        DatabaseContent::Other => return Err(DemoError::OtherData),
        DatabaseContent::Empty => {}
    }
    let accounts = ACCOUNTS.into_iter().map(DemoAccount::to_new).collect::<Result<Vec<_>, _>>()?;
    let hashing = import::accounts::prepare(Accounts(accounts), store, passwords);
    let reading = async {
        tokio::task::spawn_blocking(DemoFiles::read)
            .await
            .map_err(|error| DemoError::Broken(error.to_string()))?
    };
    let (files, ready) = futures_util::future::try_join(reading, async { Ok(hashing.await?) }).await?;
    let fill_empty = move |db: &mut Db| -> Result<DatabaseContent, AppError> {
        let before = database_content(db)?;
        if before == DatabaseContent::Empty {
            fill(db, &files, &ready, now)?;
        }
        Ok(before)
    };
    match store.write(fill_empty).await? {
        // Another process loaded the demo meanwhile.
        DatabaseContent::Demo => Ok(false),
        DatabaseContent::Other => Err(DemoError::OtherData),
        DatabaseContent::Empty => Ok(true),
    }
}

fn fill(db: &mut Db, files: &DemoFiles, ready: &[PreparedAccount], now: Instant) -> Result<(), AppError> {
    import::divisions::apply(db, &files.divisions, now)?;
    import::grids::apply(db, &files.grids, now)?;
    import::calendar::apply(db, &files.calendar, now)?;
    import::categories::apply(db, &files.categories, now)?;
    import::accounts::apply(db, ready, now)?;
    Ok(())
}

/// The text that is printed when the demo starts. `url` is the address of the server.
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
    fn the_files_of_the_demo_are_valid_and_contain_the_units_of_its_accounts() {
        let files = DemoFiles::read().unwrap();
        assert_eq!(files.divisions.0.len(), 1 + 7 + 81 + 1_381);
        assert_eq!((files.grids.0.len(), files.categories.0.len()), (1_381, 65));
        let reference_data = load_reference_data().unwrap();
        let place = LonLat { lon: PLACE.0, lat: PLACE.1 };
        assert_eq!(reference_data.grids.locate(place).unwrap().to_string(), GRID);
        for demo in ACCOUNTS {
            assert!(demo.role.fits(demo.organisation().unwrap()), "{}", demo.username);
            assert!(reference_data.units.get(demo.unit.parse().unwrap()).is_some());
        }
    }

    #[tokio::test]
    async fn the_demo_is_loaded_once_and_importing_its_files_again_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (store, passwords) = (open(&folder), Passwords::new().unwrap());
        assert!(seed(&store, &passwords, NOW).await.unwrap());
        assert!(!seed(&store, &passwords, NOW).await.unwrap());
        let before = store.read(reference_data::stamp).await.unwrap();
        let files = DemoFiles::read().unwrap();
        let again: Result<_, AppError> = store
            .write(move |db| {
                Ok([
                    import::divisions::apply(db, &files.divisions, NOW)?,
                    import::grids::apply(db, &files.grids, NOW)?,
                    import::calendar::apply(db, &files.calendar, NOW)?,
                    import::categories::apply(db, &files.categories, NOW)?,
                ])
            })
            .await;
        for summary in again.unwrap() {
            assert!(
                summary.counts.iter().all(|(_, counts)| !counts.has_changes() && counts.unchanged > 0),
                "{summary}"
            );
        }
        assert_eq!(store.read(reference_data::stamp).await.unwrap(), before);
    }

    #[tokio::test]
    async fn the_demo_is_not_loaded_into_a_database_with_other_data() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder);
        let files = DemoFiles::read().unwrap();
        store.write(move |db| import::categories::apply(db, &files.categories, NOW)).await.unwrap();
        let refused = seed(&store, &Passwords::new().unwrap(), NOW).await.unwrap_err();
        assert!(matches!(refused, DemoError::OtherData), "{refused:?}");
        assert!(store.read(units::all).await.unwrap().is_empty());
    }
}
