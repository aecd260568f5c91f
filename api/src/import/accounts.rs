//! Imports accounts. The passwords of existing accounts never change.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use grassroots_domain::{
    account::Role,
    geography::unit::GridCode,
    ids::AccountId,
    organisation::OrganisationCode,
    reference_data::ReferenceData,
    text::localized::{Localized, localized},
    time::Instant,
};
use grassroots_persistence::{
    account::accounts::{self, Account, PasswordHash},
    database::{
        db::Db,
        error::{StoreError, StoreResult},
        store::Store,
    },
};

use crate::{
    app::{
        accounts::ADMINISTRATORS,
        assignments::Assignment,
        error::{AccountError, AppError},
        registration::{FirstPassword, NewAccount, parse_display_name},
    },
    auth::{CryptoError, new_id, passwords::Passwords, policy, usernames::is_username},
    http::problem::Problem,
    import::{
        ErrorLocation, ImportCounts, LineError, Summary,
        table::{self, Columns, Row},
    },
    secret::Secret,
};

const COLUMNS: Columns = Columns {
    required: &["username", "display_name", "role", "organisation", "grids"],
    optional: &["initial_password"],
};

/// Passwords that wait for hashing at once. [`Passwords`] hashes as many at a time as there are cores.
const CONCURRENT_HASHES: usize = 16;

/// Accounts from a file. Organisations and grids of all of them exist.
#[derive(Clone, Debug)]
pub struct Accounts(pub Vec<NewAccount>);

/// Reads `username,display_name,role,organisation,grids` and optionally `initial_password`; `grids` are separated by `;`.
///
/// # Errors
/// Every wrong line.
pub fn parse(bytes: &[u8], reference_data: &ReferenceData) -> Result<Accounts, Vec<LineError>> {
    let (rows, mut errors) = table::read(bytes, &COLUMNS)?;
    let mut first: BTreeMap<String, u64> = BTreeMap::new();
    let mut read = Vec::new();
    for row in &rows {
        match account(row, reference_data) {
            Ok(account) => match first.get(&account.username) {
                Some(line) => {
                    let name = &account.username;
                    errors.add(
                        ErrorLocation::Line(row.line),
                        localized!(
                            "用户名 {name} 在第 {line} 行已经出现；一个账号只有一个角色",
                            "line {line} already has the user name {name}; an account has one role"
                        ),
                    );
                }
                None => {
                    first.insert(account.username.clone(), row.line);
                    read.push(account);
                }
            },
            Err(problem) => errors.add(ErrorLocation::Line(row.line), problem),
        }
    }
    errors.into_result(Accounts(read))
}

fn account(row: &Row, reference_data: &ReferenceData) -> Result<NewAccount, Localized> {
    let refused = |error: AccountError| Problem::from(error).detail;
    let username = row.get("username").to_owned();
    if !is_username(&username) {
        return Err(refused(AccountError::InvalidUsername(username)));
    }
    let display_name = parse_display_name(row.get("display_name").to_owned()).map_err(refused)?;
    let role: Role = row.get("role").parse()?;
    let organisation: OrganisationCode = row.get("organisation").parse()?;
    let grids = row.list("grids").map(GridCode::parse).collect::<Result<_, _>>();
    let post = Assignment { role, organisation, grids: grids? };
    post.check(reference_data).map_err(refused)?;
    let given = row.get("initial_password");
    let password = if given.is_empty() {
        FirstPassword::Generated
    } else {
        let given = Secret::from(given.to_owned());
        policy::check(&given, &username).map_err(|weak| refused(weak.into()))?;
        FirstPassword::Given(given)
    };
    Ok(NewAccount { username, display_name, post, password })
}

/// An account that is ready to be written.
#[derive(Clone, Debug)]
pub struct PreparedAccount {
    account: NewAccount,
    /// `None` for an account that exists, because it keeps its password.
    hash: Option<PasswordHash>,
    /// The password, if it was generated here. It is printed once.
    generated: Option<Secret>,
}

/// The progress is logged after this number of accounts, which takes some seconds.
const LOG_EVERY: usize = 200;

/// Generates and hashes the passwords of new accounts. This happens before the transaction, because hashing is slow.
/// Thousands of passwords take minutes, so the progress is logged.
///
/// # Errors
/// Hashing or the database failed.
pub async fn prepare(
    accounts: Accounts,
    store: &Store,
    passwords: &Passwords,
) -> Result<Vec<PreparedAccount>, AppError> {
    let names: Vec<String> = accounts.0.iter().map(|account| account.username.clone()).collect();
    let known: StoreResult<BTreeSet<String>> = store.read(move |db| existing(db, names)).await;
    let known = known?;
    let all = accounts.0.len();
    let ready = stream::iter(accounts.0).map(|account| {
        let is_known = known.contains(&account.username);
        async move {
            if is_known {
                return Ok(PreparedAccount { account, hash: None, generated: None });
            }
            hashed(account, passwords).await
        }
    });
    let mut done = 0;
    let logged = ready.buffered(CONCURRENT_HASHES).inspect(|_| {
        done += 1;
        if done % LOG_EVERY == 0 {
            tracing::info!(done, all, "hashing passwords");
        }
    });
    Ok(logged.try_collect().await?)
}

fn existing(db: &mut Db, names: Vec<String>) -> StoreResult<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    for name in names {
        if accounts::find_by_username(db, &name)?.is_some() {
            known.insert(name);
        }
    }
    Ok(known)
}

async fn hashed(account: NewAccount, passwords: &Passwords) -> Result<PreparedAccount, CryptoError> {
    let (password, generated) = match &account.password {
        FirstPassword::Generated => {
            let generated = policy::one_time_password();
            (generated.clone(), Some(generated))
        }
        FirstPassword::Given(given) | FirstPassword::Settled(given) => (given.clone(), None),
    };
    let hash = passwords.turn().await?.hash(password).await?;
    Ok(PreparedAccount { account, hash: Some(hash), generated })
}

/// What an import of accounts did, and the passwords it generated.
#[derive(Clone, Debug)]
pub struct Imported {
    pub summary: Summary,
    /// User names and one-time passwords. The database has only their hashes.
    pub one_time_passwords: Vec<(String, Secret)>,
}

/// Writes new and changed accounts. Of existing accounts the name, role, organisation and grids change, never the
/// password.
///
/// # Errors
/// [`AccountError::LastAdministrator`] if an administrator role would have no active account, or a database error.
pub fn apply(db: &mut Db, ready: &[PreparedAccount], now: Instant) -> Result<Imported, AppError> {
    let mut counts = ImportCounts::default();
    let mut one_time_passwords = Vec::new();
    let mut left_roles = BTreeSet::new();
    for PreparedAccount { account, hash, generated } in ready {
        let before = accounts::find_by_username(db, &account.username)?.map(|(before, _)| before);
        let profile = |name: &str, post: &Assignment| (name.to_owned(), post.clone());
        let known = before.as_ref().map(|before| profile(&before.display_name, &assignment_of(before)));
        let is_changed = counts.record(known.as_ref(), &profile(&account.display_name, &account.post));
        match before {
            Some(before) if is_changed => {
                update(db, &before, account, now)?;
                if before.role != account.post.role
                    && !before.disabled
                    && ADMINISTRATORS.contains(&before.role)
                {
                    left_roles.insert(before.role);
                }
            }
            Some(_) => {}
            None => {
                insert(db, account, hash.as_ref(), now)?;
                one_time_passwords
                    .extend(generated.clone().map(|password| (account.username.clone(), password)));
            }
        }
    }
    // This is checked at the end, because a later line may give the role to another account.
    for role in left_roles {
        if accounts::count_active(db, role)? == 0 {
            return Err(AccountError::LastAdministrator(role).into());
        }
    }
    let summary = Summary { counts: vec![(localized!("账号", "accounts"), counts)], rules_version: None };
    Ok(Imported { summary, one_time_passwords })
}

fn assignment_of(account: &Account) -> Assignment {
    Assignment { role: account.role, organisation: account.organisation, grids: account.grids.clone() }
}

fn update(db: &mut Db, before: &Account, after: &NewAccount, now: Instant) -> StoreResult<()> {
    let Assignment { role, organisation, grids } = &after.post;
    if assignment_of(before) != after.post {
        accounts::move_to(db, before.id, *role, *organisation, grids, now)?;
    }
    if before.display_name != after.display_name {
        accounts::rename(db, before.id, &after.display_name, now)?;
    }
    Ok(())
}

fn insert(db: &mut Db, new: &NewAccount, hash: Option<&PasswordHash>, now: Instant) -> StoreResult<()> {
    // Accounts are never deleted, so an account that existed in `prepare` still exists. Only one that was new in
    // `prepare` is inserted, and it has a hash.
    let hash = hash.ok_or(StoreError::Conflict)?;
    let account = Account {
        id: AccountId(new_id(now)),
        username: new.username.clone(),
        display_name: new.display_name.clone(),
        role: new.post.role,
        organisation: new.post.organisation,
        grids: new.post.grids.clone(),
        must_change_password: !matches!(new.password, FirstPassword::Settled(_)),
        disabled: false,
        created_at: now,
        updated_at: now,
    };
    if accounts::insert(db, &account, hash)? { Ok(()) } else { Err(StoreError::Conflict) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use grassroots_domain::time::Instant;
    use grassroots_persistence::database::{migrations, store::StoreConfig};

    use super::*;
    use crate::{app::snapshot::Snapshots, demo};

    const HEADER: &str = "username,display_name,role,organisation,grids,initial_password\n";
    const NOW: Instant = Instant::UNIX_EPOCH;

    struct Database {
        store: Store,
        passwords: Passwords,
        _folder: tempfile::TempDir,
    }

    /// A database with the demo.
    async fn database() -> Database {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        migrations::migrate(&url).unwrap();
        let store =
            Store::open(&StoreConfig { url, connections: 2, patience: Duration::from_secs(5) }).unwrap();
        let passwords = Passwords::new().unwrap();
        assert!(demo::seed(&store, &passwords, NOW).await.unwrap());
        Database { store, passwords, _folder: folder }
    }

    impl Database {
        async fn read(&self, lines: &[&str]) -> Result<Accounts, Vec<LineError>> {
            let snapshot = Snapshots::load(&self.store).await.unwrap().current();
            parse((HEADER.to_owned() + &lines.join("\n")).as_bytes(), &snapshot.reference_data)
        }

        async fn import(&self, lines: &[&str]) -> Result<(ImportCounts, Vec<(String, Secret)>), AppError> {
            let read = self.read(lines).await.unwrap();
            let ready = prepare(read, &self.store, &self.passwords).await.unwrap();
            let imported = self.store.write(move |db| apply(db, &ready, NOW)).await?;
            Ok((imported.summary.counts[0].1, imported.one_time_passwords))
        }

        async fn account(&self, name: &'static str) -> (Account, PasswordHash) {
            let found: StoreResult<_> = self.store.read(move |db| accounts::find_by_username(db, name)).await;
            found.unwrap().unwrap()
        }
    }

    #[tokio::test]
    async fn an_import_creates_new_accounts_and_keeps_the_passwords_of_existing_ones() {
        let database = database().await;
        let generated = "li.si,李四,grid_worker,411224107200-desk,411224107200001,";
        let given = "wang.wu,王五,handler,411224107-fire_rescue,,Fire-engine-7";
        let (counts, passwords) = database.import(&[generated, given]).await.unwrap();
        assert_eq!((counts.added, passwords.len(), passwords[0].0.as_str()), (2, 1, "li.si"));
        let (before, hash) = database.account("li.si").await;
        assert!(before.must_change_password && before.grids.len() == 1);
        assert!(database.account("wang.wu").await.0.must_change_password);
        let turn = database.passwords.turn().await.unwrap();
        assert!(turn.matches(passwords[0].1.clone(), Some(hash.clone())).await.unwrap());

        let (counts, passwords) = database.import(&[generated, given]).await.unwrap();
        assert_eq!((counts.unchanged, passwords.len()), (2, 0));
        let moved = "li.si,李四（新）,village_officer,411224107202-desk,,Another-one-8";
        let (counts, passwords) = database.import(&[moved]).await.unwrap();
        assert_eq!((counts.updated, passwords.len()), (1, 0));
        let (after, same) = database.account("li.si").await;
        assert_eq!((after.display_name.as_str(), after.role), ("李四（新）", Role::VillageOfficer));
        assert!(after.grids.is_empty() && after.id == before.id && same == hash);
    }

    #[tokio::test]
    async fn every_wrong_line_is_listed_and_the_last_administrator_keeps_the_role() {
        let database = database().await;
        let errors = database
            .read(&[
                "Li,李四,grid_worker,411224107200-desk,,",
                "li.si,,grid_worker,411224107200-desk,,",
                "li.si,李四,mayor,411224107200-desk,,",
                "li.si,李四,grid_worker,411224107200,,",
                "li.si,李四,grid_worker,411224107999-desk,,",
                "li.si,李四,handler,411224107-desk,,",
                "li.si,李四,grid_worker,411224107200-desk,411224107202001,",
                "li.si,李四,grid_worker,411224107200-desk,,short",
                "li.si,李四,grid_worker,411224107200-desk,411224107200001,",
                "li.si,李四,auditor,411224107200-desk,,",
                "li.si,李四,audit_admin,4112-desk,,",
            ])
            .await
            .unwrap_err();
        let lines: Vec<ErrorLocation> = errors.iter().map(|error| error.at.clone()).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6, 7, 8, 9, 11, 12].map(ErrorLocation::Line), "{errors:#?}");

        let takes_role = "auditor,审计,system_admin,4112-desk,,";
        let refused = database.import(&[takes_role]).await.unwrap_err();
        assert!(
            matches!(refused, AppError::Account(AccountError::LastAdministrator(Role::AuditAdmin))),
            "{refused}"
        );
        assert_eq!(database.account("auditor").await.0.role, Role::AuditAdmin);
        let gives_role = "zhao.liu,赵六,audit_admin,4112-desk,,";
        assert_eq!(database.import(&[takes_role, gives_role]).await.unwrap().0.added, 1);
    }
}
