//! Lists of incidents: filters, order, pages and CSV.

use chrono::TimeDelta;
use grassroots_domain::account::Role;
use reqwest::{Method, header::ACCEPT};
use serde_json::{Value, json};

use crate::{
    both,
    support::{ApiAnswer, Client, DESK},
};

fn titled(title: &str) -> Value {
    json!({ "title": title })
}

/// The titles in a list of one page.
async fn titles(client: &Client, query: &str) -> Vec<String> {
    let answer = client.get(&format!("/v1/incidents?limit=200&{query}")).await.expect(200);
    assert!(answer.lacks("/next"), "{}", answer.raw);
    answer.texts("/incidents", "/title")
}

async fn as_csv(client: &Client, path: &str) -> ApiAnswer {
    let answer = client.send(client.request(Method::GET, path).header(ACCEPT, "text/csv")).await;
    answer.expect(200)
}

both! {
    async fn every_filter_selects_the_right_incidents(app: TestApp) {
        let (worker, county) = (app.user("worker").await, app.user("county").await);
        let dispatcher = app.user("dispatcher").await;
        worker.file("5002", titled("甲")).await;
        let accepted = worker.file("5001", titled("乙")).await;
        worker.file("1001", titled("丙")).await;
        worker.file("7001", titled("丁")).await;
        let voided = worker.file("5003", titled("戊")).await;
        dispatcher.run_ok(&accepted, "accept", json!({})).await;
        dispatcher.run_ok(&voided, "void", json!({ "reason": "误报" })).await;
        let next_door =
            app.hire_for("walker.two", Role::GridWorker, "411224107203-desk", &["411224107203001"]).await;
        next_door.file("1001", titled("己")).await;

        for (query, expected) in [
            ("", vec!["己", "戊", "丁", "丙", "乙", "甲"]),
            ("state=open", vec!["己", "丁", "丙", "乙", "甲"]),
            ("state=pending_dispatch", vec!["乙"]),
            ("state=pending_dispatch,voided", vec!["戊", "乙"]),
            ("state=open,voided", vec!["己", "戊", "丁", "丙", "乙", "甲"]),
            ("level=village", vec!["己", "丙"]),
            ("level=township", vec!["戊", "乙", "甲"]),
            ("level=county", vec!["丁"]),
            ("unit=411224107203", vec!["己"]),
            ("unit=411224107200", vec!["戊", "丁", "丙", "乙", "甲"]),
            ("unit=411221", vec![]),
            ("category=1001", vec!["己", "丙"]),
            ("severity=critical", vec!["丁"]),
            ("severity=general&level=township&state=open", vec!["乙"]),
            ("due_before=2026-11-23T11:00:00%2B08:00", vec!["丁"]),
            ("due_before=2026-11-23T03:00:01Z", vec!["丁", "甲"]),
            ("mine=false", vec!["己", "戊", "丁", "丙", "乙", "甲"]),
            ("mine=true", vec![]),
            ("sort=due", vec!["丁", "甲", "乙", "丙", "己"]),
            ("sort=due&level=village", vec!["丙", "己"]),
        ] {
            assert_eq!(titles(&county, query).await, expected, "{query}");
        }
        assert_eq!(titles(&next_door, "").await, ["己"]);
        county.file("1001", titled("庚")).await;
        assert_eq!(titles(&county, "mine=true").await, ["庚"]);
        for (query, pointer) in [
            ("state=shut", "state"),
            ("level=hamlet", "level"),
            ("unit=12345", "unit"),
            ("category=50x2", "category"),
            ("severity=bad", "severity"),
            ("sort=oldest", "sort"),
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("datum=mercator", "datum"),
        ] {
            let answer =
                county.get(&format!("/v1/incidents?{query}")).await.expect_problem(400, "invalid_query");
            assert_eq!(answer.text("/errors/0/pointer"), pointer);
        }
        for query in
            ["due_before=tomorrow", "mine=maybe", "limit=-1", "limit=many", "reporter=worker", "offset=3"]
        {
            county.get(&format!("/v1/incidents?{query}")).await.expect_problem(400, "invalid_query");
        }
    }

    async fn the_search_finds_literal_text(app: TestApp) {
        let (worker, county) = (app.user("worker").await, app.user("county").await);
        let fields = |title: &str, description: &str, place: &str| json!({ "title": title, "description": description, "place_text": place });
        worker.file("5002", fields("井盖100%破损", "说明文字一二三", "东门")).await;
        worker.file("5002", fields("井盖1000破损", "路灯_下面有坑", "西门")).await;
        worker.file("5002", fields("Manhole", "路灯x下面有坑", "南门 C:\\temp")).await;
        let last = worker.report("1001", fields("邻里", "为宅基地争吵", "Bei'men")).await.expect(201);
        for (q, expected) in [
            ("井盖", vec!["井盖1000破损", "井盖100%破损"]),
            ("100%", vec!["井盖100%破损"]),
            ("%", vec!["井盖100%破损"]),
            ("灯_下", vec!["井盖1000破损"]),
            ("_", vec!["井盖1000破损"]),
            ("\\", vec!["Manhole"]),
            ("\\t", vec!["Manhole"]),
            ("mANhole", vec!["Manhole"]),
            ("南门", vec!["Manhole"]),
            ("i'm", vec!["邻里"]),
            ("' or 1=1 --", vec![]),
            ("宅基地 争吵", vec![]),
            (" 宅基地 ", vec!["邻里"]),
            ("没有的词", vec![]),
        ] {
            let q_encoded: String = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let answer = county.get(&format!("/v1/incidents?q={q_encoded}")).await.expect(200);
            assert_eq!(answer.texts("/incidents", "/title"), expected, "{q}");
        }
        let number = last.text("/incident_no");
        assert_eq!(titles(&county, &format!("q={number}")).await, ["邻里"]);
        assert_eq!(titles(&county, &format!("q={number}&category=5002")).await, Vec::<String>::new());
        assert_eq!(titles(&county, "q=20261123-999999").await, Vec::<String>::new());
        let mistyped = number.replacen("2026", "2025", 1);
        assert_eq!(titles(&county, &format!("q={mistyped}")).await, Vec::<String>::new(), "the day in the number is wrong");
        assert_eq!(titles(&county, "q=").await.len(), 4);
        // A search finds only visible incidents.
        assert!(titles(&app.user("handler").await, "q=井盖").await.is_empty());
    }

    async fn pages_list_every_incident_once_while_new_ones_arrive(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        for sort in ["newest", "due"] {
            let mut reported = Vec::new();
            for number in 0..11 {
                // Some incidents are due at the same time.
                if number % 3 == 0 {
                    app.pass(TimeDelta::seconds(1));
                }
                reported.push(worker.file("5002", json!({})).await);
            }
            let before = dispatcher.lists(&format!("/v1/incidents?sort={sort}&limit=200")).await;
            let mut visited = Vec::new();
            let mut next = Some(format!("/v1/incidents?sort={sort}&limit=3"));
            while let Some(path) = next {
                let page = dispatcher.get(&path).await.expect(200);
                let ids = page.texts("/incidents", "/id");
                assert!(ids.len() == 3 || page.lacks("/next"), "only the last page is short");
                visited.extend(ids);
                worker.file("5002", json!({})).await;
                worker.file("7001", json!({})).await;
                next = page.body["next"].as_str().map(str::to_owned);
                assert!(visited.len() < 200, "the list ends");
            }
            let mut once = visited.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), visited.len(), "{sort}: no incident is listed twice");
            let old: Vec<&String> = visited.iter().filter(|id| before.contains(id)).collect();
            assert_eq!(old, before.iter().collect::<Vec<_>>(), "{sort}: all incidents are listed in order");
        }
    }

    async fn a_cursor_is_valid_only_for_its_order(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        for _ in 0..3 {
            worker.file("5002", json!({})).await;
        }
        let page = dispatcher.get("/v1/incidents?limit=2&state=open&category=5002").await.expect(200);
        let next = page.text("/next");
        assert!(next.starts_with("/v1/incidents?limit=2&state=open&category=5002&cursor="), "{next}");
        let cursor = next.split("cursor=").last().expect("a cursor");
        for query in [
            &format!("sort=due&cursor={cursor}"),
            "cursor=1",
            "cursor=",
            "cursor=%00",
            "cursor=eyJrZXkiOiJ4In0",
        ] {
            let answer = dispatcher.get(&format!("/v1/incidents?{query}")).await;
            answer.expect_problem(400, "invalid_cursor");
        }
        let full = dispatcher.get("/v1/incidents?limit=3").await.expect(200);
        assert!(full.lacks("/next"), "a full last page has no next page");
        assert_eq!(dispatcher.lists("/v1/incidents?limit=1").await.len(), 3);
    }

    async fn a_list_as_csv_is_safe_in_a_spreadsheet(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let nasty = json!({
            "title": "=1+1", "description": "@SUM(A1)，\"引号\"与逗号, 还有\n换行", "place_text": "-2+3",
        });
        worker.file("5002", nasty).await;
        worker.file("5001", titled("+86 路面")).await;
        worker.file("5001", titled("路面塌陷")).await;
        let answer = as_csv(&dispatcher, "/v1/incidents?sort=due").await;
        assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
        assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"incidents.csv\"");
        let text = answer.raw.strip_prefix('\u{feff}').unwrap_or(&answer.raw);
        assert!(text.starts_with("事件编号,类别代码,类别,等级,状态,层级,当前承办,事发地,"), "{text}");
        assert!(
            text.contains(
                ",'=1+1,\"'@SUM(A1)，\"\"引号\"\"与逗号, 还有\n换行\",'-2+3,2026-11-23T10:00:00+08:00,"
            ),
            "{text}"
        );
        assert!(text.contains(",'+86 路面,") && text.contains(",路面塌陷,"), "{text}");
        assert!(text.contains("5002,井盖缺失破损,major,pending_acceptance,township,东明镇综治中心,卢氏县东明镇东明村村委会,"), "{text}");

        let request = dispatcher.request(Method::GET, "/v1/incidents?limit=2");
        let request = request.header(ACCEPT, "text/csv").header("Accept-Language", "en");
        let page = dispatcher.send(request).await.expect(200);
        assert!(page.raw.contains("incident_no,category,category_name,"), "{}", page.raw);
        let link = page.headers["link"].to_str().expect("text");
        let next =
            link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")).expect("a link");
        let rest = as_csv(&dispatcher, next).await;
        assert!(rest.raw.contains("'=1+1") && !rest.headers.contains_key("link"), "{}", rest.raw);
        let summary = as_csv(&app.user("auditor").await, "/v1/incidents").await;
        assert!(!summary.raw.contains("路面塌陷") && summary.raw.contains("5001"), "{}", summary.raw);
    }

    async fn a_list_is_sorted_by_the_next_deadline(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let slow = worker.file("5001", titled("慢")).await;
        let urgent = worker.file("5002", titled("急")).await;
        let declined = worker.file("5005", titled("不办")).await;
        dispatcher
            .run_ok(&declined, "decline", json!({ "reason": "no_such_fact", "reply": "现场未见积水" }))
            .await;
        let due = |list: &ApiAnswer| list.texts("/incidents", "/deadlines/next/at");
        let list = dispatcher.get("/v1/incidents?sort=due").await.expect(200);
        assert_eq!(
            list.texts("/incidents", "/id"),
            [urgent.clone(), slow.clone()],
            "the declined incident has no deadline"
        );
        assert!(due(&list).is_sorted(), "{}", list.raw);
        // The limit to handle is 40 working hours for one incident, and 2 hours for the other.
        for id in [&slow, &urgent] {
            dispatcher.run_ok(id, "accept", json!({})).await;
            dispatcher.run_ok(id, "dispatch", json!({ "organisation": DESK })).await;
        }
        let list = dispatcher.get("/v1/incidents?sort=due&state=in_progress").await.expect(200);
        assert_eq!(due(&list), ["2026-11-23T12:00:00+08:00", "2026-11-30T10:00:00+08:00"]);
    }
}
