//! The feed: the order in which all readers see the events. A reader that has seen position *p* never finds a new event at or
//! before *p*.
//!
//! SQLite has one writer, so events commit in the order of their ids, and the id is the position: `event_position`
//! is a view there. On PostgreSQL, transactions do
//! not commit in the order of their ids. There one sequencer at a time gives committed events consecutive positions: tables
//! `event_waiting` and `event_position`.

use diesel::{dsl::max, prelude::*};
use uuid::Uuid;

use crate::{
    database::{
        db::Db,
        epoch,
        error::{StoreError, StoreResult},
        schema::{event_position, event_waiting},
        store::Store,
    },
    incident::events::{self, StoredEvent},
};

/// Maximum number of events that get a position in one transaction.
const MAX_PLACED: i64 = 250;
/// Maximum number of events on a page.
pub const MAX_PAGE: u32 = 500;

/// How far a reader has read. Opaque to clients.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// The epoch of the database that the cursor belongs to.
    pub epoch: Uuid,
    /// The last position that was read; 0 before the first.
    pub position: i64,
}

/// Events in order, and the cursor of the next page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    pub events: Vec<StoredEvent>,
    pub next: Cursor,
}

/// The events after `after`, or from the beginning. `None` if this feed has no such cursor: it belongs to another database, such
/// as one before a backup was restored, or points past the end. The reader then starts again from the beginning.
pub async fn read(store: &Store, after: Option<Cursor>, limit: u32) -> StoreResult<Option<Page>> {
    place(store).await?;
    let limit = i64::from(limit.min(MAX_PAGE));
    store.read(move |db| page(db, after, limit)).await
}

/// Gives all waiting events a position. A job calls this regularly, so that a reader does not have to wait for it.
pub async fn place(store: &Store) -> StoreResult<()> {
    if !store.is_postgres() {
        return Ok(());
    }
    while store.write(place_waiting).await? == MAX_PLACED {}
    Ok(())
}

/// Gives at most [`MAX_PLACED`] waiting events a position, and returns their number.
fn place_waiting(db: &mut Db) -> StoreResult<i64> {
    let Db::Postgres(connection) = db else { return Ok(0) };
    // Usually no event waits, and then the lock is not needed.
    if event_waiting::table.select(event_waiting::event_id).first::<i64>(connection).optional()?.is_none() {
        return Ok(0);
    }
    // Excludes other sequencers until the transaction ends.
    diesel::sql_query("SELECT pg_advisory_xact_lock(4112002)").execute(connection)?;
    let waiting: Vec<i64> = event_waiting::table
        .order(event_waiting::event_id)
        .limit(MAX_PLACED)
        .select(event_waiting::event_id)
        .load(connection)?;
    let last: Option<i64> = event_position::table.select(max(event_position::position)).first(connection)?;
    let rows: Vec<_> = (last.unwrap_or(0) + 1..)
        .zip(&waiting)
        .map(|(position, event)| (event_position::position.eq(position), event_position::event_id.eq(*event)))
        .collect();
    diesel::insert_into(event_position::table).values(rows).execute(connection)?;
    diesel::delete(event_waiting::table.filter(event_waiting::event_id.eq_any(&waiting)))
        .execute(connection)?;
    i64::try_from(waiting.len()).map_err(|error| StoreError::decode("event_waiting", waiting.len(), error))
}

fn page(db: &mut Db, after: Option<Cursor>, limit: i64) -> StoreResult<Option<Page>> {
    let epoch = epoch::get(db)?;
    if after.is_some_and(|cursor| cursor.epoch != epoch) {
        return Ok(None);
    }
    let after = after.map_or(0, |cursor| cursor.position);
    let last: Option<i64> = event_position::table.select(max(event_position::position)).first(db)?;
    if after < 0 || after > last.unwrap_or(0) {
        return Ok(None);
    }
    let placed: Vec<(i64, i64)> = event_position::table
        .filter(event_position::position.gt(after))
        .order(event_position::position)
        .limit(limit)
        .select((event_position::position, event_position::event_id))
        .load(db)?;
    let position = placed.last().map_or(after, |(position, _)| *position);
    let keys: Vec<i64> = placed.into_iter().map(|(_, event)| event).collect();
    Ok(Some(Page { events: events::by_keys(db, &keys)?, next: Cursor { epoch, position } }))
}
