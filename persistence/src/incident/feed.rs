//! Tables `event_waiting`, `event_position` and `feed`: the order in which everybody sees all events.
//!
//! Ids come from a sequence and do not commit in order. One sequencer at a time gives committed events dense
//! positions; a reader that has seen position *p* never later finds an event at or before *p*.

use diesel::prelude::*;
use uuid::Uuid;

use crate::{
    database::{
        db::{Db, insert_rows},
        epoch,
        error::{StoreError, StoreResult},
        schema::{event_position, event_waiting},
        store::Store,
    },
    incident::events::{self, StoredEvent},
};

/// Events that get their positions in one go.
const MAX_PLACED: i64 = 250;
/// Events on a page at most.
pub const MAX_PAGE: u32 = 500;

/// A place in the feed: how far a reader has read. Opaque outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// Which history it belongs to.
    pub epoch: Uuid,
    /// The last position seen; 0 before the first.
    pub position: i64,
}

/// Some events, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// The events after the cursor asked for.
    pub events: Vec<StoredEvent>,
    /// Where to go on.
    pub next: Cursor,
}

/// Why a cursor leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// It belongs to another history, such as one before a backup was restored. Read anew from the beginning.
    #[error("the cursor belongs to another history")]
    OtherHistory,
    /// It points past the end: it was made up.
    #[error("the cursor points past the end")]
    PastTheEnd,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The events after `after`, or from the beginning.
///
/// # Errors
/// When the cursor is none of ours, or the database fails.
pub async fn read(store: &Store, after: Option<Cursor>, limit: u32) -> Result<Page, FeedError> {
    place(store).await?;
    let limit = i64::from(limit.min(MAX_PAGE));
    store.read(move |db| page(db, after, limit)).await
}

/// Gives waiting events their positions, a few at a time. To be called now and then, so that the first reader does not
/// find all of them waiting.
///
/// # Errors
/// When the database fails.
pub async fn place(store: &Store) -> StoreResult<()> {
    while store.write(place_waiting).await? == MAX_PLACED {}
    Ok(())
}

/// Gives waiting events their positions, and says how many got one.
fn place_waiting(db: &mut Db) -> StoreResult<i64> {
    // Nothing to do is the usual case: do not queue for the lock then.
    if event_waiting::table.select(event_waiting::event_id).first::<i64>(db).optional()?.is_none() {
        return Ok(0);
    }
    lock_sequencer(db)?;
    let waiting: Vec<i64> = event_waiting::table
        .order(event_waiting::event_id)
        .limit(MAX_PLACED)
        .select(event_waiting::event_id)
        .load(db)?;
    let last: Option<i64> =
        event_position::table.select(diesel::dsl::max(event_position::position)).first(db)?;
    let rows: Vec<_> = (last.unwrap_or(0) + 1..)
        .zip(&waiting)
        .map(|(position, event)| (event_position::position.eq(position), event_position::event_id.eq(*event)))
        .collect();
    insert_rows!(db, &rows, row => diesel::insert_into(event_position::table).values(row))?;
    diesel::delete(event_waiting::table.filter(event_waiting::event_id.eq_any(&waiting))).execute(db)?;
    i64::try_from(waiting.len()).map_err(|error| StoreError::decode("event_waiting", waiting.len(), error))
}

/// One sequencer at a time, until its transaction ends. SQLite has one writer anyway.
fn lock_sequencer(db: &mut Db) -> StoreResult<()> {
    if let Db::Postgres(connection) = db {
        diesel::sql_query("SELECT pg_advisory_xact_lock(4112002)").execute(connection)?;
    }
    Ok(())
}

fn page(db: &mut Db, after: Option<Cursor>, limit: i64) -> Result<Page, FeedError> {
    let epoch = epoch::get(db)?;
    if after.is_some_and(|cursor| cursor.epoch != epoch) {
        return Err(FeedError::OtherHistory);
    }
    let after = after.map_or(0, |cursor| cursor.position);
    let last: Option<i64> = event_position::table
        .select(diesel::dsl::max(event_position::position))
        .first(db)
        .map_err(StoreError::from)?;
    if after < 0 || after > last.unwrap_or(0) {
        return Err(FeedError::PastTheEnd);
    }
    let placed: Vec<(i64, i64)> = event_position::table
        .filter(event_position::position.gt(after))
        .order(event_position::position)
        .limit(limit)
        .select((event_position::position, event_position::event_id))
        .load(db)
        .map_err(StoreError::from)?;
    let position = placed.last().map_or(after, |(position, _)| *position);
    let keys: Vec<i64> = placed.into_iter().map(|(_, event)| event).collect();
    Ok(Page { events: events::by_keys(db, &keys)?, next: Cursor { epoch, position } })
}
