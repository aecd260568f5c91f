//! Worklists as conditions, and table `queue_mark`: up to which arrival an account has seen each.

use diesel::{
    dsl::{count_star, exists},
    prelude::*,
};
use grassroots_domain::{
    account::{AccountId, Actor, Role},
    incident::State,
    leg::HandlingRole,
    queue::Queue,
    time::Instant,
    visibility::Scope,
};

use crate::{
    db::{At, Db, Key, on_each},
    error::{StoreResult, decode},
    schema::{handling_leg, incident, queue_mark},
    scopes::{self, Condition},
};

/// How many incidents wait in a worklist.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueCount {
    /// Which.
    pub queue: Queue,
    /// All of them.
    pub open: i64,
    /// Those that arrived after the account last looked.
    pub unread: i64,
    /// Those with a step that is late.
    pub overdue: i64,
    /// Up to which arrival the account has seen it.
    pub seen_until: Option<Instant>,
}

/// What waits in `queue` for `actor` at `now`.
pub(crate) fn condition(queue: Queue, actor: &Actor, now: Instant) -> Condition {
    if actor.role == Role::GridWorker {
        return in_the_field(queue, actor.account, now);
    }
    let own = actor.organisation.to_string();
    let holds = || incident::holder.eq(own.clone());
    let answers = || incident::desk.eq(own.clone()).and(incident::ended_at.is_null()).nullable();
    let in_state = |state: State| incident::state.eq(state.as_str()).nullable();
    match queue {
        Queue::Mine => {
            let helps = handling_leg::table
                .filter(handling_leg::incident_id.eq(incident::id))
                .filter(handling_leg::organisation.eq(own.clone()))
                .filter(handling_leg::role.eq(HandlingRole::Assist.as_str()))
                .filter(handling_leg::ended_at.is_null());
            Box::new(holds().or(exists(helps).nullable()))
        }
        Queue::Desk => Box::new(answers()),
        Queue::Overdue => Box::new(holds().or(answers()).and(incident::due_at.lt(At(now)))),
        Queue::ToVerify => Box::new(answers().and(in_state(State::PendingVerification))),
        Queue::Returned => {
            let sent_back = incident::returned.gt(0).nullable();
            Box::new(answers().and(in_state(State::PendingDispatch)).and(sent_back))
        }
        Queue::Supervised => {
            let watches = incident::supervised_by.eq(own.clone()).or(incident::alarmed_by.eq(own.clone()));
            let watched =
                incident::supervised_by.is_not_null().or(incident::alarmed_by.is_not_null()).nullable();
            Box::new(watches.or(holds().or(answers()).and(watched)))
        }
        Queue::ToDecide => {
            let above = incident::superior.eq(own.clone());
            Box::new(answers().or(above).and(incident::awaits_decision.eq(true).nullable()))
        }
    }
}

/// A grid worker has questions to answer and results to look at.
fn in_the_field(queue: Queue, account: AccountId, now: Instant) -> Condition {
    let asked = scopes::own(account).and(incident::state.eq(State::AwaitingInfo.as_str()).nullable());
    let sent = incident::checker_id.eq(Key::from(account));
    match queue {
        Queue::Mine => Box::new(asked.or(sent)),
        Queue::Overdue => Box::new(asked.or(sent).and(incident::due_at.lt(At(now)))),
        Queue::Desk | Queue::ToVerify | Queue::Returned | Queue::Supervised | Queue::ToDecide => {
            scopes::constant(false)
        }
    }
}

/// Every worklist of `actor` at `now`.
///
/// # Errors
/// When a query fails or a row does not decode.
pub fn counts(db: &mut Db, actor: &Actor, now: Instant) -> StoreResult<Vec<QueueCount>> {
    let marks: Vec<(String, At)> = queue_mark::table
        .filter(queue_mark::account_id.eq(Key::from(actor.account)))
        .select((queue_mark::queue, queue_mark::seen_until))
        .load(db)?;
    let marks = marks
        .into_iter()
        .map(|(queue, until)| Ok((decode::<Queue>("queue_mark.queue", &queue)?, until.0)))
        .collect::<StoreResult<Vec<_>>>()?;
    Queue::ALL
        .iter()
        .map(|queue| {
            let seen_until = marks.iter().find(|(known, _)| known == queue).map(|(_, until)| *until);
            let late: Condition = Box::new(incident::due_at.lt(At(now)));
            let unread: Condition = match seen_until {
                Some(until) => Box::new(incident::held_since.gt(At(until))),
                None => scopes::constant(true),
            };
            Ok(QueueCount {
                queue: *queue,
                open: count(db, actor, *queue, now, scopes::constant(true))?,
                unread: count(db, actor, *queue, now, unread)?,
                overdue: count(db, actor, *queue, now, late)?,
                seen_until,
            })
        })
        .collect()
}

fn count(db: &mut Db, actor: &Actor, queue: Queue, now: Instant, only: Condition) -> StoreResult<i64> {
    Ok(incident::table
        .filter(scopes::condition(Scope::of(actor)))
        .filter(condition(queue, actor, now))
        .filter(only)
        .select(count_star())
        .first(db)?)
}

/// Notes that `account` has seen what arrived in `queue` up to `until`. It never unsees anything.
///
/// # Errors
/// When the query fails.
pub fn mark(db: &mut Db, account: AccountId, queue: Queue, until: Instant) -> StoreResult<()> {
    let row = (
        queue_mark::account_id.eq(Key::from(account)),
        queue_mark::queue.eq(queue.as_str()),
        queue_mark::seen_until.eq(At(until)),
    );
    let known: Option<At> = queue_mark::table
        .find((Key::from(account), queue.as_str()))
        .select(queue_mark::seen_until)
        .first(db)
        .optional()?;
    if known.is_some_and(|known| known.0 >= until) {
        return Ok(());
    }
    on_each!(db, conn => diesel::insert_into(queue_mark::table)
        .values(row)
        .on_conflict((queue_mark::account_id, queue_mark::queue))
        .do_update()
        .set(queue_mark::seen_until.eq(At(until)))
        .execute(conn))?;
    Ok(())
}
