//! The open work of an account. Somebody else must take it over if the person leaves or moves.

use grassroots_domain::{ids::AccountId, organisation::OrganisationCode};
use grassroots_persistence::{
    account::accounts,
    database::{db::Db, error::StoreResult},
    incident::responsibility,
};

/// Open work of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpenWork {
    /// Number of open reports that the person looks after.
    pub reports: i64,
    /// Number of results that the person was sent to check.
    pub checks: i64,
    /// The organisation of the person.
    pub organisation: OrganisationCode,
    /// Number of other accounts that can act for the organisation.
    pub colleagues: i64,
    /// Number of incidents that the organisation has to act on.
    pub holds: i64,
    /// Number of incidents that the organisation has custody of.
    pub answers_for: i64,
}

/// Counts the open work of the account `id` and of its present or former `organisation`.
pub(crate) fn left_behind(
    db: &mut Db,
    id: AccountId,
    organisation: OrganisationCode,
) -> StoreResult<OpenWork> {
    let (reports, checks) = responsibility::count_of_account(db, id)?;
    let (holds, answers_for) = responsibility::count_of_organisation(db, organisation)?;
    let colleagues = accounts::count_colleagues(db, organisation, id)?;
    Ok(OpenWork { reports, checks, organisation, colleagues, holds, answers_for })
}
