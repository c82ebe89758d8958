//! Limits of rate hold when tries come at the same moment.

use jiff::civil::date;
use tasuki_app::{AppError, find};
use tasuki_core::insured::{InsuredNumber, PersonKey, Sex};
use tasuki_store::person::MatchingItems;

use crate::house::{House, NOW, city};

#[tokio::test]
async fn searches_at_the_same_moment_do_not_pass_the_limit_together() {
    let house = House::with_hanako().await;
    let staff = house.caller('a', "hanako", NOW).await.staff;
    let items = MatchingItems {
        person: PersonKey {
            insurer: city().number,
            insured: InsuredNumber::parse("9999999999").unwrap(),
        },
        birth_date: date(1942, 3, 5),
        sex: Sex::Female,
    };
    // Each reads the count before any of them has been counted.
    let searches = (0..60).map(|_| find::by_items(&house.app, &staff, &items, NOW));
    let answers = futures_util::future::join_all(searches).await;
    let refused = |it: &&Result<_, _>| matches!(it, Err(AppError::TooMany { .. }));
    let answered = answers.len() - answers.iter().filter(refused).count();
    let most = usize::try_from(house.app.settings.finds_per_ten_minutes).unwrap();
    assert!(answered <= most, "{answered}");
}
