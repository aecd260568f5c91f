//! Lists: all pages together are the whole list in order, and each filter selects the right incidents.

use chrono::TimeDelta;
use grassroots_domain::{
    geography::unit::Level, incident::case::Case, reading::visibility::Visibility, testing::context::alter,
};
use grassroots_persistence::{
    database::{error::StoreError, store::Store},
    incident::incidents::IncidentRecord,
    reading::lists::{After, IncidentFilter, Order, page},
};

use crate::support::{Database, Rng, both, monday, overseen, random_histories, save_all, unit};

async fn list(store: &Store, filter: IncidentFilter) -> Vec<IncidentRecord> {
    let records: Result<_, StoreError> = store.read(move |db| page(db, overseen(), &filter)).await;
    records.unwrap()
}

/// Reads all pages.
async fn read_all_pages(store: &Store, order: Order, limit: u32) -> Vec<i64> {
    let mut keys = Vec::new();
    let mut after = None;
    loop {
        let stored = list(store, IncidentFilter { order, after, limit, ..IncidentFilter::default() }).await;
        let Some(last) = stored.last() else { return keys };
        after = Some(match order {
            Order::Newest => After::Newest { key: last.key },
            Order::Due => After::Due { due: last.case.due().unwrap().at, key: last.key },
        });
        assert!(stored.len() <= usize::try_from(limit).unwrap());
        keys.extend(stored.iter().map(|stored| stored.key));
    }
}

both! {
    async fn all_pages_together_are_the_whole_list_in_order(database: Database) {
        // Each incident exists twice, so that pairs have equal deadlines.
        let mut all = random_histories(40, &mut Rng::new(6));
        let mut twins = all.clone();
        for (number, twin) in (1_000..).zip(&mut twins) {
            let id = grassroots_domain::ids::IncidentId(uuid::Uuid::from_u128(number));
            for decision in &mut twin.decisions {
                alter(&mut decision.case, |incident| incident.id = id);
                decision.events.iter_mut().for_each(|decided| decided.event.incident = id);
            }
        }
        all.append(&mut twins);
        let keys = save_all(&database.store, &all, "井盖丢失").await;
        let mut newest = keys.clone();
        newest.reverse();
        let mut due: Vec<_> =
            keys.iter().zip(&all).filter_map(|(key, history)| Some((history.case().due()?.at, *key))).collect();
        due.sort_unstable();
        let due: Vec<i64> = due.into_iter().map(|(_, key)| key).collect();
        for limit in [1, 7, 200] {
            assert_eq!(read_all_pages(&database.store, Order::Newest, limit).await, newest, "{limit} a page");
            assert_eq!(read_all_pages(&database.store, Order::Due, limit).await, due, "{limit} a page");
        }
    }
}

both! {
    async fn each_filter_selects_the_right_incidents(database: Database) {
        let all = random_histories(120, &mut Rng::new(7));
        save_all(&database.store, &all, "井盖丢失").await;
        let soon = monday() + TimeDelta::days(20);
        let some = all[0].case().incident().clone();
        type Test = Box<dyn Fn(&Case) -> bool>;
        let (state, category, severity, reporter) = (some.state, some.category, some.severity, some.reporter);
        let filters: [(IncidentFilter, Test); 7] = [
            (IncidentFilter { states: vec![state], ..IncidentFilter::default() }, Box::new(move |case| case.incident().state == state)),
            (
                IncidentFilter { level: Some(Level::Township), ..IncidentFilter::default() },
                Box::new(|case| case.level() == Some(Level::Township)),
            ),
            (
                IncidentFilter { unit: Some(unit("411224107202")), ..IncidentFilter::default() },
                // The city does not see in which village a restricted incident lies.
                Box::new(|case| {
                    case.incident().place.lies_in(unit("411224107202")) && overseen().sees(case) != Visibility::Summary
                }),
            ),
            (
                IncidentFilter { category: Some(category), ..IncidentFilter::default() },
                Box::new(move |case| case.incident().category == category),
            ),
            (
                IncidentFilter { severity: Some(severity), ..IncidentFilter::default() },
                Box::new(move |case| case.incident().severity == severity),
            ),
            (
                IncidentFilter { due_before: Some(soon), ..IncidentFilter::default() },
                Box::new(move |case| case.due().is_some_and(|due| due.at < soon)),
            ),
            (
                IncidentFilter { mine: Some(reporter), ..IncidentFilter::default() },
                Box::new(move |case| case.incident().reporter == reporter),
            ),
        ];
        for (filter, test) in filters {
            let mut found: Vec<_> = list(&database.store, IncidentFilter { limit: 10_000, ..filter.clone() }).await;
            found.sort_by_key(|stored| stored.case.incident().id);
            let found: Vec<_> = found.into_iter().map(|stored| stored.case.incident().id).collect();
            let wanted: Vec<_> =
                all.iter().filter(|history| test(history.case())).map(|history| history.case().incident().id).collect();
            assert_eq!(found, wanted, "{filter:?}");
            assert!(!wanted.is_empty(), "{filter:?}");
        }
    }
}
