//! The open work of an account, and the result of a hand-over.

use grassroots_domain::reference_data::ReferenceData;
use grassroots_persistence::account::accounts::Account;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::{hand_over::HandOverResult, open_work::OpenWork},
    json::organisation::{OrganisationView, organisation},
    views::account::AccountView,
};

/// The open work that an account leaves behind when its owner leaves or moves.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenWorkView {
    /// The number of open reports of the account. Its owner reads the replies and answers the desk.
    pub reports: i64,
    /// The number of results that the owner was asked to check on site.
    pub checks: i64,
    /// The organisation of the owner, or the former one. The work of the organisation stays there.
    pub organisation: OrganisationView,
    /// The number of other people who can act for the organisation. If there are none, its incidents wait until the
    /// desk above takes them over.
    pub colleagues: i64,
    /// The number of incidents that the organisation must act on.
    pub holds: i64,
    /// The number of incidents that the organisation holds as a desk.
    pub answers_for: i64,
}

impl OpenWorkView {
    #[must_use]
    pub fn new(work: OpenWork, reference_data: &ReferenceData) -> Self {
        let OpenWork { reports, checks, organisation: code, colleagues, holds, answers_for } = work;
        let organisation = organisation(code, reference_data);
        Self { reports, checks, organisation, colleagues, holds, answers_for }
    }
}

/// An account that was disabled or moved, and its open work.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoneView {
    /// The account.
    #[serde(flatten)]
    pub account: AccountView,
    /// The open work of the account. `hand-over` gives it to another account.
    pub open_work: OpenWorkView,
}

impl GoneView {
    #[must_use]
    pub fn new(account: &Account, work: OpenWork, reference_data: &ReferenceData) -> Self {
        Self {
            account: AccountView::new(account, reference_data),
            open_work: OpenWorkView::new(work, reference_data),
        }
    }
}

/// The result of a hand-over.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandOverView {
    /// The number of reports that were given to the successor.
    pub reports: u64,
    /// The number of checks that were given to the successor.
    pub checks: u64,
    /// The number of open incidents that still belong to the account, because they lie where the successor does not
    /// work. Reports of protected reporters are not counted in any of these numbers.
    pub left: u64,
}

impl From<HandOverResult> for HandOverView {
    fn from(done: HandOverResult) -> Self {
        let HandOverResult { reports, checks, left } = done;
        Self { reports, checks, left }
    }
}
