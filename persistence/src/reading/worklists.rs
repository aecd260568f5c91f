//! Worklists as SQL conditions, and table `worklist_mark`: until when an account has seen each of its worklists.

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
        columns::Code,
        db::{Db, DbId, DbTime, on_each},
        error::StoreResult,
        schema::{attention, incident, participation, worklist_mark},
    },
    incident::{
        attention::{ALARM, ANSWER, DISPUTE, OBJECTION, REQUEST, SUPERVISION},
        marks,
        participation::led_by,
    },
    reading::scopes::{self, Condition},
    reference::units::rank_of_level,
};

/// The number of incidents in a worklist.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueCount {
    pub queue: Worklist,
    /// All incidents in the worklist.
    pub open: i64,
    /// Incidents that arrived in the worklist after `seen_until`.
    pub unread: i64,
    /// Incidents whose present step is late.
    pub overdue: i64,
    /// Until when the account has seen the worklist.
    pub seen_until: Option<Instant>,
}

/// The owner of worklists.
#[derive(Clone, Copy)]
enum Owner {
    /// A grid worker, who has questions to answer and results to check.
    GridWorker(AccountId),
    Department(OrganisationCode),
    /// A desk, and the person who works at it.
    Desk(OrganisationCode, AccountId),
    /// Administrators have no worklists.
    Nobody,
}

impl Owner {
    fn of(actor: &Actor) -> Self {
        match actor.role {
            Role::GridWorker => Self::GridWorker(actor.account),
            Role::Handler => Self::Department(actor.organisation),
            Role::VillageOfficer
            | Role::TownshipDispatcher
            | Role::EscalationReviewer
            | Role::CityOverseer => Self::Desk(actor.organisation, actor.account),
            Role::SystemAdmin | Role::SecurityAdmin | Role::AuditAdmin => Self::Nobody,
        }
    }
}

/// The conditions of a worklist. Each query starts from an index, so that it does not read the whole table.
struct WorklistQuery {
    /// Incidents in the worklist.
    waits: Condition,
    /// Incidents that arrived after the owner last looked at the worklist.
    new: Condition,
}

/// Incidents in `queue` of `actor` at `now`. Lists and counts use the same condition.
pub(crate) fn condition(queue: Worklist, actor: &Actor, now: Instant) -> Condition {
    worklist(queue, actor, now, now).map_or_else(|| scopes::constant(false), |worklist| worklist.waits)
}

/// The worklist `queue` of `actor`, who last looked at it at `seen`. `None` if `actor` has no such worklist.
fn worklist(queue: Worklist, actor: &Actor, now: Instant, seen: Instant) -> Option<WorklistQuery> {
    let (now, seen) = (DbTime(now), DbTime(seen));
    let WorklistQuery { waits, new } = match Owner::of(actor) {
        Owner::GridWorker(account) => of_grid_worker(queue, account, now, seen)?,
        Owner::Department(organisation) => of_department(queue, organisation, now, seen)?,
        Owner::Desk(desk, account) => of_desk(queue, desk, account, now, seen),
        Owner::Nobody => return None,
    };
    // Former holders do not see the present state, so it is neither listed nor counted for them.
    Some(WorklistQuery { waits: Box::new(waits.and(scopes::current(Scope::of(actor)))), new })
}

fn of_grid_worker(queue: Worklist, account: AccountId, now: DbTime, seen: DbTime) -> Option<WorklistQuery> {
    Some(match queue {
        Worklist::Mine => WorklistQuery {
            waits: waits_for_answer_of(account),
            new: Box::new(exists(of_kind(ANSWER).filter(attention::since.gt(seen))).nullable()),
        },
        Worklist::Overdue => WorklistQuery {
            waits: Box::new(waits_for_answer_of(account).and(answer_is_late(now))),
            new: Box::new(exists(of_kind(ANSWER).filter(attention::until.gt(seen))).nullable()),
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

fn of_department(
    queue: Worklist,
    organisation: OrganisationCode,
    now: DbTime,
    seen: DbTime,
) -> Option<WorklistQuery> {
    let leads = incident::id.eq_any(led_by(organisation)).nullable();
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
            new: Box::new(exists(watches().filter(attention::since.gt(seen))).nullable()),
        },
        Worklist::Desk | Worklist::ToVerify | Worklist::Returned | Worklist::ToDecide => return None,
    })
}

fn of_desk(
    queue: Worklist,
    desk: OrganisationCode,
    account: AccountId,
    now: DbTime,
    seen: DbTime,
) -> WorklistQuery {
    let arrived: Condition = Box::new(incident::at_desk_since.gt(seen));
    match queue {
        Worklist::Mine => {
            // A desk that was late may have got the work without custody.
            let custody = has_custody(desk).and(arrived);
            let work = not(has_custody(desk)).and(work_came_after(desk, seen));
            WorklistQuery { waits: has(desk), new: Box::new(custody.or(work)) }
        }
        Worklist::Desk => WorklistQuery { waits: has_custody(desk), new: arrived },
        Worklist::Overdue => WorklistQuery {
            waits: Box::new(has_custody(desk).and(incident::due_at.lt(now))),
            new: Box::new(incident::due_at.gt(seen)),
        },
        Worklist::ToVerify => {
            let submitted = incident::state.eq(State::PendingVerification.as_str()).nullable();
            WorklistQuery { waits: Box::new(has_custody(desk).and(submitted)), new: arrived }
        }
        Worklist::Returned => WorklistQuery {
            waits: Box::new(has_custody(desk).and(marks::sent_back().nullable())),
            new: arrived,
        },
        Worklist::Supervised => {
            let by_desk = || watches().filter(attention::organisation.eq(desk.to_string()));
            let of_desk = |watch: Condition, own: Condition| watch.or(has_custody(desk).and(own));
            let is_new = || attention::since.gt(seen);
            WorklistQuery {
                waits: watched_by_or_at(desk),
                new: Box::new(of_desk(
                    Box::new(exists(by_desk().filter(is_new())).nullable()),
                    Box::new(exists(watches().filter(is_new())).nullable()),
                )),
            }
        }
        Worklist::ToDecide => {
            let waits = asked(desk, account).or(disputed(desk)).or(objected(desk));
            let sees = scopes::handled(Scope::Desk { desk, account });
            let since = |kind| exists(of_kind(kind).filter(attention::since.gt(seen))).nullable();
            let asked = asked(desk, account).and(since(REQUEST));
            let disputed = disputed(desk).and(since(DISPUTE));
            WorklistQuery {
                // The subquery lets the search start at the few incidents that wait for a decision.
                waits: Box::new(incident::id.eq_any(any_undecided()).nullable().and(waits).and(sees)),
                new: Box::new(asked.or(disputed).or(objected(desk).and(since(OBJECTION)))),
            }
        }
    }
}

/// Incidents that the desk has custody of now.
fn has_custody(desk: OrganisationCode) -> Condition {
    let open = incident::at_desk_since.is_not_null().nullable();
    Box::new(incident::desk.eq(desk.to_string()).nullable().and(open))
}

/// Incidents that the organisation works on, and those that wait for it as the desk. `UNION` lets each half use its index: with
/// `OR` PostgreSQL reads the whole table. Diesel cannot express `UNION` for both databases.
fn has(organisation: OrganisationCode) -> Condition {
    let own = organisation.to_string();
    let states: Vec<String> = State::AT_DESK.iter().map(|state| format!("'{state}'")).collect();
    Box::new(
        sql::<Nullable<Bool>>(&format!(
            "incident.id IN (SELECT held.id FROM incident held WHERE held.at_desk_since IS NOT NULL \
             AND held.state IN ({}) AND held.desk = ",
            states.join(", ")
        ))
        .bind::<Text, _>(own.clone())
        .sql(" UNION SELECT leg.incident_id FROM participation leg WHERE leg.is_open AND leg.organisation = ")
        .bind::<Text, _>(own)
        .sql(")"),
    )
}

/// Incidents that the desk supervises or is alarmed of, and watched incidents that it has custody of. For `UNION` see [`has`].
fn watched_by_or_at(desk: OrganisationCode) -> Condition {
    let own = desk.to_string();
    Box::new(
        sql::<Nullable<Bool>>(
            "incident.id IN (SELECT a.incident_id FROM attention a \
             WHERE a.kind IN ('supervision', 'alarm') AND a.organisation = ",
        )
        .bind::<Text, _>(own.clone())
        .sql(
            " UNION SELECT held.id FROM incident held \
             JOIN attention a ON a.incident_id = held.id AND a.kind IN ('supervision', 'alarm') \
             WHERE held.at_desk_since IS NOT NULL AND held.desk = ",
        )
        .bind::<Text, _>(own)
        .sql(")"),
    )
}

/// Incidents of the desk, or of one below it, with a request of another person of the desk's level or below.
fn asked(desk: OrganisationCode, account: AccountId) -> Condition {
    let below = incident::desk.like(format!("{}%", desk.unit)).nullable();
    let decidable = of_kind(REQUEST)
        .filter(attention::rank.le(rank_of_level(Some(desk.unit.level()))))
        .filter(attention::account_id.ne(DbId::from(account)));
    Box::new(below.and(exists(decidable).nullable()))
}

/// The rows of an incident of one kind.
#[diesel::dsl::auto_type(no_type_alias)]
fn of_kind(kind: &'static str) -> _ {
    attention::table.filter(attention::incident_id.eq(incident::id)).filter(attention::kind.eq(kind))
}

/// The supervision and the alarm of an incident.
#[diesel::dsl::auto_type(no_type_alias)]
fn watches() -> _ {
    let (supervision, alarm): (&'static str, &'static str) = (SUPERVISION, ALARM);
    attention::table
        .filter(attention::incident_id.eq(incident::id))
        .filter(attention::kind.eq(supervision).or(attention::kind.eq(alarm)))
}

/// All incidents with a request, a dispute or an objection.
#[diesel::dsl::auto_type(no_type_alias)]
fn any_undecided() -> _ {
    let (request, dispute): (&'static str, &'static str) = (REQUEST, DISPUTE);
    let objection: &'static str = OBJECTION;
    let undecided = attention::kind.eq(request).or(attention::kind.eq(dispute));
    attention::table.filter(undecided.or(attention::kind.eq(objection))).select(attention::incident_id)
}

/// Incidents that wait for an answer of the account.
fn waits_for_answer_of(account: AccountId) -> Condition {
    let answers = attention::table
        .filter(attention::kind.eq(ANSWER))
        .filter(attention::account_id.eq(DbId::from(account)));
    Box::new(incident::id.eq_any(answers.select(attention::incident_id)).nullable())
}

/// Incidents with an answer that was due before `now`.
fn answer_is_late(now: DbTime) -> Condition {
    Box::new(exists(of_kind(ANSWER).filter(attention::until.lt(now))).nullable())
}

/// Incidents under supervision or with an alarm.
fn is_watched() -> Condition {
    Box::new(exists(watches()).nullable())
}

/// Incidents with a dispute that the desk decides: disputes at a desk directly below, and at the desk itself if there is no desk
/// above that sees the incident.
fn disputed(desk: OrganisationCode) -> Condition {
    let below = incident::superior.eq(desk.to_string()).and(incident::restricted.eq(false).nullable());
    let alone = incident::superior.is_null().or(incident::restricted.eq(true)).nullable();
    let own = incident::desk.eq(desk.to_string()).nullable().and(alone);
    Box::new(exists(of_kind(DISPUTE)).nullable().and(below.or(own)))
}

/// Closed incidents with an objection that the desk has to answer.
fn objected(desk: OrganisationCode) -> Condition {
    let to_answer = of_kind(OBJECTION).filter(attention::organisation.eq(desk.to_string()));
    Box::new(exists(to_answer).nullable())
}

/// Incidents in which the organisation got work after `seen`.
fn work_came_after(organisation: OrganisationCode, seen: DbTime) -> Condition {
    let legs = participation::table
        .filter(participation::incident_id.eq(incident::id))
        .filter(participation::organisation.eq(organisation.to_string()))
        .filter(participation::is_open)
        .filter(participation::since.gt(seen));
    Box::new(exists(legs).nullable())
}

/// Owner step is late.
fn late(actor: &Actor, now: DbTime) -> Condition {
    match Owner::of(actor) {
        Owner::GridWorker(_) => answer_is_late(now),
        Owner::Department(_) | Owner::Desk(..) | Owner::Nobody => Box::new(incident::due_at.lt(now)),
    }
}

/// The counts of all worklists of `actor` at `now`.
pub fn counts(db: &mut Db, actor: &Actor, now: Instant) -> StoreResult<Vec<QueueCount>> {
    let marks: Vec<(Code<Worklist>, DbTime)> = worklist_mark::table
        .filter(worklist_mark::account_id.eq(DbId::from(actor.account)))
        .select((worklist_mark::worklist, worklist_mark::seen_until))
        .load(db)?;
    Worklist::ALL
        .iter()
        .map(|queue| {
            let seen_until = marks.iter().find(|(marked, _)| marked.0 == *queue).map(|(_, until)| until.0);
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

/// Records that `account` has seen `queue` until `until`. An earlier time than the recorded one changes nothing.
pub fn mark(db: &mut Db, account: AccountId, queue: Worklist, until: Instant) -> StoreResult<()> {
    let row = (
        worklist_mark::account_id.eq(DbId::from(account)),
        worklist_mark::worklist.eq(queue.as_str()),
        worklist_mark::seen_until.eq(DbTime(until)),
    );
    let recorded: Option<DbTime> = worklist_mark::table
        .find((DbId::from(account), queue.as_str()))
        .select(worklist_mark::seen_until)
        .first(db)
        .optional()?;
    if recorded.is_some_and(|recorded| recorded.0 >= until) {
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
