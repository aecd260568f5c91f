//! The grassroots share: its figures, the lists of incidents behind them, and a recount from the events.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta};
use grassroots_domain::{
    account::Role,
    geography::unit::UnitCode,
    incident::case::Case,
    reading::{
        share::{Counts, DateBasis, Metric, MetricFacts},
        unit_figure,
        visibility::Scope,
    },
    time::{Instant, start_of_day},
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
        dispatcher.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
        all.insert(name, id);
    }
    for name in ["again", "reopened"] {
        dispatcher.run_ok(&all[name], "reopen", body_of("reopen")).await;
    }
    through_handler(app, &all["again"], "resolved").await;
    dispatcher.run_ok(&all["again"], "close", json!({ "reply": "已处理，感谢反映" })).await;

    for (name, category) in [("by_village", "1001"), ("private", "1002")] {
        let id = worker.file(category, json!({})).await;
        work_off(&village, VILLAGE_DESK, &id, "resolved").await;
        village.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
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
        second.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
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
fn recount(cases: &[Case], unit: &str, basis: DateBasis) -> Counts {
    let unit: UnitCode = unit.parse().expect("a unit");
    let day = |month| start_of_day(NaiveDate::from_ymd_opt(2026, month, 1).expect("a day"));
    let november = |at: Instant| (day(11)..day(12)).contains(&at);
    let mut counts = Counts::default();
    for incident in cases.iter().map(Case::incident).filter(|incident| unit_figure::counts(unit, incident)) {
        let mut soon = incident.reopenings.iter().filter(|reopening| reopening.is_soon());
        let (date, reopened_soon) = match basis {
            DateBasis::Closed => (incident.ended_at, soon.any(|reopening| november(reopening.closed_at))),
            DateBasis::Reported => {
                (Some(incident.received_at), soon.next().is_some() && november(incident.received_at))
            }
        };
        if date.is_some_and(november) {
            counts.add(MetricFacts::from(incident), 1);
        }
        counts.add_reopened_soon(u64::from(reopened_soon));
    }
    counts
}

/// The units of the incidents, and who may ask for their figures.
const UNITS: [(&str, &[&str]); 5] = [
    ("4112", &["city", "auditor"]),
    ("411224", &["county", "city", "auditor"]),
    ("411224107", &["dispatcher", "county", "city", "auditor"]),
    ("411224107200", &["village", "dispatcher", "county", "city", "auditor"]),
    ("411202", &["city", "auditor"]),
];

both! {
    async fn figures_count_closed_or_reported_incidents(app: TestApp) {
        create_incidents_of_each_kind(&app).await;
        let county = app.user("county").await;
        let closed = figures(&county, NOVEMBER).await;
        assert_eq!(
            serde_json::to_value(counts(&closed)).expect("JSON"),
            json!({
                "closed": 8, "resolved": 7, "unresolved": 1,
                "grassroots": 5, "resolved_by_village": 3, "resolved_by_township": 2, "resolved_by_county": 2,
                "resolved_in_place": 5, "resolved_on_spot": 1, "self_verified": 2, "verified_by_colleague": 2,
                "reopened": 1, "reopened_soon": 2, "county_first_closed": 1, "not_accepted": 1, "voided": 1,
            })
        );
        assert_eq!(share(&closed, "grassroots"), (5, 8));
        assert_eq!(share(&closed, "grassroots_without_county_first"), (5, 7));
        assert_eq!(share(&closed, "grassroots_without_on_spot"), (4, 7));
        assert_eq!((share(&closed, "village"), share(&closed, "in_place")), ((3, 8), (5, 8)));
        assert!(closed.lacks("/shares/grassroots_of_all"));
        assert_eq!(closed.body["shares"]["grassroots"]["value"], json!(5.0 / 8.0));
        // The bounds are from Wilson's formula in Python, for 5 of 8.
        let interval = &closed.body["shares"]["grassroots"]["interval_95"];
        let near =
            |index: usize, value: f64| (interval[index].as_f64().expect("a bound") - value).abs() < 1e-9;
        assert!(near(0, 0.305_742_394_602_6) && near(1, 0.863_155_714_176_4), "{interval}");
        assert_eq!((closed.text("/unit"), closed.text("/basis")), ("411224".into(), "closed".into()));
        assert!(closed.text("/definition").contains("最后一次结案在期内"));

        let reported = figures(&county, &format!("{NOVEMBER}&basis=reported")).await;
        assert_eq!((count(&reported, "open"), count(&reported, "reopened")), (3, 2));
        assert_eq!(
            (share(&reported, "grassroots"), share(&reported, "grassroots_of_all")),
            ((5, 8), (5, 11))
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
        assert_eq!((count(&without, "closed"), count(&without, "resolved_by_county")), (7, 1));
        assert_eq!(county.reads(id).await.text("/origin/village"), "411224107200");
        dispatch_and_submit(&county, COUNTY_DESK, id, "unresolved").await;
        app.sign_in("reviewer.two", crate::support::HIRED).await.run_ok(id, "close", json!({ "reply": "已处理，感谢反映" })).await;
        let after = figures(&county, NOVEMBER).await;
        assert_eq!((count(&after, "closed"), count(&after, "resolved_by_county")), (8, 1));
        assert_eq!((count(&after, "unresolved"), count(&after, "reopened")), (2, 2));

        let village = app.user("village").await;
        village.run_ok(&all["on_spot"], "reopen", json!({ "reason": "又占道" })).await;
        let after = figures(&county, NOVEMBER).await;
        assert_eq!((count(&after, "resolved_on_spot"), count(&after, "grassroots")), (0, 4));
        dispatch_and_submit(&village, VILLAGE_DESK, &all["on_spot"], "resolved").await;
        village.run_ok(&all["on_spot"], "close", json!({ "reply": "已处理，感谢反映" })).await;
        let after = figures(&county, NOVEMBER).await;
        assert_eq!(
            (count(&after, "resolved_on_spot"), count(&after, "grassroots")),
            (0, 5),
            "it no longer counts as handled on the spot"
        );
    }

    async fn everybody_who_may_ask_gets_the_figures_that_the_events_give(app: TestApp) {
        create_incidents_of_each_kind(&app).await;
        let cases = replay_all(&app).await;
        assert_eq!(cases.len(), 14);
        for (unit, may_ask) in UNITS {
            for basis in DateBasis::ALL {
                let counted = recount(&cases, unit, *basis);
                for who in EVERYBODY {
                    let query = format!("{NOVEMBER}&unit={unit}&basis={basis}");
                    let client = app.user(who).await;
                    if !may_ask.contains(&who) {
                        for path in ["grassroots?", "hearings?", "grassroots/incidents?figure=closed&", "hearings/incidents?figure=held&"] {
                            let query = if path.starts_with("hearings") { format!("{NOVEMBER}&unit={unit}") } else { query.clone() };
                            let answer = client.get(&format!("/v1/statistics/{path}{query}")).await;
                            answer.expect_problem(403, "forbidden");
                        }
                        continue;
                    }
                    let shown = figures(&client, &query).await;
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

    async fn a_figure_is_the_length_of_its_list_and_the_number_not_shown(app: TestApp) {
        create_incidents_of_each_kind(&app).await;
        for (unit, may_ask) in UNITS {
            for who in may_ask {
                let client = app.user(who).await;
                let mine = client.lists("/v1/incidents?limit=200").await;
                for basis in DateBasis::ALL {
                    let shown = figures(&client, &format!("{NOVEMBER}&unit={unit}&basis={basis}")).await;
                    for figure in Metric::ALL {
                        let path = shown.text(&format!("/figures/{figure}/list"));
                        let ids = client.lists(&format!("{path}&limit=2")).await;
                        let hidden = client.get(&path).await.expect(200).number("/not_shown");
                        let listed = u64::try_from(ids.len()).expect("few");
                        assert_eq!(listed + hidden, count(&shown, figure.as_str()), "{who} {path}");
                        assert!(ids.iter().all(|id| mine.contains(id)), "{who} {path}");
                    }
                }
            }
        }
        let township = format!("/v1/statistics/grassroots/incidents?{NOVEMBER}&unit=411224107&figure=closed");
        let dispatcher = app.user("dispatcher").await;
        assert_eq!(dispatcher.get(&township).await.expect(200).number("/not_shown"), 1, "the restricted one");
        for (more, hidden) in [("&category=1002", 0), ("&restricted=true", 1), ("&grid=411224107200001", 0)] {
            let answer = dispatcher.get(&format!("{township}{more}")).await.expect(200);
            assert_eq!(answer.number("/not_shown"), hidden, "{more}");
        }
        let one = dispatcher.get(&format!("{township}&category=1002&restricted=true")).await;
        one.expect_problem(400, "invalid_query");
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
                            let listed = u64::try_from(client.lists(&path).await.len()).expect("few");
                            let hidden = client.get(&path).await.expect(200).number("/not_shown");
                            assert_eq!(group["figures"][figure], listed + hidden, "{who} {path}");
                        }
                    }
                    let unlisted = groups.iter().filter(|group| group["list"].is_null());
                    assert!(unlisted.clone().all(|group| group["key"].is_null()), "{who} {query}");
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
            ["411224107200", "", ""],
            "the last groups have no village"
        );
        assert_eq!(villages.texts("/groups", "/name")[1..], ["未定位到下一级", "受限事件（不显示到下一级）"]);
        let grids = figures(&app.user("village").await, &format!("{reported}&group_by=unit")).await;
        assert_eq!(grids.texts("/groups", "/key"), ["411224107200001"]);
        let counties = figures(&app.user("city").await, &format!("{reported}&group_by=unit")).await;
        assert_eq!(counties.texts("/groups", "/key"), ["411202", "411224"]);
        let categories = figures(&app.user("county").await, &format!("{reported}&group_by=category")).await;
        assert_eq!(categories.texts("/groups", "/key"), ["1001", "4007", "5002", "5003", "7001", ""]);
        assert!(categories.lacks("/groups/5/categories") && categories.lacks("/groups/6"));
    }

    async fn small_numbers_of_restricted_categories_are_hidden(app: TestApp) {
        let settle = async |category: &str, number: usize| {
            let (worker, village) = (app.user("worker").await, app.user("village").await);
            for _ in 0..number {
                let id = worker.file(category, json!({})).await;
                work_off(&village, VILLAGE_DESK, &id, "resolved").await;
                village.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
            }
        };
        let parts = async |query: &str| {
            let county = app.user("county").await;
            let answer = figures(&county, &format!("{query}&group_by=category")).await;
            let groups = answer.body["groups"].as_array().expect("groups");
            let together = groups.iter().find(|group| group["key"].is_null()).expect("the restricted ones");
            let part = |part: &Value| {
                format!("{} {}", part["key"].as_str().expect("a code"), part["closed"].as_str().expect("text"))
            };
            let parts = together["categories"].as_array().map(|parts| parts.iter().map(part).collect::<Vec<_>>());
            (together["figures"]["closed"].as_u64().expect("a count"), parts.unwrap_or_default())
        };
        for (category, number) in [("1002", 2), ("6001", 5), ("6002", 6)] {
            settle(category, number).await;
        }
        assert_eq!(parts(NOVEMBER).await, (13, vec![]), "tomorrow's numbers minus today's would be those of a day");
        app.pass(TimeDelta::days(9));
        let hidden = ["1002 <5", "6001 <5", "6002 6"].map(str::to_owned).to_vec();
        assert_eq!(parts(NOVEMBER).await, (13, hidden));
        for query in [
            "from=2026-11-01&to=2026-11-30",
            "from=2026-11-01&to=2027-01-01",
            "from=2026-11-01&to=2026-12-01&basis=reported",
            "from=2026-11-01&to=2026-12-01&unit=411224107",
        ] {
            assert_eq!(parts(query).await, (13, vec![]), "{query}");
        }
        settle("1002", 2).await;
        app.pass(TimeDelta::days(40));
        let december = "from=2026-12-01&to=2027-01-01";
        assert_eq!(parts(december).await, (2, vec![]), "a single number would be the sum");
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
        village.run_ok(&waiting, "close", json!({ "reply": "已处理，感谢反映" })).await;
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
        let village = app.user("village").await;
        let shown = figures(&village, NOVEMBER).await;
        let bounds = &shown.body["shares"]["grassroots"]["interval_95"];
        assert!(
            (bounds[0].as_f64().expect("a bound") - 0.962_646_8).abs() < 1e-6 && bounds[1] == 1.0,
            "{bounds}"
        );
        worker.file("4007", spot).await;
        let shown = figures(&village, NOVEMBER).await;
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
