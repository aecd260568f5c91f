//! A small city: three counties, three townships and five villages with their desks, and people in every role.

use std::collections::BTreeMap;

use grassroots_domain::{
    account::{Actor, Role},
    geography::{
        grid::GridIndex,
        place::Place,
        unit::{Level, Unit, UnitCode},
        unit_tree::UnitTree,
    },
    ids::AccountId,
    organisation::{OrganisationCode, OrganisationKind, Organisations},
    reading::visibility::Scope,
    reference_data::ReferenceData,
    rules::{Rules, category::Category, rule_book::RuleBook},
    time::{
        Instant,
        calendar::WorkCalendar,
        deadline::{Limit, LimitUnit},
        from_wall_clock,
    },
};
use grassroots_persistence::{
    account::accounts::{self, Account, PasswordHash},
    database::{error::StoreError, store::Store},
    reference::{organisations as organisation_table, rules as rules_table, units as unit_table},
};
use uuid::Uuid;

const UNITS: [&str; 12] = [
    "4112",
    "411221",
    "411224",
    DESKLESS,
    "411221101",
    "411224101",
    "411224107",
    "411221101201",
    "411224101201",
    "411224101202",
    "411224107202",
    "411224107203",
];

/// Places at every level: grids, villages, townships and counties.
pub const PLACES: [&str; 13] = [
    "411221101201001",
    "411224101201001",
    "411224107202001",
    "411224107202002",
    "411224107203001",
    "411221101201",
    "411224101202",
    "411224107202",
    "411224101",
    "411224107",
    "411221",
    "411224",
    DESKLESS,
];

/// A county without a desk. The city's desk is responsible for it.
const DESKLESS: &str = "411281";

pub struct SmallCity {
    pub reference_data: ReferenceData,
    pub rules: Rules,
}

pub fn unit(code: &str) -> UnitCode {
    code.parse().unwrap()
}

/// The place of a grid (15 digits) or a unit.
pub fn place(code: &str) -> Place {
    if code.len() == 15 { Place::of_grid(code.parse().unwrap()) } else { Place::of_unit(unit(code)) }.unwrap()
}

/// Categories of all kinds: ordinary, on the spot, restricted, anonymous, skipping village or township, county first, urgent.
pub fn categories() -> Vec<Category> {
    let table = [
        ("1001", "邻里纠纷", Level::Village, "general", "self"),
        ("1002", "婚恋家庭纠纷", Level::Village, "significant", "priv"),
        ("1013", "信访诉求", Level::County, "significant", "priv"),
        ("4005", "占道经营", Level::County, "general", "self"),
        ("5002", "井盖缺失破损", Level::Township, "major", ""),
        ("6007", "意见建议", Level::Village, "general", "anon"),
        ("8001", "村务公开", Level::Township, "general", "skipv"),
        ("8003", "作风反映", Level::County, "general", "priv;anon;skipv;skipt"),
    ];
    let category = |(code, zh, first_level, severity, flags): (&str, &str, Level, &str, &str)| Category {
        code: code.parse().unwrap(),
        zh: zh.to_owned(),
        en: code.to_owned(),
        first_level,
        severity: severity.parse().unwrap(),
        limit: Limit { amount: 40, unit: LimitUnit::WorkingHours },
        lead: OrganisationKind::JusticeOffice,
        assist: Vec::new(),
        flags: flags.split(';').filter(|flag| !flag.is_empty()).map(|flag| flag.parse().unwrap()).collect(),
        on_lapse: None,
    };
    table.into_iter().map(category).collect()
}

/// All desks, and a department at each.
pub fn organisations() -> Vec<OrganisationCode> {
    let kinds = |unit: UnitCode| match unit.level() {
        Level::Village => vec![OrganisationKind::Desk, OrganisationKind::VillageMediationCommittee],
        Level::Township => vec![OrganisationKind::Desk, OrganisationKind::JusticeOffice],
        Level::County if unit.to_string() == DESKLESS => vec![OrganisationKind::FireRescue],
        Level::County => vec![OrganisationKind::Desk, OrganisationKind::FireRescue],
        Level::City => vec![OrganisationKind::Desk],
    };
    let of_unit =
        |code| kinds(unit(code)).into_iter().map(move |kind| OrganisationCode { unit: unit(code), kind });
    UNITS.into_iter().flat_map(of_unit).collect()
}

fn book() -> RuleBook {
    RuleBook::new(categories(), WorkCalendar::new(BTreeMap::new(), WorkCalendar::default_hours()).unwrap())
}

fn units() -> Vec<Unit> {
    let unit = |code: &str| Unit {
        code: unit(code),
        name: format!("单位{code}"),
        short_name: code.to_owned(),
        kind: "test".to_owned(),
    };
    UNITS.into_iter().map(unit).collect()
}

pub fn city() -> SmallCity {
    let organisations = organisations().into_iter().map(|code| (code, code.to_string()));
    let reference_data = ReferenceData {
        units: UnitTree::new(units()).unwrap(),
        grids: GridIndex::default(),
        organisations: Organisations::new(organisations),
    };
    SmallCity { reference_data, rules: Rules::new(1, book()) }
}

/// The scope of the city overseer.
pub fn overseen() -> Scope {
    let scopes = people().iter().map(Scope::of).find(|scope| matches!(scope, Scope::City { .. }));
    scopes.unwrap()
}

/// All people: two at each desk, one in each department, a grid worker in each village, and the administrators.
pub fn people() -> Vec<Actor> {
    let mut all = Vec::new();
    for organisation in organisations() {
        let desk_role = match organisation.unit.level() {
            Level::Village => Role::VillageOfficer,
            Level::Township => Role::TownshipDispatcher,
            Level::County => Role::EscalationReviewer,
            Level::City => Role::CityOverseer,
        };
        let roles = match (organisation.kind, organisation.unit.level()) {
            (OrganisationKind::Desk, Level::Village) => vec![desk_role, desk_role, Role::GridWorker],
            (OrganisationKind::Desk, Level::City) => {
                vec![desk_role, desk_role, Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin]
            }
            (OrganisationKind::Desk, Level::Township | Level::County) => {
                vec![desk_role, desk_role, Role::AuditAdmin]
            }
            (_, _) => vec![Role::Handler],
        };
        for role in roles {
            let number = u128::try_from(all.len()).unwrap() + 1;
            all.push(Actor {
                account: AccountId(Uuid::from_u128(number)),
                role,
                organisation,
                grids: Vec::new(),
            });
        }
    }
    all
}

/// A Monday morning.
pub fn monday() -> Instant {
    from_wall_clock("2026-11-23T09:00:00".parse().unwrap())
}

/// Writes the city to the database.
pub async fn seed(store: &Store) {
    let reference_data = city().reference_data;
    let checked = book().checked(&reference_data.units, &reference_data.organisations).unwrap();
    let written: Result<(), StoreError> = store
        .write(move |db| {
            units().iter().try_for_each(|unit| unit_table::save(db, unit))?;
            for code in organisations() {
                organisation_table::save(db, code, &code.to_string())?;
            }
            for actor in people() {
                assert!(accounts::insert(db, &account(&actor), &PasswordHash("-".to_owned()))?);
            }
            assert_eq!(rules_table::append(db, &checked, "test", None, monday())?, 1);
            Ok(())
        })
        .await;
    written.unwrap();
}

fn account(actor: &Actor) -> Account {
    let name = format!("user-{}", actor.account);
    Account {
        id: actor.account,
        username: name.clone(),
        display_name: name,
        role: actor.role,
        organisation: actor.organisation,
        grids: Vec::new(),
        must_change_password: false,
        disabled: false,
        created_at: monday(),
        updated_at: monday(),
    }
}
