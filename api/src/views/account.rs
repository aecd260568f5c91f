//! Accounts as shown to their owners and to the security administrator.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::{account::Role, reference_data::ReferenceData};
use grassroots_persistence::account::accounts::Account;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::sessions::SessionTokens,
    json::{
        organisation::{OrganisationView, organisation},
        schema::codes,
        time::local,
    },
};

/// An account as shown to its owner.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    /// The id of the account.
    pub id: Uuid,
    /// The user name for signing in.
    pub username: String,
    /// The name shown to other people.
    pub display_name: String,
    /// The role of the account.
    #[schema(schema_with = codes::<Role>)]
    pub role: &'static str,
    /// The organisation of the account.
    pub organisation: OrganisationView,
    /// Full name of the organisation's unit.
    pub unit_name: String,
    /// Codes of the grids of a grid worker, 15 digits each. The first one is the main grid. Empty for other roles.
    pub grids: Vec<String>,
    /// Whether the password must be changed. Until then, every other request is refused.
    pub must_change_password: bool,
}

impl MeView {
    #[must_use]
    pub fn new(account: &Account, reference_data: &ReferenceData) -> Self {
        Self {
            id: account.id.0,
            username: account.username.clone(),
            display_name: account.display_name.clone(),
            role: account.role.as_str(),
            organisation: organisation(account.organisation, reference_data),
            unit_name: reference_data.units.full_name(account.organisation.unit),
            grids: account.grids.iter().map(ToString::to_string).collect(),
            must_change_password: account.must_change_password,
        }
    }
}

/// An account as shown to the security administrator.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// The fields that the owner sees too.
    #[serde(flatten)]
    pub account: MeView,
    /// Whether the account is disabled and cannot sign in.
    pub disabled: bool,
    /// When the account was created.
    pub created_at: DateTime<FixedOffset>,
    /// When the account was last changed.
    pub updated_at: DateTime<FixedOffset>,
}

impl AccountView {
    #[must_use]
    pub fn new(account: &Account, reference_data: &ReferenceData) -> Self {
        Self {
            account: MeView::new(account, reference_data),
            disabled: account.disabled,
            created_at: local(account.created_at),
            updated_at: local(account.updated_at),
        }
    }
}

/// A new account, or an account with a new password.
#[derive(Debug, Serialize, ToSchema)]
pub struct CredentialsView {
    /// The account; absent after a password reset.
    pub account: Option<AccountView>,
    /// The password for the owner, who must change it at the first sign-in. It is shown only in this answer. Absent if
    /// the request stated the password.
    pub one_time_password: Option<String>,
}

/// The tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokensView {
    /// The access token. Send it in the header `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// How long the access token is valid, in seconds.
    pub expires_in: u32,
    /// The refresh token. Exchange it for the next pair of tokens. If the answer to a refresh is lost, the same device
    /// can repeat the request for ten minutes and gets the same new refresh token, as long as that token was not used.
    pub refresh_token: String,
    /// When the refresh token expires.
    pub refresh_expires_at: DateTime<FixedOffset>,
    /// The account that signed in.
    pub account: MeView,
}

impl TokensView {
    #[must_use]
    pub fn new(tokens: &SessionTokens, reference_data: &ReferenceData) -> Self {
        Self {
            access_token: tokens.access_token.expose().to_owned(),
            token_type: "Bearer",
            expires_in: tokens.expires_in_s,
            refresh_token: tokens.refresh_token.expose().to_owned(),
            refresh_expires_at: local(tokens.refresh_expires_at),
            account: MeView::new(&tokens.account, reference_data),
        }
    }
}
