//! Makes new accounts.

use grassroots_domain::{ids::AccountId, reference_data::ReferenceData, time::Instant};
use grassroots_persistence::{
    account::accounts::{self, Account},
    database::{error::StoreResult, store::Store},
};

use crate::{
    app::{
        App,
        accounts::{MAX_DISPLAY_NAME_CHARS, administered, check_reach},
        actors::SignedIn,
        assignments::Assignment,
        error::{AccountError, AppError},
    },
    auth::{new_id, passwords::Passwords, policy, usernames::is_username},
    secret::Secret,
};

/// The password an account starts with.
#[derive(Clone, Debug)]
pub enum FirstPassword {
    /// A generated password. The owner must change it at the first sign-in.
    Generated,
    /// A given password. The owner must change it at the first sign-in.
    Given(Secret),
    /// A given password that stays valid, for owners who make their own account.
    Settled(Secret),
}

/// The data of a new account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub username: String,
    /// The name that others see.
    pub display_name: String,
    /// Role, organisation and grids.
    pub post: Assignment,
    pub password: FirstPassword,
}

/// An account that was made.
#[derive(Clone, Debug)]
pub struct CreatedAccount {
    pub account: Account,
    /// The password, if it was generated. It cannot be read again.
    pub one_time_password: Option<Secret>,
}

/// Makes an account in the unit of a security administrator.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::ForeignOrganisation`], or an error of [`register`].
pub async fn create(
    app: &App,
    admin: &SignedIn,
    reference_data: &ReferenceData,
    new: NewAccount,
) -> Result<CreatedAccount, AppError> {
    check_reach(administered(admin)?, &new.post)?;
    register(&app.store, &app.passwords, reference_data, app.clock.now(), new).await
}

/// Makes an account without checking the caller's rights. The command line uses it.
///
/// # Errors
/// The [`AccountError`] of an invalid field, [`AccountError::UsernameTaken`] or [`AppError::Busy`].
pub async fn register(
    store: &Store,
    passwords: &Passwords,
    reference_data: &ReferenceData,
    now: Instant,
    new: NewAccount,
) -> Result<CreatedAccount, AppError> {
    let NewAccount { username, display_name, post, password } = new;
    let (password, one_time_password, must_change_password) = match password {
        FirstPassword::Generated => {
            let generated = policy::one_time_password();
            (generated.clone(), Some(generated), true)
        }
        FirstPassword::Given(password) => (password, None, true),
        FirstPassword::Settled(password) => (password, None, false),
    };
    let mut wrong: Vec<AccountError> = Vec::new();
    if is_username(&username) {
        wrong.extend(policy::check(&password, &username).err().map(AccountError::from));
    } else {
        wrong.push(AccountError::InvalidUsername(username.clone()));
    }
    let display_name = parse_display_name(display_name).map_err(|error| wrong.push(error)).ok();
    wrong.extend(post.check(reference_data).err());
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
        return Err(AccountError::UsernameTaken(account.username).into());
    }
    Ok(CreatedAccount { account, one_time_password })
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
