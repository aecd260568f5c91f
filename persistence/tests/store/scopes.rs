//! `Scope` in SQL is `Scope` in the domain: for random incidents, everybody lists exactly what everybody sees.

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

use crate::support::{Database, Rng, both, people, save_all, send_aside, tell};

async fn listed(store: &Store, actor: &Actor, words: Option<&str>) -> BTreeSet<IncidentId> {
    filtered(store, actor, IncidentFilter { words: words.map(str::to_owned), ..IncidentFilter::default() })
        .await
}

async fn filtered(store: &Store, actor: &Actor, filter: IncidentFilter) -> BTreeSet<IncidentId> {
    let (scope, filter) = (Scope::of(actor), IncidentFilter { limit: 10_000, ..filter });
    let found: Result<_, StoreError> = store.read(move |db| page(db, scope, &filter)).await;
    found.unwrap().into_iter().map(|stored| stored.case.incident.id).collect()
}

/// What the desk of `actor` sees for no other reason than that it stands above the desk that has it.
fn is_seen_from_above(actor: &Actor, case: &Case) -> bool {
    actor.desk().is_some_and(|desk| {
        !case.incident.place.lies_in(desk.unit)
            && case.custody.iter().all(|leg| leg.desk != desk)
            && case.incident.reporter != actor.account
            && visible(actor, case) == Visibility::Full
    })
}

both! {
    async fn everybody_lists_exactly_what_everybody_sees(database: Database) {
        let mut rng = Rng::new(1);
        let mut all = tell(160, &mut rng);
        for told in &mut all {
            if rng.once_in(3) {
                send_aside(told, &mut rng);
            }
        }
        save_all(&database.store, &all, "村口井盖丢失").await;
        let (mut shown, mut from_above) = (0, 0);
        for actor in people() {
            let seen: BTreeSet<IncidentId> = all
                .iter()
                .filter(|told| visible(&actor, told.case()) != Visibility::None)
                .map(|told| told.case().incident.id)
                .collect();
            shown += seen.len();
            from_above += all.iter().filter(|told| is_seen_from_above(&actor, told.case())).count();
            assert_eq!(listed(&database.store, &actor, None).await, seen, "{:?}", Scope::of(&actor));
        }
        assert!(shown > 1_000, "the incidents are spread over too few scopes to prove anything: {shown}");
        assert!(from_above > 0, "nothing was transferred to a desk below another one");
    }
}

both! {
    async fn no_list_goes_by_what_its_reader_is_not_shown(database: Database) {
        let all = tell(240, &mut Rng::new(5));
        save_all(&database.store, &all, "村口井盖丢失").await;
        let (mut former, mut attached) = (0, 0);
        for actor in people() {
            let kept = |wanted: &dyn Fn(&Case, Visibility) -> bool| -> BTreeSet<IncidentId> {
                let cases = all.iter().map(|told| told.case());
                let kept = cases.filter(|case| wanted(case, visible(&actor, case)));
                kept.map(|case| case.incident.id).collect()
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
                let goes_on = |kind| case.linkages().iter().any(|one| one.kind() == kind && one.end.is_none());
                let handled = seen == Visibility::Full
                    || (seen == Visibility::Summary && matches!(Scope::of(&actor), Scope::Audit(_)));
                handled && goes_on(LinkageKind::Hearing)
            });
            attached += heard.len();
            let filter = IncidentFilter { linkage: Some(LinkageKind::Hearing), ..IncidentFilter::default() };
            assert_eq!(filtered(&database.store, &actor, filter).await, heard, "{actor:?}");
        }
        assert!(former > 50 && attached > 20, "{former} {attached}");
    }
}

both! {
    async fn a_search_looks_into_no_words_that_the_searcher_may_not_read(database: Database) {
        let all = tell(160, &mut Rng::new(2));
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
        save_all(&database.store, &tell(3, &mut Rng::new(3)), "坡度 100% a_b c\\d 'e'").await;
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
