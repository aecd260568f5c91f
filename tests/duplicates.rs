//! Duplicates: incidents that are merged, and suggestions of similar incidents.

use chrono::TimeDelta;
use grassroots_domain::account::Role;
use serde_json::json;

use crate::{
    both,
    support::{VILLAGE_DESK, body_of, through_township},
};

both! {
    async fn a_duplicate_is_merged_and_unmerged(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let first = worker.file("5002", json!({})).await;
        app.pass(TimeDelta::minutes(5));
        let second = worker.file("5002", json!({})).await;
        let into = |id: &str| json!({ "into": id, "reason": "同一个井盖" });
        dispatcher.command(&first, "merge", into(&second)).await.expect_problem(422, "cannot_merge");
        dispatcher.command(&first, "merge", into(&first)).await.expect_problem(422, "cannot_merge");
        let far = worker.file("1001", json!({})).await;
        dispatcher.command(&second, "merge", into(&far)).await.expect_problem(422, "cannot_merge");
        let merged = dispatcher.run_ok(&second, "merge", into(&first)).await;
        assert_eq!(merged.text("/state"), "merged");
        assert_eq!(dispatcher.reads(&second).await.text("/proceedings/merged_into"), first);
        assert_eq!(dispatcher.reads_of(&first, "timeline").await.happened(), ["reported", "absorbed"]);
        let due = dispatcher.reads(&first).await.text("/deadlines/accept/at");
        dispatcher.run_ok(&second, "unmerge", body_of("unmerge")).await;
        let seen = dispatcher.reads(&second).await;
        assert_eq!(seen.text("/state"), "pending_acceptance");
        assert!(seen.text("/deadlines/accept/at") > due, "it has its own deadline, as before the merge");
        dispatcher.run_ok(&second, "merge", into(&first)).await;
        app.pass(TimeDelta::hours(25));
        app.user("dispatcher").await.command(&second, "unmerge", body_of("unmerge")).await.expect_problem(409, "unmerge_too_late");
    }

    async fn the_reporters_of_merged_incidents_see_its_outcome_and_reply(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let grid = "411224107200001";
        let neighbour = app.hire_for("neighbour", Role::GridWorker, VILLAGE_DESK, &[grid]).await;
        let first = worker.file("5002", json!({})).await;
        let (second, third) = (neighbour.file("5002", json!({})).await, neighbour.file("5002", json!({})).await);
        let into = |id: &str| json!({ "into": id, "reason": "同一个井盖" });
        dispatcher.run_ok(&third, "merge", into(&second)).await;
        dispatcher.run_ok(&second, "merge", into(&first)).await;
        dispatcher.command(&first, "void", body_of("void")).await.expect_problem(409, "stands_for_others");
        let waiting = neighbour.reads(&third).await;
        assert_eq!((waiting.text("/state"), waiting.text("/stood_for/state")), ("merged".into(), "pending_acceptance".into()));
        through_township(&app, &first, "resolved").await;
        dispatcher.run_ok(&first, "close", json!({ "reply": "井盖已换好" })).await;
        for id in [&second, &third] {
            let seen = neighbour.reads(id).await;
            assert_eq!((seen.text("/stood_for/state"), seen.text("/stood_for/outcome")), ("closed".into(), "resolved".into()));
            assert_eq!(seen.texts("/replies", "/text"), ["井盖已换好"]);
        }
        neighbour.get(&format!("/v1/incidents/{first}")).await.expect_problem(404, "not_found");
        assert!(worker.reads(&first).await.lacks("/stood_for"));
    }

    async fn open_incidents_nearby_are_suggested_as_duplicates(app: TestApp) {
        let worker = app.user("worker").await;
        let at = |lon: f64, lat: f64| json!({ "location": { "lon": lon, "lat": lat, "datum": "wgs84" } });
        let here = at(110.856_90, 33.760_60);
        let alone = worker.report("5002", here.clone()).await.expect(201);
        assert!(alone.lacks("/similar"), "{}", alone.raw);
        let first = alone.text("/id");
        let private = worker.file("1002", here.clone()).await;
        let other = worker.report("5003", at(110.857_70, 33.760_60)).await.expect(201);
        assert_eq!(other.body["similar"], json!([{ "id": first, "category": "5002" }]), "74 m away");
        let far = worker.report("5002", at(110.859_10, 33.760_60)).await.expect(201);
        assert!(far.lacks("/similar") || !far.raw.contains(&first), "more than 200 m away: {}", far.raw);
        let family = worker.report("1001", here.clone()).await.expect(201);
        assert!(family.lacks("/similar"), "neither another domain nor a restricted incident is suggested: {}", family.raw);
        app.user("village").await.get(&format!("/v1/incidents/{private}/similar")).await;
        app.user("dispatcher").await.run_ok(&first, "void", body_of("void")).await;
        let again = worker.report("5002", here.clone()).await.expect(201);
        assert_eq!(again.texts("/similar", "/id"), [other.text("/id")], "an ended incident is not suggested");
        let seen = app.user("dispatcher").await.reads_of(&again.text("/id"), "similar").await;
        assert_eq!(seen.texts("/similar", "/id"), [other.text("/id")]);
        worker.get(&format!("/v1/incidents/{}/similar", again.text("/id"))).await.expect_problem(403, "forbidden");
        app.pass(TimeDelta::hours(73));
        let later = app.user("worker").await.report("5002", here).await.expect(201);
        assert!(later.lacks("/similar"), "{}", later.raw);
    }

    async fn complaints_about_a_village_are_not_suggested_to_its_officers(app: TestApp) {
        let here = json!({ "location": { "lon": 110.856_90, "lat": 33.760_60, "datum": "wgs84" } });
        app.user("worker").await.file("8001", here.clone()).await;
        let officer = app.user("village").await.report("8001", here).await.expect(201);
        assert!(officer.lacks("/similar"), "the complaint about the village's accounts is hidden: {}", officer.raw);
    }

    async fn a_duplicate_is_found_among_many_other_reports(app: TestApp) {
        let worker = app.user("worker").await;
        let here = json!({ "location": { "lon": 110.856_90, "lat": 33.760_60, "datum": "wgs84" } });
        let first = worker.file("5002", here.clone()).await;
        for _ in 0..50 {
            worker.file("1001", here.clone()).await;
        }
        let again = worker.report("5002", here).await.expect(201);
        assert_eq!(again.texts("/similar", "/id"), [first]);
    }
}
