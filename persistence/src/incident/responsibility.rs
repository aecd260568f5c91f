//! Incidents that depend on an account or an organisation. Used when a person leaves or an account is disabled.

use diesel::{dsl::count_star, prelude::*};
use grassroots_domain::{ids::AccountId, incident::State, organisation::OrganisationCode};

use crate::{
    database::{
        db::{Db, DbId},
        error::StoreResult,
        schema::{attention, incident},
    },
    incident::{attention::ANSWER, participation::led_by},
};

/// The keys of at most `limit` open incidents that depend on `account`, with keys larger than `after`: its own reports, the reports
/// that it took over, and the results that it has to check.
pub fn open_incidents_of(db: &mut Db, account: AccountId, after: i64, limit: u32) -> StoreResult<Vec<i64>> {
    let answers = answers_of(db, account)?;
    Ok(incident::table
        .filter(cared_for_by(account).or(awaits_check(answers).nullable()))
        .filter(incident::ended_at.is_null())
        .filter(incident::id.gt(after))
        .order(incident::id)
        .limit(i64::from(limit))
        .select(incident::id)
        .load(db)?)
}

/// The number of open reports that `account` takes care of, and the number of results that it has to check.
pub fn count_of_account(db: &mut Db, account: AccountId) -> StoreResult<(i64, i64)> {
    let open = || incident::table.filter(incident::ended_at.is_null());
    let reports = open().filter(cared_for_by(account)).select(count_star()).first(db)?;
    let answers = answers_of(db, account)?;
    let checks = open().filter(awaits_check(answers)).select(count_star()).first(db)?;
    Ok((reports, checks))
}

/// The number of incidents that `organisation` has to act on, and the number that it has custody of.
pub fn count_of_organisation(db: &mut Db, organisation: OrganisationCode) -> StoreResult<(i64, i64)> {
    let custody = || {
        incident::table
            .filter(incident::desk.eq(organisation.to_string()))
            .filter(incident::at_desk_since.is_not_null())
    };
    let leads: i64 = led_by(organisation).count().get_result(db)?;
    let waiting = custody().filter(incident::state.eq_any(State::AT_DESK.iter().map(|state| state.as_str())));
    let waits: i64 = waiting.select(count_star()).first(db)?;
    Ok((leads + waits, custody().select(count_star()).first(db)?))
}

/// The keys of incidents that wait for an answer of `account`. They are few. As a subquery beside an `OR`, PostgreSQL would read
/// the whole table.
fn answers_of(db: &mut Db, account: AccountId) -> StoreResult<Vec<i64>> {
    Ok(attention::table
        .filter(attention::kind.eq(ANSWER))
        .filter(attention::account_id.eq(DbId::from(account)))
        .select(attention::incident_id)
        .load(db)?)
}

/// Incidents with a result that has to be checked, among those with these keys.
#[diesel::dsl::auto_type(no_type_alias)]
fn awaits_check(keys: Vec<i64>) -> _ {
    let state: &'static str = State::PendingVerification.as_str();
    incident::id.eq_any(keys).and(incident::state.eq(state))
}

/// Incidents that `account` reported or took over. Own reports are left out if another account took them over, or if the reporter
/// is protected.
#[diesel::dsl::auto_type(no_type_alias)]
fn cared_for_by(account: AccountId) -> _ {
    let key: DbId = DbId::from(account);
    let own = incident::reporter_id.eq(key).and(incident::caretaker_id.is_null());
    // The count must not reveal that the account sent a report with a protected reporter.
    let unprotected = incident::reporter_hidden.eq(false);
    incident::caretaker_id.eq(key).or(own.and(unprotected).nullable())
}
