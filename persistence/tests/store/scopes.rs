//! `Scope` in SQL is `Scope` in the domain: for random incidents, everybody lists exactly what everybody sees.

use std::collections::BTreeSet;

use grassroots_domain::{
    account::Actor,
    incident::IncidentId,
    visibility::{Scope, Visibility, visible},
};
use grassroots_persistence::{
    error::StoreError,
    lists::{Filter, page},
    store::Store,
};

use crate::support::{Database, Dice, both, people, save_all, tell};

async fn listed(store: &Store, actor: &Actor, words: Option<&str>) -> BTreeSet<IncidentId> {
    let (scope, words) = (Scope::of(actor), words.map(str::to_owned));
    let found: Result<_, StoreError> =
        store.read(move |db| page(db, scope, &Filter { words, limit: 10_000, ..Filter::default() })).await;
    found.unwrap().into_iter().map(|stored| stored.case.incident.id).collect()
}

both! {
    async fn everybody_lists_exactly_what_everybody_sees(database: Database) {
        let all = tell(160, &mut Dice::new(1));
        save_all(&database.store, &all, "村口井盖丢失").await;
        let mut shown = 0;
        for actor in people() {
            let seen: BTreeSet<IncidentId> = all
                .iter()
                .filter(|told| visible(&actor, told.case()) != Visibility::None)
                .map(|told| told.case().incident.id)
                .collect();
            shown += seen.len();
            assert_eq!(listed(&database.store, &actor, None).await, seen, "{:?}", Scope::of(&actor));
        }
        assert!(shown > 1_000, "the incidents are spread over too few scopes to prove anything: {shown}");
    }
}

both! {
    async fn a_search_looks_into_no_words_that_the_searcher_may_not_read(database: Database) {
        let all = tell(160, &mut Dice::new(2));
        save_all(&database.store, &all, "村口井盖丢失 Manhole").await;
        let mut summaries = 0;
        for actor in people() {
            let sight = |wanted: fn(Visibility) -> bool| -> BTreeSet<IncidentId> {
                let kept = all.iter().filter(|told| wanted(visible(&actor, told.case())));
                kept.map(|told| told.case().incident.id).collect()
            };
            summaries += sight(|seen| seen == Visibility::Summary).len();
            let readable = sight(|seen| !matches!(seen, Visibility::None | Visibility::Summary));
            assert_eq!(listed(&database.store, &actor, Some("井盖")).await, readable, "{:?}", Scope::of(&actor));
            assert_eq!(listed(&database.store, &actor, Some("mANHOLE")).await, readable, "whatever the case");
        }
        assert!(summaries > 100, "{summaries}");
    }
}

both! {
    async fn a_search_takes_signs_for_what_they_are(database: Database) {
        save_all(&database.store, &tell(3, &mut Dice::new(3)), "坡度 100% a_b c\\d 'e'").await;
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
