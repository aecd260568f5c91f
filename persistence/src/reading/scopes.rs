//! Scopes as SQL conditions. The domain decides with `Scope` who may see an incident; here the same rules become SQL.
//!
//! A test compares both for random incidents and accounts.

use diesel::{
    BoolExpressionMethods, BoxableExpression, ExpressionMethods, NullableExpressionMethods, QueryDsl,
    dsl::{exists, not, sql},
    sql_types::{BigInt, Bool, Nullable},
};
use grassroots_domain::{
    geography::unit::{GridCode, Level, UnitCode},
    ids::AccountId,
    organisation::OrganisationCode,
    reading::visibility::Scope,
};

use crate::{
    database::{
        db::{DbId, MultiBackend, SqlId},
        schema::{incident, participation},
    },
    incident::participation::CUSTODY,
    reference::{
        grids,
        units::{self, rank_of_level},
    },
};

/// A condition on incidents.
pub(crate) type Condition =
    Box<dyn BoxableExpression<incident::table, MultiBackend, SqlType = Nullable<Bool>>>;

/// A condition that is always true, or always false.
pub(crate) fn constant(holds: bool) -> Condition {
    Box::new(diesel::expression::AsExpression::<Bool>::as_expression(holds).nullable())
}

/// Incidents that the scope shows in any form.
pub(crate) fn condition(scope: Scope) -> Condition {
    match scope {
        Scope::Nothing => constant(false),
        Scope::Own(account) => own_or_checked(account),
        Scope::Work(organisation) => worked_on(organisation),
        Scope::Desk { desk, account } => Box::new(at_desk(desk).or(own(account))),
        Scope::City { unit, account } => Box::new(lies_in(unit).or(own(account))),
        Scope::Audit(unit) => lies_in(unit),
    }
}

/// Incidents whose text the scope shows. A text search is limited to them.
pub(crate) fn readable(scope: Scope) -> Condition {
    match scope {
        Scope::City { unit, account } => overseen(unit, account),
        Scope::Audit(_) => constant(false),
        Scope::Nothing | Scope::Own(_) | Scope::Work(_) | Scope::Desk { .. } => constant(true),
    }
}

/// Incidents whose place below the county the scope shows. Filters by township or village are limited to them. The
/// auditor reads the place in the events.
pub(crate) fn placed(scope: Scope) -> Condition {
    match scope {
        Scope::City { unit, account } => overseen(unit, account),
        Scope::Nothing | Scope::Own(_) | Scope::Work(_) | Scope::Desk { .. } | Scope::Audit(_) => {
            constant(true)
        }
    }
}

/// Incidents whose present holder and deadline the scope shows. Former holders do not see them, so filters by level or deadline
/// are limited to these incidents.
pub(crate) fn current(scope: Scope) -> Condition {
    match scope {
        Scope::Work(organisation) => works_on(organisation),
        Scope::Desk { desk, account } => {
            let former = not_skipped(desk).and(held(desk));
            Box::new(full_at_desk(desk).or(own(account).and(not(former))))
        }
        Scope::Nothing | Scope::Own(_) | Scope::City { .. } | Scope::Audit(_) => constant(true),
    }
}

/// Incidents whose handling the scope shows. Filters by linkage are limited to them. The auditor reads the handling in the events.
pub(crate) fn handled(scope: Scope) -> Condition {
    match scope {
        Scope::Work(organisation) => works_on(organisation),
        Scope::Desk { desk, .. } => full_at_desk(desk),
        Scope::City { unit, .. } => {
            let unrestricted = incident::restricted.eq(false).nullable();
            Box::new(unrestricted.or(has_or_had_last(OrganisationCode::desk(unit))))
        }
        Scope::Nothing | Scope::Own(_) => constant(false),
        Scope::Audit(_) => constant(true),
    }
}

/// Incidents in `unit`, if the scope shows the place at that level.
pub(crate) fn seen_in(scope: Scope, unit: UnitCode) -> Condition {
    let inside = lies_in(unit);
    if unit.level() < Level::County { Box::new(inside.and(placed(scope))) } else { inside }
}

/// Incidents in `grid`, if the scope shows the place at that level.
pub(crate) fn seen_in_grid(scope: Scope, grid: GridCode) -> Condition {
    Box::new(incident::grid_code.eq(grids::to_db(grid)).and(placed(scope)))
}

/// Incidents in `unit`.
pub(crate) fn lies_in(unit: UnitCode) -> Condition {
    let code = units::to_db(unit);
    match unit.level() {
        Level::Village => Box::new(incident::village_code.eq(code)),
        Level::Township => Box::new(incident::township_code.eq(code)),
        Level::County => Box::new(incident::county_code.eq(code).nullable()),
        // The code of a county continues the four digits of its city. No index can serve this condition, on purpose: a city
        // is most of the table, and SQLite would prefer such an index to the order of the list or to the period.
        Level::City => {
            Box::new(sql::<Nullable<Bool>>("incident.county_code / 100 = ").bind::<BigInt, _>(code))
        }
    }
}

/// Incidents that the figures of `unit` count, as [`counts`](grassroots_domain::reading::unit_figure::counts) says.
pub(crate) fn figure_of(unit: UnitCode) -> Condition {
    Box::new(lies_in(unit).and(shown_at(unit.level())))
}

/// Incidents that the figures of a unit of this level count, if they lie in it.
pub(crate) fn shown_at(level: Level) -> Condition {
    let not_skipped = incident::skip_rank.lt(rank_of_level(Some(level))).nullable();
    if level == Level::Village {
        Box::new(not_skipped.and(incident::restricted.eq(false).nullable()))
    } else {
        Box::new(not_skipped)
    }
}

/// Incidents that `account` reported or took over.
pub(crate) fn own(account: AccountId) -> Condition {
    let own = incident::reporter_id.eq(DbId::from(account)).nullable();
    // Must not be NULL, because the condition is used with NOT.
    let taken_over = incident::caretaker_id.is_not_null().nullable();
    Box::new(own.or(taken_over.and(incident::caretaker_id.eq(DbId::from(account)))))
}

/// Incidents that the account reported, took over, or was sent to check. `UNION` lets each part use its index: with `OR` PostgreSQL
/// reads the whole table. Diesel cannot express `UNION` for both databases.
fn own_or_checked(account: AccountId) -> Condition {
    let account = DbId::from(account);
    Box::new(
        sql::<Nullable<Bool>>("incident.id IN (SELECT own.id FROM incident own WHERE own.reporter_id = ")
            .bind::<SqlId, _>(account)
            .sql(" UNION SELECT own.id FROM incident own WHERE own.caretaker_id = ")
            .bind::<SqlId, _>(account)
            .sql(" UNION SELECT checker.incident_id FROM checker WHERE checker.account_id = ")
            .bind::<SqlId, _>(account)
            .sql(")"),
    )
}

/// Incidents of which a city overseer sees more than a summary.
fn overseen(city: UnitCode, account: AccountId) -> Condition {
    let unrestricted = incident::restricted.eq(false).nullable();
    Box::new(unrestricted.or(own(account)).or(has_or_had_last(OrganisationCode::desk(city))))
}

/// Incidents that the desk has custody of, or had last.
fn has_or_had_last(desk: OrganisationCode) -> Condition {
    Box::new(incident::desk.eq(desk.to_string()).nullable())
}

/// Incidents that the desk has or had custody of.
fn held(desk: OrganisationCode) -> Condition {
    let former = participation::table
        .filter(participation::incident_id.eq(incident::id))
        .filter(participation::role.eq(CUSTODY))
        .filter(participation::organisation.eq(desk.to_string()));
    Box::new(has_or_had_last(desk).or(exists(former).nullable()))
}

/// Incidents that the organisation works on or worked on.
fn worked_on(organisation: OrganisationCode) -> Condition {
    let legs = participation::table
        .filter(participation::incident_id.eq(incident::id))
        .filter(participation::role.ne(CUSTODY))
        .filter(participation::organisation.eq(organisation.to_string()));
    Box::new(exists(legs).nullable())
}

/// Incidents that the organisation works on now.
fn works_on(organisation: OrganisationCode) -> Condition {
    let legs = participation::table
        .filter(participation::incident_id.eq(incident::id))
        .filter(participation::organisation.eq(organisation.to_string()))
        .filter(participation::is_open);
    Box::new(exists(legs).nullable())
}

/// Incidents that the desk sees in any form.
fn at_desk(desk: OrganisationCode) -> Condition {
    Box::new(not_skipped(desk).and(is_its_matter(desk).or(held(desk))))
}

/// Incidents that the desk sees in full.
fn full_at_desk(desk: OrganisationCode) -> Condition {
    Box::new(not_skipped(desk).and(is_its_matter(desk).or(has_or_had_last(desk)).or(works_on(desk))))
}

fn not_skipped(desk: OrganisationCode) -> Condition {
    Box::new(incident::skip_rank.lt(rank_of_level(Some(desk.unit.level()))).nullable())
}

/// Unrestricted incidents that lie in the desk's unit, or that a desk directly below has custody of.
fn is_its_matter(desk: OrganisationCode) -> Condition {
    let below = incident::superior.eq(desk.to_string());
    Box::new(lies_in(desk.unit).or(below).and(incident::restricted.eq(false).nullable()))
}
