//! The grassroots share: its figures, the lists of incidents behind them, and a recount from the events.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta};
use grassroots_domain::{
    account::Role,
    ids::AccountId,
    incident::case::Case,
    reading::{
        share::{Counts, DateBasis, Metric, MetricFacts},
        visibility::{Scope, Visibility},
    },
    time::start_of_day,
};
use grassroots_persistence::{
    database::error::StoreResult,
    incident::events,
    reading::lists::{self, IncidentFilter},
};
use serde_json::{Value, json};

use crate::{
    both,
    support::{
        ApiAnswer, COUNTY_DESK, Client, TestApp, VILLAGE_DESK, body_of, dispatch_and_submit, through_handler,
        through_township, work_off,
    },
    visibility::EVERYBODY,
};

const NOVEMBER: &str = "from=2026-11-01&to=2026-12-01";

async fn figures(client: &Client, query: &str) -> ApiAnswer {
    client.get(&format!("/v1/statistics/grassroots?{query}")).await.expect(200)
}

fn count(answer: &ApiAnswer, figure: &str) -> u64 {
    answer.number(&format!("/figures/{figure}/count"))
}

/// The figures that are not 0.
fn counts(answer: &ApiAnswer) -> BTreeMap<String, u64> {
    let all = answer.body["figures"].as_object().expect("figures").iter();
    all.map(|(figure, view)| (figure.clone(), view["count"].as_u64().expect("a count")))
        .filter(|(_, n)| *n > 0)
        .collect()
}

fn share(answer: &ApiAnswer, name: &str) -> (u64, u64) {
    (
        answer.number(&format!("/shares/{name}/numerator")),
        answer.number(&format!("/shares/{name}/denominator")),
    )
}

/// Creates incidents with all kinds of outcomes. Returns their ids by name.
async fn create_incidents_of_each_kind(app: &TestApp) -> BTreeMap<&'static str, String> {
    let (worker, village) = (app.user("worker").await, app.user("village").await);
    let (dispatcher, county) = (app.user("dispatcher").await, app.user("county").await);
    let second = app.hire("reviewer.two", Role::EscalationReviewer, COUNTY_DESK).await;
    let mut all = BTreeMap::new();
    for (name, outcome) in [
        ("by_township", "resolved"),
        ("unresolved", "unresolved"),
        ("again", "resolved"),
        ("reopened", "resolved"),
    ] {
        let id = worker.file("5002", json!({})).await;
        through_township(app, &id, outcome).await;
        dispatcher.run_ok(&id, "close", json!({})).await;
        all.insert(name, id);
    }
    for name in ["again", "reopened"] {
        dispatcher.run_ok(&all[name], "reopen", body_of("reopen")).await;
    }
    through_handler(app, &all["again"], "resolved").await;
    dispatcher.run_ok(&all["again"], "close", json!({})).await;

    for (name, category) in [("by_village", "1001"), ("private", "1002")] {
        let id = worker.file(category, json!({})).await;
        work_off(&village, VILLAGE_DESK, &id, "resolved").await;
        village.run_ok(&id, "close", json!({})).await;
        all.insert(name, id);
    }
    let on_spot = json!({ "on_spot": { "result": "已劝离" } });
    all.insert("on_spot", worker.file("4007", on_spot).await);

    let escalated = worker.file("1001", json!({})).await;
    village.run_ok(&escalated, "accept", json!({})).await;
    village.run_ok(&escalated, "escalate", body_of("escalate")).await;
    dispatcher.run_ok(&escalated, "escalate", body_of("escalate")).await;
    let fire = worker.file("7001", json!({})).await;
    for (name, id) in [("by_county", escalated), ("county_first", fire)] {
        work_off(&county, COUNTY_DESK, &id, "resolved").await;
        second.run_ok(&id, "close", json!({})).await;
        all.insert(name, id);
    }
    for (name, command) in [("declined", "decline"), ("voided", "void")] {
        let id = worker.file("5003", json!({})).await;
        dispatcher.run_ok(&id, command, body_of(command)).await;
        all.insert(name, id);
    }
    all.insert("open", worker.file("1001", json!({})).await);
    all.insert("vague", dispatcher.file("1001", json!({})).await);
    let far = app.hire_for("walker.far", Role::GridWorker, "411202003013-desk", &["411202003013001"]).await;
    all.insert("far", far.file("5002", json!({})).await);
    all
}

/// The incidents that an account may see.
async fn scope(app: &TestApp, who: &str) -> Scope {
    let me = app.user(who).await.get("/v1/me").await;
    let desk = me.text("/organisation/organisation").parse().expect("an organisation");
    let account = AccountId(me.text("/id").parse().expect("an id"));
    match who {
        "city" => Scope::City { unit: "4112".parse().expect("a unit"), account },
        _ => Scope::Desk { desk, account },
    }
}

/// All incidents, replayed from their events. Asserts that the tables agree with the events.
async fn replay_all(app: &TestApp) -> Vec<Case> {
    let cases: StoreResult<Vec<Case>> = app
        .inside()
        .await
        .store
        .read(|db| {
            let everything = Scope::Audit("4112".parse().expect("a unit"));
            let stored =
                lists::page(db, everything, &IncidentFilter { limit: 10_000, ..IncidentFilter::default() })?;
            let mut cases = Vec::new();
            for incident in stored {
                let history = events::history(db, incident.key)?;
                assert!(history.iter().all(events::StoredEvent::is_genuine));
                let case = Case::replay(history.iter().map(|stored| &stored.event)).expect("a history");
                assert_eq!(case, incident.case, "the events and the table agree");
                cases.push(case);
            }
            Ok(cases)
        })
        .await;
    cases.expect("the database answers")
}

/// The figures of November, counted from the events.
fn recount(cases: &[Case], scope: Scope, unit: &str, basis: DateBasis) -> Counts {
    let unit: grassroots_domain::geography::unit::UnitCode = unit.parse().expect("a unit");
    let day = |month| start_of_day(NaiveDate::from_ymd_opt(2026, month, 1).expect("a day"));
    let mut counts = Counts::default();
    for case in cases {
        let date = match basis {
            DateBasis::Closed => case.incident().ended_at,
            DateBasis::Reported => Some(case.incident().received_at),
        };
        // A summary does not show its township, so it is not counted there.
        let placed = unit.level() >= grassroots_domain::geography::unit::Level::County
            || scope.sees(case) != Visibility::Summary;
        let seen = scope.sees(case) != Visibility::None && placed && case.incident().place.lies_in(unit);
        if seen && date.is_some_and(|date| (day(11)..day(12)).contains(&date)) {
            counts.add(MetricFacts::from(case.incident()), 1);
        }
    }
    counts
}

both! {
    async fn figures_count_closed_or_reported_incidents(app: TestApp) {
        create_incidents_of_each_kind(&app).await;
        let county = app.user("county").await;
        let closed = figures(&county, NOVEMBER).await;
        assert_eq!(
            serde_json::to_value(counts(&closed)).expect("JSON"),
            json!({
                "closed": 7, "resolved": 6, "unresolved": 1,
                "grassroots": 4, "resolved_by_village": 2, "resolved_by_township": 2, "resolved_by_county": 2,
                "resolved_in_place": 5, "resolved_on_spot": 1, "self_verified": 3, "reopened": 1,
                "county_first_closed": 1, "not_accepted": 1, "voided": 1,
            })
        );
        assert_eq!(share(&closed, "grassroots"), (4, 7));
        assert_eq!(share(&closed, "grassroots_without_county_first"), (4, 6));
        assert_eq!((share(&closed, "village"), share(&closed, "in_place")), ((2, 7), (5, 7)));
        assert!(closed.lacks("/shares/grassroots_of_all"));
        assert_eq!(closed.body["shares"]["grassroots"]["value"], json!(4.0 / 7.0));
        // The bounds are from Python's statsmodels: proportion_confint(4, 7, method="wilson").
        let interval = &closed.body["shares"]["grassroots"]["interval_95"];
        let near =
            |index: usize, value: f64| (interval[index].as_f64().expect("a bound") - value).abs() < 1e-9;
        assert!(near(0, 0.250_458_364_527_7) && near(1, 0.841_780_144_748_5), "{interval}");
        assert_eq!((closed.text("/unit"), closed.text("/basis")), ("411224".into(), "closed".into()));
        assert!(closed.text("/definition").contains("期内最后一次结案"));

        let reported = figures(&county, &format!("{NOVEMBER}&basis=reported")).await;
        assert_eq!((count(&reported, "open"), count(&reported, "reopened")), (3, 2));
        assert_eq!(
            (share(&reported, "grassroots"), share(&reported, "grassroots_of_all")),
            ((4, 7), (4, 10))
        );
        assert_eq!((count(&reported, "not_accepted"), count(&reported, "voided")), (1, 1));
        let none = figures(&county, "from=2026-10-01&to=2026-11-01").await;
        assert!(counts(&none).is_empty() && none.lacks("/shares/grassroots/value"), "{}", none.raw);
    }

    async fn a_reopened_incident_is_not_counted_until_it_is_closed_again(app: TestApp) {
        let all = create_incidents_of_each_kind(&app).await;
        let (county, id) = (app.user("county").await, &all["by_county"]);
        county.run_ok(id, "reopen", json!({ "reason": "双方反悔" })).await;
        let without = figures(&county, NOVEMBER).await;
        assert_eq!((count(&without, "closed"), count(&without, "resolved_by_county")), (6, 1));
        assert_eq!(county.reads(id).await.text("/origin/village"), "411224107200");
        dispatch_and_submit(&county, COUNTY_DESK, id, "unresolved").await;
        app.sign_in("reviewer.two", crate::support::HIRED).await.run_ok(id, "close", json!({})).await;
        let after = figures(&county, NOVEMBER).await;
        assert_eq!((count(&after, "closed"), count(&after, "resolved_by_county")), (7, 1));
        assert_eq!((count(&after, "unresolved"), count(&after, "reopened")), (2, 2));

        let village = app.user("village").await;
        village.run_ok(&all["on_spot"], "reopen", json!({ "reason": "又占道" })).await;
        let after = figures(&county, NOVEMBER).await;
        assert_eq!((count(&after, "resolved_on_spot"), count(&after, "grassroots")), (0, 3));
        dispatch_and_submit(&village, VILLAGE_DESK, &all["on_spot"], "resolved").await;
        village.run_ok(&all["on_spot"], "close", json!({})).await;
        let after = figures(&county, NOVEMBER).await;
        assert_eq!(
            (count(&after, "resolved_on_spot"), count(&after, "grassroots")),
            (0, 4),
            "it no longer counts as handled on the spot"
        );
    }

    async fn a_recount_from_the_events_gives_the_same_figures(app: TestApp) {
        create_incidents_of_each_kind(&app).await;
        let cases = replay_all(&app).await;
        assert_eq!(cases.len(), 14);
        for who in ["city", "county", "dispatcher", "village"] {
            let (client, scope) = (app.user(who).await, scope(&app, who).await);
            for unit in ["4112", "411224", "411224107", "411224107200", "411202"] {
                for basis in [DateBasis::Closed, DateBasis::Reported] {
                    let shown = figures(&client, &format!("{NOVEMBER}&unit={unit}&basis={basis}")).await;
                    let counted = recount(&cases, scope, unit, basis);
                    for (figure, number) in counted.iter() {
                        assert_eq!(count(&shown, figure.as_str()), number, "{who} {unit} {basis} {figure}");
                    }
                    let share = counted.grassroots_share();
                    let again = json!({
                        "numerator": share.numerator, "denominator": share.denominator,
                        "value": share.value, "interval_95": share.interval_95,
                    });
                    assert_eq!(shown.body["shares"]["grassroots"], again);
                }
            }
        }
    }

    async fn every_figure_has_a_list_of_the_same_length(app: TestApp) {
        create_incidents_of_each_kind(&app).await;
        for who in EVERYBODY {
            let client = app.user(who).await;
            let mine = client.lists("/v1/incidents?limit=200").await;
            for basis in DateBasis::ALL {
                let shown = figures(&client, &format!("{NOVEMBER}&unit=4112&basis={basis}")).await;
                let mut listed = BTreeMap::new();
                for figure in Metric::ALL {
                    let path = shown.text(&format!("/figures/{figure}/list"));
                    let ids = client.lists(&format!("{path}&limit=2")).await;
                    assert_eq!(u64::try_from(ids.len()), Ok(count(&shown, figure.as_str())), "{who} {path}");
                    assert!(ids.iter().all(|id| mine.contains(id)), "{who} {path}");
                    listed.insert(figure.as_str(), ids);
                }
                let parts = ["closed", "open", "not_accepted", "voided"];
                let whole: usize = parts.iter().map(|part| listed[part].len()).sum();
                if *basis == DateBasis::Reported {
                    assert_eq!(whole, mine.len(), "{who}: each incident is in one part");
                }
            }
        }
    }

    async fn the_figures_of_groups_add_up_to_the_total(app: TestApp) {
        create_incidents_of_each_kind(&app).await;
        for (who, unit) in [
            ("city", "4112"),
            ("city", "411224"),
            ("county", "411224"),
            ("dispatcher", "411224107"),
            ("village", "411224107200"),
        ] {
            let client = app.user(who).await;
            for basis in DateBasis::ALL {
                let whole = figures(&client, &format!("{NOVEMBER}&unit={unit}&basis={basis}")).await;
                for group_by in ["unit", "category", "month"] {
                    let query = format!("{NOVEMBER}&unit={unit}&basis={basis}&group_by={group_by}");
                    let parts = figures(&client, &query).await;
                    assert_eq!(parts.body["figures"], whole.body["figures"], "{who} {query}");
                    assert_eq!(parts.body["shares"], whole.body["shares"], "{who} {query}");
                    let groups = parts.body["groups"].as_array().expect("groups");
                    for group in groups.iter().filter(|group| !group["list"].is_null()) {
                        for figure in ["closed", "grassroots", "open"] {
                            let path = format!("{}{figure}", group["list"].as_str().expect("a path"));
                            let behind = client.lists(&path).await.len();
                            assert_eq!(group["figures"][figure], behind, "{who} {path}");
                        }
                    }
                    let listed = groups.iter().filter(|group| !group["list"].is_null()).count();
                    assert!(listed + 1 >= groups.len(), "only the group without a place has no list");
                    for figure in Metric::ALL {
                        let sum: u64 = groups
                            .iter()
                            .map(|group| group["figures"][figure.as_str()].as_u64().expect("a count"))
                            .sum();
                        assert_eq!(sum, count(&whole, figure.as_str()), "{who} {query} {figure}");
                    }
                }
            }
        }
        let reported = format!("{NOVEMBER}&basis=reported");
        let townships = figures(&app.user("county").await, &format!("{reported}&group_by=unit")).await;
        assert_eq!(townships.texts("/groups", "/name"), ["东明镇"]);
        let villages = figures(&app.user("dispatcher").await, &format!("{reported}&group_by=unit")).await;
        assert_eq!(
            villages.texts("/groups", "/key"),
            ["411224107200", ""],
            "the last group has no village"
        );
        let grids = figures(&app.user("village").await, &format!("{reported}&group_by=unit")).await;
        assert_eq!(grids.texts("/groups", "/key"), ["411224107200001"]);
        let counties = figures(&app.user("city").await, &format!("{reported}&group_by=unit")).await;
        assert_eq!(counties.texts("/groups", "/key"), ["411202", "411224"]);
        let vague = figures(&app.user("city").await, &format!("{reported}&unit=411224&group_by=unit")).await;
        let groups = vague.body["groups"].as_array().expect("groups");
        let unplaced: Vec<&Value> = groups.iter().filter(|group| group["key"].is_null()).collect();
        assert_eq!(unplaced[0]["figures"]["closed"], 1, "of a restricted incident only the county is shown");
        let categories = figures(&app.user("county").await, &format!("{reported}&group_by=category")).await;
        assert_eq!(categories.texts("/groups", "/key"), ["1001", "4007", "5002", "5003", "7001"]);
    }

    async fn months_end_at_midnight_in_china(app: TestApp) {
        let spot = json!({ "on_spot": { "result": "已劝离" } });
        let until = DateTime::parse_from_rfc3339("2026-11-30T23:59:59.999+08:00").expect("a time").to_utc();
        let waiting = app.user("worker").await.file("1001", json!({})).await;
        app.pass(until - app.now());
        let last = app.user("worker").await.file("4007", spot.clone()).await;
        app.pass(TimeDelta::milliseconds(1));
        let first = app.user("worker").await.file("4007", spot).await;
        let village = app.user("village").await;
        work_off(&village, VILLAGE_DESK, &waiting, "resolved").await;
        village.run_ok(&waiting, "close", json!({})).await;
        let behind = async |query: &str| {
            village.lists(&format!("/v1/statistics/grassroots/incidents?{query}&figure=closed")).await
        };
        assert_eq!(behind(NOVEMBER).await, std::slice::from_ref(&last));
        assert_eq!(behind("from=2026-12-01&to=2027-01-01").await, [first.clone(), waiting.clone()]);
        assert_eq!(behind(&format!("{NOVEMBER}&basis=reported")).await, [last.clone(), waiting.clone()]);
        assert_eq!(behind("from=2026-11-30&to=2026-12-02").await, [first, last, waiting]);
        let months = figures(&village, "from=2026-11-10&to=2027-01-01&group_by=month").await;
        assert_eq!(months.texts("/groups", "/key"), ["2026-11", "2026-12"]);
        let closed = |index: usize| months.number(&format!("/groups/{index}/figures/closed"));
        assert_eq!((closed(0), closed(1), count(&months, "closed")), (1, 2, 3));
    }

    async fn a_share_of_at_least_a_hundred_incidents_has_no_interval(app: TestApp) {
        let worker = app.user("worker").await;
        let spot = json!({ "on_spot": { "result": "已劝离" } });
        for _ in 0..99 {
            worker.file("4007", spot.clone()).await;
        }
        let shown = figures(&worker, NOVEMBER).await;
        let bounds = &shown.body["shares"]["grassroots"]["interval_95"];
        assert!(
            (bounds[0].as_f64().expect("a bound") - 0.962_646_8).abs() < 1e-6 && bounds[1] == 1.0,
            "{bounds}"
        );
        worker.file("4007", spot).await;
        let shown = figures(&worker, NOVEMBER).await;
        assert_eq!(share(&shown, "grassroots"), (100, 100));
        assert!(shown.lacks("/shares/grassroots/interval_95"));
        assert_eq!(shown.body["shares"]["grassroots"]["value"], json!(1.0));
    }

    async fn invalid_periods_and_groups_are_refused(app: TestApp) {
        let county = app.user("county").await;
        for query in [
            "from=2026-12-01&to=2026-12-01",
            "from=2026-12-01&to=2026-11-01",
            "from=2026-11-01",
            "from=1&to=2",
            "from=2026-11-01&to=2026-12-01&basis=hopes",
            "from=2026-11-01&to=2026-12-01&group_by=person",
            "from=2026-11-01&to=2026-12-01&unit=41",
            "from=2020-01-01&to=2026-12-01&group_by=month",
        ] {
            let answer = county.get(&format!("/v1/statistics/grassroots?{query}")).await;
            answer.expect_problem(400, "invalid_query");
        }
        for query in ["figure=best", "", "figure=closed&reporter=me"] {
            let answer = county.get(&format!("/v1/statistics/grassroots/incidents?{NOVEMBER}&{query}")).await;
            answer.expect_problem(400, "invalid_query");
        }
        let english = county.get_english(&format!("/v1/statistics/grassroots?{NOVEMBER}")).await;
        assert!(english.text("/definition").starts_with("Of all incidents whose latest closure"));
    }
}
