//! The main flow: from the report of a grid worker to the statistics of the county.

use serde_json::json;

use crate::{
    both,
    support::photos::{jpeg, named},
};

both! {
    async fn a_missing_manhole_cover_is_reported_handled_closed_and_counted(app: TestApp) {
        let worker = app.user("worker").await;
        let taken = worker.report("5002", json!({})).await.expect(201);
        let id = taken.text("/id");
        assert_eq!(taken.text("/holder/unit"), "411224107");
        assert!(taken.text("/routing/reason").contains("井盖缺失破损"), "{}", taken.raw);

        let dispatcher = app.user("dispatcher").await;
        let open = dispatcher.get("/v1/incidents?state=open&sort=due").await.expect(200);
        assert_eq!(open.text("/incidents/0/id"), id);
        dispatcher.command(&id, "accept", json!({})).await.expect(200);
        dispatcher
            .command(&id, "dispatch", json!({ "organisation": "411224107-urban_management" }))
            .await
            .expect(200);

        let handler = app.user("handler").await;
        handler.command(&id, "acknowledge", json!({})).await.expect(200);
        handler
            .command(
                &id,
                "submit-result",
                json!({
                    "outcome": "resolved", "method": "on_site_handling", "result": "已更换井盖并复查",
                    "photos": [named(&jpeg(1, 1_000))],
                }),
            )
            .await
            .expect(200);

        let closed =
            dispatcher.command(&id, "close", json!({ "reply": "井盖已换好，感谢上报" })).await.expect(200);
        assert_eq!(closed.text("/state"), "closed");

        let seen = worker.get(&format!("/v1/incidents/{id}")).await.expect(200);
        assert_eq!(seen.text("/replies/0/text"), "井盖已换好，感谢上报");
        let county = app.user("county").await;
        let share = county
            .get("/v1/statistics/grassroots?unit=411224&from=2026-11-01&to=2026-12-01")
            .await
            .expect(200);
        assert_eq!(share.number("/figures/grassroots/count"), 1);
        assert_eq!(share.number("/shares/grassroots/denominator"), 1);
        let list = county.get(&share.text("/figures/grassroots/list")).await.expect(200);
        assert_eq!(list.text("/incidents/0/id"), id);
    }
}
