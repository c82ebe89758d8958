//! The day after a full set: what a difference changes, and what it costs.

use std::path::Path;

use jiff::civil::date;
use tasuki_app::ingestion::{Options, Outcome, Report};
use tasuki_store::scratch::{self, Scratch};
use tasuki_town::TownDir;

use crate::municipality::Municipality;

/// A town of so many persons, of whom something happens to so many of a hundred the day after.
fn town(persons: u64, difference_percent: u32, folder: &Path) -> TownDir {
    let mut options = tasuki_town::Options::new(persons, 1, date(2026, 11, 20));
    options.difference_percent = difference_percent;
    tasuki_town::write_dir(&options, folder).unwrap()
}

/// A fresh database of each engine.
async fn databases() -> Vec<Scratch> {
    let mut databases = vec![scratch::sqlite().await.unwrap()];
    if let Ok(url) = std::env::var("PG_URL") {
        databases.push(scratch::postgres(&url).await.unwrap());
    }
    databases
}

async fn take(city: &Municipality, folder: &Path) -> Report {
    let (report, findings) = city.try_take(folder, &Options::default()).await;
    let report = report.unwrap();
    assert_eq!((report.outcome, findings), (Outcome::Published, vec![]));
    report
}

#[tokio::test]
async fn the_day_after_a_full_set_is_taken_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let town = town(300, 30, folder.path());
    for scratch in databases().await {
        let city = Municipality::new(&scratch.db).await;
        take(&city, &town.transfer).await;
        let report = take(&city, town.difference.as_ref().unwrap()).await;
        let total = report.summary();
        assert!(total.lines > 80, "{total:?}");
        assert_eq!((total.taken, total.unchanged, total.refused), (total.lines, 0, 0));
        drop(city);
        scratch.discard().await.unwrap();
    }
}

/// What the engine does for a full set, and then for a difference.
async fn work(scratch: Scratch, full: &Path, difference: &Path) -> (u64, u64) {
    let city = Municipality::new(&scratch.db).await;
    let before = scratch.work().await.unwrap();
    take(&city, full).await;
    let between = scratch.work().await.unwrap();
    take(&city, difference).await;
    let after = scratch.work().await.unwrap();
    drop(city);
    scratch.discard().await.unwrap();
    (between - before, after - between)
}

#[tokio::test]
async fn a_difference_costs_the_same_in_a_town_four_times_as_large() {
    let (small, large) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // Persons of the small town are the first of the large one.
    let (small, large) = (town(500, 5, small.path()), town(2_000, 0, large.path()));
    let difference = small.difference.as_ref().unwrap();
    for (one, other) in databases().await.into_iter().zip(databases().await) {
        let (full, later) = work(one, &small.transfer, difference).await;
        let (larger_full, same_later) = work(other, &large.transfer, difference).await;
        assert!(larger_full > 3 * full, "{larger_full} {full}");
        assert!(same_later * 10 < later * 13, "{same_later} {later}");
    }
}
