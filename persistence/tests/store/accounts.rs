//! Accounts: reading, changing, listing and counting.

use grassroots_domain::{account::Role, ids::AccountId, organisation::OrganisationCode};
use grassroots_persistence::{
    account::accounts::{self, Account, AccountFilter},
    database::{error::StoreError, store::Store},
};
use uuid::Uuid;

use crate::support::{Database, OTHER_CITY, VILLAGE, account, at, both, password, seed_village};

async fn insert(store: &Store, account: &Account) -> bool {
    let account = account.clone();
    let inserted: Result<bool, StoreError> =
        store.write(move |db| accounts::insert(db, &account, &password("first"))).await;
    inserted.unwrap()
}

async fn get(store: &Store, id: AccountId) -> Option<Account> {
    let account: Result<_, StoreError> = store.read(move |db| accounts::get(db, id)).await;
    account.unwrap()
}

both! {
    async fn an_account_is_read_as_it_was_written(database: Database) {
        let store = &database.store;
        seed_village(store).await;
        let zhang = account("zhang", Role::GridWorker, VILLAGE, &["002", "001"]);
        assert!(insert(store, &zhang).await);
        assert_eq!(get(store, zhang.id).await, Some(zhang.clone()));
        let account_and_hash = store.read(|db| accounts::find_by_username(db, "zhang")).await.unwrap();
        assert_eq!(account_and_hash, Some((zhang.clone(), password("first"))));
        let id = zhang.id;
        assert_eq!(store.write(move |db| accounts::hold(db, id)).await.unwrap(), Some((zhang, password("first"))));
        assert_eq!(store.read(|db| accounts::find_by_username(db, "ZHANG")).await.unwrap(), None);
        assert_eq!(get(store, AccountId(Uuid::nil())).await, None);
    }
}

both! {
    async fn a_taken_user_name_is_refused_without_an_error(database: Database) {
        let store = &database.store;
        seed_village(store).await;
        assert!(insert(store, &account("zhang", Role::GridWorker, VILLAGE, &["001"])).await);
        let other = account("zhang", Role::VillageOfficer, VILLAGE, &[]);
        let another = account("li", Role::VillageOfficer, VILLAGE, &[]);
        let id = other.id;
        let inserted = store
            .write(move |db| {
                let first = accounts::insert(db, &other, &password("x"))?;
                Ok::<_, StoreError>((first, accounts::insert(db, &another, &password("x"))?))
            })
            .await
            .unwrap();
        assert_eq!(inserted, (false, true));
        assert_eq!(get(store, id).await, None);
    }
}

both! {
    async fn each_change_affects_only_its_columns_and_its_account(database: Database) {
        let store = &database.store;
        seed_village(store).await;
        let zhang = account("zhang", Role::GridWorker, VILLAGE, &["001"]);
        let li = account("li", Role::GridWorker, VILLAGE, &["001"]);
        assert!(insert(store, &zhang).await && insert(store, &li).await);
        let id = zhang.id;
        store
            .write(move |db| {
                accounts::set_password(db, id, &password("second"), false, at(1))?;
                accounts::set_disabled(db, id, true, at(2))?;
                let desk = OrganisationCode::desk(OTHER_CITY.parse().unwrap());
                accounts::move_to(db, id, Role::AuditAdmin, desk, &[], at(3))
            })
            .await
            .unwrap();
        let (now, hash) = store.read(|db| accounts::find_by_username(db, "zhang")).await.unwrap().unwrap();
        assert_eq!(hash, password("second"));
        assert_eq!(
            now,
            Account {
                role: Role::AuditAdmin,
                organisation: OrganisationCode::desk(OTHER_CITY.parse().unwrap()),
                grids: Vec::new(),
                must_change_password: false,
                disabled: true,
                updated_at: at(3),
                ..zhang
            }
        );
        assert_eq!(get(store, li.id).await, Some(li));
    }
}

both! {
    async fn accounts_of_a_unit_are_listed_by_user_name_in_pages(database: Database) {
        let store = &database.store;
        seed_village(store).await;
        for (name, unit) in [("b", VILLAGE), ("a", VILLAGE), ("d", OTHER_CITY), ("c", VILLAGE)] {
            assert!(insert(store, &account(name, Role::GridWorker, unit, &["001", "002"])).await);
        }
        let names = async |within: &str, after: Option<&str>, limit| {
            let filter =
                AccountFilter { within: within.parse().unwrap(), after: after.map(str::to_owned), limit };
            let page = store.read(move |db| accounts::list(db, &filter)).await.unwrap();
            assert!(page.iter().all(|one| one.grids.len() == 2));
            page.into_iter().map(|one| one.username).collect::<String>()
        };
        assert_eq!(names(OTHER_CITY, None, 200).await, "abcd");
        assert_eq!(names("411324", None, 200).await, "abc");
        assert_eq!(names("411321", None, 200).await, "");
        assert_eq!(names(OTHER_CITY, None, 2).await, "ab");
        assert_eq!(names(OTHER_CITY, Some("b"), 2).await, "cd");
    }
}

both! {
    async fn disabled_accounts_and_other_roles_are_not_counted(database: Database) {
        let store = &database.store;
        seed_village(store).await;
        let roles = [Role::AuditAdmin, Role::SecurityAdmin, Role::SystemAdmin];
        let count = async || {
            let counts: Result<Vec<usize>, StoreError> =
                store.write(move |db| roles.iter().map(|role| accounts::count_active(db, *role)).collect()).await;
            counts.unwrap()
        };
        let before = count().await;
        let disabled = Account { disabled: true, ..account("c", Role::AuditAdmin, OTHER_CITY, &[]) };
        for new in [
            account("a", Role::AuditAdmin, OTHER_CITY, &[]),
            account("b", Role::AuditAdmin, OTHER_CITY, &[]),
            disabled,
            account("d", Role::SecurityAdmin, OTHER_CITY, &[]),
        ] {
            assert!(insert(store, &new).await);
        }
        assert_eq!(count().await, [before[0] + 2, before[1] + 1, before[2]]);
    }
}
