//! Table `rules`: one row per version, written once.

use diesel::prelude::*;
use grassroots_domain::{
    rules::{RuleBook, Rules},
    time::Instant,
};

use crate::{
    db::{At, Db},
    error::{StoreError, StoreResult},
    schema::rules,
};

/// The number of the newest version; 0 before the first.
///
/// # Errors
/// When the query fails.
pub fn newest_version(db: &mut Db) -> StoreResult<i64> {
    let newest: Option<i64> = rules::table.select(diesel::dsl::max(rules::version)).first(db)?;
    Ok(newest.unwrap_or(0))
}

/// The rules in force: the newest version, if there is any.
///
/// # Errors
/// When the query fails or the stored book is not understood.
pub fn newest(db: &mut Db) -> StoreResult<Option<Rules>> {
    let row: Option<(i64, String)> = rules::table
        .order(rules::version.desc())
        .select((rules::version, rules::body))
        .first(db)
        .optional()?;
    row.map(|(version, body)| {
        let wrong =
            |reason: String| StoreError::Decode { column: "rules.body", value: version.to_string(), reason };
        let book: RuleBook = serde_json::from_str(&body).map_err(|error| wrong(error.to_string()))?;
        Rules::new(version, book).map_err(|error| wrong(error.to_string()))
    })
    .transpose()
}

/// Writes the next version and returns its number.
///
/// # Errors
/// When the query fails.
pub fn append(db: &mut Db, book: &RuleBook, note: &str, now: Instant) -> StoreResult<i64> {
    let version = newest_version(db)? + 1;
    let body =
        serde_json::to_string(book).map_err(|error| StoreError::decode("rules.body", version, error))?;
    diesel::insert_into(rules::table)
        .values((
            rules::version.eq(version),
            rules::created_at.eq(At(now)),
            rules::note.eq(note),
            rules::body.eq(body),
        ))
        .execute(db)?;
    Ok(version)
}
