//! The figures of units, reckoned from the events of all incidents as `docs/indicators.md` says, without the code of the product that
//! counts, and compared with the answers of the server.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, TimeDelta};
use grassroots_domain::{
    decision::Decided,
    events::{Event, EventBody},
    geography::{
        place::Place,
        unit::{Level, UnitCode},
    },
    ids::AccountId,
    incident::leg::Outcome,
    organisation::OrganisationCode,
    rules::category::CategoryCode,
    time::{Instant, china_date, start_of_day},
};
use serde_json::Value;

use super::run::ModelRun;

/// The figures, by name.
type Figures = BTreeMap<String, u64>;

/// The facts of an incident, as its events tell them.
struct Known {
    place: Place,
    category: CategoryCode,
    received: Instant,
    /// `open`, `closed`, `not_accepted`, `voided`, `merged` or `referred_out`.
    state: &'static str,
    closed_at: Option<Instant>,
    resolved: bool,
    level: Option<Level>,
    restricted: bool,
    passes_over: Option<Level>,
    on_spot: bool,
    accepted_by: Option<OrganisationCode>,
    desk: OrganisationCode,
    county_first: bool,
    handed_down: u32,
    self_verified: bool,
    by_colleague: bool,
    undone: Vec<(Instant, Instant)>,
}

/// What of the work decides who verified it.
#[derive(Default)]
struct WorkDone {
    organisation: Option<OrganisationCode>,
    submitted_by: Option<AccountId>,
    confirmed: bool,
}

impl Known {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a person skips what changes no figure")]
    fn new(history: &[Decided]) -> Self {
        let EventBody::Reported(reported) = &history[0].event.body else { panic!("no report") };
        let mut known = Self {
            place: reported.place,
            category: reported.routing.category,
            received: history[0].event.at,
            state: "open",
            closed_at: None,
            resolved: false,
            level: None,
            restricted: reported.restricted,
            passes_over: reported.routing.skips,
            on_spot: false,
            accepted_by: None,
            desk: reported.to.desk,
            county_first: reported.county_first,
            handed_down: 0,
            self_verified: false,
            by_colleague: false,
            undone: Vec::new(),
        };
        let (mut work, mut came_down) = (WorkDone::default(), false);
        for Decided { event: Event { at, actor, body, .. }, .. } in history {
            let moves_to = match body {
                EventBody::Escalated(up) => Some(up.to.desk),
                EventBody::AutoEscalated(up) => Some(up.to.desk),
                EventBody::HandedDown(down) => Some(down.to.desk),
                EventBody::Transferred(beside) => Some(beside.to.desk),
                EventBody::TakenOver(over) => Some(over.by.desk),
                EventBody::Accepted(accepted) => accepted.late.map(|late| late.desk),
                EventBody::Corrected(corrected) => corrected.to.map(|to| to.desk),
                EventBody::Withdrawn(back) => back.back_to.as_ref().map(|back| back.arrival.desk),
                EventBody::Reopened(again) => Some(again.to.desk),
                _ => None,
            };
            if let (EventBody::Withdrawn(_), Some(_), true) = (body, moves_to, came_down) {
                known.handed_down -= 1;
            }
            if let Some(desk) = moves_to {
                came_down = matches!(body, EventBody::HandedDown(_));
                known.handed_down += u32::from(came_down);
                known.desk = desk;
            }
            match body {
                EventBody::Corrected(corrected) => {
                    known.place = corrected.correction.place;
                    known.category = corrected.correction.category;
                    known.restricted = corrected.restricted;
                    known.passes_over = corrected.skips;
                    known.county_first = corrected.county_first;
                }
                EventBody::Accepted(_) | EventBody::TakenOver(_) => {
                    known.accepted_by = known.accepted_by.or(Some(known.desk));
                }
                EventBody::Dispatched(sent) => {
                    work = WorkDone { organisation: Some(sent.lead.organisation), ..WorkDone::default() };
                }
                EventBody::Redispatched(sent) => {
                    work = WorkDone { organisation: Some(sent.lead.organisation), ..WorkDone::default() };
                }
                EventBody::Arbitrated(sent) => {
                    work = WorkDone { organisation: Some(sent.lead.organisation), ..WorkDone::default() };
                }
                EventBody::ResultSubmitted(_) => {
                    work.submitted_by = Some(*actor);
                    work.confirmed = false;
                }
                EventBody::CheckReported(check) => work.confirmed = check.settled,
                EventBody::Reworked(_) | EventBody::CheckRequested(_) => work.confirmed = false,
                EventBody::Reopened(_) => {
                    known.undone.extend(known.closed_at.take().map(|closed| (closed, *at)));
                    known.accepted_by = known.accepted_by.or(Some(known.desk));
                    known.state = "open";
                    known.on_spot = false;
                    work = WorkDone::default();
                }
                EventBody::Closed(closed) => {
                    known.end("closed", *at);
                    known.resolved = closed.outcome == Outcome::Resolved;
                    known.level = Some(known.desk.unit.level());
                    let own = work.organisation == Some(known.desk) && !closed.forced && !work.confirmed;
                    let same = work.submitted_by == Some(*actor) && !closed.forced && !work.confirmed;
                    known.self_verified = same;
                    known.by_colleague = own && !same;
                }
                EventBody::ResolvedOnSpot(_) => {
                    known.end("closed", *at);
                    known.resolved = true;
                    known.level = Some(Level::Village);
                    known.on_spot = true;
                    known.self_verified = false;
                    known.by_colleague = false;
                }
                EventBody::Declined(_) => known.end("not_accepted", *at),
                EventBody::Voided(_) | EventBody::ReportWithdrawn(_) => known.end("voided", *at),
                EventBody::Referred(_) => known.end("referred_out", *at),
                EventBody::Merged(_) => known.end("merged", *at),
                EventBody::Unmerged(_) => {
                    known.state = "open";
                    known.closed_at = None;
                }
                _ => {}
            }
        }
        known
    }

    fn end(&mut self, state: &'static str, at: Instant) {
        self.state = state;
        self.closed_at = Some(at);
    }

    fn counts_for(&self, unit: UnitCode) -> bool {
        self.place.lies_in(unit)
            && self.passes_over.is_none_or(|over| over < unit.level())
            && !(self.restricted && unit.level() == Level::Village)
    }

    /// Adds the incident to the figures of a period.
    fn add(&self, figures: &mut Figures, basis: &str, from: NaiveDate, to: NaiveDate) {
        let within = |at: Instant| (start_of_day(from)..start_of_day(to)).contains(&at);
        let mut one = |figure: &str| *figures.entry(figure.to_owned()).or_default() += 1;
        let by_closure = basis == "closed";
        let mut soon = self.undone.iter().filter(|(closed, opened)| *opened - *closed <= TimeDelta::days(30));
        let undone = if by_closure {
            soon.any(|(closed, _)| within(*closed))
        } else {
            soon.next().is_some() && within(self.received)
        };
        if undone {
            one("reopened_soon");
        }
        let date = if by_closure { self.closed_at } else { Some(self.received) };
        if !date.is_some_and(within) {
            return;
        }
        one(self.state);
        let closed = self.state == "closed";
        if !self.undone.is_empty() && (closed || self.state == "open") {
            one("reopened");
        }
        if !closed {
            return;
        }
        let below_county = self.level.is_some_and(|level| level <= Level::Township);
        one(if self.resolved { "resolved" } else { "unresolved" });
        if self.county_first {
            one("county_first_closed");
        }
        if self.self_verified {
            one("self_verified");
        }
        if self.by_colleague {
            one("verified_by_colleague");
        }
        if !self.resolved {
            return;
        }
        one(match self.level {
            Some(Level::Village) => "resolved_by_village",
            Some(Level::Township) => "resolved_by_township",
            Some(Level::County) => "resolved_by_county",
            Some(Level::City) | None => "resolved_by_city",
        });
        if self.accepted_by == Some(self.desk) {
            one("resolved_in_place");
        }
        if self.on_spot {
            one("resolved_on_spot");
        }
        if below_county {
            one("grassroots");
        }
        if below_county && self.handed_down > 0 {
            one("handed_down_grassroots");
        }
        if below_county && self.county_first {
            one("county_first_grassroots");
        }
    }
}

/// The name of the group that the incident belongs to.
fn group(known: &Known, unit: UnitCode, group_by: &str, date: Instant) -> String {
    let Place { grid, village, township, county, .. } = known.place;
    let hidden = |below: Level| {
        known.passes_over.is_some_and(|over| below <= over) || known.restricted && below == Level::Village
    };
    let child = |below: Level, code: Option<UnitCode>| match code {
        _ if hidden(below) => "受限事件（不显示到下一级）".to_owned(),
        Some(code) => code.to_string(),
        None => "未定位到下一级".to_owned(),
    };
    match (group_by, unit.level()) {
        ("month", _) => china_date(date).format("%Y-%m").to_string(),
        ("category", _) if known.restricted => "受限事件（各类别合计）".to_owned(),
        ("category", _) => known.category.to_string(),
        (_, Level::City) => county.to_string(),
        (_, Level::County) => child(Level::Township, township),
        (_, Level::Township) => child(Level::Village, village),
        (_, Level::Village) => grid.map_or_else(|| "未定位到下一级".to_owned(), |grid| grid.to_string()),
    }
}

fn answered(figures: &Value) -> Figures {
    let count = |figure: &Value| figure["count"].as_u64().or_else(|| figure.as_u64()).expect("a count");
    let all =
        figures.as_object().expect("figures").iter().map(|(name, figure)| (name.clone(), count(figure)));
    all.filter(|(_, count)| *count > 0).collect()
}

fn check_shares(shares: &Value, figures: &Figures, at: &str) {
    let n = |figure: &str| figures.get(figure).copied().unwrap_or(0);
    for (share, numerator, denominator) in [
        ("grassroots", n("grassroots"), n("closed")),
        (
            "grassroots_without_on_spot",
            n("grassroots") - n("resolved_on_spot"),
            n("closed") - n("resolved_on_spot"),
        ),
        (
            "grassroots_without_county_first",
            n("grassroots") - n("county_first_grassroots"),
            n("closed") - n("county_first_closed"),
        ),
        ("village", n("resolved_by_village"), n("closed")),
        ("in_place", n("resolved_in_place"), n("closed")),
    ] {
        let answered = (&shares[share]["numerator"], &shares[share]["denominator"]);
        assert_eq!(answered, (&Value::from(numerator), &Value::from(denominator)), "{at}: {share}");
    }
    let of_all = &shares["grassroots_of_all"];
    if !of_all.is_null() {
        assert_eq!(of_all["denominator"], n("closed") + n("open"), "{at}");
    }
}

impl ModelRun {
    /// Asks for the figures of every unit with an incident, as everybody who may ask, and compares them with the events.
    pub async fn assert_figures(&mut self) {
        let all: Vec<Known> = self.model.files.iter().map(|file| Known::new(&file.history)).collect();
        let mut units: Vec<UnitCode> = all
            .iter()
            .flat_map(|known| {
                let Place { village, township, county, city, .. } = known.place;
                [village, township, Some(county), Some(city)]
            })
            .flatten()
            .collect();
        units.sort_unstable();
        units.dedup();
        let first = all.iter().map(|known| china_date(known.received)).min().expect("a report");
        let day = |year, month| NaiveDate::from_ymd_opt(year, month, 1).expect("a day");
        let month =
            if first.month() == 12 { day(first.year() + 1, 1) } else { day(first.year(), first.month() + 1) };
        let periods = [
            (first, month),
            (month, day(month.year() + 2, 1)),
            (day(first.year(), 1), day(first.year() + 2, 1)),
        ];
        let mut compared = 0;
        for who in
            ["village", "next.village", "dispatcher", "next.town", "county", "next.county", "city", "auditor"]
        {
            let person = self.people.iter_mut().find(|person| person.username == who).expect("a person");
            let own = person.actor.organisation.unit;
            let client = person.client(&self.app).await;
            for unit in units.iter().copied().filter(|unit| own.covers(*unit)) {
                for ((from, to), basis) in
                    periods.into_iter().flat_map(|period| [(period, "closed"), (period, "reported")])
                {
                    let query = format!("unit={unit}&from={from}&to={to}&basis={basis}");
                    for group_by in ["", "&group_by=unit", "&group_by=category", "&group_by=month"] {
                        let at = format!("{who}: {query}{group_by}");
                        let answer = client
                            .get(&format!("/v1/statistics/grassroots?{query}{group_by}"))
                            .await
                            .expect(200);
                        let mut total = Figures::new();
                        let mut groups: BTreeMap<String, Figures> = BTreeMap::new();
                        for known in all.iter().filter(|known| known.counts_for(unit)) {
                            known.add(&mut total, basis, from, to);
                            let kind = group_by.trim_start_matches("&group_by=");
                            if kind == "month" {
                                continue;
                            }
                            known.add(
                                groups.entry(group(known, unit, kind, known.received)).or_default(),
                                basis,
                                from,
                                to,
                            );
                        }
                        assert_eq!(answered(&answer.body["figures"]), total, "{at}");
                        check_shares(&answer.body["shares"], &total, &at);
                        compared += 1;
                        if matches!(group_by, "" | "&group_by=month") {
                            continue;
                        }
                        groups.retain(|_, figures| !figures.is_empty());
                        let shown: BTreeMap<String, Figures> = answer.body["groups"]
                            .as_array()
                            .expect("groups")
                            .iter()
                            .map(|part| {
                                let name =
                                    part["key"].as_str().or_else(|| part["name"].as_str()).expect("a name");
                                (name.to_owned(), answered(&part["figures"]))
                            })
                            .collect();
                        assert_eq!(shown, groups, "{at}");
                    }
                }
            }
        }
        assert!(compared > 400, "{compared} answers compared");
    }
}
