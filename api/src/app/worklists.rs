//! Worklists: how much waits in each, and up to when the caller looked at them.

use std::sync::Arc;

use grassroots_domain::{account::Actor, reading::worklist::Worklist, time::Instant};
use grassroots_persistence::{
    database::error::StoreResult,
    reading::worklists::{self, QueueCount},
};

use crate::app::App;

/// What waits at `now` in each worklist of `actor`.
///
/// # Errors
/// When the database fails.
pub async fn counts(app: &App, actor: Arc<Actor>, now: Instant) -> StoreResult<Vec<QueueCount>> {
    app.store.read(move |db| worklists::counts(db, &actor, now)).await
}

/// Notes that `actor` looked at a worklist: arrivals up to `until` no longer count as unread. Nobody has seen what is
/// still to come.
///
/// # Errors
/// When the database fails.
pub async fn mark_seen(app: &App, actor: &Actor, worklist: Worklist, until: Instant) -> StoreResult<()> {
    let (account, until) = (actor.account, until.min(app.clock.now()));
    app.store.write(move |db| worklists::mark(db, account, worklist, until)).await
}
