//! Scopes in SQL equal `Scope` in the domain: for random incidents, everybody lists exactly the visible incidents.

use std::collections::BTreeSet;

use grassroots_domain::{
    account::Actor,
    geography::unit::Level,
    ids::IncidentId,
    incident::{case::Case, linkage::LinkageKind},
    reading::visibility::{Scope, Visibility, visible},
};
use grassroots_persistence::{
    database::{error::StoreError, store::Store},
    reading::lists::{IncidentFilter, page},
};

use crate::support::{Database, Rng, both, people, random_histories, save_all, transfer_at_first_desk};

async fn listed(store: &Store, actor: &Actor, words: Option<&str>) -> BTreeSet<IncidentId> {
    filtered(store, actor, IncidentFilter { words: words.map(str::to_owned), ..IncidentFilter::default() })
        .await
}

async fn filtered(store: &Store, actor: &Actor, filter: IncidentFilter) -> BTreeSet<IncidentId> {
    let (scope, filter) = (Scope::of(actor), IncidentFilter { limit: 10_000, ..filter });
    let records: Result<_, StoreError> = store.read(move |db| page(db, scope, &filter)).await;
    records.unwrap().into_iter().map(|stored| stored.case.incident().id).collect()
}

/// Returns whether the desk of `actor` sees the incident only because a desk directly below has custody.
fn is_seen_from_above(actor: &Actor, case: &Case) -> bool {
    actor.desk().is_some_and(|desk| {
        !case.incident().place.lies_in(desk.unit)
            && case.custody().iter().all(|leg| leg.desk != desk)
            && case.incident().reporter != actor.account
            && visible(actor, case) == Visibility::Full
    })
}

both! {
    async fn everybody_lists_exactly_the_visible_incidents(database: Database) {
        let mut rng = Rng::new(1);
        let mut all = random_histories(160, &mut rng);
        for history in &mut all {
            if rng.once_in(3) {
                transfer_at_first_desk(history, &mut rng);
            }
        }
        save_all(&database.store, &all, "村口井盖丢失").await;
        let (mut shown, mut from_above) = (0, 0);
        for actor in people() {
            let seen: BTreeSet<IncidentId> = all
                .iter()
                .filter(|history| visible(&actor, history.case()) != Visibility::None)
                .map(|history| history.case().incident().id)
                .collect();
            shown += seen.len();
            from_above += all.iter().filter(|history| is_seen_from_above(&actor, history.case())).count();
            assert_eq!(listed(&database.store, &actor, None).await, seen, "{:?}", Scope::of(&actor));
        }
        assert!(shown > 1_000, "too few incidents are visible for a test: {shown}");
        assert!(from_above > 0, "no incident was transferred to a desk below another one");
    }
}

both! {
    async fn filters_do_not_use_facts_that_the_reader_may_not_see(database: Database) {
        let all = random_histories(240, &mut Rng::new(5));
        save_all(&database.store, &all, "村口井盖丢失").await;
        let (mut former, mut attached) = (0, 0);
        for actor in people() {
            let kept = |wanted: &dyn Fn(&Case, Visibility) -> bool| -> BTreeSet<IncidentId> {
                let cases = all.iter().map(|history| history.case());
                let kept = cases.filter(|case| wanted(case, visible(&actor, case)));
                kept.map(|case| case.incident().id).collect()
            };
            former += kept(&|_, seen| matches!(seen, Visibility::Former { .. })).len();
            for level in Level::ALL {
                let shown = kept(&|case, seen| {
                    !matches!(seen, Visibility::None | Visibility::Former { .. }) && case.level() == Some(level)
                });
                let filter = IncidentFilter { level: Some(level), ..IncidentFilter::default() };
                assert_eq!(filtered(&database.store, &actor, filter).await, shown, "{level} {actor:?}");
            }
            let heard = kept(&|case, seen| {
                let is_open = |kind| case.linkages().iter().any(|one| one.kind() == kind && one.end.is_none());
                let handled = seen == Visibility::Full
                    || (seen == Visibility::Summary && matches!(Scope::of(&actor), Scope::Audit(_)));
                handled && is_open(LinkageKind::Hearing)
            });
            attached += heard.len();
            let filter = IncidentFilter { linkage: Some(LinkageKind::Hearing), ..IncidentFilter::default() };
            assert_eq!(filtered(&database.store, &actor, filter).await, heard, "{actor:?}");
        }
        assert!(former > 50 && attached > 20, "{former} {attached}");
    }
}

both! {
    async fn a_search_ignores_text_that_the_reader_may_not_read(database: Database) {
        let all = random_histories(160, &mut Rng::new(2));
        save_all(&database.store, &all, "村口井盖丢失 Manhole").await;
        let mut summaries = 0;
        for actor in people() {
            let sight = |wanted: fn(Visibility) -> bool| -> BTreeSet<IncidentId> {
                let kept = all.iter().filter(|history| wanted(visible(&actor, history.case())));
                kept.map(|history| history.case().incident().id).collect()
            };
            summaries += sight(|seen| seen == Visibility::Summary).len();
            let readable = sight(|seen| !matches!(seen, Visibility::None | Visibility::Summary));
            assert_eq!(listed(&database.store, &actor, Some("井盖")).await, readable, "{:?}", Scope::of(&actor));
            assert_eq!(listed(&database.store, &actor, Some("mANHOLE")).await, readable, "letters match in upper and lower case");
        }
        assert!(summaries > 100, "{summaries}");
    }
}

both! {
    async fn a_search_takes_special_characters_literally(database: Database) {
        save_all(&database.store, &random_histories(3, &mut Rng::new(3)), "坡度 100% a_b c\\d 'e'").await;
        let overseer = people().into_iter().find(|actor| matches!(Scope::of(actor), Scope::City { .. })).unwrap();
        let everything = listed(&database.store, &overseer, Some("坡度")).await;
        assert!(!everything.is_empty());
        for (words, found) in
            [("100%", true), ("100_", false), ("1%%", false), ("a_b", true), ("a%b", false), ("c\\d", true), ("'e'", true)]
        {
            let expected = if found { everything.clone() } else { BTreeSet::new() };
            assert_eq!(listed(&database.store, &overseer, Some(words)).await, expected, "{words}");
        }
    }
}
