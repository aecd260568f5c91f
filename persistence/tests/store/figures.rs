//! Every metric leads to a list of exactly the incidents that it counts.

use chrono::TimeDelta;
use grassroots_domain::{
    account::Actor,
    geography::unit::{Level, UnitCode},
    ids::IncidentId,
    incident::{Incident, case::Case, linkage::LinkageDetails},
    reading::{
        hearings::{HearingCounts, HearingMetric},
        share::{Counts, DateBasis, Metric, MetricFacts},
        unit_figure::{counts, may_ask},
        visibility::{Scope, Visibility},
    },
    time::Instant,
};
use grassroots_persistence::{
    database::{db::Db, error::StoreError, store::Store},
    reading::{
        linkages::hearings,
        lists::{Behind, IncidentFilter, not_shown, page},
        period::Period,
        shares::{Child, Question, by_category, by_child, total},
    },
};

use crate::support::{
    Database, History, Rng, both, monday, overseen, people, random_histories, save_all, unit,
};

/// A month that begins some days after the first report.
fn month() -> Period {
    Period { from: monday() + TimeDelta::days(10), to: monday() + TimeDelta::days(40) }
}

fn always() -> Period {
    Period { from: monday() - TimeDelta::days(1), to: monday() + TimeDelta::days(1_000) }
}

fn belongs(incident: &Incident, question: Question) -> bool {
    let at = match question.basis {
        DateBasis::Closed => incident.ended_at,
        DateBasis::Reported => Some(incident.received_at),
    };
    at.is_some_and(|at| question.period.from <= at && at < question.period.to)
}

/// Returns whether the scope shows that the incident lies in `unit`. In a summary the city sees no place below the county.
fn seen_in(scope: Scope, case: &Case, unit: UnitCode) -> bool {
    let vague = matches!(scope, Scope::City { .. }) && unit.level() < Level::County;
    let sight = scope.sees(case);
    sight != Visibility::None
        && case.incident().place.lies_in(unit)
        && !(vague && sight == Visibility::Summary)
}

/// Whether the figures of the question count the case as it is now.
fn is_counted(case: &Case, question: Question) -> bool {
    counts(question.unit, case.incident()) && belongs(case.incident(), question)
}

/// Whether the figures of the question count a closure of the case that was undone soon.
fn was_reopened_soon(case: &Case, question: Question) -> bool {
    let Question { unit, basis, period } = question;
    let incident = case.incident();
    let lies_in = |at: Instant| period.from <= at && at < period.to;
    let mut soon = incident.reopenings.iter().filter(|reopening| reopening.is_soon());
    counts(unit, incident)
        && match basis {
            DateBasis::Closed => soon.any(|reopening| lies_in(reopening.closed_at)),
            DateBasis::Reported => soon.next().is_some() && lies_in(incident.received_at),
        }
}

fn counts_in(case: &Case, figure: Metric, question: Question) -> bool {
    if figure == Metric::ReopenedSoon {
        was_reopened_soon(case, question)
    } else {
        is_counted(case, question) && figure.counts(MetricFacts::from(case.incident()))
    }
}

async fn ask<T: Send + 'static>(
    store: &Store,
    asks: impl FnOnce(&mut Db) -> Result<T, StoreError> + Send + 'static,
) -> T {
    let answer: Result<T, StoreError> = store.read(asks).await;
    answer.unwrap()
}

fn behind(question: Question, figure: Metric) -> IncidentFilter {
    let Question { unit, basis, period } = question;
    IncidentFilter {
        unit: Some(unit),
        behind: Some(Behind::Share { figure, basis, period }),
        limit: 10_000,
        ..IncidentFilter::default()
    }
}

/// Compares the counts of the database with those of the domain, and with the lists and the numbers not shown for each of `people`.
async fn compare(store: &Store, all: &[History], question: Question, people: &[Actor]) -> Counts {
    let mut expected = Counts::default();
    for case in all.iter().map(History::case) {
        if is_counted(case, question) {
            expected.add(MetricFacts::from(case.incident()), 1);
        }
        if was_reopened_soon(case, question) {
            expected.add_reopened_soon(1);
        }
    }
    assert_eq!(ask(store, move |db| total(db, question)).await, expected, "{question:?}");
    let mut by_categories = Counts::default();
    for restricted in [false, true] {
        let categories = ask(store, move |db| by_category(db, question, restricted)).await;
        categories.iter().for_each(|(_, counts)| by_categories.merge(counts));
    }
    assert_eq!(by_categories, expected, "by category, {question:?}");
    let mut by_children = Counts::default();
    for (child, counts) in ask(store, move |db| by_child(db, question)).await {
        by_children.merge(&counts);
        if let Child::Unit(unit) = child {
            assert_eq!(unit.parent(), Some(question.unit));
            let own = ask(store, move |db| total(db, Question { unit, ..question })).await;
            assert_eq!(counts, own, "{unit} has the same figures as a part and alone");
        }
    }
    assert_eq!(by_children, expected, "by child, {question:?}");
    for actor in people.iter().filter(|actor| may_ask(actor, question.unit)) {
        let scope = Scope::of(actor);
        for (figure, number) in expected.iter() {
            let filter = behind(question, figure);
            let (listed, hidden) =
                ask(store, move |db| Ok((page(db, scope, &filter)?, not_shown(db, scope, &filter)?))).await;
            let counted = || all.iter().map(History::case).filter(|case| counts_in(case, figure, question));
            let mut wanted: Vec<IncidentId> = counted()
                .filter(|case| seen_in(scope, case, question.unit))
                .map(|case| case.incident().id)
                .collect();
            let mut listed: Vec<IncidentId> = listed.iter().map(|stored| stored.case.incident().id).collect();
            wanted.sort();
            listed.sort();
            assert_eq!(listed, wanted, "{figure} of {question:?} for {}", actor.role);
            let listed = u64::try_from(listed.len()).unwrap();
            assert_eq!(listed + hidden, number, "{figure} of {question:?} for {}", actor.role);
        }
    }
    expected
}

both! {
    async fn a_figure_is_its_list_and_the_number_of_those_not_shown(database: Database) {
        let all = random_histories(900, &mut Rng::new(3));
        save_all(&database.store, &all, "井盖丢失").await;
        let mut totals = Counts::default();
        for code in ["4112", "411224", "411224107", "411224107202"] {
            for basis in DateBasis::ALL {
                let question = Question { unit: unit(code), basis: *basis, period: month() };
                totals.merge(&compare(&database.store, &all, question, &people()).await);
            }
        }
        for (figure, number) in totals.iter() {
            assert!(number > 0, "no incident was counted as {figure}");
        }
    }
}

both! {
    async fn what_passes_over_a_unit_or_is_restricted_counts_above(database: Database) {
        let all = random_histories(400, &mut Rng::new(16));
        save_all(&database.store, &all, "井盖丢失").await;
        let question = |code| Question { unit: unit(code), basis: DateBasis::Reported, period: always() };
        let open = |counts: &Counts| counts.get(Metric::Open);
        for (code, below) in [("411224", Level::Township), ("411224107", Level::Village)] {
            let asked = question(code);
            let children = ask(&database.store, move |db| by_child(db, asked)).await;
            let of = |wanted: Child| children.iter().find(|(child, _)| *child == wanted).map_or(0, |(_, counts)| open(counts));
            let number = |wanted: &dyn Fn(&Case) -> bool| {
                let cases = all.iter().map(History::case);
                let counted = cases.filter(|case| case.incident().state.is_open() && counts(asked.unit, case.incident()));
                u64::try_from(counted.filter(|case| wanted(case)).count()).unwrap()
            };
            let hidden = |case: &Case| {
                let incident = case.incident();
                incident.skips.is_some_and(|skipped| below <= skipped) || incident.restricted && below == Level::Village
            };
            assert_eq!(of(Child::NotShown), number(&hidden), "{code}");
            let unknown = |case: &Case| !hidden(case) && case.incident().place.at(below).is_none();
            assert_eq!(of(Child::Unknown), number(&unknown), "{code}");
            assert!(of(Child::NotShown) > 0 && of(Child::Unknown) > 0, "{code}");
        }
    }
}

both! {
    async fn a_period_includes_its_start_and_excludes_its_end(database: Database) {
        let history = random_histories(1, &mut Rng::new(5));
        save_all(&database.store, &history, "井盖丢失").await;
        let incident = history[0].case().incident();
        let received = incident.received_at;
        let instant = TimeDelta::milliseconds(1);
        for (from, to, counted) in [
            (received, received + instant, 1),
            (received - instant, received, 0),
            (received + instant, received + instant * 2, 0),
        ] {
            let question = Question {
                unit: incident.place.at(Level::City).unwrap(),
                basis: DateBasis::Reported,
                period: Period { from, to },
            };
            let counts_it = |figure: &&Metric| figure.counts(MetricFacts::from(incident));
            let figure = Metric::ALL.iter().find(counts_it).copied().unwrap();
            let counts = ask(&database.store, move |db| total(db, question)).await;
            assert_eq!(counts.get(figure), counted, "{figure} from {from} to {to}");
        }
    }
}

both! {
    async fn hearings_are_counted_by_the_day_they_are_held(database: Database) {
        let all = random_histories(1_200, &mut Rng::new(21));
        save_all(&database.store, &all, "井盖丢失").await;
        let mut totals = HearingCounts::default();
        for (code, period) in [("4112", month()), ("4112", always()), ("411224", month()), ("411224107", always())] {
            let (scope, unit) = (overseen(), unit(code));
            let mut expected = HearingCounts::default();
            let mut holding: Vec<(HearingMetric, Incident)> = Vec::new();
            for case in all.iter().map(History::case).filter(|case| counts(unit, case.incident())) {
                for linkage in case.linkages() {
                    let LinkageDetails::Hearing { held_at, .. } = linkage.opening else { continue };
                    if held_at < period.from || held_at >= period.to {
                        continue;
                    }
                    let outcome = linkage.end.map(|end| end.conclusion);
                    expected.add(outcome, 1);
                    totals.add(outcome, 1);
                    let figures = HearingMetric::ALL.iter().filter(|figure| figure.counts(outcome));
                    if seen_in(scope, case, unit) && scope.sees(case) == Visibility::Full {
                        holding.extend(figures.map(|figure| (*figure, case.incident().clone())));
                    }
                }
            }
            let counted: Result<_, StoreError> =
                database.store.read(move |db| hearings(db, unit, period)).await;
            assert_eq!(counted.unwrap(), expected, "{code}");
            for figure in HearingMetric::ALL {
                let behind = Some(Behind::Hearings { figure: *figure, period });
                let filter = IncidentFilter { unit: Some(unit), behind, limit: 10_000, ..IncidentFilter::default() };
                let listed: Result<_, StoreError> = database.store.read(move |db| page(db, scope, &filter)).await;
                let mut listed: Vec<Incident> = listed.unwrap().into_iter().map(|stored| stored.case.incident().clone()).collect();
                let of_figure = holding.iter().filter(|(known, _)| known == figure);
                let mut wanted: Vec<Incident> = of_figure.map(|(_, incident)| incident.clone()).collect();
                wanted.sort_by_key(|incident| incident.id);
                wanted.dedup();
                listed.sort_by_key(|incident| incident.id);
                assert_eq!(listed, wanted, "{figure} of {code}");
            }
        }
        for (figure, number) in totals.iter() {
            assert!(number > 0, "no hearing was counted as {figure}");
        }
    }
}
