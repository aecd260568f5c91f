//! Linkages of an incident: mediation, hearings, court, police and others. They do not change the state of the incident.

use chrono::TimeDelta;
use grassroots_domain::account::Role;
use serde_json::{Value, json};

use crate::{
    both,
    support::{Client, HIRED, TestApp, VILLAGE_DESK, body_of},
};

const COMMITTEE: &str = "411224107200-village_mediation_committee";

/// A dispute at the mediation committee of the village, and a client of a mediator.
async fn dispute(app: &TestApp) -> (String, Client) {
    let id = app.user("worker").await.file("1001", json!({})).await;
    let village = app.user("village").await;
    village.run_ok(&id, "accept", json!({})).await;
    village.run_ok(&id, "dispatch", json!({ "organisation": COMMITTEE, "outside_duty": true })).await;
    let mediator = app.hire("mediator", Role::Handler, COMMITTEE).await;
    mediator.run_ok(&id, "acknowledge", json!({})).await;
    (id, mediator)
}

fn mediation() -> Value {
    json!({ "kind": "mediation", "form": "peoples", "mediators": "姜渠村调委会 王调解员", "note": "双方同意调解" })
}

/// A hearing on `day` of December 2026, announced on 23 November.
fn hearing(day: &str) -> Value {
    json!({
        "kind": "hearing", "held_at": format!("2026-12-{day}T09:00:00+08:00"), "subject": "宅基地边界",
        "venue": "村文化广场", "chair": "镇党委副书记", "public": true, "notified_on": "2026-11-23",
        "officers": ["lawyer", "judge", "resident_representative"],
    })
}

both! {
    async fn a_mediation_goes_from_consent_to_performance(app: TestApp) {
        let (id, mediator) = dispute(&app).await;
        let before = mediator.reads(&id).await;
        mediator.run_ok(&id, "link", mediation()).await;
        let session = json!({ "linkage": 1, "step": "session", "text": "张家愿意让出半米" });
        mediator.run_ok(&id, "record", session).await;
        mediator.run_ok(&id, "record", json!({ "linkage": 1, "step": "prolonged" })).await;
        let agreed = json!({
            "linkage": 1, "outcome": "agreed", "until": "2026-12-31", "text": "以滴水为界", "minutes": "李家先开口",
        });
        mediator.run_ok(&id, "conclude", agreed).await;
        let after = mediator.reads(&id).await;
        for unchanged in ["/state", "/holder/organisation", "/deadlines/handle/at", "/deadlines/next/at"] {
            assert_eq!(before.text(unchanged), after.text(unchanged), "{unchanged}");
        }
        let seen = mediator.reads_of(&id, "linkages").await;
        assert_eq!(seen.text("/linkages/0/kind"), "mediation");
        assert_eq!(seen.text("/linkages/0/words/mediators"), "姜渠村调委会 王调解员");
        assert_eq!(seen.text("/linkages/0/steps/0/words/text"), "张家愿意让出半米");
        assert_eq!(seen.text("/linkages/0/due/at"), "2027-01-22T10:00:00+08:00", "30 days, prolonged by 30 days");
        assert_eq!((seen.text("/linkages/0/end/title"), seen.text("/linkages/0/end/until")), ("达成协议".into(), "2026-12-31".into()));

        // Only the mediators and the responsible desk see what the parties say.
        assert_eq!(app.user("village").await.reads_of(&id, "linkages").await.text("/linkages/0/end/words/text"), "以滴水为界");
        for above in ["dispatcher", "county", "city"] {
            let user = app.user(above).await;
            for what in ["linkages", "timeline"] {
                let answer = user.reads_of(&id, what).await;
                assert!(answer.raw.contains("王调解员"), "{above} {what}: {}", answer.raw);
                for confidential in ["让出半米", "滴水为界", "先开口"] {
                    assert!(!answer.raw.contains(confidential), "{above} {what}: {}", answer.raw);
                }
            }
        }
        let timeline = app.user("worker").await.reads_of(&id, "timeline").await;
        assert!(!timeline.happened().iter().any(|event| event == "linked"), "{}", timeline.raw);
        let own = app.user("worker").await.reads_of(&id, "linkages").await;
        assert_eq!(own.body["linkages"], json!([]));
        let audit = app.user("auditor").await.reads_of(&id, "timeline").await;
        assert!(audit.happened().contains(&"concluded".to_owned()) && !audit.raw.contains("王调解员"));

        mediator.run_ok(&id, "submit-result", body_of("submit-result")).await;
        let village = app.user("village").await;
        village.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
        let performed = json!({ "linkage": 1, "step": "performed", "text": "界石已立" });
        village.run_ok(&id, "record", performed.clone()).await;
        village.command(&id, "record", performed).await.expect_problem(409, "too_often");
        village.command(&id, "link", mediation()).await.expect_problem(409, "wrong_state");
        let confirmation = json!({ "kind": "judicial_confirmation", "mediation": 1, "applied_on": "2026-11-23", "court": "卢氏县人民法院" });
        village.run_ok(&id, "link", confirmation).await;
        let numbered = json!({ "linkage": 2, "step": "numbered", "external_no": "（2026）豫1224民特58号" });
        village.run_ok(&id, "record", numbered).await;
        village.run_ok(&id, "conclude", json!({ "linkage": 2, "outcome": "confirmed", "text": "裁定确认有效" })).await;
        let seen = village.reads_of(&id, "linkages").await;
        assert_eq!(seen.text("/linkages/1/steps/0/external_no"), "（2026）豫1224民特58号");
    }

    async fn every_kind_of_linkage_can_be_added_and_wrong_ones_are_refused(app: TestApp) {
        let (id, _) = dispute(&app).await;
        let village = app.user("village").await;
        for (wrong, code) in [
            (json!({ "kind": "rumour" }), "wrong_type"),
            (json!({}), "missing_field"),
            (json!({ "kind": "mediation", "form": "peoples" }), "missing_field"),
            (json!({ "kind": "mediation", "form": "magic", "mediators": "x" }), "wrong_type"),
            (json!({ "kind": "referral", "help": "relief", "recipient": "县救助站", "why": "欠债" }), "unknown_field"),
            (json!({ "kind": "court_linkage", "direction": "in", "court": "x", "both_agreed": false }), "out_of_range"),
            (json!({ "kind": "hotline_order", "external_no": "a b", "received_at": "2026-11-23T09:00:00+08:00", "facts": "x" }), "wrong_type"),
        ] {
            let answer = village.command(&id, "link", wrong).await.expect_problem(422, code);
            assert!(!answer.text("/detail").is_empty(), "{}", answer.raw);
        }
        let mut early = hearing("01");
        early["held_at"] = json!("2026-11-30T09:00:00+08:00");
        let refused = village.command(&id, "link", early).await.expect_problem(422, "out_of_range");
        assert!(refused.text("/detail").contains("至少 5 个"), "{}", refused.raw);
        let mut even = hearing("01");
        even["officers"] = json!(["lawyer", "judge"]);
        village.command(&id, "link", even).await.expect_problem(422, "out_of_range");

        let received = "2026-11-23T09:00:00+08:00";
        for right in [
            hearing("01"),
            json!({ "kind": "case_leadership", "leader": "副县长", "level": "county", "due_on": "2026-12-31", "plan": "每周接访一次" }),
            json!({ "kind": "court_linkage", "direction": "out", "court": "卢氏县人民法院", "both_agreed": true }),
            json!({ "kind": "police_linkage", "direction": "in", "external_no": "JQ2026-1", "received_at": received, "facts": "两家争吵" }),
            json!({ "kind": "hotline_order", "external_no": "12345-88", "received_at": received, "facts": "反映同一处" }),
            json!({ "kind": "referral", "help": "legal_aid", "recipient": "县法律援助中心" }),
        ] {
            village.run_ok(&id, "link", right).await;
        }
        app.pass(TimeDelta::hours(20));
        let village = app.user("village").await;
        let visited = json!({ "linkage": 4, "step": "visited", "at": "2026-11-23T20:00:00+08:00", "text": "已上门" });
        village.run_ok(&id, "record", visited).await;
        app.pass(TimeDelta::days(2));
        let village = app.user("village").await;
        let seen = village.reads_of(&id, "linkages").await;
        assert_eq!(seen.text("/linkages/3/visit_due/state"), "met", "the visit was in time");
        let mediator = app.sign_in("mediator", HIRED).await;
        village.run_ok(&id, "involve", json!({ "capacity": "village_police_officer", "name": "赵警官" })).await;
        mediator.run_ok(&id, "involve", json!({ "capacity": "mediator" })).await;
        let seen = village.reads_of(&id, "linkages").await;
        let kinds = ["hearing", "case_leadership", "court_linkage", "police_linkage", "hotline_order", "referral"];
        assert_eq!(seen.texts("/linkages", "/kind"), kinds);
        assert_eq!(seen.text("/linkages/3/visit_due/at"), "2026-11-24T09:00:00+08:00", "due on the next day");
        assert_eq!(seen.texts("/participants", "/title"), ["一村一警", "人民调解员"]);
        assert_eq!(seen.text("/participants/0/name"), "赵警官");
        village.command(&id, "conclude", json!({ "linkage": 9, "outcome": "settled", "text": "x" })).await.expect_problem(422, "unknown_linkage");
        village.command(&id, "conclude", json!({ "linkage": 1, "outcome": "settled", "text": "x" })).await.expect_problem(409, "too_early");
        mediator.command(&id, "conclude", json!({ "linkage": 6, "outcome": "accepted", "text": "x" })).await.expect_problem(403, "not_yours");
        assert_eq!(village.lists("/v1/incidents?linkage=hearing").await, [id.as_str()]);
        assert!(village.lists("/v1/incidents?linkage=mediation").await.is_empty());
        assert!(app.user("worker").await.lists("/v1/incidents?linkage=hearing").await.is_empty());

        mediator.run_ok(&id, "submit-result", body_of("submit-result")).await;
        let closed = village.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
        assert_eq!(closed.body["warnings"], json!(["linkage_open"]));
        let other = app.user("worker").await.file("5002", json!({})).await;
        app.user("dispatcher").await.command(&other, "link", mediation()).await.expect_problem(409, "not_mediable");
    }

    async fn the_share_of_settled_hearings_is_counted(app: TestApp) {
        let worker = app.user("worker").await;
        let mut ids = Vec::new();
        for _ in 0..42 {
            ids.push(worker.file("1001", json!({})).await);
        }
        let village = app.user("village").await;
        for id in &ids {
            village.run_ok(id, "link", hearing("08")).await;
        }
        app.pass(TimeDelta::days(16));
        let village = app.user("village").await;
        for (position, id) in ids.iter().enumerate() {
            let outcome = if position < 34 { "settled" } else if position < 40 { "opinion_given" } else { "adjourned" };
            let end = json!({ "linkage": 1, "outcome": outcome, "text": "形成听证意见", "minutes": "两小时" });
            village.run_ok(id, "conclude", end).await;
        }
        // A future hearing counts only as pending. A hearing outside the period is not counted.
        let later = app.user("worker").await.file("1001", json!({})).await;
        let mut future = hearing("30");
        future["notified_on"] = json!("2026-12-09");
        app.user("village").await.run_ok(&later, "link", future).await;
        let path = "/v1/statistics/hearings?unit=411224&from=2026-12-01&to=2027-01-01";
        let counted = app.user("county").await.get(path).await.expect(200);
        assert_eq!((counted.number("/settled/numerator"), counted.number("/settled/denominator")), (34, 42));
        let share = counted.body["settled"]["value"].as_f64().expect("a share");
        assert_eq!(format!("{:.0} %", share * 100.0), "81 %");
        for (figure, number) in [("held", 42), ("settled", 34), ("opinion_given", 6), ("adjourned", 2), ("pending", 1)] {
            assert_eq!(counted.number(&format!("/figures/{figure}/count")), number, "{figure}");
            let list = counted.text(&format!("/figures/{figure}/list"));
            let listed = app.user("county").await.lists(&list).await;
            assert_eq!(u64::try_from(listed.len()).expect("few"), number, "{figure}");
        }
        let before = "/v1/statistics/hearings?unit=411224&from=2026-11-01&to=2026-12-01";
        let none = app.user("county").await.get(before).await.expect(200);
        assert_eq!((none.number("/settled/denominator"), none.lacks("/settled/value")), (0, true));
        let elsewhere = "/v1/statistics/hearings?unit=411221&from=2026-12-01&to=2027-01-01";
        assert_eq!(app.user("city").await.get(elsewhere).await.expect(200).number("/figures/held/count"), 0);
        app.user("worker").await.get(path).await.expect_problem(403, "forbidden");
        assert_eq!(VILLAGE_DESK, app.user("village").await.reads_of(&ids[0], "linkages").await.text("/linkages/0/by/organisation"));
    }
}
