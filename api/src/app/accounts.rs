//! Accounts: what their owners may do, and what the security administrator may.

use grassroots_domain::{
    account::Role, geography::unit::UnitCode, ids::AccountId, organisation::OrganisationCode,
    reference_data::ReferenceData, time::Instant,
};
use grassroots_persistence::{
    account::{
        accounts::{self, Account, AccountFilter},
        sessions::{self, EndReason},
    },
    database::{
        db::Db,
        error::{StoreError, StoreResult, WriteError},
        store::Store,
    },
};

use crate::{
    app::{
        App,
        actors::SignedIn,
        assignments::{Assignment, PostError},
        hand_over::{OpenWork, left_behind},
    },
    auth::{
        Secret,
        attempts::{AttemptSource, TooManyAttempts},
        new_id,
        passwords::{PasswordError, Passwords},
        policy::{self, WeakPassword},
        usernames::is_username,
    },
};

/// Characters of a display name at most.
pub const MAX_DISPLAY_NAME_CHARS: usize = 50;
/// Accounts in one answer at most.
pub const MAX_PAGE: u32 = 200;

/// The roles that are each kept by somebody at any time.
pub(crate) const ADMINISTRATORS: [Role; 3] = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

/// Why something about an account was refused.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Only the security administrator may.
    #[error("only a security administrator may do this")]
    Forbidden,
    /// There is no such account, or it belongs to a unit the caller does not administer.
    #[error("there is no such account")]
    NotFound,
    /// Administrators do not disable, move or reset themselves.
    #[error("administrators do not do this to themselves")]
    OwnAccount,
    /// Nobody of this kind would be left.
    #[error("this is the last active {0}")]
    LastAdministrator(Role),
    /// Nobody who could look after anything.
    #[error("{0} is no other active account of the unit that reports")]
    NoSuccessor(AccountId),
    /// Not a user name.
    #[error("{0:?} is no user name")]
    InvalidUsername(String),
    /// Somebody has it.
    #[error("the user name {0:?} is taken")]
    UsernameTaken(String),
    /// Not a display name.
    #[error("{0:?} is no display name")]
    InvalidDisplayName(String),
    /// The caller does not administer the unit of the organisation.
    #[error("{0} is outside the unit of the administrator")]
    ForeignOrganisation(OrganisationCode),
    /// There can be no such post.
    #[error(transparent)]
    Assignment(#[from] PostError),
    /// The new password breaks a rule.
    #[error(transparent)]
    WeakPassword(#[from] WeakPassword),
    /// The new password is the old one.
    #[error("the new password is the old one")]
    SamePassword,
    /// The current password is another.
    #[error("the current password is wrong")]
    WrongPassword,
    /// The password was guessed too often.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// Several fields are wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Several(Vec<Self>),
    /// Too many passwords wait to be hashed.
    #[error("too many passwords are being hashed")]
    Busy,
    /// What should not fail did.
    #[error("{0}")]
    Internal(String),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WriteError for AccountError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl AccountError {
    /// One error as itself, more as [`Self::Several`].
    fn several(mut errors: Vec<Self>) -> Self {
        match (errors.len(), errors.pop()) {
            (1, Some(only)) => only,
            (_, last) => Self::Several(errors.into_iter().chain(last).collect()),
        }
    }
}

impl From<PasswordError> for AccountError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Broken(_) => Self::Internal(error.to_string()),
        }
    }
}

/// The password an account starts with.
#[derive(Clone, Debug)]
pub enum FirstPassword {
    /// A made one, to be told to the owner and changed at once.
    Generated,
    /// A given one, to be changed at once.
    Given(Secret),
    /// A given one that stays, for accounts their owner sets up.
    Settled(Secret),
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What its owner signs in with.
    pub username: String,
    /// What others see.
    pub display_name: String,
    /// What it is to do.
    pub post: Assignment,
    /// The password it starts with.
    pub password: FirstPassword,
}

/// An account that was made.
#[derive(Clone, Debug)]
pub struct Created {
    /// The account.
    pub account: Account,
    /// Its password, if it was generated. Nobody can ask for it again.
    pub one_time_password: Option<Secret>,
}

/// The account of whoever asks, as it is now.
///
/// # Errors
/// The errors of the store.
pub async fn me(app: &App, me: &SignedIn) -> Result<Account, AccountError> {
    let id = me.account.id;
    let found: StoreResult<_> = app.store.read(move |db| accounts::get(db, id)).await;
    found?.ok_or(AccountError::NotFound)
}

/// Sets a new password for whoever knows the current one, and ends the other sessions of the account.
///
/// # Errors
/// [`AccountError::WeakPassword`], [`AccountError::SamePassword`], [`AccountError::WrongPassword`],
/// [`AccountError::TooManyAttempts`], [`AccountError::Busy`] and the errors of the store.
pub async fn change_own_password(
    app: &App,
    me: &SignedIn,
    current: Secret,
    new: Secret,
) -> Result<(), AccountError> {
    policy::check(&new, &me.account.username)?;
    let source = AttemptSource::Name(me.account.username.clone());
    app.attempts.check(std::slice::from_ref(&source), app.clock.now())?;
    let turn = app.passwords.turn().await?;
    app.attempts.check(std::slice::from_ref(&source), app.clock.now())?;

    let id = me.account.id;
    let username = me.account.username.clone();
    let found: StoreResult<_> = app.store.read(move |db| accounts::find_by_username(db, &username)).await;
    let proven = found?.map(|(_, hash)| hash);
    let is_same = current == new;
    if !turn.matches(current, proven.clone()).await? {
        app.attempts.failed(&[source], app.clock.now());
        return Err(AccountError::WrongPassword);
    }
    if is_same {
        return Err(AccountError::SamePassword);
    }
    let hash = turn.hash(new).await?;
    drop(turn);

    let now = app.clock.now();
    let session = me.session;
    app.store
        .write(move |db| -> Result<(), AccountError> {
            // An administrator may have set another password while this one was checked.
            accounts::hold(db, id)?
                .filter(|(account, current)| !account.disabled && proven.as_ref() == Some(current))
                .ok_or(AccountError::WrongPassword)?;
            accounts::set_password(db, id, &hash, false, now)?;
            Ok(sessions::end_all_of_account(db, id, Some(session), EndReason::PasswordChanged, now)?)
        })
        .await?;
    app.attempts.succeeded(&source);
    app.actors.forget_account(id);
    Ok(())
}

/// Makes an account in the unit of a security administrator.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::ForeignOrganisation`] and the errors of [`register`].
pub async fn create(
    app: &App,
    admin: &SignedIn,
    ground: &ReferenceData,
    new: NewAccount,
) -> Result<Created, AccountError> {
    check_reach(administered(admin)?, &new.post)?;
    register(&app.store, &app.passwords, ground, app.clock.now(), new).await
}

/// Makes an account without asking who wants it: for the command line.
///
/// # Errors
/// What is wrong with `new`, [`AccountError::UsernameTaken`], [`AccountError::Busy`] and the errors of the store.
pub async fn register(
    store: &Store,
    passwords: &Passwords,
    ground: &ReferenceData,
    now: Instant,
    new: NewAccount,
) -> Result<Created, AccountError> {
    let NewAccount { username, display_name, post, password } = new;
    let (password, one_time_password, must_change_password) = match password {
        FirstPassword::Generated => {
            let generated = policy::one_time_password();
            (generated.clone(), Some(generated), true)
        }
        FirstPassword::Given(password) => (password, None, true),
        FirstPassword::Settled(password) => (password, None, false),
    };
    let mut wrong = Vec::new();
    if is_username(&username) {
        wrong.extend(policy::check(&password, &username).err().map(AccountError::from));
    } else {
        wrong.push(AccountError::InvalidUsername(username.clone()));
    }
    let display_name = parse_display_name(display_name).map_err(|error| wrong.push(error)).ok();
    wrong.extend(post.check(ground).err().map(AccountError::from));
    let display_name =
        display_name.filter(|_| wrong.is_empty()).ok_or(wrong).map_err(AccountError::several)?;
    let hash = passwords.turn().await?.hash(password).await?;
    let account = Account {
        id: AccountId(new_id(now)),
        username,
        display_name,
        role: post.role,
        organisation: post.organisation,
        grids: post.grids,
        must_change_password,
        disabled: false,
        created_at: now,
        updated_at: now,
    };
    let made = account.clone();
    let inserted: StoreResult<bool> = store.write(move |db| accounts::insert(db, &made, &hash)).await;
    if !inserted? {
        return Err(AccountError::UsernameTaken(account.username));
    }
    Ok(Created { account, one_time_password })
}

/// The account with this id, for a security administrator of its unit.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::NotFound`] and the errors of the store.
pub async fn get(app: &App, admin: &SignedIn, id: AccountId) -> Result<Account, AccountError> {
    let unit = administered(admin)?;
    app.store.read(move |db| find(db, id, unit)).await
}

/// Accounts by user name, for a security administrator: those of `within` and the units under it, after the user name
/// `after`, `limit` at most and never more than [`MAX_PAGE`]. Without `within`, those of the administrator's unit.
///
/// # Errors
/// [`AccountError::Forbidden`], also for a unit the administrator does not administer, and the errors of the store.
pub async fn list(
    app: &App,
    admin: &SignedIn,
    within: Option<UnitCode>,
    after: Option<String>,
    limit: u32,
) -> Result<Vec<Account>, AccountError> {
    let unit = administered(admin)?;
    let within = within.unwrap_or(unit);
    if !unit.covers(within) {
        return Err(AccountError::Forbidden);
    }
    let filter =
        AccountFilter { within, after: after.filter(|name| is_username(name)), limit: limit.min(MAX_PAGE) };
    app.store.read(move |db| Ok(accounts::list(db, &filter)?)).await
}

/// Refuses an account to sign in, and ends its sessions. Says what is left behind.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::NotFound`], [`AccountError::OwnAccount`],
/// [`AccountError::LastAdministrator`] and the errors of the store.
pub async fn disable(
    app: &App,
    admin: &SignedIn,
    id: AccountId,
) -> Result<(Account, OpenWork), AccountError> {
    let now = app.clock.now();
    change(app, admin, id, move |db, held| {
        held.can_go()?;
        accounts::set_disabled(db, id, true, now)?;
        sessions::end_all_of_account(db, id, None, EndReason::AccountDisabled, now)?;
        Ok(left_behind(db, id, held.account.organisation)?)
    })
    .await
}

/// Lets a disabled account sign in again.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::NotFound`], [`AccountError::OwnAccount`] and the errors of the store.
pub async fn enable(app: &App, admin: &SignedIn, id: AccountId) -> Result<Account, AccountError> {
    let now = app.clock.now();
    let enabled = change(app, admin, id, move |db, _| Ok(accounts::set_disabled(db, id, false, now)?));
    enabled.await.map(|(account, ())| account)
}

/// Gives an account another post. It stays signed in and has the new role at once. Says what is left behind.
///
/// # Errors
/// What is wrong with `post`, [`AccountError::Forbidden`], [`AccountError::NotFound`], [`AccountError::OwnAccount`],
/// [`AccountError::ForeignOrganisation`], [`AccountError::LastAdministrator`] and the errors of the store.
pub async fn move_to(
    app: &App,
    admin: &SignedIn,
    ground: &ReferenceData,
    id: AccountId,
    post: Assignment,
) -> Result<(Account, OpenWork), AccountError> {
    check_reach(administered(admin)?, &post)?;
    post.check(ground)?;
    let now = app.clock.now();
    change(app, admin, id, move |db, held| {
        held.can_go()?;
        accounts::move_to(db, id, post.role, post.organisation, &post.grids, now)?;
        Ok(left_behind(db, id, held.account.organisation)?)
    })
    .await
}

/// Sets a one-time password, ends the sessions of the account, and says the password: nobody can ask for it again.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::NotFound`], [`AccountError::OwnAccount`], [`AccountError::Busy`] and
/// the errors of the store.
pub async fn reset_password(app: &App, admin: &SignedIn, id: AccountId) -> Result<Secret, AccountError> {
    // Before the work of hashing.
    get(app, admin, id).await?;
    let password = policy::one_time_password();
    let hash = app.passwords.turn().await?.hash(password.clone()).await?;
    let now = app.clock.now();
    let changed = change(app, admin, id, move |db, _| {
        accounts::set_password(db, id, &hash, true, now)?;
        Ok(sessions::end_all_of_account(db, id, None, EndReason::PasswordReset, now)?)
    });
    // The owner was locked out, or somebody guessed: both are over.
    let (account, ()) = changed.await?;
    app.attempts.succeeded(&AttemptSource::Name(account.username));
    Ok(password)
}

pub(crate) fn parse_display_name(text: String) -> Result<String, AccountError> {
    let name = text.trim();
    let good = (1..=MAX_DISPLAY_NAME_CHARS).contains(&name.chars().count());
    if good && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(AccountError::InvalidDisplayName(text))
    }
}

/// The unit whose accounts `admin` administers.
pub(crate) fn administered(admin: &SignedIn) -> Result<UnitCode, AccountError> {
    if admin.account.role == Role::SecurityAdmin {
        Ok(admin.account.organisation.unit)
    } else {
        Err(AccountError::Forbidden)
    }
}

fn check_reach(unit: UnitCode, post: &Assignment) -> Result<(), AccountError> {
    if unit.covers(post.organisation.unit) {
        Ok(())
    } else {
        Err(AccountError::ForeignOrganisation(post.organisation))
    }
}

pub(crate) fn find(db: &mut Db, id: AccountId, within: UnitCode) -> Result<Account, AccountError> {
    accounts::get(db, id)?
        .filter(|account| within.covers(account.organisation.unit))
        .ok_or(AccountError::NotFound)
}

/// An account that nobody else changes until this write ends.
pub(crate) struct Held {
    account: Account,
    /// How many of its kind can sign in, itself included; counted for administrators only.
    active_of_its_kind: Option<usize>,
}

impl Held {
    pub(crate) fn new(db: &mut Db, id: AccountId, within: UnitCode) -> Result<Self, AccountError> {
        let seen = find(db, id, within)?;
        // The kind is held before the account, so that two who do this do not wait for each other.
        let active_of_its_kind = if ADMINISTRATORS.contains(&seen.role) {
            Some(accounts::count_active(db, seen.role)?)
        } else {
            None
        };
        match accounts::hold(db, id)? {
            Some((account, _)) if account == seen => Ok(Self { account, active_of_its_kind }),
            Some(_) | None => Err(StoreError::Conflict.into()),
        }
    }

    /// Whether its role can do without it.
    pub(crate) fn can_go(&self) -> Result<(), AccountError> {
        match self.active_of_its_kind {
            Some(0..=1) if !self.account.disabled => Err(AccountError::LastAdministrator(self.account.role)),
            Some(_) | None => Ok(()),
        }
    }
}

/// Changes an account in the unit of a security administrator, other than its own, and says what it is then, with what the
/// change says.
async fn change<T: Send + 'static>(
    app: &App,
    admin: &SignedIn,
    id: AccountId,
    what: impl Fn(&mut Db, &Held) -> Result<T, AccountError> + Send + 'static,
) -> Result<(Account, T), AccountError> {
    let unit = administered(admin)?;
    if admin.account.id == id {
        return Err(AccountError::OwnAccount);
    }
    let changed = app
        .store
        .write(move |db| {
            let held = Held::new(db, id, unit)?;
            let said = what(db, &held)?;
            let account = accounts::get(db, id)?.ok_or(AccountError::NotFound)?;
            Ok::<_, AccountError>((account, said))
        })
        .await?;
    app.actors.forget_account(id);
    Ok(changed)
}
