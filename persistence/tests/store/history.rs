//! Incidents and events are stored as decided, and the chain of hashes reveals every change.

use diesel::connection::SimpleConnection;
use grassroots_domain::{
    events::{Event, EventBody, remark_hash},
    hash::Hash,
    ids::IncidentId,
    incident::{case::Case, remark::Remark},
    testing::context::alter,
};
use grassroots_persistence::{
    database::{db::Db, error::StoreError, store::Store},
    incident::{
        events::{self, StoredEvent},
        incidents,
        intake::insert_all,
    },
};

use crate::support::{Database, History, Rng, both, opening, random_histories, reported, save, save_all};

async fn history(store: &Store, key: i64) -> Vec<StoredEvent> {
    let read: Result<_, StoreError> = store.read(move |db| events::history(db, key)).await;
    read.unwrap()
}

async fn find(store: &Store, id: IncidentId) -> Option<incidents::IncidentRecord> {
    let read: Result<_, StoreError> = store.read(move |db| incidents::find(db, id)).await;
    read.unwrap()
}

/// Returns whether the hash of every event is right and the events are linked.
fn chain_is_valid(history: &[StoredEvent]) -> bool {
    let mut previous = Hash::GENESIS;
    history.iter().all(|event| {
        let linked = event.previous == previous;
        previous = event.hash;
        linked && event.is_genuine()
    })
}

both! {
    async fn the_stored_incident_and_its_replayed_events_equal_the_decided_incident(database: Database) {
        let all = random_histories(120, &mut Rng::new(8));
        let keys = save_all(&database.store, &all, "井盖丢失").await;
        for (key, original) in keys.into_iter().zip(&all) {
            let stored = find(&database.store, original.case().incident().id).await.unwrap();
            assert_eq!((&stored.case, stored.key), (original.case(), key));
            let history = history(&database.store, key).await;
            let events: Vec<Event> = history.iter().map(|stored| stored.event.clone()).collect();
            assert_eq!(events, original.events());
            assert_eq!(Case::replay(&events).as_ref(), Some(original.case()));
            assert!(chain_is_valid(&history));
        }
    }
}

both! {
    async fn every_change_breaks_the_chain(database: Database) {
        let original: Vec<History> =
            random_histories(40, &mut Rng::new(9)).into_iter().filter(|original| original.events().len() >= 4).collect();
        let original = original.first().unwrap();
        let key = save_all(&database.store, std::slice::from_ref(original), "井盖丢失").await[0];
        let middle = history(&database.store, key).await[1].key;
        let other = "'00000000000000000000000000000000'";
        let actor = if database.store.is_postgres() { format!("{other}::uuid") } else { format!("unhex({other})") };
        let millisecond = if database.store.is_postgres() { "INTERVAL '1 millisecond'" } else { "1" };
        let alterations = [
            "body = replace(body, '\"type\":', '\"type\" :')".to_owned(),
            format!("at = at + {millisecond}"),
            "incident_seq = 77".to_owned(),
            "words_hash = hash".to_owned(),
            "hash = prev_hash".to_owned(),
            "prev_hash = hash".to_owned(),
            format!("actor_id = {actor}"),
        ];
        let mut raw = database.raw();
        raw.batch_execute("CREATE TABLE untouched AS SELECT * FROM event").unwrap();
        for alteration in alterations {
            raw.batch_execute(&format!("UPDATE event SET {alteration} WHERE id = {middle}")).unwrap();
            assert!(!chain_is_valid(&history(&database.store, key).await), "{alteration}");
            raw.batch_execute(
                "UPDATE event SET (incident_seq, at, actor_id, body, words_hash, prev_hash, hash) = (SELECT \
                 incident_seq, at, actor_id, body, words_hash, prev_hash, hash FROM untouched WHERE untouched.id = event.id)",
            )
            .unwrap();
            assert!(chain_is_valid(&history(&database.store, key).await), "restored after {alteration}");
        }
        if let Db::Postgres(_) = raw {
            raw.batch_execute("DELETE FROM event_waiting").unwrap();
        }
        raw.batch_execute(&format!(
            "DELETE FROM remark WHERE event_id = {middle}; DELETE FROM event WHERE id = {middle}"
        ))
        .unwrap();
        assert!(!chain_is_valid(&history(&database.store, key).await), "a deleted event");
    }
}

both! {
    async fn the_chain_stays_valid_when_texts_are_erased(database: Database) {
        let original = random_histories(30, &mut Rng::new(10));
        let keys = save_all(&database.store, &original, "井盖丢失").await;
        for (key, original) in keys.iter().copied().zip(&original) {
            let (mut texts, mut hashes) = (Vec::new(), Vec::new());
            for (number, decision) in original.decisions.iter().enumerate() {
                let salt: &[u8] = if number == 0 { b"salt" } else { b"pepper" };
                for decided in &decision.events {
                    let mut remarks = decided.remarks.clone();
                    remarks.sort_by_key(|remark| remark.label.as_str());
                    let each: Vec<[u8; 32]> = remarks.iter().map(|remark| remark_hash(salt, remark).0).collect();
                    if !each.is_empty() {
                        hashes.push(Hash::of(&each.iter().map(<[u8; 32]>::as_slice).collect::<Vec<_>>()));
                    }
                    texts.extend(remarks.into_iter().map(|Remark { label, audience, text }| {
                        (label, audience, text.as_str().to_owned())
                    }));
                }
            }
            let kept: Result<Vec<_>, StoreError> = database.store.read(move |db| events::remarks(db, key)).await;
            let kept: Vec<_> = kept.unwrap().into_iter().map(|remark| (remark.label, remark.audience, remark.text)).collect();
            assert_eq!(kept, texts);
            let history = history(&database.store, key).await;
            assert_eq!(history.iter().skip(1).filter_map(|event| event.words).collect::<Vec<_>>(), hashes);
            assert!(history[0].words.is_some(), "the text of the report");
        }
        database.raw().batch_execute("DELETE FROM remark; DELETE FROM report").unwrap();
        for key in keys {
            assert!(chain_is_valid(&history(&database.store, key).await));
        }
    }
}

both! {
    async fn events_hold_no_text_of_people(database: Database) {
        let keys = save_all(&database.store, &random_histories(60, &mut Rng::new(11)), "井盖丢失").await;
        for key in keys {
            for event in history(&database.store, key).await {
                // The reason of the routing names the category and the unit. Everything else is ASCII.
                let wordless = matches!(event.event.body, EventBody::Reported { .. }) || event.body.is_ascii();
                assert!(wordless && !event.body.contains("井盖丢失"), "{}", event.body);
            }
        }
    }
}

both! {
    async fn an_existing_id_is_not_written_again(database: Database) {
        let original = reported(1);
        let again = opening(&original.decisions[0], "别的事");
        save_all(&database.store, &[original], "井盖丢失").await;
        let again: Result<_, StoreError> =
            database.store.write(move |db| insert_all(db, std::slice::from_ref(&again))).await;
        assert_eq!(again.unwrap(), [None]);
    }
}

both! {
    async fn the_second_decision_on_one_version_is_a_conflict(database: Database) {
        let original = reported(1);
        let before = original.case().clone();
        let key = save_all(&database.store, &[original], "井盖丢失").await[0];
        let mut after = before.clone();
        alter(&mut after, |incident| incident.version += 1);
        let write = async |before: Case, after: Case| -> Result<(), StoreError> {
            database.store.write(move |db| incidents::update(db, key, &before, &after)).await
        };
        assert!(write(before.clone(), after.clone()).await.is_ok());
        assert!(matches!(write(before, after).await, Err(StoreError::Conflict)));
    }
}

both! {
    async fn a_failed_transaction_writes_nothing(database: Database) {
        let original = reported(1);
        let id = original.case().incident().id;
        let failed: Result<(), StoreError> = database
            .store
            .write(move |db| {
                save(db, &original, "井盖丢失")?;
                Err(StoreError::Busy)
            })
            .await;
        assert!(matches!(failed, Err(StoreError::Busy)));
        assert!(find(&database.store, id).await.is_none());
    }
}
