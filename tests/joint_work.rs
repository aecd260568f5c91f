//! Work of several: assistance, calls, disputes, second persons, other desks, duplicates.

use chrono::TimeDelta;
use grassroots::app::reconciler::run_once;
use grassroots_domain::account::Role;
use serde_json::json;

use crate::{
    both,
    support::{ApiAnswer, COUNTY_DESK, Client, DESK, HIRED, URBAN, VILLAGE_DESK, body_of, through_township},
};

const FIRE: &str = "411224-fire_rescue";
const NEXT_DESK: &str = "411224108-desk";

both! {
    async fn others_help_and_answer(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let dispatcher = app.user("dispatcher").await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        let power = "411224107-power_utility";
        let body = json!({ "organisation": URBAN, "assist": [power], "outside_duty": true });
        dispatcher.run_ok(&id, "dispatch", body).await;
        app.user("handler").await.run_ok(&id, "acknowledge", json!({})).await;
        dispatcher.run_ok(&id, "call-in", json!({ "organisations": [FIRE], "urgent": true, "purpose": "现场警戒" })).await;
        let again = dispatcher.command(&id, "call-in", body_of("call-in")).await;
        again.expect_problem(422, "cannot_assist");
        let far = json!({ "organisations": ["411202-fire_rescue"], "purpose": "支援" });
        dispatcher.command(&id, "call-in", far).await.expect_problem(422, "cannot_assist");

        let fire = app.hire("fire", Role::Handler, FIRE).await;
        let grid = app.hire("power", Role::Handler, power).await;
        assert_eq!(fire.queue("mine").await, [id.as_str()]);
        fire.run_ok(&id, "answer", json!({ "answer": "confirmed", "text": "十分钟到" })).await;
        fire.command(&id, "answer", body_of("answer")).await.expect_problem(409, "decided_already");
        fire.run_ok(&id, "answer", json!({ "answer": "done", "text": "已撤离" })).await;
        grid.run_ok(&id, "answer", json!({ "answer": "declined", "text": "不涉及供电设施" })).await;
        app.user("handler").await.run_ok(&id, "arrive", json!({})).await;
        app.user("handler").await.run_ok(&id, "submit-result", body_of("submit-result")).await;
        let legs = dispatcher.reads_of(&id, "legs").await;
        assert_eq!(legs.texts("/custody/0/handling", "/outcome"), ["submitted", "declined", "done"]);
        assert_eq!(legs.texts("/custody/0/handling", "/role"), ["lead", "assist", "assist"]);
    }

    async fn the_third_dispute_is_decided_above(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let (dispatcher, handler) = (app.user("dispatcher").await, app.user("handler").await);
        dispatcher.run_ok(&id, "accept", json!({})).await;
        for _ in 0..2 {
            dispatcher.run_ok(&id, "dispatch", body_of("dispatch")).await;
            handler.command(&id, "dispute", body_of("dispute")).await.expect_problem(409, "return_first");
            handler.run_ok(&id, "return", body_of("return")).await;
        }
        dispatcher.run_ok(&id, "dispatch", body_of("dispatch")).await;
        handler.command(&id, "return", body_of("return")).await.expect_problem(409, "returned_too_often");
        handler.run_ok(&id, "dispute", body_of("dispute")).await;
        dispatcher.command(&id, "arbitrate", body_of("arbitrate")).await.expect_problem(403, "not_yours");
        let county = app.user("county").await;
        assert_eq!(county.queue("to_decide").await, [id.as_str()]);
        assert!(dispatcher.queue("to_decide").await.is_empty(), "it is not the desk's to decide");
        let decided = county.run_ok(&id, "arbitrate", body_of("arbitrate")).await;
        assert_eq!((decided.text("/state"), decided.text("/holder/organisation")), ("in_progress".into(), URBAN.into()));
        handler.run_ok(&id, "submit-result", body_of("submit-result")).await;
    }

    async fn it_goes_aside_and_down_and_back(app: TestApp) {
        let id = app.user("worker").await.file("1001", json!({})).await;
        let (village, dispatcher) = (app.user("village").await, app.user("dispatcher").await);
        village.run_ok(&id, "accept", json!({})).await;
        village.run_ok(&id, "escalate", body_of("escalate")).await;
        village.run_ok(&id, "withdraw", body_of("withdraw")).await;
        assert_eq!(village.reads(&id).await.text("/state"), "pending_dispatch", "taken back before anybody accepted");
        village.run_ok(&id, "escalate", body_of("escalate")).await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        village.command(&id, "withdraw", body_of("withdraw")).await.expect_problem(403, "not_yours");
        let wrong = json!({ "organisation": COUNTY_DESK, "advice": "请处理" });
        dispatcher.command(&id, "hand-down", wrong).await.expect_problem(422, "wrong_desk");
        let down = dispatcher.run_ok(&id, "hand-down", body_of("hand-down")).await;
        assert_eq!((down.text("/level"), down.text("/state")), ("village".into(), "pending_acceptance".into()));
        village.run_ok(&id, "escalate", body_of("escalate")).await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.command(&id, "hand-down", body_of("hand-down")).await.expect_problem(409, "too_often");

        let next = app.hire("next.town", Role::TownshipDispatcher, NEXT_DESK).await;
        next.get(&format!("/v1/incidents/{id}")).await.expect_problem(404, "not_found");
        dispatcher.run_ok(&id, "transfer", body_of("transfer")).await;
        assert_eq!(next.reads(&id).await.text("/visibility"), "full", "it lies elsewhere, and is theirs now");
        next.run_ok(&id, "accept", json!({})).await;
        let home = json!({ "organisation": DESK, "reason": "wrong_place", "explanation": "仍在东明镇" });
        next.run_ok(&id, "transfer", home.clone()).await;
        assert_eq!(next.reads(&id).await.text("/visibility"), "former");
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.command(&id, "transfer", body_of("transfer")).await.expect_problem(409, "too_often");
        assert_eq!(dispatcher.reads(&id).await.text("/origin/village"), "411224107200", "where it happened stays");
    }

    async fn more_time_and_corrections_need_a_second_person(app: TestApp) {
        let id = app.user("worker").await.file("2008", json!({})).await;
        let (dispatcher, handler) = (app.user("dispatcher").await, app.user("handler").await);
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", body_of("dispatch")).await;
        handler.run_ok(&id, "acknowledge", json!({})).await;
        let before = handler.reads(&id).await.body["deadlines"]["handle"].clone();
        handler.command(&id, "extend", json!({ "units": 999, "explanation": "等" })).await.expect_problem(422, "out_of_range");
        handler.run_ok(&id, "extend", body_of("extend")).await;
        handler.command(&id, "approve", json!({})).await.expect_problem(403, "not_yours");
        dispatcher.run_ok(&id, "approve", json!({})).await;
        let after = handler.reads(&id).await.body["deadlines"]["handle"].clone();
        assert_eq!(after["amount"].as_u64(), before["amount"].as_u64().map(|amount| amount + 1));

        // 2008 has a shorter limit than 1003: that lengthens, and another person has to agree.
        let longer = json!({ "category": "1003", "reason": "属于土地权属纠纷" });
        let asked = dispatcher.run_ok(&id, "correct", longer).await;
        assert_eq!(asked.body["warnings"], json!(["needs_second_person"]));
        dispatcher.command(&id, "approve", json!({})).await.expect_problem(403, "second_person");
        let second = app.hire("second", Role::TownshipDispatcher, DESK).await;
        second.run_ok(&id, "approve", json!({})).await;
        let seen = second.reads(&id).await;
        assert_eq!((seen.text("/category/code"), seen.text("/severity")), ("1003".into(), "significant".into()));
        let moved = second.reads_of(&id, "timeline").await;
        let last = moved.body["events"].as_array().expect("events").last().expect("one").clone();
        assert_eq!(last["type"], "corrected");
        assert!(last["facts"]["moved"].as_array().is_some_and(|moved| !moved.is_empty()), "{last}");

        // Another place of another township: it goes to the desk it belongs to, and both places are shown.
        let elsewhere = json!({ "unit": "411224108", "reason": "在界碑以东" });
        let gone = dispatcher.run_ok(&id, "correct", elsewhere).await;
        assert!(gone.lacks("/holder") && gone.lacks("/level"), "who has it elsewhere is not for a former holder: {}", gone.raw);
        let seen = app.user("county").await.reads(&id).await;
        assert_eq!(seen.text("/holder/organisation"), NEXT_DESK);
        assert_eq!(seen.text("/origin/township"), "411224108");
        assert_eq!(seen.text("/proceedings/first_origin/village"), "411224107200");
    }

    async fn an_eye_that_did_not_do_the_work(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let dispatcher = app.user("dispatcher").await;
        crate::support::work_off(&dispatcher, DESK, &id, "resolved").await;
        dispatcher.command(&id, "close", json!({})).await.expect_problem(403, "own_work");
        let grid = dispatcher.reads(&id).await.text("/origin/grid");
        let neighbour = app.hire_for("neighbour", Role::GridWorker, VILLAGE_DESK, &[&grid]).await;
        let me = neighbour.get("/v1/me").await.expect(200).text("/id");
        let stranger = dispatcher.get("/v1/me").await.expect(200).text("/id");
        dispatcher.command(&id, "request-check", json!({ "worker": stranger })).await.expect_problem(422, "wrong_worker");
        neighbour.get(&format!("/v1/incidents/{id}")).await.expect_problem(404, "not_found");
        dispatcher.run_ok(&id, "request-check", json!({ "worker": me, "note": "看看井盖是否平整" })).await;
        dispatcher.command(&id, "close", json!({})).await.expect_problem(409, "check_open");
        assert_eq!(neighbour.queue("mine").await, [id.as_str()]);
        let shown = neighbour.reads(&id).await;
        assert!(shown.lacks("/reporter") && shown.lacks("/proceedings"), "{}", shown.raw);
        neighbour.run_ok(&id, "report-check", json!({ "settled": true, "found": "井盖已平整" })).await;
        assert!(neighbour.queue("mine").await.is_empty(), "it answered");
        assert_eq!(neighbour.reads(&id).await.text("/visibility"), "own", "and still sees what it looked at");
        dispatcher.run_ok(&id, "close", json!({})).await;
        assert_eq!(dispatcher.reads(&id).await.body["self_verified"], false, "somebody else looked");

        let asked = json!({ "channel": "phone", "settled": false, "satisfaction": 1, "remarks": "又塌了" });
        let county = app.user("county").await;
        assert_eq!(county.run_ok(&id, "follow-up", asked).await.text("/state"), "pending_dispatch", "it is reopened");
        assert_eq!(county.reads_of(&id, "timeline").await.happened()[6..], ["closed", "followed_up", "reopened"]);
    }

    async fn supervision_asks_and_is_answered(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        through_township(&app, &id, "resolved").await;
        let (county, dispatcher) = (app.user("county").await, app.user("dispatcher").await);
        let past = json!({ "level": "yellow", "reply_due": "2026-11-20T10:00:00+08:00", "reason": "久拖不决" });
        county.command(&id, "supervise", past).await.expect_problem(422, "out_of_range");
        county.run_ok(&id, "supervise", body_of("supervise")).await;
        dispatcher.command(&id, "supervise", body_of("supervise")).await.expect_problem(409, "supervised");
        assert_eq!(dispatcher.queue("supervised").await, [id.as_str()]);
        dispatcher.run_ok(&id, "reply", body_of("reply")).await;
        dispatcher.command(&id, "lift", body_of("lift")).await.expect_problem(403, "not_yours");
        county.run_ok(&id, "lift", body_of("lift")).await;
        assert!(county.reads(&id).await.body["proceedings"]["supervision"].is_null());
        dispatcher.command(&id, "remind", body_of("remind")).await.expect_problem(409, "wrong_state");
    }

    async fn a_county_ends_what_cannot_be_ended_with_two_persons(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let county = app.user("county").await;
        app.user("dispatcher").await.command(&id, "force-close", body_of("force-close")).await.expect_problem(403, "not_yours");
        county.run_ok(&id, "force-close", body_of("force-close")).await;
        county.command(&id, "approve", json!({})).await.expect_problem(403, "second_person");
        for (who, waits) in [("county", 0), ("dispatcher", 0), ("city", 1)] {
            assert_eq!(app.user(who).await.queue("to_decide").await.len(), waits, "{who}");
        }
        let second = app.hire("county.two", Role::EscalationReviewer, COUNTY_DESK).await;
        assert_eq!(second.queue("to_decide").await, [id.as_str()], "whoever may decide it finds it");
        app.user("dispatcher").await.command(&id, "approve", json!({})).await.expect_problem(403, "second_person");
        let done = app.user("city").await.run_ok(&id, "approve", json!({})).await;
        assert_eq!(done.text("/state"), "closed");
        let seen = county.reads(&id).await;
        assert_eq!((seen.text("/outcome"), seen.text("/resolved_level")), ("unresolved".into(), "township".into()));
    }

    async fn one_matter_reported_twice_is_handled_once(app: TestApp) {
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
        assert!(seen.text("/deadlines/accept/at") > due, "its own clock, as if nothing had happened");
        dispatcher.run_ok(&second, "merge", into(&first)).await;
        app.pass(TimeDelta::hours(25));
        app.user("dispatcher").await.command(&second, "unmerge", body_of("unmerge")).await.expect_problem(409, "unmerge_too_late");
    }

    async fn every_reporter_of_one_matter_is_answered(app: TestApp) {
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
            let told = neighbour.reads(id).await;
            assert_eq!((told.text("/stood_for/state"), told.text("/stood_for/outcome")), ("closed".into(), "resolved".into()));
            assert_eq!(told.texts("/replies", "/text"), ["井盖已换好"]);
        }
        neighbour.get(&format!("/v1/incidents/{first}")).await.expect_problem(404, "not_found");
        assert!(worker.reads(&first).await.lacks("/stood_for"));
    }

    async fn a_refusal_says_what_would_be_allowed(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let dispatcher = app.user("dispatcher").await;
        let refused = dispatcher.command(&id, "close", json!({})).await.expect_problem(409, "wrong_state");
        assert_eq!(refused.body["allowed"], json!(dispatcher.actions(&id).await));
        let reason = json!({ "reason": "because", "reply": "不受理" });
        let refused = dispatcher.command(&id, "decline", reason).await.expect_problem(422, "unknown_reason");
        assert_eq!(refused.text("/errors/0/pointer"), "/reason");
    }

    async fn what_may_be_the_same_is_suggested_and_nothing_more(app: TestApp) {
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
        assert!(family.lacks("/similar"), "another domain, and never a restricted one: {}", family.raw);
        app.user("village").await.get(&format!("/v1/incidents/{private}/similar")).await;
        app.user("dispatcher").await.run_ok(&first, "void", body_of("void")).await;
        let again = worker.report("5002", here.clone()).await.expect(201);
        assert_eq!(again.texts("/similar", "/id"), [other.text("/id")], "what is at rest is not suggested");
        let seen = app.user("dispatcher").await.reads_of(&again.text("/id"), "similar").await;
        assert_eq!(seen.texts("/similar", "/id"), [other.text("/id")]);
        worker.get(&format!("/v1/incidents/{}/similar", again.text("/id"))).await.expect_problem(403, "forbidden");
        app.pass(TimeDelta::hours(73));
        let later = app.user("worker").await.report("5002", here).await.expect(201);
        assert!(later.lacks("/similar"), "{}", later.raw);
    }

    async fn what_may_be_about_the_village_is_suggested_to_nobody(app: TestApp) {
        let here = json!({ "location": { "lon": 110.856_90, "lat": 33.760_60, "datum": "wgs84" } });
        app.user("worker").await.file("8001", here.clone()).await;
        let officer = app.user("village").await.report("8001", here).await.expect(201);
        assert!(officer.lacks("/similar"), "somebody complained about the village's books: {}", officer.raw);
    }

    async fn a_crowd_of_other_reports_hides_no_duplicate(app: TestApp) {
        let worker = app.user("worker").await;
        let here = json!({ "location": { "lon": 110.856_90, "lat": 33.760_60, "datum": "wgs84" } });
        let first = worker.file("5002", here.clone()).await;
        for _ in 0..50 {
            worker.file("1001", here.clone()).await;
        }
        let again = worker.report("5002", here).await.expect(201);
        assert_eq!(again.texts("/similar", "/id"), [first]);
    }

    async fn the_desk_above_decides_about_what_came_from_elsewhere(app: TestApp) {
        const FAR: &str = "411224108200-desk";
        let id = app.user("worker").await.file("1001", json!({})).await;
        let above = app.hire("next.town", Role::TownshipDispatcher, NEXT_DESK).await;
        above.get(&format!("/v1/incidents/{id}")).await.expect_problem(404, "not_found");
        let village = app.user("village").await;
        let aside = json!({ "organisation": FAR, "reason": "wrong_place", "explanation": "在邻镇" });
        village.run_ok(&id, "transfer", aside).await;
        assert_eq!(above.reads(&id).await.text("/visibility"), "full");
        assert_eq!(above.lists("/v1/incidents?sort=due").await, std::slice::from_ref(&id));
        app.pass(TimeDelta::days(3));
        run_once(app.inside().await.as_ref(), app.now()).await.expect("the database answers");
        let above = app.sign_in("next.town", HIRED).await;
        assert_eq!(above.queue("supervised").await, std::slice::from_ref(&id), "its notice reaches it");
        let taken = above.run_ok(&id, "take-over", json!({})).await;
        assert_eq!(taken.text("/holder/organisation"), NEXT_DESK);
    }

    async fn a_matter_for_others_is_referred(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let id = worker.file("5002", json!({})).await;
        dispatcher.run_ok(&id, "refer", json!({ "authority": "court", "reply": "已进入诉讼" })).await;
        let seen = worker.reads(&id).await;
        assert_eq!((seen.text("/state"), seen.text("/replies/0/text")), ("referred_out".into(), "已进入诉讼".into()));
    }

    async fn worklists_count_what_is_new(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let first = worker.file("5002", json!({})).await;
        worker.file("5002", json!({})).await;
        let counts = dispatcher.get("/v1/queues").await.expect(200);
        assert_eq!(queue_of(&counts, "desk"), (2, 2, 0));
        assert_eq!(queue_of(&counts, "mine"), (2, 2, 0));
        dispatcher.looked_at(&["mine", "desk"]).await;
        app.pass(TimeDelta::minutes(1));
        dispatcher.run_ok(&first, "accept", json!({})).await;
        dispatcher.run_ok(&first, "dispatch", body_of("dispatch")).await;
        let counts = dispatcher.get("/v1/queues").await.expect(200);
        assert_eq!(queue_of(&counts, "mine"), (1, 0, 0));
        assert_eq!(queue_of(&counts, "desk"), (2, 0, 0), "what it sent on itself is no news to it");
        app.user("handler").await.run_ok(&first, "return", body_of("return")).await;
        let counts = dispatcher.get("/v1/queues").await.expect(200);
        for queue in ["mine", "desk"] {
            assert_eq!(queue_of(&counts, queue), (2, 1, 0), "what comes back is new");
        }
        assert_eq!(queue_of(&counts, "returned"), (1, 1, 0));
        dispatcher.run_ok(&first, "escalate", body_of("escalate")).await;
        let county = app.user("county").await;
        county.run_ok(&first, "accept", json!({})).await;
        assert!(county.queue("returned").await.is_empty(), "nobody sent it back to the county");
        app.pass(TimeDelta::hours(3));
        let counts = app.user("dispatcher").await.get("/v1/queues").await.expect(200);
        assert_eq!(queue_of(&counts, "overdue"), (1, 1, 1));
        let bad = app.user("dispatcher").await.get("/v1/incidents?queue=all").await;
        assert_eq!(bad.status, 400);
        let nothing = app
            .user("dispatcher")
            .await
            .post("/v1/queues/nothing/seen", &json!({ "until": "2026-11-23T10:00:00+08:00" })).await;
        assert_eq!(nothing.status, 400, "{}", nothing.raw);
    }

    async fn whoever_is_called_watched_or_asked_is_told(app: TestApp) {
        let id = app.user("worker").await.file("2008", json!({})).await;
        let (dispatcher, handler) = (app.user("dispatcher").await, app.user("handler").await);
        let fire = app.hire("fire", Role::Handler, FIRE).await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", body_of("dispatch")).await;
        handler.run_ok(&id, "acknowledge", json!({})).await;
        let all = ["mine", "desk", "supervised", "to_decide"];
        for who in [&dispatcher, &handler, &fire] {
            who.looked_at(&all).await;
        }
        app.pass(TimeDelta::minutes(1));
        let news = async |who: &Client, queue: &str| queue_of(&who.get("/v1/queues").await.expect(200), queue);
        dispatcher.run_ok(&id, "call-in", body_of("call-in")).await;
        assert_eq!(news(&fire, "mine").await, (1, 1, 0), "called in");
        assert_eq!(news(&handler, "mine").await, (1, 0, 0), "nothing new");
        app.user("county").await.run_ok(&id, "supervise", body_of("supervise")).await;
        assert_eq!(news(&handler, "supervised").await, (1, 1, 0));
        assert_eq!(news(&dispatcher, "supervised").await, (1, 1, 0));
        handler.run_ok(&id, "extend", body_of("extend")).await;
        assert_eq!(news(&dispatcher, "to_decide").await, (1, 1, 0));
        dispatcher.looked_at(&all).await;
        assert_eq!(news(&dispatcher, "to_decide").await, (1, 0, 0));
        assert_eq!(news(&dispatcher, "desk").await, (1, 0, 0));
    }

    async fn a_check_is_late_when_its_own_time_is_over(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        through_township(&app, &id, "resolved").await;
        let dispatcher = app.user("dispatcher").await;
        let grid = dispatcher.reads(&id).await.text("/origin/grid");
        let neighbour = app.hire_for("neighbour", Role::GridWorker, VILLAGE_DESK, &[&grid]).await;
        let me = neighbour.get("/v1/me").await.expect(200).text("/id");
        app.pass(TimeDelta::hours(1));
        let dispatcher = app.user("dispatcher").await;
        dispatcher.run_ok(&id, "request-check", json!({ "worker": me })).await;
        let seen = dispatcher.reads(&id).await;
        let due = |pointer: &str| chrono::DateTime::parse_from_rfc3339(&seen.text(pointer)).expect("a time");
        let (verify, check) = (due("/deadlines/verify/at"), due("/proceedings/check/due/at"));
        assert!(verify < check, "{verify} {check}");
        app.pass(verify.to_utc() - app.now() + TimeDelta::minutes(1));
        let neighbour = app.sign_in("neighbour", HIRED).await;
        assert_eq!(app.user("dispatcher").await.queue("overdue").await, [id.as_str()]);
        assert_eq!(queue_of(&neighbour.get("/v1/queues").await.expect(200), "mine"), (1, 1, 0));
        assert!(neighbour.queue("overdue").await.is_empty(), "it has its own time");
        app.pass(check.to_utc() - app.now() + TimeDelta::minutes(1));
        let neighbour = app.sign_in("neighbour", HIRED).await;
        assert_eq!(queue_of(&neighbour.get("/v1/queues").await.expect(200), "mine"), (1, 1, 1));
        assert_eq!(neighbour.queue("overdue").await, [id.as_str()]);
    }
}

/// The numbers of a worklist: all, new, late.
fn queue_of(answer: &ApiAnswer, code: &str) -> (u64, u64, u64) {
    let all = answer.body["queues"].as_array().expect("queues");
    let one = all.iter().find(|queue| queue["queue"] == code).expect("the queue");
    let number = |name: &str| one[name].as_u64().expect("a number");
    (number("open"), number("unread"), number("overdue"))
}

impl Client {
    /// Says that all of these worklists were looked at just now.
    async fn looked_at(&self, queues: &[&str]) {
        let now = self.get("/v1/queues").await.expect(200).text("/as_of");
        for queue in queues {
            let seen = self.post(&format!("/v1/queues/{queue}/seen"), &json!({ "until": now })).await;
            assert_eq!(seen.status, 204, "{}", seen.raw);
        }
    }
}
