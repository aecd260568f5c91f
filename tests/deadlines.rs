//! Deadlines in answers of the API, to the minute. Every test begins on Monday 23 November 2026 at 10:00 in China.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    both,
    support::{Client, URBAN, VILLAGE_DESK, body_of},
};

/// The time at which a deadline of an incident ends.
async fn due(client: &Client, id: &str, clock: &str) -> String {
    client.reads(id).await.text(&format!("/deadlines/{clock}/at"))
}

/// A time on 23 November.
fn today(time: &str) -> String {
    format!("2026-11-23T{time}:00+08:00")
}

both! {
    async fn a_major_incident_has_continuous_hours(app: TestApp) {
        let taken = app.user("worker").await.report("5002", json!({})).await.expect(201);
        let id = taken.text("/id");
        assert_eq!(taken.text("/deadlines/accept/at"), today("11:00"), "1 continuous hour");
        assert_eq!(taken.body["deadlines"]["next"], taken.body["deadlines"]["accept"]);
        assert_eq!(taken.text("/deadlines/ceiling/at"), "2026-12-02T10:00:00+08:00", "56 working hours");
        assert!(taken.lacks("/deadlines/dispatch") && taken.lacks("/deadlines/handle"));

        app.pass(TimeDelta::minutes(30));
        let accepted = app.user("dispatcher").await.run_ok(&id, "accept", json!({})).await;
        assert_eq!(accepted.text("/due/at"), today("11:30"), "1 continuous hour to dispatch");
        app.pass(TimeDelta::minutes(15));
        let sent = app.user("dispatcher").await.run_ok(&id, "dispatch", json!({ "organisation": URBAN })).await;
        assert_eq!(sent.text("/due/at"), today("12:45"), "2 continuous hours to handle");

        let handler = app.user("handler").await;
        app.pass(TimeDelta::minutes(5));
        handler.run_ok(&id, "acknowledge", json!({})).await;
        handler.run_ok(&id, "comment", body_of("comment")).await;
        app.restart().await;
        assert_eq!(due(&handler, &id, "handle").await, today("12:45"), "acknowledgement, comment and restart do not change it");
        app.pass(TimeDelta::minutes(3));
        handler.run_ok(&id, "submit-result", body_of("submit-result")).await;
        let dispatcher = app.user("dispatcher").await;
        let verify = due(&dispatcher, &id, "verify").await;
        assert_eq!(verify, "2026-11-24T10:53:00+08:00", "8 working hours to verify");
        app.pass(TimeDelta::minutes(1));
        let back = dispatcher.run_ok(&id, "rework", body_of("rework")).await;
        assert_eq!(back.text("/due/at"), today("12:54"), "a new leg has its own 2 hours");
        assert_eq!(due(&dispatcher, &id, "ceiling").await, "2026-12-02T10:00:00+08:00");
    }

    async fn a_dispute_has_working_hours(app: TestApp) {
        // The report was written offline on Saturday. Time limits start when the server receives it.
        let late =
            json!({ "occurred_at": "2026-11-20T18:00:00+08:00", "reported_at": "2026-11-21T09:00:00+08:00" });
        let taken = app.user("worker").await.report("1001", late).await.expect(201);
        let id = taken.text("/id");
        assert_eq!(taken.text("/received_at"), today("10:00"));
        assert_eq!(taken.text("/deadlines/accept/at"), "2026-11-24T10:00:00+08:00", "8 working hours");
        assert_eq!(taken.body["deadlines"]["accept"]["provisional"], false);
        assert_eq!(taken.text("/deadlines/ceiling/at"), "2026-12-02T10:00:00+08:00", "56 working hours");

        app.pass(TimeDelta::hours(5));
        let village = app.user("village").await;
        let accepted = village.run_ok(&id, "accept", json!({})).await;
        assert_eq!(accepted.text("/due/at"), "2026-11-24T09:00:00+08:00", "15:00 and 4 working hours");
        let own = village.run_ok(&id, "dispatch", json!({ "organisation": VILLAGE_DESK })).await;
        assert_eq!(own.text("/due/at"), "2026-12-02T15:00:00+08:00", "56 working hours");
        let done = village.run_ok(&id, "submit-result", body_of("submit-result")).await;
        assert_eq!(done.text("/due/at"), "2026-11-25T15:00:00+08:00", "16 working hours to verify");
    }

    async fn a_limit_that_ends_at_closing_time_is_not_moved_to_the_next_day(app: TestApp) {
        app.pass(TimeDelta::hours(-2));
        let taken = app.user("worker").await.report("1001", json!({})).await.expect(201);
        assert_eq!(taken.text("/deadlines/accept/at"), today("18:00"), "a whole working day from 8:00");
        app.pass(TimeDelta::hours(11));
        let evening = app.user("worker").await.report("1001", json!({})).await.expect(201);
        assert_eq!(
            evening.text("/deadlines/accept/at"),
            "2026-11-24T18:00:00+08:00",
            "a report at 19:00 counts from the next morning"
        );
    }

    async fn a_more_severe_incident_is_due_earlier(app: TestApp) {
        let worker = app.user("worker").await;
        let accept = async |category: &str, severity: &str| {
            let taken = worker.report(category, json!({ "severity": severity })).await.expect(201);
            (taken.text("/severity"), taken.text("/deadlines/accept/at"))
        };
        assert_eq!(accept("1001", "significant").await, ("significant".into(), today("16:00")));
        assert_eq!(accept("1001", "major").await, ("major".into(), today("11:00")));
        assert_eq!(accept("1001", "critical").await, ("critical".into(), today("10:15")));
        assert_eq!(
            accept("5002", "general").await,
            ("major".into(), today("11:00")),
            "the severity of the category is the minimum"
        );
        let kept = worker.report("5002", json!({ "severity": "general" })).await.expect(201);
        assert!(kept.texts("/warnings", "/code").contains(&"severity_kept".to_owned()));
    }

    async fn a_step_that_was_done_in_time_stays_met_and_a_late_one_says_by_how_much(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let run = async |who: &str, command: &str, body: Value| app.user(who).await.run_ok(&id, command, body).await;
        let clock = async |name: &str| {
            let dispatcher = app.user("dispatcher").await;
            let listed = dispatcher.get("/v1/incidents").await.expect(200);
            let seen = dispatcher.reads(&id).await;
            let clock = &seen.body["deadlines"][name];
            assert_eq!(listed.body["incidents"][0]["deadlines"][name], *clock, "a list says the same");
            clock.clone()
        };
        let met = |at: &str| (json!("met"), json!(today(at)), json!(null));
        let state = async |name: &str| {
            let clock = clock(name).await;
            (clock["state"].clone(), clock["met_at"].clone(), clock["late_by_minutes"].clone())
        };
        app.pass(TimeDelta::minutes(50));
        assert_eq!(clock("accept").await["state"], "due_soon");
        run("dispatcher", "accept", json!({})).await;
        app.pass(TimeDelta::minutes(61));
        assert_eq!(state("accept").await, met("10:50"), "it is past 11:00 now, and it was done in time");
        assert_eq!(clock("dispatch").await["state"], "overdue");
        app.pass(TimeDelta::seconds(1));
        run("dispatcher", "dispatch", json!({ "organisation": URBAN })).await;
        assert_eq!(state("dispatch").await, (json!("met_late"), json!("2026-11-23T11:51:01+08:00"), json!(2)));
        run("handler", "acknowledge", json!({})).await;
        assert_eq!(clock("handle").await["state"], "on_track");
        run("handler", "submit-result", body_of("submit-result")).await;
        app.pass(TimeDelta::hours(5));
        assert_eq!((clock("handle").await["state"].clone(), clock("verify").await["state"].clone()), (json!("met"), json!("on_track")));
        run("dispatcher", "rework", body_of("rework")).await;
        assert_eq!((clock("handle").await["state"].clone(), clock("verify").await["state"].clone()), (json!("on_track"), json!("met")));
        run("handler", "submit-result", body_of("submit-result")).await;
        assert_eq!(clock("verify").await["state"], "on_track", "the new result has a clock of its own");
        run("dispatcher", "close", json!({ "reply": "已处理，感谢反映" })).await;
        app.pass(TimeDelta::days(400));
        for (name, expected) in
            [("accept", "met"), ("dispatch", "met_late"), ("handle", "met"), ("verify", "met"), ("ceiling", "met")]
        {
            assert_eq!(clock(name).await["state"], expected, "{name} of the closed incident");
        }
        assert_eq!(clock("total").await["state"], "met_late");
        assert!(clock("next").await.is_null());
        let legs = app.user("dispatcher").await.reads_of(&id, "legs").await;
        for (due, expected) in [
            ("/custody/0/accept_due", "met"),
            ("/custody/0/dispatch_due", "met_late"),
            ("/custody/0/verify_due", "met"),
            ("/custody/0/handling/0/handle_due", "met"),
            ("/custody/0/handling/0/acknowledge_due", "met"),
        ] {
            assert_eq!(legs.text(&format!("{due}/state")), expected, "{due}");
        }
    }

    async fn the_clock_of_a_desk_runs_on_when_work_comes_back(app: TestApp) {
        let (worker, dispatcher, handler) =
            (app.user("worker").await, app.user("dispatcher").await, app.user("handler").await);
        let id = worker.file("5002", json!({})).await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": URBAN })).await;
        let state = async |name: &str| {
            dispatcher.reads(&id).await.body["deadlines"][name]["state"].clone()
        };
        assert_eq!((state("dispatch").await, state("handle").await), (json!("met"), json!("on_track")));
        handler.run_ok(&id, "return", body_of("return")).await;
        assert_eq!((state("dispatch").await, state("handle").await), (json!("on_track"), json!(null)));
    }

    async fn a_step_done_while_the_clock_stands_still_is_in_time(app: TestApp) {
        let (worker, dispatcher, handler) =
            (app.user("worker").await, app.user("dispatcher").await, app.user("handler").await);
        let id = worker.file("5002", json!({})).await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": URBAN })).await;
        handler.run_ok(&id, "acknowledge", json!({})).await;
        handler.run_ok(&id, "suspend", body_of("suspend")).await;
        dispatcher.run_ok(&id, "approve", json!({})).await;
        assert_eq!(dispatcher.reads(&id).await.text("/deadlines/ceiling/state"), "paused");
        app.user("county").await.run_ok(&id, "force-close", body_of("force-close")).await;
        app.pass(TimeDelta::days(20));
        app.user("city").await.run_ok(&id, "approve", json!({})).await;
        let seen = app.user("dispatcher").await.reads(&id).await;
        assert_eq!((seen.text("/state"), seen.text("/deadlines/ceiling/state")), ("closed".into(), "met".into()));
        assert_eq!(seen.text("/deadlines/total/state"), "met_late", "the clock of the whole matter never stands still");
    }

    async fn what_a_desk_did_in_time_stays_met_after_the_incident_has_left_it(app: TestApp) {
        let (worker, village) = (app.user("worker").await, app.user("village").await);
        let id = worker.file("1001", json!({})).await;
        village.run_ok(&id, "accept", json!({})).await;
        village.run_ok(&id, "dispatch", json!({ "organisation": VILLAGE_DESK })).await;
        app.pass(TimeDelta::days(6));
        app.user("village").await.run_ok(&id, "escalate", body_of("escalate")).await;
        let legs = app.user("village").await.reads_of(&id, "legs").await;
        for due in ["accept_due", "dispatch_due"] {
            assert_eq!(legs.text(&format!("/custody/0/{due}/state")), "met", "{due}: {}", legs.raw);
        }
    }

    async fn a_deadline_after_the_last_announced_year_is_provisional(app: TestApp) {
        let (worker, county) = (app.user("worker").await, app.user("county").await);
        let dispute = worker.report("1010", json!({})).await.expect(201);
        let ceiling = &dispute.body["deadlines"]["ceiling"];
        // 240 working hours are 30 working days. The holidays of 2027 are not announced, so 1 January is a working day.
        let expected = json!({
            "at": "2027-01-04T10:00:00+08:00", "state": "on_track", "from": "2026-11-23T10:00:00+08:00",
            "amount": 240, "unit": "wh", "rule": "ceiling", "rules_version": 2, "provisional": true,
        });
        assert_eq!(*ceiling, expected);
        assert_eq!(dispute.body["deadlines"]["accept"]["provisional"], false);

        let petition = worker.file("1013", json!({})).await;
        county.run_ok(&petition, "accept", json!({})).await;
        let sent =
            county.run_ok(&petition, "dispatch", json!({ "organisation": "411224-petition_office" })).await;
        assert_eq!(sent.text("/due/at"), "2027-01-22T10:00:00+08:00", "60 calendar days keep the clock time");
    }

    async fn an_escalated_incident_gets_the_limits_of_its_new_level(app: TestApp) {
        let (dispatcher, county) = (app.user("dispatcher").await, app.user("county").await);
        let id = app.user("worker").await.file("5002", json!({})).await;
        app.pass(TimeDelta::minutes(10));
        let up = dispatcher.run_ok(&id, "escalate", body_of("escalate")).await;
        assert_eq!(up.text("/due/at"), today("11:10"));
        assert_eq!(due(&county, &id, "ceiling").await, "2026-12-14T10:10:00+08:00", "120 working hours");
        county.run_ok(&id, "accept", json!({})).await;
        let sent = county.run_ok(&id, "dispatch", json!({ "organisation": "411224-urban_management" })).await;
        assert_eq!(sent.text("/due/at"), "2026-11-25T10:10:00+08:00", "at least 16 working hours");
    }
}
