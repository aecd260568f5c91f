//! A valid body of every command, for tests that check only the status of the answer.

use std::collections::BTreeMap;

use grassroots_domain::{
    account::{Actor, Role},
    command_kind::CommandKind,
    decide::decide,
    geography::{
        grid::GridIndex,
        place::Place,
        unit::{Level, Unit},
        unit_tree::UnitTree,
    },
    ids::{AccountId, IncidentId},
    incident::case::Case,
    open::{Report, open},
    organisation::{OrganisationKind, Organisations},
    reference_data::ReferenceData,
    rules::{
        Rules,
        category::{Category, Severity},
        rule_book::RuleBook,
    },
    testing::{
        context::{ExampleContext, alter},
        example::example,
        rng::Rng,
    },
    time::{
        Instant,
        calendar::WorkCalendar,
        deadline::{Limit, LimitUnit},
        from_wall_clock,
    },
};
use serde_json::Value;
use uuid::{Uuid, uuid};

use super::{
    bodies::body,
    people::{COUNTY_DESK, DESK, URBAN, VILLAGE_DESK},
};

/// An id that does not exist in the database.
const UNKNOWN: Uuid = uuid!("0f8fad5b-d9cb-469f-a165-70867728950e");
const UNITS: [&str; 5] = ["4112", "411224", "411224107", "411224107200", "411224108"];
const FIRE: &str = "411224-fire_rescue";
const NEXT_DESK: &str = "411224108-desk";

/// The body of the simplest example of a command, for an incident that the township's urban management works on.
pub fn body_of(command: &str) -> Value {
    let mut kinds = CommandKind::ALL.iter();
    let kind = kinds.find(|kind| kind.as_str().replace('_', "-") == command);
    let kind = kind.unwrap_or_else(|| panic!("no such command: {command}"));
    let (people, reference_data, rules, now) = (people(), reference_data(), rules(), now());
    let people: Vec<&Actor> = people.iter().collect();
    let [grid_worker, dispatcher, handler, ..] = people[..] else {
        panic!("these three are among the people")
    };
    let example_on = |kind, case: &Case| {
        let mut other = case.clone();
        alter(&mut other, |incident| incident.id = IncidentId(UNKNOWN));
        let (others, people, rules, reference_data): (&[&Case], _, _, _) =
            (&[&other], &people[..], &rules, &reference_data);
        example(
            kind,
            &ExampleContext { case, others, people, rules, reference_data, now, unfit_percent: 0 },
            &mut Rng::plain(),
        )
    };
    let category = category();
    let report = Report::new(
        IncidentId(Uuid::nil()),
        &category,
        Place::of_grid(grid_worker.grids[0]).expect("it lies in a county"),
    );
    let mut case =
        open(&report, grid_worker, now, &rules, &reference_data).expect("the report is taken").case;
    for (actor, kind) in [
        (dispatcher, CommandKind::Accept),
        (dispatcher, CommandKind::Dispatch),
        (handler, CommandKind::Acknowledge),
        (dispatcher, CommandKind::Link),
    ] {
        let command = example_on(kind, &case);
        case = decide(&case, &command, actor, now, &rules, &reference_data)
            .expect("the command is carried out")
            .case;
    }
    body(&example_on(*kind, &case))
}

/// A time after all times of the tests, so that dates are in the future.
fn now() -> Instant {
    from_wall_clock("2029-12-31T10:00:00".parse().expect("a time"))
}

/// The people. The first three are the grid worker, the dispatcher and the handler.
fn people() -> Vec<Actor> {
    let person = |role, organisation: &str, grids: &[&str]| Actor {
        account: AccountId(UNKNOWN),
        role,
        organisation: organisation.parse().expect("an organisation"),
        grids: grids.iter().map(|grid| grid.parse().expect("a grid")).collect(),
    };
    vec![
        person(Role::GridWorker, VILLAGE_DESK, &["411224107200001"]),
        person(Role::TownshipDispatcher, DESK, &[]),
        person(Role::Handler, URBAN, &[]),
        person(Role::TownshipDispatcher, NEXT_DESK, &[]),
        person(Role::EscalationReviewer, COUNTY_DESK, &[]),
        person(Role::Handler, FIRE, &[]),
    ]
}

fn reference_data() -> ReferenceData {
    let unit = |code: &str| Unit {
        code: code.parse().expect("a unit"),
        name: code.to_owned(),
        short_name: code.to_owned(),
        kind: String::new(),
    };
    let organisations = people().into_iter().map(|actor| (actor.organisation, String::new()));
    ReferenceData {
        units: UnitTree::new(UNITS.into_iter().map(unit).collect()).expect("a tree"),
        grids: GridIndex::default(),
        organisations: Organisations::new(organisations),
    }
}

fn rules() -> Rules {
    let calendar = WorkCalendar::new(BTreeMap::new(), WorkCalendar::default_hours()).expect("a calendar");
    Rules::new(1, RuleBook::new([category()], calendar))
}

fn category() -> Category {
    Category {
        code: "5002".parse().expect("a category"),
        zh: "井盖缺失破损".to_owned(),
        en: "Missing manhole cover".to_owned(),
        first_level: Level::Township,
        severity: Severity::General,
        limit: Limit { amount: 40, unit: LimitUnit::WorkingHours },
        lead: OrganisationKind::UrbanManagement,
        assist: Vec::new(),
        flags: Vec::new(),
        on_lapse: None,
    }
}
