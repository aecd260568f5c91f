//! Sessions and refresh tokens.

use chrono::TimeDelta;
use grassroots_domain::account::Role;
use grassroots_persistence::{
    account::{
        accounts::{self, Account},
        sessions::{self, EndReason, Rotation, Session, SessionId, StoredRefreshToken, TokenHash},
    },
    database::{error::StoreError, store::Store},
};
use uuid::Uuid;

use crate::support::{Database, VILLAGE, account, at, both, password, seed_village};

/// Adds an account with `number` sessions that last until second 1,000.
async fn sign_in(store: &Store, username: &str, number: usize) -> (Account, Vec<Session>) {
    let owner = account(username, Role::GridWorker, VILLAGE, &["001"]);
    let all: Vec<Session> = (0..number)
        .map(|_| Session {
            id: SessionId(Uuid::new_v4()),
            account: owner.id,
            device: Some("phone".to_owned()),
            created_at: at(0),
            expires_at: at(1_000),
            ended_at: None,
        })
        .collect();
    let (account, new) = (owner.clone(), all.clone());
    store
        .write(move |db| {
            accounts::insert(db, &account, &password("x"))?;
            new.iter().try_for_each(|session| sessions::open(db, session))
        })
        .await
        .unwrap();
    (owner, all)
}

async fn get(store: &Store, id: SessionId) -> Session {
    store.read(move |db| sessions::get(db, id)).await.unwrap().unwrap()
}

fn hash(byte: u8) -> TokenHash {
    TokenHash([byte; 32])
}

fn rotation(byte: u8, successor: u8) -> Rotation {
    Rotation { at: at(5), salt: [byte; 32], successor: hash(successor) }
}

both! {
    async fn a_session_is_read_as_it_was_written_with_its_account(database: Database) {
        let store = &database.store;
        seed_village(store).await;
        let (owner, all) = sign_in(store, "zhang", 1).await;
        let session = all[0].clone();
        let id = session.id;
        assert_eq!(get(store, id).await, session);
        let both = store.read(move |db| sessions::get_with_account(db, id)).await.unwrap();
        assert_eq!(both, Some((session.clone(), owner)));
        let nobody = SessionId(Uuid::nil());
        assert_eq!(store.read(move |db| sessions::get_with_account(db, nobody)).await.unwrap(), None);
        assert!(session.is_live(at(999)) && !session.is_live(at(1_000)));
    }
}

both! {
    async fn an_ended_session_keeps_its_end_and_cannot_be_extended(database: Database) {
        let store = &database.store;
        seed_village(store).await;
        let (_, all) = sign_in(store, "zhang", 1).await;
        let id = all[0].id;
        store.write(move |db| sessions::extend(db, id, at(2_000))).await.unwrap();
        store.write(move |db| sessions::end(db, id, EndReason::SignedOut, at(7))).await.unwrap();
        store.write(move |db| sessions::end(db, id, EndReason::TokenReused, at(8))).await.unwrap();
        let session = get(store, id).await;
        assert_eq!((session.ended_at, session.expires_at), (Some(at(7)), at(2_000)));
        assert!(!session.is_live(at(9)));
        let refused = store.write(move |db| sessions::extend(db, id, at(3_000))).await;
        assert!(matches!(refused, Err(StoreError::Conflict)));
    }
}

both! {
    async fn all_sessions_of_an_account_end_except_one(database: Database) {
        let store = &database.store;
        seed_village(store).await;
        let (zhang, of_zhang) = sign_in(store, "zhang", 3).await;
        let (_, of_li) = sign_in(store, "li", 1).await;
        let except = Some(of_zhang[1].id);
        let reason = EndReason::PasswordChanged;
        store.write(move |db| sessions::end_all_of_account(db, zhang.id, except, reason, at(1))).await.unwrap();
        let mut live = Vec::new();
        for session in of_zhang.iter().chain(&of_li) {
            live.push(get(store, session.id).await.is_live(at(2)));
        }
        assert_eq!(live, [false, true, false, true]);
        store.write(move |db| sessions::end_all_of_account(db, zhang.id, None, reason, at(3))).await.unwrap();
        assert_eq!(get(store, of_zhang[1].id).await.ended_at, Some(at(3)));
        assert_eq!(get(store, of_zhang[0].id).await.ended_at, Some(at(1)));
    }
}

both! {
    async fn a_token_can_be_exchanged_only_once(database: Database) {
        let store = &database.store;
        seed_village(store).await;
        let (_, all) = sign_in(store, "zhang", 1).await;
        let session = all[0].id;
        store.write(move |db| sessions::insert_token(db, session, hash(1), at(0))).await.unwrap();
        let fresh = store.read(|db| sessions::find_token(db, hash(1))).await.unwrap();
        assert_eq!(fresh, Some(StoredRefreshToken { session, rotation: None }));
        store.write(|db| sessions::mark_rotated(db, hash(1), &rotation(7, 2))).await.unwrap();
        let again = store.write(|db| sessions::mark_rotated(db, hash(1), &rotation(8, 3))).await;
        assert!(matches!(again, Err(StoreError::Conflict)));
        let used = store.read(|db| sessions::find_token(db, hash(1))).await.unwrap().unwrap();
        assert_eq!(used.rotation, Some(rotation(7, 2)));
        assert_eq!(store.read(|db| sessions::find_token(db, hash(9))).await.unwrap(), None);
    }
}

both! {
    async fn old_tokens_and_expired_sessions_are_deleted(database: Database) {
        let store = &database.store;
        seed_village(store).await;
        let (_, all) = sign_in(store, "zhang", 2).await;
        let (old, recent) = (all[0].id, all[1].id);
        store
            .write(move |db| {
                sessions::insert_token(db, old, hash(1), at(0))?;
                sessions::mark_rotated(db, hash(1), &rotation(7, 2))?;
                sessions::insert_token(db, old, hash(2), at(5))?;
                sessions::insert_token(db, recent, hash(3), at(5))?;
                sessions::extend(db, recent, at(2_000))
            })
            .await
            .unwrap();
        let tokens = async || {
            let mut exist = Vec::new();
            for byte in 1..=3 {
                exist.push(store.read(move |db| sessions::find_token(db, hash(byte))).await.unwrap().is_some());
            }
            exist
        };
        store.write(move |db| sessions::forget_tokens(db, old, at(5))).await.unwrap();
        assert_eq!(tokens().await, [true, true, true]);
        store.write(move |db| sessions::forget_tokens(db, old, at(5) + TimeDelta::milliseconds(1))).await.unwrap();
        assert_eq!(tokens().await, [false, true, true]);
        assert_eq!(store.write(|db| sessions::prune(db, at(1_500), 10)).await.unwrap(), 1);
        assert_eq!(tokens().await, [false, false, true]);
        assert_eq!(store.write(|db| sessions::prune(db, at(5_000), 0)).await.unwrap(), 0);
        assert_eq!(store.read(move |db| sessions::get(db, old)).await.unwrap(), None);
    }
}
