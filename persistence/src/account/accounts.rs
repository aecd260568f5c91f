//! Tables `account` and `account_grid`: accounts with their role, organisation and grids.

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
        columns::Code,
        db::{Db, DbId, DbTime, on_each},
        error::StoreResult,
        schema::{account, account_grid},
    },
    reference::grids,
};

/// An account without its password.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    pub id: AccountId,
    /// The unique name for signing in.
    pub username: String,
    /// The name that other people see.
    pub display_name: String,
    pub role: Role,
    pub organisation: OrganisationCode,
    /// The grids of a grid worker. The first is the usual one.
    pub grids: Vec<GridCode>,
    /// The account may do nothing else until its password is changed.
    pub must_change_password: bool,
    /// The account may not sign in.
    pub disabled: bool,
    pub created_at: Instant,
    /// When an administrator or the owner last changed the account.
    pub updated_at: Instant,
}

impl Account {
    /// The part of the account that the rules use.
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

/// A hashed password as a PHC string. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Which accounts are listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountFilter {
    /// Accounts of this unit and the units below it.
    pub within: UnitCode,
    /// Accounts with a user name after this one.
    pub after: Option<String>,
    /// Maximum number of accounts.
    pub limit: u32,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = account, treat_none_as_default_value = false)]
pub(crate) struct Row {
    id: DbId,
    username: String,
    display_name: String,
    password_hash: String,
    role: Code<Role>,
    organisation: Code<OrganisationCode>,
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
            role: Code(one.role),
            organisation: Code(one.organisation),
            must_change_password: one.must_change_password,
            disabled: one.disabled,
            created_at: DbTime(one.created_at),
            updated_at: DbTime(one.updated_at),
        }
    }

    fn decode(self, grids: Vec<GridCode>) -> StoreResult<(Account, PasswordHash)> {
        let one = Account {
            id: AccountId(self.id.0),
            role: self.role.0,
            organisation: self.organisation.0,
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

    /// Loads the grids of the account.
    pub(crate) fn complete(self, db: &mut Db) -> StoreResult<(Account, PasswordHash)> {
        let grids = grids_of(db, &[self.id])?.remove(&self.id.0).unwrap_or_default();
        self.decode(grids)
    }
}

/// Inserts an account. Returns false if the user name is taken.
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
pub fn get(db: &mut Db, id: AccountId) -> StoreResult<Option<Account>> {
    let row: Option<Row> =
        account::table.find(DbId::from(id)).select(Row::as_select()).first(db).optional()?;
    Ok(completed(db, row)?.map(|(one, _)| one))
}

/// The account with this user name, and its password.
pub fn find_by_username(db: &mut Db, username: &str) -> StoreResult<Option<(Account, PasswordHash)>> {
    let row: Option<Row> = account::table
        .filter(account::username.eq(username))
        .select(Row::as_select())
        .first(db)
        .optional()?;
    completed(db, row)
}

/// Loads an account and its password, and locks the row until the transaction ends.
pub fn hold(db: &mut Db, id: AccountId) -> StoreResult<Option<(Account, PasswordHash)>> {
    let query = account::table.find(DbId::from(id));
    let row: Option<Row> = match db {
        // `FOR UPDATE` would block inserts of rows that refer to the account.
        Db::Postgres(conn) => query.for_no_key_update().select(Row::as_select()).first(conn),
        // SQLite has one writer.
        Db::Sqlite(conn) => query.select(Row::as_select()).first(conn),
    }
    .optional()?;
    completed(db, row)
}

/// The accounts that `filter` selects, in the order of their user names.
pub fn list(db: &mut Db, filter: &AccountFilter) -> StoreResult<Vec<Account>> {
    // The code of a unit is a prefix of the codes of the units below it. Digits need no escape in a pattern.
    let within = account::organisation.like(format!("{}%", filter.within));
    // All user names come after the empty text.
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
            let account_grids = grids.remove(&row.id.0).unwrap_or_default();
            row.decode(account_grids).map(|(one, _)| one)
        })
        .collect()
}

/// The number of other accounts of `organisation` that can sign in, without grid workers.
pub fn count_colleagues(db: &mut Db, organisation: OrganisationCode, account: AccountId) -> StoreResult<i64> {
    Ok(account::table
        .filter(account::organisation.eq(organisation.to_string()))
        .filter(account::disabled.eq(false))
        .filter(account::role.ne(Role::GridWorker.as_str()))
        .filter(account::id.ne(DbId::from(account)))
        .count()
        .get_result(db)?)
}

/// The number of accounts with `role` that can sign in. Locks their rows, so that the number cannot fall until the transaction
/// ends.
pub fn count_active(db: &mut Db, role: Role) -> StoreResult<usize> {
    let query = account::table
        .filter(account::role.eq(role.as_str()))
        .filter(account::disabled.eq(false))
        // The fixed order prevents a deadlock of two transactions that count.
        .order(account::id)
        .select(account::id);
    let ids: Vec<DbId> = match db {
        Db::Postgres(conn) => query.for_no_key_update().load(conn),
        Db::Sqlite(conn) => query.load(conn),
    }?;
    Ok(ids.len())
}

/// Sets a new password.
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

/// Disables or enables an account.
pub fn set_disabled(db: &mut Db, id: AccountId, disabled: bool, at: Instant) -> StoreResult<()> {
    let change = (account::disabled.eq(disabled), account::updated_at.eq(DbTime(at)));
    diesel::update(account::table.find(DbId::from(id))).set(change).execute(db)?;
    Ok(())
}

/// Changes the display name.
pub fn rename(db: &mut Db, id: AccountId, display_name: &str, at: Instant) -> StoreResult<()> {
    let change = (account::display_name.eq(display_name), account::updated_at.eq(DbTime(at)));
    diesel::update(account::table.find(DbId::from(id))).set(change).execute(db)?;
    Ok(())
}

/// Changes role, organisation and grids.
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
    // One row at a time: for several rows diesel would begin a transaction on SQLite, and this code already runs in one.
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

/// The grids of each account, in order.
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
