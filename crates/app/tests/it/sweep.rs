//! What is over goes a day later, and nothing before.

use tasuki_app::sweep::sweep;
use tasuki_store::{rate, session};

use crate::house::{House, MINUTE, NOW};

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
