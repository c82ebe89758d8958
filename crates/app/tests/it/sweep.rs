//! What is over goes a day later, and nothing before.

use tasuki_app::sweep::sweep;
use tasuki_core::date::AtMs;
use tasuki_store::{notice, rate, session};

use crate::house::{House, MINUTE, NOW, home};

const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

#[tokio::test]
async fn counted_tries_and_ended_sessions_stay_a_day_and_go_then() {
    let house = House::with_hanako().await;
    let db = &house.app.db;
    house.enter('a', "hanako", NOW).await.unwrap();
    house.commit(rate::count("find/hanako", NOW)).await;
    let left = async |later| {
        sweep(&house.app, NOW.plus_ms(later)).await.unwrap();
        let tries = rate::tries(db, "find/hanako", NOW).await.unwrap();
        (tries, session::of_account(db, "hanako", NOW).await.unwrap().len())
    };
    assert_eq!(left(DAY).await, (1, 1));
    // The session ends eight hours after its beginning at the latest.
    assert_eq!(left(DAY + 1).await, (0, 1));
    assert_eq!(left(DAY + 8 * HOUR).await, (0, 1));
    assert_eq!(left(DAY + 8 * HOUR + 1).await, (0, 0));
}

#[tokio::test]
async fn a_certificate_that_ends_soon_is_told_once_however_often_it_is_swept() {
    let house = House::with_hanako().await;
    let told = async |now: AtMs| {
        sweep(&house.app, now).await.unwrap();
        let notices = notice::newest(&house.app.db, &home(), 9).await.unwrap();
        notices.iter().filter(|notice| notice.code == "device-due").count()
    };
    let device = tasuki_store::device::list(&house.app.db, &home()).await.unwrap().remove(0);
    let due = device.not_after.plus_ms(-90 * DAY);
    assert_eq!(told(due.plus_ms(-1)).await, 0);
    assert_eq!([told(due).await, told(due.plus_ms(HOUR)).await], [1, 1]);
    let notices = notice::newest(&house.app.db, &home(), 9).await.unwrap();
    let params: serde_json::Value = serde_json::from_str(&notices[0].params).unwrap();
    assert_eq!(params["device"], device.name.as_str());
    assert_eq!(params["until"], device.not_after.0);
}
