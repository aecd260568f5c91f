//! Worklists: counts their incidents, and records until when the caller has seen them.

use std::sync::Arc;

use grassroots_domain::{account::Actor, reading::worklist::Worklist, time::Instant};
use grassroots_persistence::{
    database::error::StoreResult,
    reading::worklists::{self, QueueCount},
};

use crate::app::App;

/// Counts the incidents in each worklist of `actor` at `now`.
pub async fn counts(app: &App, actor: Arc<Actor>, now: Instant) -> StoreResult<Vec<QueueCount>> {
    app.store.read(move |db| worklists::counts(db, &actor, now)).await
}

/// Records that `actor` has seen a worklist. Incidents that arrived up to `until` no longer count as unread. A time in the
/// future is replaced by the current time.
pub async fn mark_seen(app: &App, actor: &Actor, worklist: Worklist, until: Instant) -> StoreResult<()> {
    let (account, until) = (actor.account, until.min(app.clock.now()));
    app.store.write(move |db| worklists::mark(db, account, worklist, until)).await
}
