//! Tables `account` and `account_grid`: who may sign in, in which role, for which organisation.

use std::{collections::HashMap, fmt};

use diesel::prelude::*;
use grassroots_domain::{
    account::{Actor, Role},
    geography::unit::{GridCode, UnitCode},
    ids::AccountId,
    organisation::OrganisationCode,
    time::Instant,
};

use crate::{
    database::{
        db::{Db, DbId, DbTime, on_each},
        error::{StoreResult, decode},
        schema::{account, account_grid},
    },
    reference::grids,
};

/// An account as it is kept, without its password.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its identity.
    pub id: AccountId,
    /// What its owner signs in with. Unique.
    pub username: String,
    /// What others see.
    pub display_name: String,
    /// What it may do.
    pub role: Role,
    /// The organisation it works for.
    pub organisation: OrganisationCode,
    /// The grids its owner walks; the first is the usual one.
    pub grids: Vec<GridCode>,
    /// Whether nothing but a change of the password is allowed.
    pub must_change_password: bool,
    /// Whether signing in is refused.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Instant,
    /// When an administrator or its owner last changed it.
    pub updated_at: Instant,
}

impl Account {
    /// The account as rules see it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor {
            account: self.id,
            role: self.role,
            organisation: self.organisation,
            grids: self.grids.clone(),
        }
    }
}

/// A hashed password, as a PHC string. Does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Which accounts to list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountFilter {
    /// Those of this unit and the units under it.
    pub within: UnitCode,
    /// Those whose user name comes after this one.
    pub after: Option<String>,
    /// How many at most.
    pub limit: u32,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = account, treat_none_as_default_value = false)]
pub(crate) struct Row {
    id: DbId,
    username: String,
    display_name: String,
    password_hash: String,
    role: String,
    organisation: String,
    must_change_password: bool,
    disabled: bool,
    created_at: DbTime,
    updated_at: DbTime,
}

impl Row {
    fn new(one: &Account, password: &PasswordHash) -> Self {
        Self {
            id: one.id.into(),
            username: one.username.clone(),
            display_name: one.display_name.clone(),
            password_hash: password.0.clone(),
            role: one.role.as_str().to_owned(),
            organisation: one.organisation.to_string(),
            must_change_password: one.must_change_password,
            disabled: one.disabled,
            created_at: DbTime(one.created_at),
            updated_at: DbTime(one.updated_at),
        }
    }

    fn decode(self, grids: Vec<GridCode>) -> StoreResult<(Account, PasswordHash)> {
        let one = Account {
            id: AccountId(self.id.0),
            role: decode("account.role", &self.role)?,
            organisation: decode("account.organisation", &self.organisation)?,
            username: self.username,
            display_name: self.display_name,
            grids,
            must_change_password: self.must_change_password,
            disabled: self.disabled,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
        };
        Ok((one, PasswordHash(self.password_hash)))
    }

    /// The account, with its grids fetched.
    pub(crate) fn complete(self, db: &mut Db) -> StoreResult<(Account, PasswordHash)> {
        let grids = grids_of(db, &[self.id])?.remove(&self.id.0).unwrap_or_default();
        self.decode(grids)
    }
}

/// Adds an account and says whether it could: not if its user name is taken.
///
/// # Errors
/// When the query fails, such as for an organisation or a grid that does not exist.
pub fn insert(db: &mut Db, one: &Account, password: &PasswordHash) -> StoreResult<bool> {
    let row = Row::new(one, password);
    let inserted = on_each!(db, conn => diesel::insert_into(account::table)
        .values(&row)
        .on_conflict(account::username)
        .do_nothing()
        .execute(conn))?;
    if inserted == 0 {
        return Ok(false);
    }
    insert_grids(db, one.id, &one.grids)?;
    Ok(true)
}

/// The account with this id.
///
/// # Errors
/// When the query fails or the row does not decode.
pub fn get(db: &mut Db, id: AccountId) -> StoreResult<Option<Account>> {
    let row: Option<Row> =
        account::table.find(DbId::from(id)).select(Row::as_select()).first(db).optional()?;
    Ok(completed(db, row)?.map(|(one, _)| one))
}

/// The account that signs in as `username`, and its password.
///
/// # Errors
/// When the query fails or the row does not decode.
pub fn find_by_username(db: &mut Db, username: &str) -> StoreResult<Option<(Account, PasswordHash)>> {
    let row: Option<Row> = account::table
        .filter(account::username.eq(username))
        .select(Row::as_select())
        .first(db)
        .optional()?;
    completed(db, row)
}

/// The account with this id and its password, which nobody else changes until this write ends.
///
/// # Errors
/// When the query fails or the row does not decode.
pub fn hold(db: &mut Db, id: AccountId) -> StoreResult<Option<(Account, PasswordHash)>> {
    let found = account::table.find(DbId::from(id));
    let row: Option<Row> = match db {
        // Not `FOR UPDATE`, which would keep rows that refer to the account from being inserted.
        Db::Postgres(conn) => found.for_no_key_update().select(Row::as_select()).first(conn),
        // SQLite has one writer.
        Db::Sqlite(conn) => found.select(Row::as_select()).first(conn),
    }
    .optional()?;
    completed(db, row)
}

/// Accounts by user name, as `filter` has them.
///
/// # Errors
/// When the query fails or a row does not decode.
pub fn list(db: &mut Db, filter: &AccountFilter) -> StoreResult<Vec<Account>> {
    // Codes of units are prefixes of those of the units under them, and digits need no escape.
    let within = account::organisation.like(format!("{}%", filter.within));
    // Every user name comes after the empty one.
    let after = account::username.gt(filter.after.as_deref().unwrap_or_default());
    let rows: Vec<Row> = account::table
        .filter(within)
        .filter(after)
        .order(account::username)
        .limit(i64::from(filter.limit))
        .select(Row::as_select())
        .load(db)?;
    let ids: Vec<DbId> = rows.iter().map(|row| row.id).collect();
    let mut grids = grids_of(db, &ids)?;
    rows.into_iter()
        .map(|row| {
            let walked = grids.remove(&row.id.0).unwrap_or_default();
            row.decode(walked).map(|(one, _)| one)
        })
        .collect()
}

/// How many others of `organisation` can sign in, besides `account`.
///
/// # Errors
/// When the query fails.
pub fn count_colleagues(db: &mut Db, organisation: OrganisationCode, account: AccountId) -> StoreResult<i64> {
    Ok(account::table
        .filter(account::organisation.eq(organisation.to_string()))
        .filter(account::disabled.eq(false))
        .filter(account::role.ne(Role::GridWorker.as_str()))
        .filter(account::id.ne(DbId::from(account)))
        .count()
        .get_result(db)?)
}

/// How many accounts with `role` can sign in. The answer holds until this write ends: whoever else takes one of them
/// away waits.
///
/// # Errors
/// When the query fails.
pub fn count_active(db: &mut Db, role: Role) -> StoreResult<usize> {
    let query = account::table
        .filter(account::role.eq(role.as_str()))
        .filter(account::disabled.eq(false))
        // One order for all, so that two who count do not wait for each other.
        .order(account::id)
        .select(account::id);
    let ids: Vec<DbId> = match db {
        Db::Postgres(conn) => query.for_no_key_update().load(conn),
        Db::Sqlite(conn) => query.load(conn),
    }?;
    Ok(ids.len())
}

/// Sets a new password, and whether it has to be changed at once.
///
/// # Errors
/// When the query fails.
pub fn set_password(
    db: &mut Db,
    id: AccountId,
    password: &PasswordHash,
    must_change: bool,
    at: Instant,
) -> StoreResult<()> {
    let change = (
        account::password_hash.eq(&password.0),
        account::must_change_password.eq(must_change),
        account::updated_at.eq(DbTime(at)),
    );
    diesel::update(account::table.find(DbId::from(id))).set(change).execute(db)?;
    Ok(())
}

/// Refuses or allows signing in.
///
/// # Errors
/// When the query fails.
pub fn set_disabled(db: &mut Db, id: AccountId, disabled: bool, at: Instant) -> StoreResult<()> {
    let change = (account::disabled.eq(disabled), account::updated_at.eq(DbTime(at)));
    diesel::update(account::table.find(DbId::from(id))).set(change).execute(db)?;
    Ok(())
}

/// Gives an account another display name.
///
/// # Errors
/// When the query fails.
pub fn rename(db: &mut Db, id: AccountId, display_name: &str, at: Instant) -> StoreResult<()> {
    let change = (account::display_name.eq(display_name), account::updated_at.eq(DbTime(at)));
    diesel::update(account::table.find(DbId::from(id))).set(change).execute(db)?;
    Ok(())
}

/// Gives an account another role, organisation and grids.
///
/// # Errors
/// When the query fails, such as for an organisation or a grid that does not exist.
pub fn move_to(
    db: &mut Db,
    id: AccountId,
    role: Role,
    organisation: OrganisationCode,
    grids: &[GridCode],
    at: Instant,
) -> StoreResult<()> {
    let change = (
        account::role.eq(role.as_str()),
        account::organisation.eq(organisation.to_string()),
        account::updated_at.eq(DbTime(at)),
    );
    diesel::update(account::table.find(DbId::from(id))).set(change).execute(db)?;
    diesel::delete(account_grid::table.filter(account_grid::account_id.eq(DbId::from(id)))).execute(db)?;
    insert_grids(db, id, grids)
}

fn completed(db: &mut Db, row: Option<Row>) -> StoreResult<Option<(Account, PasswordHash)>> {
    row.map(|row| row.complete(db)).transpose()
}

fn insert_grids(db: &mut Db, id: AccountId, codes: &[GridCode]) -> StoreResult<()> {
    // One by one: for several rows diesel opens a transaction of its own on SQLite, inside of which we are.
    for (position, code) in (0i16..).zip(codes) {
        let row = (
            account_grid::account_id.eq(DbId::from(id)),
            account_grid::position.eq(position),
            account_grid::grid_code.eq(grids::to_db(*code)),
        );
        diesel::insert_into(account_grid::table).values(row).execute(db)?;
    }
    Ok(())
}

/// The grids of each account, in its order.
fn grids_of(db: &mut Db, ids: &[DbId]) -> StoreResult<HashMap<uuid::Uuid, Vec<GridCode>>> {
    let rows: Vec<(DbId, i64)> = on_each!(db, conn => account_grid::table
        .filter(account_grid::account_id.eq_any(ids))
        .order((account_grid::account_id, account_grid::position))
        .select((account_grid::account_id, account_grid::grid_code))
        .load(conn))?;
    let mut grids: HashMap<uuid::Uuid, Vec<GridCode>> = HashMap::new();
    for (id, code) in rows {
        grids.entry(id.0).or_default().push(grids::from_db(code)?);
    }
    Ok(grids)
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::TimeDelta;
    use grassroots_domain::{
        geography::unit::{Unit, UnitCode},
        organisation::OrganisationCode,
    };
    use uuid::Uuid;

    use super::*;
    use crate::{
        database::{
            error::StoreError,
            migrations::migrate,
            store::{Store, StoreConfig},
        },
        reference::{grids::StoredGrid, organisations, units},
    };

    pub(crate) const VILLAGE: &str = "411224107201";

    pub(crate) fn at(seconds: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    /// A migrated database with a city, a village with two grids, and their desks.
    pub(crate) async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        migrate(&url).unwrap();
        let config = StoreConfig { url, connections: 4, patience: std::time::Duration::from_secs(5) };
        let store = Store::open(&config).unwrap();
        store
            .write(|db| {
                for code in ["4112", VILLAGE].map(|text| text.parse::<UnitCode>().unwrap()) {
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
        (folder, store)
    }

    pub(crate) fn account(username: &str, role: Role, unit: &str, grid_numbers: &[&str]) -> Account {
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

    pub(crate) fn password(text: &str) -> PasswordHash {
        PasswordHash(text.to_owned())
    }

    async fn added(store: &Store, one: &Account) -> bool {
        let one = one.clone();
        store.write(move |db| insert(db, &one, &password("first"))).await.unwrap()
    }

    async fn known(store: &Store, id: AccountId) -> Option<Account> {
        store.read(move |db| get(db, id)).await.unwrap()
    }

    #[tokio::test]
    async fn an_account_comes_back_as_it_was() {
        let (_folder, store) = store().await;
        let zhang = account("zhang", Role::GridWorker, VILLAGE, &["002", "001"]);
        assert!(added(&store, &zhang).await);
        assert_eq!(known(&store, zhang.id).await, Some(zhang.clone()));
        let found = store.read(|db| find_by_username(db, "zhang")).await.unwrap();
        assert_eq!(found, Some((zhang.clone(), password("first"))));
        let id = zhang.id;
        assert_eq!(store.write(move |db| hold(db, id)).await.unwrap(), Some((zhang, password("first"))));
        assert_eq!(store.read(|db| find_by_username(db, "ZHANG")).await.unwrap(), None);
        assert_eq!(known(&store, AccountId(Uuid::nil())).await, None);
    }

    #[tokio::test]
    async fn a_user_name_is_given_once_and_the_write_goes_on() {
        let (_folder, store) = store().await;
        assert!(added(&store, &account("zhang", Role::GridWorker, VILLAGE, &["001"])).await);
        let other = account("zhang", Role::VillageOfficer, VILLAGE, &[]);
        let another = account("li", Role::VillageOfficer, VILLAGE, &[]);
        let id = other.id;
        let inserted = store
            .write(move |db| {
                let first = insert(db, &other, &password("x"))?;
                Ok::<_, StoreError>((first, insert(db, &another, &password("x"))?))
            })
            .await
            .unwrap();
        assert_eq!(inserted, (false, true));
        assert_eq!(known(&store, id).await, None);
    }

    #[tokio::test]
    async fn changes_change_what_they_name() {
        let (_folder, store) = store().await;
        let zhang = account("zhang", Role::GridWorker, VILLAGE, &["001"]);
        let li = account("li", Role::GridWorker, VILLAGE, &["001"]);
        assert!(added(&store, &zhang).await && added(&store, &li).await);
        let id = zhang.id;
        store
            .write(move |db| {
                set_password(db, id, &password("second"), false, at(1))?;
                set_disabled(db, id, true, at(2))?;
                let desk = OrganisationCode::desk("4112".parse().unwrap());
                move_to(db, id, Role::AuditAdmin, desk, &[], at(3))
            })
            .await
            .unwrap();
        let (now, hash) = store.read(|db| find_by_username(db, "zhang")).await.unwrap().unwrap();
        assert_eq!(hash, password("second"));
        assert_eq!(
            now,
            Account {
                role: Role::AuditAdmin,
                organisation: OrganisationCode::desk("4112".parse().unwrap()),
                grids: Vec::new(),
                must_change_password: false,
                disabled: true,
                updated_at: at(3),
                ..zhang
            }
        );
        assert_eq!(known(&store, li.id).await, Some(li));
    }

    #[tokio::test]
    async fn lists_are_by_name_within_a_unit_and_page_on() {
        let (_folder, store) = store().await;
        for (name, unit) in [("b", VILLAGE), ("a", VILLAGE), ("d", "4112"), ("c", VILLAGE)] {
            assert!(added(&store, &account(name, Role::GridWorker, unit, &["001", "002"])).await);
        }
        let names = async |within: &str, after: Option<&str>, limit| {
            let filter =
                AccountFilter { within: within.parse().unwrap(), after: after.map(str::to_owned), limit };
            let page = store.read(move |db| list(db, &filter)).await.unwrap();
            assert!(page.iter().all(|one| one.grids.len() == 2));
            page.into_iter().map(|one| one.username).collect::<String>()
        };
        assert_eq!(names("4112", None, 200).await, "abcd");
        assert_eq!(names("411224", None, 200).await, "abc");
        assert_eq!(names("411221", None, 200).await, "");
        assert_eq!(names("4112", None, 2).await, "ab");
        assert_eq!(names("4112", Some("b"), 2).await, "cd");
    }

    #[tokio::test]
    async fn only_active_accounts_of_the_role_are_counted() {
        let (_folder, store) = store().await;
        let gone = Account { disabled: true, ..account("c", Role::AuditAdmin, "4112", &[]) };
        for one in [
            account("a", Role::AuditAdmin, "4112", &[]),
            account("b", Role::AuditAdmin, "4112", &[]),
            gone,
            account("d", Role::SecurityAdmin, "4112", &[]),
        ] {
            assert!(added(&store, &one).await);
        }
        for (role, expected) in [(Role::AuditAdmin, 2), (Role::SecurityAdmin, 1), (Role::SystemAdmin, 0)] {
            assert_eq!(store.write(move |db| count_active(db, role)).await.unwrap(), expected);
        }
    }
}
