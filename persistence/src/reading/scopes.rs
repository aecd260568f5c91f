//! Scopes as conditions: `Scope` decides in the domain who sees an incident, here the same data becomes SQL.
//!
//! A test holds both against each other for random incidents and accounts.

use diesel::{
    BoolExpressionMethods, BoxableExpression, ExpressionMethods, NullableExpressionMethods, QueryDsl,
    dsl::{exists, not},
    sql_types::{Bool, Nullable},
};
use grassroots_domain::{
    geography::unit::{GridCode, Level, UnitCode},
    ids::AccountId,
    organisation::OrganisationCode,
    reading::visibility::Scope,
};

use crate::{
    database::{
        db::{DbId, MultiBackend},
        schema::{custody_leg, handling_leg, incident},
    },
    reference::{
        grids,
        units::{self, rank_of_level},
    },
};

/// A condition on incidents.
pub(crate) type Condition =
    Box<dyn BoxableExpression<incident::table, MultiBackend, SqlType = Nullable<Bool>>>;

/// A condition that always, or never, holds.
pub(crate) fn constant(holds: bool) -> Condition {
    Box::new(diesel::expression::AsExpression::<Bool>::as_expression(holds).nullable())
}

/// What the scope shows at all, of whatever depth.
pub(crate) fn condition(scope: Scope) -> Condition {
    match scope {
        Scope::Nothing => constant(false),
        Scope::Own(account) => Box::new(own(account).or(sent_to_look(account))),
        Scope::Work(organisation) => worked_on(organisation),
        Scope::Desk { desk, account } => Box::new(at_desk(desk).or(own(account))),
        Scope::City { unit, account } => Box::new(lies_in(unit).or(own(account))),
        Scope::Audit(unit) => lies_in(unit),
    }
}

/// What the scope shows the words of: only there may a search look into words.
pub(crate) fn readable(scope: Scope) -> Condition {
    match scope {
        Scope::City { unit, account } => overseen(unit, account),
        Scope::Audit(_) => constant(false),
        Scope::Nothing | Scope::Own(_) | Scope::Work(_) | Scope::Desk { .. } => constant(true),
    }
}

/// What the scope shows the place of below its county: only there may a list or a count go by township or village.
/// The auditor reads the place in the events.
pub(crate) fn placed(scope: Scope) -> Condition {
    match scope {
        Scope::City { unit, account } => overseen(unit, account),
        Scope::Nothing | Scope::Own(_) | Scope::Work(_) | Scope::Desk { .. } | Scope::Audit(_) => {
            constant(true)
        }
    }
}

/// What the scope shows the present of: who has it and until when is no former holder's business, so no list goes by it.
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

/// What the scope shows the handling of: only there may a list go by what is attached. The auditor reads that in the
/// events.
pub(crate) fn handled(scope: Scope) -> Condition {
    match scope {
        Scope::Work(organisation) => works_on(organisation),
        Scope::Desk { desk, .. } => full_at_desk(desk),
        Scope::City { unit, .. } => {
            let unrestricted = incident::restricted.eq(false).nullable();
            Box::new(unrestricted.or(held(OrganisationCode::desk(unit))))
        }
        Scope::Nothing | Scope::Own(_) => constant(false),
        Scope::Audit(_) => constant(true),
    }
}

/// The others.
pub(crate) fn not_placed(scope: Scope) -> Condition {
    match scope {
        Scope::City { unit, account } => Box::new(not(overseen(unit, account))),
        Scope::Nothing | Scope::Own(_) | Scope::Work(_) | Scope::Desk { .. } | Scope::Audit(_) => {
            constant(false)
        }
    }
}

/// Incidents that the scope shows to lie in `unit`.
pub(crate) fn seen_in(scope: Scope, unit: UnitCode) -> Condition {
    let inside = lies_in(unit);
    if unit.level() < Level::County { Box::new(inside.and(placed(scope))) } else { inside }
}

/// Incidents that the scope shows to lie in `grid`.
pub(crate) fn seen_in_grid(scope: Scope, grid: GridCode) -> Condition {
    Box::new(incident::grid_code.eq(grids::to_db(grid)).and(placed(scope)))
}

/// Incidents whose place lies in `unit`.
pub(crate) fn lies_in(unit: UnitCode) -> Condition {
    let code = units::to_db(unit);
    match unit.level() {
        Level::Village => Box::new(incident::village_code.eq(code)),
        Level::Township => Box::new(incident::township_code.eq(code)),
        Level::County => Box::new(incident::county_code.eq(code).nullable()),
        Level::City => Box::new(incident::city_code.eq(code).nullable()),
    }
}

pub(crate) fn own(account: AccountId) -> Condition {
    let own = incident::reporter_id.eq(DbId::from(account)).nullable();
    // Never NULL: it stands behind a NOT.
    let taken_over = incident::caretaker_id.is_not_null().nullable();
    Box::new(own.or(taken_over.and(incident::caretaker_id.eq(DbId::from(account)))))
}

/// What the account was sent to look at.
fn sent_to_look(account: AccountId) -> Condition {
    Box::new(incident::checker_id.eq(DbId::from(account)))
}

/// What a city overseer sees more of than a summary. A city's desk hands nothing on, so what it held it holds.
fn overseen(city: UnitCode, account: AccountId) -> Condition {
    let unrestricted = incident::restricted.eq(false).nullable();
    Box::new(unrestricted.or(own(account)).or(held(OrganisationCode::desk(city))))
}

/// What the desk answered for at some time.
fn held(desk: OrganisationCode) -> Condition {
    Box::new(
        exists(
            custody_leg::table
                .filter(custody_leg::incident_id.eq(incident::id))
                .filter(custody_leg::desk.eq(desk.to_string())),
        )
        .nullable(),
    )
}

/// What the organisation works on, or worked on.
fn worked_on(organisation: OrganisationCode) -> Condition {
    let legs = handling_leg::table
        .filter(handling_leg::incident_id.eq(incident::id))
        .filter(handling_leg::organisation.eq(organisation.to_string()));
    Box::new(exists(legs).nullable())
}

/// What the organisation works on now.
fn works_on(organisation: OrganisationCode) -> Condition {
    let legs = handling_leg::table
        .filter(handling_leg::incident_id.eq(incident::id))
        .filter(handling_leg::organisation.eq(organisation.to_string()))
        .filter(handling_leg::ended_at.is_null());
    Box::new(exists(legs).nullable())
}

/// What the desk sees at all by office.
fn at_desk(desk: OrganisationCode) -> Condition {
    Box::new(not_skipped(desk).and(is_its_matter(desk).or(held(desk))))
}

/// What the desk sees in full.
fn full_at_desk(desk: OrganisationCode) -> Condition {
    let answers = incident::desk.eq(desk.to_string()).nullable();
    Box::new(not_skipped(desk).and(is_its_matter(desk).or(answers).or(works_on(desk))))
}

fn not_skipped(desk: OrganisationCode) -> Condition {
    Box::new(incident::skip_rank.lt(rank_of_level(Some(desk.unit.level()))).nullable())
}

/// What lies under the desk's unit, or is with a desk directly below it, and is not restricted.
fn is_its_matter(desk: OrganisationCode) -> Condition {
    let below = incident::superior.eq(desk.to_string());
    Box::new(lies_in(desk.unit).or(below).and(incident::restricted.eq(false).nullable()))
}
