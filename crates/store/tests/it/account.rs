//! Accounts and memberships.

use tasuki_core::account::{AccountLevel, Organisation};
use tasuki_core::date::AtMs;
use tasuki_store::scratch::for_each_database;
use tasuki_store::{StoreError, account};

use crate::fixture;

#[tokio::test]
async fn an_account_is_found_by_login_and_by_id() {
    for_each_database(async |db| {
        let hanako = fixture::account("a1");
        db.commit(account::create(&hanako, "hash", true, AtMs(1))).await.unwrap();
        let found = account::by_login(db, "login-a1").await.unwrap().unwrap();
        assert_eq!(found.account, hanako);
        assert_eq!((found.password_hash.as_str(), found.must_change), ("hash", true));
        assert_eq!(account::by_id(db, "a1").await.unwrap().unwrap().account, hanako);
        assert!(account::by_login(db, "a1").await.unwrap().is_none());
        assert!(account::by_id(db, "login-a1").await.unwrap().is_none());
        let twin = tasuki_core::account::Account { id: "a2".to_owned(), ..hanako };
        let again = db.commit(account::create(&twin, "hash", true, AtMs(1))).await;
        assert!(matches!(again, Err(StoreError::Duplicate)));
    })
    .await;
}

#[tokio::test]
async fn a_change_from_an_old_version_is_stale() {
    for_each_database(async |db| {
        let mut hanako = fixture::account("a1");
        db.commit(account::create(&hanako, "hash", false, AtMs(1))).await.unwrap();
        hanako.name = "架空 はなこ".to_owned();
        hanako.active = false;
        db.commit(account::update(&hanako)).await.unwrap();
        assert!(matches!(db.commit(account::update(&hanako)).await, Err(StoreError::Stale)));
        let found = account::by_id(db, "a1").await.unwrap().unwrap().account;
        assert_eq!((found.name.as_str(), found.active, found.version), ("架空 はなこ", false, 2));
        db.commit(account::set_password("a1", "hash", "new", true)).await.unwrap();
        let again = db.commit(account::set_password("a1", "hash", "newer", true)).await;
        assert!(matches!(again, Err(StoreError::Stale)));
    })
    .await;
}

#[tokio::test]
async fn codes_are_confirmed_once_and_used_once() {
    for_each_database(async |db| {
        db.commit(account::create(&fixture::account("a1"), "hash", false, AtMs(1))).await.unwrap();
        db.commit(account::set_totp_candidate("a1", vec![1, 2])).await.unwrap();
        let codes = ["c1".to_owned(), "c2".to_owned()];
        let other = db.commit(account::confirm_totp("a1", &[9], 70, &codes)).await;
        assert!(matches!(other, Err(StoreError::Stale)));
        db.commit(account::confirm_totp("a1", &[1, 2], 70, &codes)).await.unwrap();
        let found = account::by_id(db, "a1").await.unwrap().unwrap();
        assert_eq!((found.totp_secret, found.totp_candidate), (Some(vec![1, 2]), None));
        assert_eq!(found.recovery, codes);
        for used in [69, 70] {
            let again = db.commit(account::use_totp_step("a1", used)).await;
            assert!(matches!(again, Err(StoreError::Stale)), "{used}");
        }
        db.commit(account::use_totp_step("a1", 71)).await.unwrap();
        db.commit(account::set_recovery("a1", &codes, &codes[1..])).await.unwrap();
        let again = db.commit(account::set_recovery("a1", &codes, &[])).await;
        assert!(matches!(again, Err(StoreError::Stale)));
        db.commit(account::reset_code("a1")).await.unwrap();
        let found = account::by_id(db, "a1").await.unwrap().unwrap();
        assert_eq!((found.totp_secret, found.recovery.len()), (None, 0));
    })
    .await;
}

#[tokio::test]
async fn the_staff_of_an_office_is_listed_with_its_memberships() {
    for_each_database(async |db| {
        let (here, there) = (fixture::office("9970000001"), fixture::office("9970000002"));
        for id in ["a1", "a2", "a3"] {
            db.commit(account::create(&fixture::account(id), "hash", false, AtMs(1)))
                .await
                .unwrap();
        }
        for (id, organisation) in [("a1", &here), ("a2", &here), ("a2", &there), ("a3", &there)] {
            let change = account::add_membership(id, &fixture::membership(organisation));
            db.commit(change).await.unwrap();
        }
        let listed = account::members(db, &here, "", 10).await.unwrap();
        let ids: Vec<_> = listed.iter().map(|member| member.account.id.as_str()).collect();
        assert_eq!(ids, ["a1", "a2"]);
        let after = account::members(db, &here, "login-a1", 10).await.unwrap();
        assert_eq!(after.len(), 1);
        assert_eq!(account::memberships(db, "a2").await.unwrap().len(), 2);
        assert!(account::membership_in(db, "a1", &there).await.unwrap().is_none());
        let mut own = account::membership_in(db, "a1", &here).await.unwrap().unwrap();
        own.membership.level = AccountLevel::Administrator;
        own.active = false;
        db.commit(account::update_membership("a1", &own)).await.unwrap();
        let again = db.commit(account::update_membership("a1", &own)).await;
        assert!(matches!(again, Err(StoreError::Stale)));
        let saved = account::membership_in(db, "a1", &here).await.unwrap().unwrap();
        own.version = 2;
        assert_eq!(saved, own);
    })
    .await;
}

#[tokio::test]
async fn offices_with_an_active_member_are_listed_once_each() {
    for_each_database(async |db| {
        let (one, two) = (fixture::office("9970000001"), fixture::office("9970000019"));
        let town = Organisation::Insurer(fixture::insurer().number);
        for (id, organisation) in [("a1", &one), ("a2", &one), ("a3", &two), ("a4", &town)] {
            let change = account::create(&fixture::account(id), "hash", false, AtMs(1))
                .and(account::add_membership(id, &fixture::membership(organisation)));
            db.commit(change).await.unwrap();
        }
        let listed = async || account::provider_organisations(db).await.unwrap();
        assert_eq!(listed().await, [one.clone(), two.clone()]);
        let mut left = account::membership_in(db, "a3", &two).await.unwrap().unwrap();
        left.active = false;
        db.commit(account::update_membership("a3", &left)).await.unwrap();
        assert_eq!(listed().await, [one]);
    })
    .await;
}
