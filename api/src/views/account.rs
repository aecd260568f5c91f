//! Accounts, as their owners and their administrator see them.

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

/// An account as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    /// Its id.
    pub id: Uuid,
    /// What its owner signs in with.
    pub username: String,
    /// What others see.
    pub display_name: String,
    /// Its role.
    #[schema(schema_with = codes::<Role>)]
    pub role: &'static str,
    /// The organisation it belongs to.
    pub organisation: OrganisationView,
    /// The unit in words.
    pub unit_name: String,
    /// The grids a grid worker walks; the first is the usual one.
    pub grids: Vec<String>,
    /// Nothing but changing the password is possible until it is changed.
    pub must_change_password: bool,
}

impl MeView {
    /// One account.
    #[must_use]
    pub fn new(account: &Account, ground: &ReferenceData) -> Self {
        Self {
            id: account.id.0,
            username: account.username.clone(),
            display_name: account.display_name.clone(),
            role: account.role.as_str(),
            organisation: organisation(account.organisation, ground),
            unit_name: ground.units.full_name(account.organisation.unit),
            grids: account.grids.iter().map(ToString::to_string).collect(),
            must_change_password: account.must_change_password,
        }
    }
}

/// An account as its administrator sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// What its owner sees too.
    #[serde(flatten)]
    pub account: MeView,
    /// It cannot sign in.
    pub disabled: bool,
    /// When it was made.
    pub created_at: DateTime<FixedOffset>,
    /// When it was changed last.
    pub updated_at: DateTime<FixedOffset>,
}

impl AccountView {
    /// One account.
    #[must_use]
    pub fn new(account: &Account, ground: &ReferenceData) -> Self {
        Self {
            account: MeView::new(account, ground),
            disabled: account.disabled,
            created_at: local(account.created_at),
            updated_at: local(account.updated_at),
        }
    }
}

/// An account that was made, or whose password was reset.
#[derive(Debug, Serialize, ToSchema)]
pub struct CredentialsView {
    /// The account.
    pub account: Option<AccountView>,
    /// The password to hand to its owner, who has to change it. Nobody can ask for it again.
    pub one_time_password: Option<String>,
}

/// What a client needs to stay signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokensView {
    /// To be sent as `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds for which the access token is good.
    pub expires_in: u32,
    /// To be exchanged for the next pair. Answering the same successor again for ten minutes, on the same device, until
    /// that is used: a lost answer loses no session.
    pub refresh_token: String,
    /// Until when it can be exchanged.
    pub refresh_expires_at: DateTime<FixedOffset>,
    /// Who signed in.
    pub account: MeView,
}

impl TokensView {
    /// The tokens of a session.
    #[must_use]
    pub fn new(tokens: &SessionTokens, ground: &ReferenceData) -> Self {
        Self {
            access_token: tokens.access_token.expose().to_owned(),
            token_type: "Bearer",
            expires_in: tokens.expires_in_s,
            refresh_token: tokens.refresh_token.expose().to_owned(),
            refresh_expires_at: local(tokens.refresh_expires_at),
            account: MeView::new(&tokens.account, ground),
        }
    }
}
