//! Rates, wrong tries, settings, notices.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_store::scratch::for_each_database;
use tasuki_store::{StoreError, account, device, notice, rate, setting, wrong_tries};

use crate::fixture;

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
async fn a_notice_for_all_reaches_each_insurer_and_each_office_with_an_account_once() {
    for_each_database(async |db| {
        db.commit(tasuki_store::insurer::add(&fixture::insurer())).await.unwrap();
        let (office, stranger) = (fixture::office("9970000001"), fixture::office("9970000019"));
        for id in ["a1", "a2"] {
            let made = account::create(&fixture::account(id), "hash", false, AtMs(1));
            db.commit(made).await.unwrap();
            db.commit(account::add_membership(id, &fixture::membership(&office))).await.unwrap();
        }
        db.commit(notice::to_insurers("n1", "announcement", "{}", AtMs(1))).await.unwrap();
        db.commit(notice::to_providers("n1", "announcement", "{}", AtMs(1))).await.unwrap();
        let insurer = Organisation::Insurer(fixture::insurer().number);
        for (organisation, told) in [(&insurer, 1), (&office, 1), (&stranger, 0)] {
            assert_eq!(notice::unread(db, organisation).await.unwrap(), told, "{organisation}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_certificate_about_to_end_is_untold_until_its_notice_or_its_successor() {
    for_each_database(async |db| {
        let office = fixture::office("9970000001");
        for letter in ['a', 'b'] {
            db.commit(device::add(&fixture::device(letter, &office))).await.unwrap();
        }
        let untold = async || {
            let found = device::untold(db, AtMs(0), AtMs(1_000_000), 9).await.unwrap();
            found.into_iter().map(|device| device.device_id).collect::<Vec<_>>()
        };
        assert_eq!(untold().await, ["device-a", "device-b"]);
        let id = notice::device_due_id(&"a".repeat(64));
        for at in [5, 6] {
            let told = notice::add_once(&office, &id, "device-due", "{}", AtMs(at));
            db.commit(told).await.unwrap();
        }
        assert_eq!(notice::unread(db, &office).await.unwrap(), 1);
        assert_eq!(untold().await, ["device-b"]);
        let mut later = fixture::device('c', &office);
        (later.device_id, later.not_after) = ("device-b".to_owned(), AtMs(2_000_000));
        db.commit(device::add(&later)).await.unwrap();
        assert_eq!(untold().await, [""; 0]);
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
