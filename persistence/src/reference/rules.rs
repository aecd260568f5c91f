//! Table `rules`: one row for each version. Rows are never changed.

use diesel::prelude::*;
use grassroots_domain::{
    ids::AccountId,
    rules::{Rules, rule_book::RuleBook, validation::ValidRules},
    time::Instant,
};

use crate::database::{
    columns::Json,
    db::{Db, DbId, DbTime},
    error::StoreResult,
    schema::rules,
};

/// The number of the newest version, or 0 if there is none.
pub fn newest_version(db: &mut Db) -> StoreResult<i64> {
    let newest: Option<i64> = rules::table.select(diesel::dsl::max(rules::version)).first(db)?;
    Ok(newest.unwrap_or(0))
}

/// The newest version, which is in force.
pub fn newest(db: &mut Db) -> StoreResult<Option<Rules>> {
    let newest = newest_version(db)?;
    get(db, newest)
}

pub fn get(db: &mut Db, version: i64) -> StoreResult<Option<Rules>> {
    let book: Option<Json<RuleBook>> = rules::table.find(version).select(rules::body).first(db).optional()?;
    Ok(book.map(|book| Rules::new(version, book.0)))
}

/// Who wrote a version, when and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RulesVersion {
    pub version: i64,
    pub at: Instant,
    pub note: String,
    /// `None` for an import.
    pub by: Option<AccountId>,
}

/// All versions, the newest first.
pub fn versions(db: &mut Db) -> StoreResult<Vec<RulesVersion>> {
    let rows: Vec<(i64, DbTime, String, Option<DbId>)> = rules::table
        .order(rules::version.desc())
        .select((rules::version, rules::created_at, rules::note, rules::created_by))
        .load(db)?;
    let decode = |(version, at, note, by): (i64, DbTime, String, Option<DbId>)| RulesVersion {
        version,
        at: at.0,
        note,
        by: by.map(|key| AccountId(key.0)),
    };
    Ok(rows.into_iter().map(decode).collect())
}

/// Writes the next version and returns its number. `by` is `None` for an import. The type of `checked` makes sure that the rules
/// were validated: every server reads them at its start and does not validate them again.
pub fn append(
    db: &mut Db,
    checked: &ValidRules,
    note: &str,
    by: Option<AccountId>,
    now: Instant,
) -> StoreResult<i64> {
    let version = newest_version(db)? + 1;
    diesel::insert_into(rules::table)
        .values((
            rules::version.eq(version),
            rules::created_at.eq(DbTime(now)),
            rules::note.eq(note),
            rules::created_by.eq(by.map(DbId::from)),
            rules::body.eq(Json(checked.book().clone())),
        ))
        .execute(db)?;
    Ok(version)
}
