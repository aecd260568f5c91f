//! Open work of an account: what would be left behind if its owner left or moved.

use grassroots_domain::{ids::AccountId, organisation::OrganisationCode};
use grassroots_persistence::{
    account::accounts,
    database::{db::Db, error::StoreResult},
    incident::incidents,
};

/// Open work of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpenWork {
    /// Open reports that the person looks after.
    pub reports: i64,
    /// Results that the person was sent to look at.
    pub checks: i64,
    /// The organisation the person works for.
    pub organisation: OrganisationCode,
    /// How many others there can act for it.
    pub colleagues: i64,
    /// How many incidents it has to act on.
    pub holds: i64,
    /// For how many it answers as a desk.
    pub answers_for: i64,
}

/// The open work of the account `id`, which works, or worked, for `organisation`.
pub(crate) fn left_behind(
    db: &mut Db,
    id: AccountId,
    organisation: OrganisationCode,
) -> StoreResult<OpenWork> {
    let (reports, checks) = incidents::count_hanging_on(db, id)?;
    let (holds, answers_for) = incidents::count_at(db, organisation)?;
    let colleagues = accounts::count_colleagues(db, organisation, id)?;
    Ok(OpenWork { reports, checks, organisation, colleagues, holds, answers_for })
}
