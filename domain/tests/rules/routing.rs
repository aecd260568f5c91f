//! Which desk gets a report, and why.

use grassroots_domain::{
    geography::{
        place::{Located, Place},
        unit::Level,
        unit_tree::UnitTree,
    },
    open::{Report, open},
    organisation::{OrganisationCode, Organisations},
    reference_data::ReferenceData,
    refusal::Refusal,
    rules::{
        category::{Category, Flag, Severity},
        routing::{Fallback, Routing, RoutingReader, RoutingRule, route, route_to_keeper},
    },
    warning::Warning,
};

use crate::support::{Scenario, Staff, at, category, city, desk, place};

const GRID: &str = "411224107202001";

fn routed(category: &Category, severity: Severity, place: &Place) -> (OrganisationCode, Routing) {
    let reference_data = &city().reference_data;
    route(category, severity, place, &city().rules, &reference_data.units, &reference_data.organisations)
        .unwrap()
}

/// Routes in a city where only these units have a desk.
fn routed_among(desks: &[&str], code: &str, at: &str) -> Option<(OrganisationCode, Routing)> {
    let desks = Organisations::new(desks.iter().map(|unit| (desk(unit), String::new())));
    let category = category(code);
    route(category, category.severity, &place(at), &city().rules, &city().reference_data.units, &desks)
}

fn desks(codes: &[&str]) -> Vec<OrganisationCode> {
    codes.iter().map(|code| desk(code)).collect()
}

#[test]
fn the_category_decides_the_first_level() {
    let table = [
        ("1001", Level::Village, "411224107202", &[][..]),
        ("1002", Level::Village, "411224107202", &[]),
        ("5002", Level::Township, "411224107", &[]),
        ("8001", Level::Township, "411224107", &[]),
        ("1013", Level::County, "411224", &[]),
        ("8003", Level::County, "411224", &[]),
        ("7001", Level::County, "411224", &["411224107202", "411224107"]),
        ("7003", Level::County, "411224", &["411224107202", "411224107"]),
    ];
    for (code, level, unit, notified) in table {
        let category = category(code);
        let (first, routing) = routed(category, category.severity, &place(GRID));
        assert_eq!((first.unit.level(), first), (level, desk(unit)), "{code}");
        assert_eq!((routing.rule, routing.fallback), (RoutingRule::FirstLevel, None), "{code}");
        assert_eq!(routing.notified, desks(notified), "{code}");
        assert_eq!((routing.category, routing.first_level), (category.code, category.first_level));
        assert_eq!(routing.skips, category.skips());
    }
}

#[test]
fn severity_raises_the_level_and_never_lowers_it() {
    use RoutingRule::{FirstLevel, MinimumLevel};
    let table = [
        ("1001", Severity::General, Level::Village, FirstLevel),
        ("1001", Severity::Significant, Level::Village, FirstLevel),
        ("1001", Severity::Major, Level::Township, MinimumLevel),
        ("1001", Severity::Critical, Level::County, MinimumLevel),
        ("5002", Severity::Major, Level::Township, FirstLevel),
        ("5002", Severity::Critical, Level::County, MinimumLevel),
        ("1013", Severity::Major, Level::County, FirstLevel),
    ];
    for (code, severity, level, rule) in table {
        let (first, routing) = routed(category(code), severity, &place(GRID));
        assert_eq!(
            (first.unit.level(), routing.rule, routing.severity),
            (level, rule, severity),
            "{code} {severity}"
        );
    }
}

#[test]
fn a_reporter_can_raise_the_severity_of_a_category_but_not_lower_it() {
    let opened = |code: &str, severity| {
        let report = Report { severity: Some(severity), ..report(category(code), place(GRID)) };
        open(&report, &Staff::new().reporter, at("2026-11-23 09:00"), &city().rules, &city().reference_data)
            .unwrap()
    };
    let raised = opened("5002", Severity::Critical);
    assert_eq!(raised.case.incident().severity, Severity::Critical);
    assert_eq!(raised.case.first_desk(), Some(desk("411224")));
    assert!(!raised.warnings.contains(&Warning::SeverityKept));
    let lowered = opened("5002", Severity::General);
    assert_eq!(lowered.case.incident().severity, Severity::Major);
    assert!(lowered.warnings.contains(&Warning::SeverityKept));
}

#[test]
fn every_desk_of_the_place_is_notified_of_a_critical_incident() {
    let critical = |code: &str, at: &str| routed(category(code), Severity::Critical, &place(at)).1.notified;
    assert_eq!(critical("1001", GRID), desks(&["411224107202", "411224107"]));
    assert_eq!(critical("1001", "411224107"), desks(&["411224107"]), "the village is not known");
    assert_eq!(critical("8001", GRID), desks(&["411224107"]), "never the village it may be about");
    assert_eq!(critical("8003", GRID), [], "nor the township");
}

#[test]
fn levels_that_a_category_may_be_about_are_skipped() {
    let skipping = |flag| Category { flags: vec![flag], ..category("1001").clone() };
    let (first, village) = routed(&skipping(Flag::SkipVillage), Severity::General, &place(GRID));
    assert_eq!((first.unit.level(), village.rule), (Level::Township, RoutingRule::SkippedLevel));
    assert_eq!(village.skips, Some(Level::Village));
    let (first, township) = routed(&skipping(Flag::SkipTownship), Severity::Major, &place(GRID));
    assert_eq!((first.unit.level(), township.rule), (Level::County, RoutingRule::SkippedLevel));
    assert_eq!(township.skips, Some(Level::Township));
    let reason = township.reason(None, RoutingReader::Other).zh;
    assert!(reason.starts_with("该类别回避村级和乡镇级，由县级受理"), "{reason}");
    let (_, critical) = routed(&skipping(Flag::SkipVillage), Severity::Critical, &place(GRID));
    assert_eq!(critical.rule, RoutingRule::MinimumLevel);
}

#[test]
fn a_report_goes_to_the_lowest_desk_that_exists() {
    use Fallback::{NoDesk, PlaceUnknown};
    let everywhere = &["4112", "411224", "411224107", "411224107202"][..];
    let table = [
        (everywhere, "1001", "411224107", "411224107", Some(PlaceUnknown)),
        (everywhere, "1001", "411224", "411224", Some(PlaceUnknown)),
        (everywhere, "5002", "411224", "411224", Some(PlaceUnknown)),
        (everywhere, "8003", "411224", "411224", None),
        (&["4112", "411224", "411224107"], "1001", GRID, "411224107", Some(NoDesk)),
        (&["4112", "411224"], "1001", GRID, "411224", Some(NoDesk)),
        (&["4112", "411224"], "1001", "411224107", "411224", Some(PlaceUnknown)),
        (&["4112"], "1001", GRID, "4112", Some(NoDesk)),
    ];
    for (existing, code, at, owner, fallback) in table {
        let (first, routing) = routed_among(existing, code, at).unwrap();
        assert_eq!((first, routing.fallback), (desk(owner), fallback), "{code} at {at}");
    }
    assert_eq!(routed_among(&["411221"], "1001", GRID), None);
}

#[test]
fn without_any_desk_a_report_is_refused() {
    let reference_data = ReferenceData { units: UnitTree::default(), ..Default::default() };
    let report = report(category("1001"), place(GRID));
    let refused =
        open(&report, &Staff::new().reporter, at("2026-11-23 09:00"), &city().rules, &reference_data);
    assert_eq!(refused, Err(Refusal::NoDesk));
}

#[test]
fn only_grid_workers_and_desks_can_report() {
    let staff = Staff::new();
    let report = report(category("1001"), place(GRID));
    for (name, actor) in staff.all() {
        let opened = open(&report, actor, at("2026-11-23 09:00"), &city().rules, &city().reference_data);
        let may =
            !matches!(name, "mediator" | "justice" | "urban" | "fire" | "system" | "security" | "audit");
        assert_eq!(opened.is_ok(), may, "{name}");
        assert!(may || opened == Err(Refusal::MayNotReport), "{name}");
    }
}

/// The reason names the category, the rule for the level, the unit and the fallback, in both languages.
#[test]
fn the_reason_says_all_of_it() {
    let general = routed(category("1001"), Severity::General, &place(GRID));
    let fallen_back = routed_among(&["411224", "411224107"], "1001", GRID).unwrap();
    let critical = routed(category("5002"), Severity::Critical, &place("411224"));
    let skipping = routed(category("8003"), Severity::Major, &place(GRID));
    let kept = |desk_code: &str, code: &str| {
        let (desk, category) = (desk(desk_code), category(code));
        let ReferenceData { units, organisations, .. } = &city().reference_data;
        let place = place(GRID);
        let routing =
            route_to_keeper(desk, category, Severity::General, &place, &city().rules, units, organisations);
        (desk, routing.unwrap())
    };
    let guessed = |located, far_from: Option<&str>| {
        let (desk, routing) = routed(category("1001"), Severity::General, &place(GRID));
        (desk, Routing { located, far_from: far_from.map(str::to_owned), ..routing })
    };
    let reason = |(_, routing): (OrganisationCode, Routing)| {
        routing.reason(city().rules.category(routing.category), RoutingReader::KnowsReporter)
    };
    let reasons = [
        general,
        fallen_back,
        critical,
        skipping,
        kept("411224107", "1001"),
        guessed(Located::NoPosition, None),
        guessed(Located::OutsideGrid, Some("卢氏县官道口镇")),
    ]
    .map(reason);
    // Who may not know the reporter does not learn where the reporter works.
    let hidden = guessed(Located::OutsideGrid, Some("卢氏县官道口镇")).1.reason(None, RoutingReader::Other);
    assert!(!hidden.zh.contains("官道口") && !hidden.zh.contains("上报人"), "{}", hidden.zh);
    insta::assert_snapshot!(reasons.map(|words| format!("{}\n{}\n", words.zh, words.en)).join("\n"));
}

#[test]
fn an_incident_stores_the_routing_decision() {
    let scenario = Scenario::report("8003");
    let incident = scenario.case.incident();
    assert_eq!((scenario.case.first_desk(), incident.skips), (Some(desk("411224")), Some(Level::Township)));
    assert!(incident.restricted && incident.reporter_hidden && incident.county_first);
    assert_eq!((incident.place, incident.total.rules_version), (place(GRID), 7));
}

fn report(category: &Category, place: Place) -> Report<'_> {
    let id = grassroots_domain::ids::IncidentId(uuid::Uuid::from_u128(4112));
    Report::new(id, category, place)
}
