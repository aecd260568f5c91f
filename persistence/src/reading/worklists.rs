//! Worklists as conditions, and table `worklist_mark`: up to which arrival an account has seen each.

use chrono::DateTime;
use diesel::{
    dsl::{case_when, count, count_star, exists, not, sql},
    prelude::*,
    sql_types::{Bool, Integer, Nullable, Text},
};
use grassroots_domain::{
    account::{Actor, Role},
    ids::AccountId,
    incident::State,
    organisation::OrganisationCode,
    reading::{visibility::Scope, worklist::Worklist},
    time::Instant,
};

use crate::{
    database::{
        db::{Db, DbId, DbTime, on_each},
        error::{StoreResult, decode},
        schema::{handling_leg, incident, worklist_mark},
    },
    reading::scopes::{self, Condition},
    reference::units::rank_of_level,
};

/// How many incidents wait in a worklist.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueCount {
    /// Which.
    pub queue: Worklist,
    /// All of them.
    pub open: i64,
    /// Those that arrived after the account last looked.
    pub unread: i64,
    /// Those with a step that is late.
    pub overdue: i64,
    /// Up to which arrival the account has seen it.
    pub seen_until: Option<Instant>,
}

/// Whose worklists they are.
#[derive(Clone, Copy)]
enum Whose {
    /// A grid worker's: questions to answer and results to look at.
    Field(AccountId),
    /// A department's.
    Department(OrganisationCode),
    /// A desk's, and one person's at it.
    Desk(OrganisationCode, AccountId),
    /// Nobody's: administrators have none.
    Nobody,
}

impl Whose {
    fn of(actor: &Actor) -> Self {
        match actor.role {
            Role::GridWorker => Self::Field(actor.account),
            Role::Handler => Self::Department(actor.organisation),
            Role::VillageOfficer
            | Role::TownshipDispatcher
            | Role::EscalationReviewer
            | Role::CityOverseer => Self::Desk(actor.organisation, actor.account),
            Role::SystemAdmin | Role::SecurityAdmin | Role::AuditAdmin => Self::Nobody,
        }
    }
}

/// A worklist as conditions: it begins at an index, and goes through no more than what waits.
struct WorklistQuery {
    /// What waits in it.
    waits: Condition,
    /// What of that came to it after its owner last looked.
    new: Condition,
}

/// What waits in `queue` for `actor` at `now`: the same for its list and for its numbers.
pub(crate) fn condition(queue: Worklist, actor: &Actor, now: Instant) -> Condition {
    worklist(queue, actor, now, now).map_or_else(|| scopes::constant(false), |worklist| worklist.waits)
}

/// `queue` of `actor`, who looked at it last at `seen`; `None` where never anything waits.
fn worklist(queue: Worklist, actor: &Actor, now: Instant, seen: Instant) -> Option<WorklistQuery> {
    let (now, seen) = (DbTime(now), DbTime(seen));
    let WorklistQuery { waits, new } = match Whose::of(actor) {
        Whose::Field(account) => in_the_field(queue, account, now, seen)?,
        Whose::Department(organisation) => at_work(queue, organisation, now, seen)?,
        Whose::Desk(desk, account) => at_desk(queue, desk, account, now, seen),
        Whose::Nobody => return None,
    };
    // A list in order of deadlines shows the present only, and so does every number.
    Some(WorklistQuery { waits: Box::new(waits.and(scopes::current(Scope::of(actor)))), new })
}

fn in_the_field(queue: Worklist, account: AccountId, now: DbTime, seen: DbTime) -> Option<WorklistQuery> {
    let awaited = incident::awaited_from_id.eq(DbId::from(account));
    Some(match queue {
        Worklist::Mine => {
            WorklistQuery { waits: Box::new(awaited), new: Box::new(incident::awaited_since.gt(seen)) }
        }
        Worklist::Overdue => WorklistQuery {
            waits: Box::new(awaited.and(incident::awaited_until.lt(now))),
            new: Box::new(incident::awaited_until.gt(seen)),
        },
        Worklist::Desk
        | Worklist::ToVerify
        | Worklist::Returned
        | Worklist::Supervised
        | Worklist::ToDecide => {
            return None;
        }
    })
}

fn at_work(
    queue: Worklist,
    organisation: OrganisationCode,
    now: DbTime,
    seen: DbTime,
) -> Option<WorklistQuery> {
    let leads = incident::holder.eq(organisation.to_string());
    Some(match queue {
        Worklist::Mine => {
            WorklistQuery { waits: has(organisation), new: work_came_after(organisation, seen) }
        }
        Worklist::Overdue => WorklistQuery {
            waits: Box::new(leads.and(incident::due_at.lt(now))),
            new: Box::new(incident::due_at.gt(seen)),
        },
        Worklist::Supervised => WorklistQuery {
            waits: Box::new(leads.and(is_watched())),
            new: Box::new(incident::supervised_since.gt(seen).or(incident::alarmed_since.gt(seen))),
        },
        Worklist::Desk | Worklist::ToVerify | Worklist::Returned | Worklist::ToDecide => return None,
    })
}

fn at_desk(
    queue: Worklist,
    desk: OrganisationCode,
    account: AccountId,
    now: DbTime,
    seen: DbTime,
) -> WorklistQuery {
    let came: Condition = Box::new(incident::at_desk_since.gt(seen));
    match queue {
        Worklist::Mine => {
            // What went past a desk that was late is there as work.
            let here = answers(desk).and(came);
            let late = not(answers(desk)).and(work_came_after(desk, seen));
            WorklistQuery { waits: has(desk), new: Box::new(here.or(late)) }
        }
        Worklist::Desk => WorklistQuery { waits: answers(desk), new: came },
        Worklist::Overdue => WorklistQuery {
            waits: Box::new(answers(desk).and(incident::due_at.lt(now))),
            new: Box::new(incident::due_at.gt(seen)),
        },
        Worklist::ToVerify => {
            let handed_in = incident::state.eq(State::PendingVerification.as_str()).nullable();
            WorklistQuery { waits: Box::new(answers(desk).and(handed_in)), new: came }
        }
        Worklist::Returned => {
            WorklistQuery { waits: Box::new(answers(desk).and(incident::sent_back.nullable())), new: came }
        }
        Worklist::Supervised => {
            let watches = || incident::supervised_by.eq(desk.to_string());
            let is_told = || incident::alarmed_by.eq(desk.to_string());
            let watched = watches().or(answers(desk)).and(incident::supervised_since.gt(seen));
            let told = is_told().or(answers(desk)).and(incident::alarmed_since.gt(seen));
            WorklistQuery {
                waits: Box::new(watches().or(is_told()).or(answers(desk).and(is_watched()))),
                new: Box::new(watched.or(told)),
            }
        }
        Worklist::ToDecide => {
            let waits = asked(desk, account).or(disputed(desk));
            let sees = scopes::handled(Scope::Desk { desk, account });
            let asked = asked(desk, account).and(incident::asked_since.gt(seen));
            let disputed = disputed(desk).and(incident::disputed_since.gt(seen));
            WorklistQuery {
                waits: Box::new(incident::awaits_decision.nullable().and(waits).and(sees)),
                new: Box::new(asked.or(disputed)),
            }
        }
    }
}

/// What the desk answers for now.
fn answers(desk: OrganisationCode) -> Condition {
    let open = incident::at_desk_since.is_not_null().nullable();
    Box::new(incident::desk.eq(desk.to_string()).nullable().and(open))
}

/// What the organisation has to act on, or helps with. One set of two, each from its index: for the one *or* the other
/// PostgreSQL would go through the whole table, and diesel has no `UNION` for both databases.
fn has(organisation: OrganisationCode) -> Condition {
    let own = organisation.to_string();
    Box::new(
        sql::<Nullable<Bool>>("incident.id IN (SELECT held.id FROM incident held WHERE held.holder = ")
            .bind::<Text, _>(own.clone())
            .sql(" UNION SELECT leg.incident_id FROM handling_leg leg WHERE leg.ended_at IS NULL AND leg.organisation = ")
            .bind::<Text, _>(own)
            .sql(")"),
    )
}

/// What somebody else asked, of the desk's own level or below, about what the desk or one below it has.
fn asked(desk: OrganisationCode, account: AccountId) -> Condition {
    let below = incident::desk.like(format!("{}%", desk.unit)).nullable();
    let no_higher = incident::asked_by_rank.le(rank_of_level(Some(desk.unit.level())));
    Box::new(below.and(no_higher).and(incident::asked_by_id.ne(DbId::from(account))))
}

/// What a desk watches, or is told of.
fn is_watched() -> Condition {
    let watched = incident::supervised_since.is_not_null().or(incident::alarmed_since.is_not_null());
    Box::new(watched.nullable())
}

/// Disputes that are the desk's to decide: of a desk directly below; at the top, and where nobody above sees it, its own.
fn disputed(desk: OrganisationCode) -> Condition {
    let below = incident::superior.eq(desk.to_string()).and(incident::restricted.eq(false).nullable());
    let alone = incident::superior.is_null().or(incident::restricted.eq(true)).nullable();
    let own = incident::desk.eq(desk.to_string()).nullable().and(alone);
    Box::new(incident::disputed_since.is_not_null().nullable().and(below.or(own)))
}

/// Where the organisation got work after `seen`.
fn work_came_after(organisation: OrganisationCode, seen: DbTime) -> Condition {
    let legs = handling_leg::table
        .filter(handling_leg::incident_id.eq(incident::id))
        .filter(handling_leg::organisation.eq(organisation.to_string()))
        .filter(handling_leg::ended_at.is_null())
        .filter(handling_leg::opened_at.gt(seen));
    Box::new(exists(legs).nullable())
}

/// Whose step is late.
fn late(actor: &Actor, now: DbTime) -> Condition {
    match Whose::of(actor) {
        Whose::Field(_) => Box::new(incident::awaited_until.lt(now)),
        Whose::Department(_) | Whose::Desk(..) | Whose::Nobody => Box::new(incident::due_at.lt(now)),
    }
}

/// Every worklist of `actor` at `now`.
///
/// # Errors
/// When a query fails or a row does not decode.
pub fn counts(db: &mut Db, actor: &Actor, now: Instant) -> StoreResult<Vec<QueueCount>> {
    let marks: Vec<(String, DbTime)> = worklist_mark::table
        .filter(worklist_mark::account_id.eq(DbId::from(actor.account)))
        .select((worklist_mark::worklist, worklist_mark::seen_until))
        .load(db)?;
    let marks = marks
        .into_iter()
        .map(|(queue, until)| Ok((decode::<Worklist>("worklist_mark.worklist", &queue)?, until.0)))
        .collect::<StoreResult<Vec<_>>>()?;
    Worklist::ALL
        .iter()
        .map(|queue| {
            let seen_until = marks.iter().find(|(known, _)| known == queue).map(|(_, until)| *until);
            count_in(db, actor, *queue, now, seen_until)
        })
        .collect()
}

fn count_in(
    db: &mut Db,
    actor: &Actor,
    queue: Worklist,
    now: Instant,
    seen_until: Option<Instant>,
) -> StoreResult<QueueCount> {
    let seen = seen_until.unwrap_or(DateTime::UNIX_EPOCH);
    let Some(WorklistQuery { waits, new }) = worklist(queue, actor, now, seen) else {
        return Ok(QueueCount { queue, open: 0, unread: 0, overdue: 0, seen_until });
    };
    let one = || 1.into_sql::<Integer>();
    let (open, unread, overdue) = incident::table
        .filter(waits)
        .filter(scopes::condition(Scope::of(actor)))
        .select((
            count_star(),
            count(case_when(new, one())),
            count(case_when(late(actor, DbTime(now)), one())),
        ))
        .first(db)?;
    Ok(QueueCount { queue, open, unread, overdue, seen_until })
}

/// Notes that `account` has seen what arrived in `queue` up to `until`. It never unsees anything.
///
/// # Errors
/// When the query fails.
pub fn mark(db: &mut Db, account: AccountId, queue: Worklist, until: Instant) -> StoreResult<()> {
    let row = (
        worklist_mark::account_id.eq(DbId::from(account)),
        worklist_mark::worklist.eq(queue.as_str()),
        worklist_mark::seen_until.eq(DbTime(until)),
    );
    let known: Option<DbTime> = worklist_mark::table
        .find((DbId::from(account), queue.as_str()))
        .select(worklist_mark::seen_until)
        .first(db)
        .optional()?;
    if known.is_some_and(|known| known.0 >= until) {
        return Ok(());
    }
    on_each!(db, conn => diesel::insert_into(worklist_mark::table)
        .values(row)
        .on_conflict((worklist_mark::account_id, worklist_mark::worklist))
        .do_update()
        .set(worklist_mark::seen_until.eq(DbTime(until)))
        .execute(conn))?;
    Ok(())
}
