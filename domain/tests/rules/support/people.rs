//! The people of the tests: one or two in each role for an incident in Jiangqu village.

use grassroots_domain::{
    account::{Actor, Role},
    geography::unit::UnitCode,
    ids::AccountId,
};
use uuid::Uuid;

use super::city::organisation;

/// An account with this number. Two actors with the same number are the same account.
pub fn person(number: u128, role: Role, works_for: &str) -> Actor {
    let organisation = organisation(works_for);
    assert!(role.fits(organisation), "{role} does not fit {organisation}");
    Actor { account: AccountId(Uuid::from_u128(number)), role, organisation, grids: Vec::new() }
}

/// All people. Jiangqu village 411224107202 lies in Dongming town 411224107, Lushi county 411224, Sanmenxia 4112.
pub struct Staff {
    /// Grid worker of Jiangqu, who reports.
    pub reporter: Actor,
    /// Grid worker of the next village, who also works in the first grid of Jiangqu.
    pub other_worker: Actor,
    pub village: Actor,
    /// Second officer at the same desk.
    pub village_2: Actor,
    pub next_village: Actor,
    pub township: Actor,
    /// Second dispatcher at the same desk.
    pub township_2: Actor,
    pub next_township: Actor,
    pub county: Actor,
    /// Second reviewer at the same desk.
    pub county_2: Actor,
    pub next_county: Actor,
    /// Mediation committee of Jiangqu.
    pub mediator: Actor,
    /// Justice office of Dongming.
    pub justice: Actor,
    /// Urban management of Dongming.
    pub urban: Actor,
    /// Fire brigade of Lushi.
    pub fire: Actor,
    pub overseer: Actor,
    pub system: Actor,
    pub security: Actor,
    pub audit: Actor,
}

impl Staff {
    pub fn new() -> Self {
        let mut reporter = person(1, Role::GridWorker, "411224107202-desk");
        reporter.grids = vec!["411224107202001".parse().unwrap()];
        let mut other_worker = person(2, Role::GridWorker, "411224107203-desk");
        other_worker.grids =
            ["411224107203001", "411224107202001"].map(|grid| grid.parse().unwrap()).to_vec();
        Self {
            reporter,
            other_worker,
            village: person(10, Role::VillageOfficer, "411224107202-desk"),
            village_2: person(11, Role::VillageOfficer, "411224107202-desk"),
            next_village: person(12, Role::VillageOfficer, "411224107203-desk"),
            township: person(20, Role::TownshipDispatcher, "411224107-desk"),
            township_2: person(21, Role::TownshipDispatcher, "411224107-desk"),
            next_township: person(22, Role::TownshipDispatcher, "411224101-desk"),
            county: person(30, Role::EscalationReviewer, "411224-desk"),
            county_2: person(31, Role::EscalationReviewer, "411224-desk"),
            next_county: person(32, Role::EscalationReviewer, "411221-desk"),
            mediator: person(40, Role::Handler, "411224107202-village_mediation_committee"),
            justice: person(41, Role::Handler, "411224107-justice_office"),
            urban: person(42, Role::Handler, "411224107-urban_management"),
            fire: person(43, Role::Handler, "411224-fire_rescue"),
            overseer: person(50, Role::CityOverseer, "4112-desk"),
            system: person(60, Role::SystemAdmin, "4112-desk"),
            security: person(61, Role::SecurityAdmin, "4112-desk"),
            audit: person(62, Role::AuditAdmin, "4112-desk"),
        }
    }

    /// All people with their short names.
    pub fn all(&self) -> Vec<(&'static str, &Actor)> {
        vec![
            ("reporter", &self.reporter),
            ("other_worker", &self.other_worker),
            ("village", &self.village),
            ("village_2", &self.village_2),
            ("next_village", &self.next_village),
            ("township", &self.township),
            ("township_2", &self.township_2),
            ("next_township", &self.next_township),
            ("county", &self.county),
            ("county_2", &self.county_2),
            ("next_county", &self.next_county),
            ("mediator", &self.mediator),
            ("justice", &self.justice),
            ("urban", &self.urban),
            ("fire", &self.fire),
            ("overseer", &self.overseer),
            ("system", &self.system),
            ("security", &self.security),
            ("audit", &self.audit),
        ]
    }

    /// The person at the desk of `unit`, if it is one of those the incident can pass through.
    pub fn at_desk_of(&self, unit: UnitCode) -> &Actor {
        [&self.village, &self.township, &self.county]
            .into_iter()
            .find(|actor| actor.organisation.unit == unit)
            .unwrap()
    }
}
