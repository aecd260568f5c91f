//! Open work of an account, and what was handed over.

use grassroots_domain::reference_data::ReferenceData;
use grassroots_persistence::account::accounts::Account;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::{hand_over::HandOverResult, open_work::OpenWork},
    json::organisation::{OrganisationView, organisation},
    views::account::AccountView,
};

/// What would be left behind if an account went.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenWorkView {
    /// Open reports that its owner looks after: reads the replies, answers the desk.
    pub reports: i64,
    /// Results that its owner was sent to look at.
    pub checks: i64,
    /// The organisation its owner works, or worked, for. What it has stays there.
    pub organisation: OrganisationView,
    /// How many others can act for it. With nobody left its incidents lie until the desk above takes them over.
    pub colleagues: i64,
    /// How many incidents it has to act on.
    pub holds: i64,
    /// For how many it answers as a desk.
    pub answers_for: i64,
}

impl OpenWorkView {
    /// The numbers, with the organisation by name.
    #[must_use]
    pub fn new(work: OpenWork, ground: &ReferenceData) -> Self {
        let OpenWork { reports, checks, organisation: code, colleagues, holds, answers_for } = work;
        let organisation = organisation(code, ground);
        Self { reports, checks, organisation, colleagues, holds, answers_for }
    }
}

/// An account that went or moved, and what hangs on it still.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoneView {
    /// The account.
    #[serde(flatten)]
    pub account: AccountView,
    /// What was left behind; `hand-over` gives it to somebody else.
    pub open_work: OpenWorkView,
}

impl GoneView {
    /// An account, and its open work.
    #[must_use]
    pub fn new(account: &Account, work: OpenWork, ground: &ReferenceData) -> Self {
        Self { account: AccountView::new(account, ground), open_work: OpenWorkView::new(work, ground) }
    }
}

/// What was handed over.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandOverView {
    /// Reports that the successor looks after now.
    pub reports: u64,
    /// Results that the successor is to look at now.
    pub checks: u64,
    /// Open incidents that still hang on the person: elsewhere than where the successor works. Reports whose reporter is
    /// promised to stay unknown are in no number here.
    pub left: u64,
}

impl From<HandOverResult> for HandOverView {
    fn from(done: HandOverResult) -> Self {
        let HandOverResult { reports, checks, left } = done;
        Self { reports, checks, left }
    }
}
