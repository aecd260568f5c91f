//! Every metric leads to a list of exactly the incidents that it counts.

use chrono::TimeDelta;
use grassroots_domain::{
    account::Role,
    geography::{
        place::Place,
        unit::{Level, UnitCode},
    },
    incident::{Incident, case::Case, linkage::LinkageDetails},
    reading::{
        hearings::{HearingCounts, HearingMetric},
        share::{Counts, DateBasis, Metric, MetricFacts},
        visibility::{Scope, Visibility},
    },
};
use grassroots_persistence::{
    database::{error::StoreError, store::Store},
    reading::{
        linkages::hearings,
        lists::{Behind, IncidentFilter, page},
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

fn belongs(incident: &Incident, basis: DateBasis) -> bool {
    let at = match basis {
        DateBasis::Closed => incident.ended_at,
        DateBasis::Reported => Some(incident.received_at),
    };
    at.is_some_and(|at| month().from <= at && at < month().to)
}

async fn count(store: &Store, question: Question) -> (Counts, Vec<(Child, Counts)>, Counts) {
    let counted: Result<_, StoreError> = store
        .read(move |db| {
            let mut categories = Counts::default();
            by_category(db, question)?.iter().for_each(|(_, counts)| categories.merge(counts));
            Ok((total(db, question)?, by_child(db, question)?, categories))
        })
        .await;
    counted.unwrap()
}

async fn behind(store: &Store, question: Question, figure: Metric) -> Vec<Incident> {
    let Question { scope, unit, basis, period } = question;
    let filter = IncidentFilter {
        unit: Some(unit),
        behind: Some(Behind::Share { figure, basis, period }),
        limit: 10_000,
        ..IncidentFilter::default()
    };
    let listed: Result<_, StoreError> = store.read(move |db| page(db, scope, &filter)).await;
    listed.unwrap().into_iter().map(|stored| stored.case.incident().clone()).collect()
}

/// Returns whether the scope shows that the incident lies in `unit`. In a summary the city sees no place below the county.
fn seen_in(scope: Scope, case: &Case, unit: UnitCode) -> bool {
    let vague = matches!(scope, Scope::City { .. }) && unit.level() < Level::County;
    let sight = scope.sees(case);
    sight != Visibility::None
        && case.incident().place.lies_in(unit)
        && !(vague && sight == Visibility::Summary)
}

/// Compares the counts of the database with the counts of the domain and with the lists.
async fn compare(store: &Store, all: &[History], question: Question) -> Counts {
    let Question { scope, unit, basis, .. } = question;
    let mut expected = Counts::default();
    let cases = all.iter().map(History::case).filter(|case| seen_in(scope, case, unit));
    let cases: Vec<_> = cases.filter(|case| belongs(case.incident(), basis)).collect();
    cases.iter().for_each(|case| expected.add(MetricFacts::from(case.incident()), 1));

    let (counted, children, by_category) = count(store, question).await;
    assert_eq!(counted, expected, "{question:?}");
    assert_eq!(by_category, expected, "by category, {question:?}");
    let mut by_child = Counts::default();
    for (child, counts) in &children {
        by_child.merge(counts);
        let parent = match child {
            Child::Unit(code) => code.parent(),
            Child::Grid(code) => Some(code.village()),
            Child::Unknown => Some(unit),
        };
        assert_eq!(parent, Some(unit), "{child:?}");
    }
    assert_eq!(by_child, expected, "by child, {question:?}");
    for (figure, number) in expected.iter() {
        let mut listed = behind(store, question, figure).await;
        let mut wanted: Vec<Incident> = cases.iter().map(|case| case.incident().clone()).collect();
        wanted.retain(|incident| figure.counts(MetricFacts::from(incident)));
        wanted.sort_by_key(|incident| incident.id);
        listed.sort_by_key(|incident| incident.id);
        assert_eq!(listed, wanted, "{figure} of {question:?}");
        assert_eq!(u64::try_from(listed.len()).unwrap(), number, "{figure} of {question:?}");
    }
    expected
}

both! {
    async fn every_metric_leads_to_the_list_of_the_counted_incidents(database: Database) {
        let all = random_histories(900, &mut Rng::new(3));
        save_all(&database.store, &all, "井盖丢失").await;
        let overseer = people().into_iter().find(|actor| actor.role == Role::CityOverseer).unwrap();
        let mut totals = Counts::default();
        for code in ["4112", "411224", "411224107", "411224107202"] {
            for basis in DateBasis::ALL {
                let scope = Scope::of(&overseer);
                let question = Question { scope, unit: unit(code), basis: *basis, period: month() };
                totals.merge(&compare(&database.store, &all, question).await);
            }
        }
        for (figure, number) in totals.iter() {
            assert!(number > 0, "no incident was counted as {figure}");
        }
    }
}

both! {
    async fn the_city_does_not_see_the_township_of_a_restricted_incident(database: Database) {
        let all = random_histories(200, &mut Rng::new(16));
        save_all(&database.store, &all, "井盖丢失").await;
        let (scope, county) = (overseen(), unit("411224"));
        let question = Question { scope, unit: county, basis: DateBasis::Reported, period: always() };
        let (_, children, _) = count(&database.store, question).await;
        let open = |counts: &Counts| counts.get(Metric::Open);
        // Restricted incidents that are not the overseer's own reports.
        let vague = |case: &Case| scope.sees(case) == Visibility::Summary;
        for child in ["411224101", "411224107"].map(unit) {
            let cases = all.iter().map(History::case).filter(|case| case.incident().place.lies_in(child));
            let (restricted, others): (Vec<_>, Vec<_>) =
                cases.filter(|case| case.incident().state.is_open()).partition(|case| vague(case));
            let counted = children.iter().find(|(known, _)| *known == Child::Unit(child)).map(|(_, counts)| open(counts));
            assert_eq!(counted, Some(u64::try_from(others.len()).unwrap()), "{child}");
            assert!(!restricted.is_empty());
        }
        let nowhere = children.iter().find(|(known, _)| *known == Child::Unknown).map(|(_, counts)| open(counts));
        let expected = all.iter().map(History::case).filter(|case| {
            let Place { county: lies_in, township, .. } = case.incident().place;
            case.incident().state.is_open() && lies_in == county && (vague(case) || township.is_none())
        });
        assert_eq!(nowhere, Some(u64::try_from(expected.count()).unwrap()));
    }
}

both! {
    async fn a_desk_counts_what_it_sees(database: Database) {
        let all = random_histories(120, &mut Rng::new(4));
        save_all(&database.store, &all, "井盖丢失").await;
        for actor in people().iter().filter(|actor| actor.desk().is_some()) {
            let unit = actor.organisation.unit;
            let question =
                Question { scope: Scope::of(actor), unit, basis: DateBasis::Reported, period: month() };
            compare(&database.store, &all, question).await;
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
                scope: overseen(),
                unit: incident.place.at(Level::City).unwrap(),
                basis: DateBasis::Reported,
                period: Period { from, to },
            };
            let counts_it = |figure: &&Metric| figure.counts(MetricFacts::from(incident));
            let figure = Metric::ALL.iter().find(counts_it).copied().unwrap();
            let (counts, ..) = count(&database.store, question).await;
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
            let handled = |case: &&Case| seen_in(scope, case, unit) && scope.sees(case) == Visibility::Full;
            for case in all.iter().map(History::case).filter(handled) {
                for linkage in case.linkages() {
                    let LinkageDetails::Hearing { held_at, .. } = linkage.opening else { continue };
                    if held_at < period.from || held_at >= period.to {
                        continue;
                    }
                    let outcome = linkage.end.map(|end| end.conclusion);
                    expected.add(outcome, 1);
                    totals.add(outcome, 1);
                    let figures = HearingMetric::ALL.iter().filter(|figure| figure.counts(outcome));
                    holding.extend(figures.map(|figure| (*figure, case.incident().clone())));
                }
            }
            let counted: Result<_, StoreError> =
                database.store.read(move |db| hearings(db, scope, unit, period)).await;
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
