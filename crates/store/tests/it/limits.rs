//! Rates, wrong tries, settings, notices.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_store::scratch::for_each_database;
use tasuki_store::{StoreError, notice, rate, setting, wrong_tries};

#[tokio::test]
async fn tries_are_counted_in_the_windows_since_a_moment() {
    for_each_database(async |db| {
        for window in [1_000, 1_000, 1_000, 2_000] {
            db.commit(rate::count("find/a1", AtMs(window))).await.unwrap();
        }
        let tries = async |since| rate::tries(db, "find/a1", AtMs(since)).await.unwrap();
        assert_eq!((tries(1_000).await, tries(1_001).await, tries(2_001).await), (4, 1, 0));
        assert_eq!(rate::tries(db, "find/a2", AtMs(0)).await.unwrap(), 0);
        db.commit(rate::sweep(AtMs(2_000))).await.unwrap();
        assert_eq!(tries(0).await, 1);
    })
    .await;
}

#[tokio::test]
async fn two_tries_at_once_do_not_pass_each_other() {
    for_each_database(async |db| {
        let none = wrong_tries::of(db, "s").await.unwrap();
        db.commit(wrong_tries::count("s", &none, 1, AtMs(0))).await.unwrap();
        let second = db.commit(wrong_tries::count("s", &none, 1, AtMs(0))).await;
        assert!(matches!(second, Err(StoreError::Duplicate)));
        let one = wrong_tries::of(db, "s").await.unwrap();
        db.commit(wrong_tries::count("s", &one, 2, AtMs(900))).await.unwrap();
        let third = db.commit(wrong_tries::count("s", &one, 2, AtMs(900))).await;
        assert!(matches!(third, Err(StoreError::Stale)));
        let two = wrong_tries::of(db, "s").await.unwrap();
        assert_eq!((two.tries, two.next_try_at), (2, AtMs(900)));
        db.commit(wrong_tries::take_back("s")).await.unwrap();
        let back = wrong_tries::of(db, "s").await.unwrap();
        assert_eq!((back.tries, back.next_try_at), (1, AtMs(0)));
        db.commit(wrong_tries::clear("s").and(wrong_tries::take_back("s"))).await.unwrap();
        assert_eq!(wrong_tries::of(db, "s").await.unwrap().tries, 0);
    })
    .await;
}

#[tokio::test]
async fn every_version_of_a_setting_is_kept() {
    for_each_database(async |db| {
        let version = |version, value: &str| setting::Setting {
            version,
            value: value.to_owned(),
            set_by: "a1".to_owned(),
            set_at: AtMs(version),
        };
        assert_eq!(setting::newest(db, "limits").await.unwrap(), None);
        db.commit(setting::set("limits", &version(1, "{}"))).await.unwrap();
        db.commit(setting::set("limits", &version(2, "[]"))).await.unwrap();
        let again = db.commit(setting::set("limits", &version(2, "x"))).await;
        let ahead = db.commit(setting::set("limits", &version(9, "x"))).await;
        assert!(matches!(ahead, Err(StoreError::Stale)), "a version without the one before it");
        assert!(matches!(again, Err(StoreError::Duplicate)));
        assert_eq!(setting::newest(db, "limits").await.unwrap(), Some(version(2, "[]")));
        assert_eq!(setting::versions(db, "limits", 9).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn notices_are_listed_newest_first_and_read_once() {
    for_each_database(async |db| {
        let operator = Organisation::Operator;
        for (id, at) in [("n1", 10), ("n2", 20)] {
            let params = "{\"account\":\"a1\"}";
            db.commit(notice::add(&operator, id, "account-locked", params, AtMs(at)))
                .await
                .unwrap();
        }
        db.commit(notice::mark_read(&operator, AtMs(15))).await.unwrap();
        db.commit(notice::mark_read(&operator, AtMs(16))).await.unwrap();
        assert_eq!(notice::unread(db, &operator).await.unwrap(), 1);
        let listed = notice::newest(db, &operator, 10).await.unwrap();
        let read: Vec<_> = listed.iter().map(|n| (n.id.as_str(), n.read_at)).collect();
        assert_eq!(read, [("n2", None), ("n1", Some(AtMs(15)))]);
        assert_eq!(notice::newest(db, &operator, 1).await.unwrap().len(), 1);
    })
    .await;
}
