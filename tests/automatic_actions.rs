//! Automatic actions: escalation, acknowledgement of work that is not returned, resumption of suspended work, supervision.

use std::sync::Arc;

use chrono::TimeDelta;
use grassroots::app::reconciler::{AT_ONCE, Done, run_once};
use grassroots_domain::{account::Role, ids::AccountId};
use grassroots_persistence::incident::incidents;
use serde_json::json;
use uuid::Uuid;

use crate::{
    both,
    support::{COUNTY_DESK, DESK, TestApp, URBAN, VILLAGE_DESK, body_of},
};

impl TestApp {
    /// Runs all automatic actions that are due.
    async fn reconcile(&self) -> Done {
        run_once(self.inside().await.as_ref(), self.now()).await.expect("the database answers")
    }

    /// Sets the clock forward, then runs all automatic actions that are due.
    async fn pass_and_reconcile(&self, time: TimeDelta) -> Done {
        self.pass(time);
        self.reconcile().await
    }
}

/// Stores major disputes in the demo's village directly in the database, with the functions of the server.
async fn store_many_reports(app: &TestApp, number: u64) {
    use grassroots_domain::{
        account::Actor,
        geography::place::Place,
        hash::Hash,
        ids::IncidentId,
        open::{Report, open},
        rules::category::Severity,
    };
    use grassroots_persistence::incident::{intake, reports::ReportContent};

    let (inside, now) = (app.inside().await, app.now());
    let me = app.user("worker").await.get("/v1/me").await.expect(200).text("/id");
    let organisation = VILLAGE_DESK.parse().expect("a desk");
    let account = AccountId(me.parse().expect("an id"));
    let reporter = Actor { account, role: Role::GridWorker, organisation, grids: Vec::new() };
    let snapshot = inside.snapshots.current();
    let rules = snapshot.rules.as_ref().expect("rules");
    let category = rules.category("1001".parse().expect("a code")).expect("a category");
    let place = Place::of_unit(organisation.unit).expect("a place");
    let openings: Vec<_> = (0..number)
        .map(|_| {
            let id = IncidentId(Uuid::new_v4());
            let report = Report { severity: Some(Severity::Major), ..Report::new(id, category, place) };
            let decision =
                open(&report, &reporter, now, rules, &snapshot.reference_data).expect("it is taken");
            let content = ReportContent {
                salt: b"salt".to_vec(),
                content_hash: Hash::GENESIS,
                title: None,
                description: "两家争宅基地边界".to_owned(),
                place_text: None,
                position: None,
                occurred_at: None,
                reported_at: None,
                sent_at: None,
                warnings: Vec::new(),
            };
            let opening =
                intake::NewIncident::new(decision, "secret".to_owned(), content, &|| b"pepper".to_vec());
            Arc::new(opening.expect("a canonical text"))
        })
        .collect();
    for some in openings.chunks(500) {
        let some = some.to_vec();
        let written = inside.store.write(move |db| intake::insert_all(db, &some)).await;
        assert!(written.expect("they are written").iter().all(Option::is_some));
    }
}

/// The number of incidents with a due automatic action.
async fn count_due(app: &TestApp) -> u64 {
    let (inside, now) = (app.inside().await, app.now());
    let waiting = inside.store.read(move |db| incidents::waking(db, now, None, u32::MAX)).await;
    u64::try_from(waiting.expect("the database answers").len()).expect("a number")
}

both! {
    async fn an_incident_that_nobody_accepts_is_escalated_level_by_level_with_new_limits(app: TestApp) {
        // A significant incident has 4 working hours to be accepted. It is escalated after twice this time.
        let id = app.user("worker").await.file("1001", json!({ "severity": "significant" })).await;
        assert_eq!(app.pass_and_reconcile(TimeDelta::hours(24)).await, Done::default(), "at 10:00 next day it is not yet late");
        assert_eq!(app.pass_and_reconcile(TimeDelta::minutes(1)).await.changed, 1);
        assert_eq!(app.reconcile().await, Done::default(), "it is escalated once");
        let dispatcher = app.user("dispatcher").await;
        let seen = dispatcher.reads(&id).await;
        assert_eq!((seen.text("/state"), seen.text("/level")), ("pending_acceptance".into(), "township".into()));
        assert_eq!(seen.text("/deadlines/accept/at"), "2026-11-24T16:01:00+08:00", "the township has its own limit");
        assert_eq!(seen.text("/deadlines/total/from"), "2026-11-23T10:00:00+08:00", "the total time does not restart");

        assert_eq!(app.pass_and_reconcile(TimeDelta::days(1) + TimeDelta::minutes(1)).await.changed, 1);
        let county = app.user("county").await;
        let seen = county.reads(&id).await;
        assert_eq!((seen.text("/holder/organisation"), seen.number("/escalated")), (COUNTY_DESK.into(), 2));
        let legs = county.reads_of(&id, "legs").await;
        assert_eq!(legs.texts("/custody", "/outcome"), ["lapsed", "lapsed", ""]);
        assert_eq!(legs.texts("/custody/2/handling", "/organisation/organisation"), [VILLAGE_DESK, DESK]);
        let timeline = county.reads_of(&id, "timeline").await;
        assert_eq!(timeline.happened(), ["reported", "lapsed", "lapsed"]);
        assert_eq!(timeline.text("/events/1/by/name"), "系统");

        // The county does not escalate; it is supervised. The village can still accept the incident.
        app.pass_and_reconcile(TimeDelta::days(3)).await;
        assert_eq!(app.user("county").await.reads(&id).await.text("/state"), "pending_acceptance");
        assert!(app.user("village").await.actions(&id).await.contains(&"accept".to_owned()));
        let taken = app.user("village").await.run_ok(&id, "accept", json!({})).await;
        assert_eq!((taken.text("/state"), taken.text("/level")), ("pending_dispatch".into(), "village".into()));
        let legs = app.user("county").await.reads_of(&id, "legs").await;
        assert_eq!(legs.texts("/custody", "/outcome"), ["lapsed", "lapsed", "accepted_below", ""]);
    }

    async fn comments_and_restarts_do_not_change_deadlines(app: TestApp) {
        let id = app.user("worker").await.file("1001", json!({ "severity": "major" })).await;
        let before = app.user("dispatcher").await.reads(&id).await.body["deadlines"]["accept"].clone();
        app.pass(TimeDelta::minutes(40));
        let dispatcher = app.user("dispatcher").await;
        dispatcher.run_ok(&id, "comment", body_of("comment")).await;
        dispatcher.run_ok(&id, "correct", json!({ "severity": "critical", "reason": "有人受伤" })).await;
        app.restart().await;
        let county = app.user("county").await;
        let seen = county.reads(&id).await;
        assert_eq!(seen.text("/holder/organisation"), COUNTY_DESK, "a critical incident goes to the county");
        assert_ne!(seen.body["deadlines"]["accept"], before, "the county desk has its own limit");

        let id = app.user("worker").await.file("1001", json!({ "severity": "major" })).await;
        let due = app.user("dispatcher").await.reads(&id).await.text("/deadlines/accept/at");
        app.pass(TimeDelta::minutes(59));
        app.user("county").await.run_ok(&id, "comment", body_of("comment")).await;
        app.user("county").await.run_ok(&id, "remind", body_of("remind")).await;
        app.restart().await;
        assert_eq!(app.user("dispatcher").await.reads(&id).await.text("/deadlines/accept/at"), due);
        app.pass_and_reconcile(TimeDelta::minutes(2)).await;
        let up = app.user("county").await.reads(&id).await;
        assert_eq!(up.text("/holder/organisation"), COUNTY_DESK, "comments do not prevent escalation");
    }

    async fn two_nodes_escalate_each_incident_once(app: TestApp) {
        let worker = app.user("worker").await;
        let mut ids = Vec::new();
        for _ in 0..40 {
            ids.push(worker.file("1001", json!({ "severity": "major" })).await);
        }
        app.pass(TimeDelta::hours(2));
        let other = app.another_node().await;
        let nodes = [app.inside().await, other.inside().await];
        let runs = (0..6).map(|run| run_once(&nodes[run % 2], app.now()));
        let mut changed = 0;
        for done in futures_util::future::join_all(runs).await {
            let done = done.expect("the database answers");
            assert_eq!(done.failed, 0);
            changed += done.changed;
        }
        drop(nodes);
        changed += app.reconcile().await.changed;
        assert_eq!(changed, 40, "each incident is escalated by one node");
        other.running().stop().await;
        for id in ids {
            let seen = app.user("county").await.reads_of(&id, "timeline").await;
            assert_eq!(seen.happened(), ["reported", "lapsed"]);
        }
    }

    async fn ten_thousand_due_incidents_are_escalated_in_spite_of_a_restart(app: TestApp) {
        const MANY: u64 = 10_000;
        store_many_reports(&app, MANY).await;
        app.pass(TimeDelta::hours(2));
        // The server is stopped during a run.
        let (inside, now) = (app.inside().await, app.now());
        let run = tokio::spawn(async move { run_once(inside.as_ref(), now).await });
        while count_due(&app).await > MANY - MANY / 10 {
            tokio::task::yield_now().await;
        }
        run.abort();
        let _stopped = run.await;
        app.restart().await;
        let left = count_due(&app).await;
        assert!((1..=MANY - MANY / 10).contains(&left), "{left} incidents are due");
        // The last transaction of the stopped run may still have been committed, but no other.
        let mut done = Done::default();
        while count_due(&app).await > 0 {
            let run = app.reconcile().await;
            done = Done { changed: done.changed + run.changed, failed: done.failed + run.failed };
        }
        let rest = left.saturating_sub(u64::from(AT_ONCE))..=left;
        assert!(done.failed == 0 && rest.contains(&done.changed), "each remaining incident is escalated once: {done:?} of {left}");
        assert_eq!(app.reconcile().await, Done::default());
    }

    async fn work_that_is_not_returned_counts_as_acknowledged_and_late_work_is_supervised(app: TestApp) {
        let id = app.user("worker").await.file("4007", json!({})).await;
        let village = app.user("village").await;
        village.run_ok(&id, "accept", json!({})).await;
        let committee = "411224107200-village_mediation_committee";
        village.run_ok(&id, "dispatch", json!({ "organisation": committee, "outside_duty": true })).await;
        let due = village.reads(&id).await.text("/deadlines/handle/at");
        app.pass_and_reconcile(TimeDelta::hours(7)).await;
        let seen = app.user("village").await.reads(&id).await;
        assert_eq!(seen.text("/state"), "in_progress", "four working hours passed");
        assert_eq!(seen.text("/deadlines/handle/at"), due, "the deadline does not change");

        app.pass_and_reconcile(TimeDelta::days(20)).await;
        let seen = app.user("dispatcher").await.reads(&id).await;
        assert_eq!(seen.text("/deadlines/handle/state"), "seriously_overdue");
        assert_eq!(seen.text("/proceedings/alarm/level"), "red");
        assert_eq!(seen.text("/proceedings/alarm/by/organisation"), DESK, "the desk above is notified");
        assert_eq!(seen.text("/holder/organisation"), committee, "the holder does not change");
        assert_eq!(app.user("dispatcher").await.queue("supervised").await, [id.as_str()]);
        let member = app.hire("mediator", Role::Handler, committee).await;
        member.run_ok(&id, "submit-result", body_of("submit-result")).await;
        let seen = app.user("dispatcher").await.reads(&id).await;
        assert!(seen.body["proceedings"]["alarm"]["over"] != json!("handle"), "the supervised step is done");
    }

    async fn the_desk_above_can_take_over_an_overdue_incident(app: TestApp) {
        let id = app.user("worker").await.file("1001", json!({})).await;
        let dispatcher = app.user("dispatcher").await;
        dispatcher.command(&id, "take-over", json!({})).await.expect_problem(409, "too_early");
        app.pass_and_reconcile(TimeDelta::days(3)).await;
        assert_eq!(app.user("dispatcher").await.queue("supervised").await, [id.as_str()], "the desk above is notified");
        let county = app.user("county").await;
        county.command(&id, "take-over", json!({})).await.expect_problem(403, "not_yours");
        let taken = app.user("dispatcher").await.run_ok(&id, "take-over", json!({})).await;
        assert_eq!((taken.text("/state"), taken.text("/level")), ("pending_dispatch".into(), "township".into()));
    }

    async fn suspended_work_resumes_automatically_with_its_remaining_time(app: TestApp) {
        let id = app.user("worker").await.file("2008", json!({})).await;
        let dispatcher = app.user("dispatcher").await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": URBAN, "outside_duty": true })).await;
        let handler = app.user("handler").await;
        handler.run_ok(&id, "acknowledge", json!({})).await;
        let mut ten_days = body_of("suspend");
        ten_days["days"] = json!(10);
        let asked = handler.run_ok(&id, "suspend", ten_days).await;
        assert_eq!(asked.body["warnings"], json!(["needs_second_person"]));
        assert_eq!(asked.text("/state"), "in_progress");
        handler.command(&id, "suspend", body_of("suspend")).await.expect_problem(409, "request_open");
        assert_eq!(dispatcher.queue("to_decide").await, [id.as_str()]);
        let done = dispatcher.run_ok(&id, "approve", json!({})).await;
        assert_eq!((done.text("/state"), done.text("/due/at")), ("suspended".into(), "2026-12-03T10:00:00+08:00".into()));
        let before = dispatcher.reads(&id).await;
        assert_eq!(before.text("/deadlines/handle/state"), "paused");

        app.pass_and_reconcile(TimeDelta::days(11)).await;
        let seen = app.user("handler").await.reads(&id).await;
        assert_eq!(seen.text("/state"), "in_progress");
        let timeline = app.user("handler").await.reads_of(&id, "timeline").await;
        assert_eq!(timeline.happened().last().map(String::as_str), Some("resumed"));
        assert_eq!(timeline.body["events"].as_array().expect("events").last().expect("one")["facts"]["by_itself"], json!(true));
        assert_ne!(seen.text("/deadlines/handle/at"), before.text("/deadlines/handle/at"));
        let again = app.user("handler").await.command(&id, "suspend", body_of("suspend")).await;
        again.expect_problem(409, "too_often");
    }

    async fn an_incident_without_the_requested_information_is_voided(app: TestApp) {
        let (worker, village) = (app.user("worker").await, app.user("village").await);
        let (answered, unanswered) = (worker.file("1001", json!({})).await, worker.file("1001", json!({})).await);
        for id in [&answered, &unanswered] {
            village.run_ok(id, "request-info", body_of("request-info")).await;
        }
        let mine = worker.get("/v1/incidents?queue=mine").await.expect(200);
        assert_eq!(mine.texts("/incidents", "/id").len(), 2);
        app.pass(TimeDelta::hours(2));
        let back = app.user("worker").await.run_ok(&answered, "supplement", body_of("supplement")).await;
        assert_eq!(back.text("/due/at"), "2026-11-24T12:00:00+08:00", "the working hours meanwhile are not counted");
        app.pass_and_reconcile(TimeDelta::days(8)).await;
        assert_eq!(app.user("worker").await.reads(&unanswered).await.text("/state"), "voided");
        assert_eq!(app.user("worker").await.reads(&answered).await.text("/state"), "pending_acceptance");
    }
}
