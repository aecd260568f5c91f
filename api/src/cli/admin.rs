//! `admin`: creates and changes accounts directly in the database.

use std::io::Read as _;

use clap::{Args, Subcommand};
use grassroots_domain::{
    account::Role, geography::unit::GridCode, organisation::OrganisationCode, text::localized::localized,
    time::Instant,
};
use grassroots_persistence::{
    account::{
        accounts::{self, Account, AccountFilter},
        sessions::{self, EndReason},
    },
    database::{db::Db, error::StoreResult, store::Store},
};

use crate::{
    app::{
        account_changes::HeldAccount,
        assignments::Assignment,
        error::AppError,
        registration::{FirstPassword, NewAccount, register},
        snapshot::Snapshots,
    },
    auth::{passwords::Passwords, policy},
    cli::{console::Console, database, failure::CliFailure, import::write_passwords},
    clock::TimeSource,
    config::DataConfig,
    secret::Secret,
};

/// Accounts read in one query.
const PAGE: u32 = 500;
/// Largest password on standard input.
const MAX_PASSWORD_BYTES: u64 = 1_024;

#[derive(Subcommand, Debug)]
pub(super) enum AdminCommand {
    /// Create an account (新建账号). Its owner must change the password at the first sign-in.
    ///
    /// The password is generated and printed once, unless it is given on standard input.
    CreateAccount {
        /// The name to sign in with: 3 to 32 of a-z, 0-9, dot, underscore and hyphen.
        #[arg(value_name = "USERNAME")]
        username: String,

        /// The name that others see.
        #[arg(long, value_name = "NAME")]
        display_name: String,

        #[command(flatten)]
        post: AssignmentArgs,

        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,

        #[command(flatten)]
        data: DataConfig,
    },

    /// List all accounts as CSV (列出账号).
    ListAccounts {
        #[command(flatten)]
        data: DataConfig,
    },

    /// Disable an account: it cannot sign in, and its sessions end (停用账号).
    Disable(AccountArgs),

    /// Enable a disabled account: it can sign in again (启用账号).
    Enable(AccountArgs),

    /// Give an account another role, organisation and grids (调动).
    Move {
        /// The user name of the account.
        #[arg(value_name = "USERNAME")]
        username: String,

        #[command(flatten)]
        post: AssignmentArgs,

        #[command(flatten)]
        data: DataConfig,
    },

    /// Give an account a one-time password, print it, and end the sessions of the account (重置密码).
    ResetPassword(AccountArgs),
}

#[derive(Args, Debug)]
pub(super) struct AccountArgs {
    /// The user name of the account.
    #[arg(value_name = "USERNAME")]
    username: String,

    #[command(flatten)]
    data: DataConfig,
}

#[derive(Args, Debug)]
pub(super) struct AssignmentArgs {
    /// grid_worker, village_officer, township_dispatcher, handler, escalation_reviewer, city_overseer, system_admin,
    /// security_admin or audit_admin.
    #[arg(long)]
    role: Role,

    /// The organisation, such as 411224107-desk or 411224107-urban_management.
    #[arg(long, value_name = "CODE")]
    organisation: OrganisationCode,

    /// A grid of a grid worker; can be given several times, the usual one first.
    #[arg(long = "grid", value_name = "CODE")]
    grids: Vec<GridCode>,
}

impl From<AssignmentArgs> for Assignment {
    fn from(AssignmentArgs { role, organisation, grids }: AssignmentArgs) -> Self {
        Self { role, organisation, grids }
    }
}

/// Runs the command, and writes the account that it changed.
pub(super) async fn run(
    command: AdminCommand,
    clock: &TimeSource,
    console: &mut Console<'_>,
) -> Result<(), CliFailure> {
    let now = clock.now();
    match command {
        AdminCommand::CreateAccount { username, display_name, post, password_stdin, data } => {
            let password = if password_stdin {
                FirstPassword::Given(read_password()?)
            } else {
                FirstPassword::Generated
            };
            let new = NewAccount { username, display_name, post: post.into(), password };
            create(&database::open(&data).await?, new, now, console).await
        }
        AdminCommand::ListAccounts { data } => list(&database::open_existing(&data).await?, console).await,
        AdminCommand::Disable(AccountArgs { username, data }) => {
            let store = database::open_existing(&data).await?;
            let account = change(&store, username, move |db, held, account| {
                held.can_go()?;
                accounts::set_disabled(db, account.id, true, now)?;
                Ok(sessions::end_all_of_account(db, account.id, None, EndReason::AccountDisabled, now)?)
            });
            report(console, &account.await?)
        }
        AdminCommand::Enable(AccountArgs { username, data }) => {
            let store = database::open_existing(&data).await?;
            let account = change(&store, username, move |db, _, account| {
                Ok(accounts::set_disabled(db, account.id, false, now)?)
            });
            report(console, &account.await?)
        }
        AdminCommand::Move { username, post, data } => {
            let (store, post) = (database::open_existing(&data).await?, Assignment::from(post));
            let snapshot = Snapshots::load(&store).await?.current();
            post.check(&snapshot.reference_data)?;
            let account = change(&store, username, move |db, held, account| {
                held.can_go()?;
                Ok(accounts::move_to(db, account.id, post.role, post.organisation, &post.grids, now)?)
            });
            report(console, &account.await?)
        }
        AdminCommand::ResetPassword(AccountArgs { username, data }) => {
            reset_password(&database::open_existing(&data).await?, username, now, console).await
        }
    }
}

async fn create(
    store: &Store,
    new: NewAccount,
    now: Instant,
    console: &mut Console<'_>,
) -> Result<(), CliFailure> {
    let snapshot = Snapshots::load(store).await?.current();
    let created = register(store, &Passwords::new()?, &snapshot.reference_data, now, new).await?;
    if let Some(password) = &created.one_time_password {
        write_passwords(console, [(created.account.username.as_str(), password)].into_iter())?;
    }
    report(console, &created.account)
}

async fn list(store: &Store, console: &mut Console<'_>) -> Result<(), CliFailure> {
    let roots: Vec<_> = database::units(store).await?.roots().map(|unit| unit.code).collect();
    let mut csv = csv::Writer::from_writer(&mut *console.out);
    csv.write_record(["username", "display_name", "role", "organisation", "grids", "state"])?;
    for within in roots {
        let mut after = None;
        loop {
            let filter = AccountFilter { within, after, limit: PAGE };
            let page: Vec<Account> = store.read(move |db| accounts::list(db, &filter)).await?;
            for account in &page {
                let grids = account.grids.iter().map(ToString::to_string).collect::<Vec<_>>().join(";");
                csv.write_record([
                    account.username.as_str(),
                    account.display_name.as_str(),
                    account.role.as_str(),
                    account.organisation.to_string().as_str(),
                    grids.as_str(),
                    state(account).1,
                ])?;
            }
            after = page.last().map(|account| account.username.clone());
            if after.is_none() {
                break;
            }
        }
    }
    Ok(csv.flush()?)
}

/// Whether an account can sign in, in Chinese and as a code.
fn state(account: &Account) -> (&'static str, &'static str) {
    if account.disabled {
        ("已停用", "disabled")
    } else if account.must_change_password {
        ("启用，须修改密码", "must_change_password")
    } else {
        ("启用", "active")
    }
}

async fn reset_password(
    store: &Store,
    username: String,
    now: Instant,
    console: &mut Console<'_>,
) -> Result<(), CliFailure> {
    let password = policy::one_time_password();
    let hash = Passwords::new()?.turn().await?.hash(password.clone()).await?;
    let account = change(store, username, move |db, _, account| {
        accounts::set_password(db, account.id, &hash, true, now)?;
        Ok(sessions::end_all_of_account(db, account.id, None, EndReason::PasswordReset, now)?)
    })
    .await?;
    write_passwords(console, [(account.username.as_str(), &password)].into_iter())?;
    report(console, &account)
}

/// Changes the account `username` in one transaction, and returns the changed account.
async fn change(
    store: &Store,
    username: String,
    command: impl Fn(&mut Db, &HeldAccount, &Account) -> Result<(), AppError> + Send + 'static,
) -> Result<Account, CliFailure> {
    let name = username.clone();
    let known: StoreResult<_> = store.read(move |db| accounts::find_by_username(db, &name)).await;
    let Some((known, _)) = known? else {
        return Err(CliFailure::new(localized!("没有账号 {username}", "there is no account {username}")));
    };
    let changed = store.write(move |db| {
        let account = accounts::get(db, known.id)?.ok_or(AppError::NotFound)?;
        let held = HeldAccount::new(db, account.id, account.organisation.unit)?;
        command(db, &held, &account)?;
        accounts::get(db, account.id)?.ok_or(AppError::NotFound)
    });
    Ok(changed.await?)
}

/// Writes the account to standard error, because standard output may be a file that receives the password.
fn report(console: &mut Console<'_>, account: &Account) -> Result<(), CliFailure> {
    let Account { username, role, organisation, .. } = account;
    let (zh, en) = state(account);
    writeln!(console.err, "账号 {username}：{}，{organisation}，{zh}", role.zh())?;
    writeln!(console.err, "account {username}: {role}, {organisation}, {en}")?;
    Ok(())
}

fn read_password() -> Result<Secret, CliFailure> {
    let mut text = String::new();
    std::io::stdin().take(MAX_PASSWORD_BYTES).read_to_string(&mut text).map_err(|error| {
        CliFailure::new(localized!("无法读取密码：{error}", "cannot read the password: {error}"))
    })?;
    Ok(Secret::from(text.trim_end_matches(['\r', '\n']).to_owned()))
}
