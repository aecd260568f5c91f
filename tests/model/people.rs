//! The people of the scripts: their accounts on the server, and their actors in the rules.

use grassroots::demo;
use grassroots_domain::{
    account::{Actor, Role},
    ids::AccountId,
};
use serde_json::{Value, json};

use crate::support::{ApiAnswer, Client, HIRED, TestApp};

/// Accounts that are created besides those of the demo: user name, role, organisation, grids.
const HIRES: [(&str, Role, &str, &[&str]); 13] = {
    use Role::{EscalationReviewer, GridWorker, Handler, TownshipDispatcher, VillageOfficer};
    [
        ("walker", GridWorker, "411224107200-desk", &["411224107200001"]),
        ("neighbour", GridWorker, "411224107202-desk", &["411224107202001"]),
        ("village.2", VillageOfficer, "411224107200-desk", &[]),
        ("next.village", VillageOfficer, "411224107202-desk", &[]),
        ("dispatcher.2", TownshipDispatcher, "411224107-desk", &[]),
        ("next.town", TownshipDispatcher, "411224108-desk", &[]),
        ("mediator", Handler, "411224107200-village_mediation_committee", &[]),
        ("next.mediator", Handler, "411224107202-village_mediation_committee", &[]),
        ("justice", Handler, "411224107-justice_office", &[]),
        ("county.2", EscalationReviewer, "411224-desk", &[]),
        ("next.county", EscalationReviewer, "411202-desk", &[]),
        ("fire", Handler, "411224-fire_rescue", &[]),
        ("county.urban", Handler, "411224-urban_management", &[]),
    ]
};

/// A person with a session that is renewed.
pub struct Person {
    pub username: &'static str,
    pub actor: Actor,
    password: &'static str,
    client: Client,
    refresh_token: String,
}

/// Signs in all people: those of the demo and those in `HIRES`.
pub async fn gather(app: &TestApp) -> Vec<Person> {
    let mut people = Vec::new();
    for account in demo::ACCOUNTS {
        people.push(Person::sign_in(app, account.username, demo::PASSWORD).await);
    }
    for (username, role, organisation, grids) in HIRES {
        app.hire_for(username, role, organisation, grids).await;
        people.push(Person::sign_in(app, username, HIRED).await);
    }
    people
}

impl Person {
    async fn sign_in(app: &TestApp, username: &'static str, password: &'static str) -> Self {
        let body = json!({ "username": username, "password": password, "device": username });
        let opened = app.stranger().post("/v1/sessions", &body).await.expect(201);
        let client = Client::new(app.url(), Some((opened.text("/access_token"), app.now())));
        let actor = actor(&client.get("/v1/me").await.expect(200));
        Self { username, actor, password, client, refresh_token: opened.text("/refresh_token") }
    }

    /// The client of this person, with an access token that is valid now.
    pub async fn client(&mut self, app: &TestApp) -> Client {
        if !self.client.is_fresh(app.now()) {
            self.stay_signed_in(app).await;
        }
        self.client.clone()
    }

    async fn stay_signed_in(&mut self, app: &TestApp) {
        let body = json!({ "refresh_token": self.refresh_token, "device": self.username });
        let refreshed = app.stranger().post("/v1/sessions/refresh", &body).await;
        if refreshed.status != 200 {
            // The refresh token has expired, because it was not used for a month.
            *self = Self::sign_in(app, self.username, self.password).await;
            return;
        }
        self.refresh_token = refreshed.text("/refresh_token");
        self.client = self.client.with_token(refreshed.text("/access_token"), app.now());
    }
}

/// The actor of an account in the rules.
fn actor(me: &ApiAnswer) -> Actor {
    let grids = me.body["grids"].as_array().expect("grids");
    let grid = |grid: &Value| grid.as_str().and_then(|code| code.parse().ok()).expect("a grid");
    Actor {
        account: AccountId(me.text("/id").parse().expect("an id")),
        role: me.text("/role").parse().expect("a role"),
        organisation: me.text("/organisation/organisation").parse().expect("an organisation"),
        grids: grids.iter().map(grid).collect(),
    }
}
