//! Transfers that break, lie or come out of order.

use std::path::Path;

use jiff::civil::date;
use tasuki_app::AppError;
use tasuki_app::ingestion::spool::Spool;
use tasuki_app::ingestion::{Options, Outcome, Source};
use tasuki_core::eligibility::BurdenRatio;
use tasuki_formats::municipal::{
    FileName, MANIFEST_NAME, Manifest, Op, Record, RecordKind, Rule, Scope,
};
use tasuki_store::scratch::for_each_database;
use tasuki_store::transfer::{self, TransferState};

use crate::municipality::{Municipality, rules};

fn number(n: usize) -> String {
    format!("{n:010}")
}

/// Persons with a certificate each.
fn crowd(city: &Municipality, count: usize) -> Vec<(RecordKind, Vec<Record>)> {
    let persons = (0..count).map(|n| city.person(&number(n), "緑町")).collect();
    let ratio = |n| city.ratio(&number(n), "1", Op::Put, BurdenRatio::OneTenth);
    vec![
        (RecordKind::InsuredPerson, persons),
        (RecordKind::BurdenRatio, (0..count).map(ratio).collect()),
    ]
}

fn file(folder: &Path, kind: RecordKind, sequence: u32) -> std::path::PathBuf {
    let scope = Scope::Full;
    let insurer = tasuki_core::insurer::InsurerNumber::with_check_digit("99001").unwrap();
    folder.join(FileName { insurer, kind, scope, sequence }.to_string())
}

#[tokio::test]
async fn a_broken_transfer_goes_on_where_it_stopped_and_nothing_is_seen_before() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        let folder = city.write(1, Scope::Full, &crowd(&city, 40));
        let path = file(&folder, RecordKind::BurdenRatio, 1);
        let whole = std::fs::read(&path).unwrap();
        // The line breaks off: the second file cannot be read any more.
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        let source = Source::Files(vec![]);
        assert!(matches!(
            tasuki_app::ingestion::take(
                &city.app,
                &source,
                &city.options,
                &tasuki_core::event::Actor::System { part: "test".to_owned() },
                crate::municipality::NOW,
                &|_| {},
            )
            .await,
            Err(AppError::Invalid(_))
        ));
        let (refused, _) = city.try_take(&folder, &city.options).await;
        assert_eq!(refused.unwrap().outcome, Outcome::Refused);
        std::fs::remove_dir(&path).unwrap();

        // Cut in the middle of a line, then whole again: what was stored is not read twice.
        std::fs::write(&path, &whole).unwrap();
        let plan_ok = Options { batch_bytes: 300, ..city.options.clone() };
        let stop_after = 25;
        let broken = stop(&city, &folder, &plan_ok, stop_after).await;
        assert!(broken < 80);
        assert!(matches!(city.look(&number(0)).await, Err(AppError::NotFound)));
        let left = transfer::newest(db, &city.number, TransferState::Receiving).await.unwrap();
        assert!(left.is_some());
        let (report, findings) = city.take(&folder).await;
        assert_eq!(findings, []);
        assert_eq!((report.outcome, report.summary().taken), (Outcome::Published, 80));
        assert_eq!(report.summary().lines, 80);
        assert!(city.look(&number(39)).await.is_ok());
    })
    .await;
}

/// Takes a folder until so many lines have passed, then drops everything; lines that are stored.
async fn stop(city: &Municipality, folder: &Path, options: &Options, lines: u64) -> i64 {
    use std::sync::Arc;
    use tokio::sync::Notify;
    let enough = Arc::new(Notify::new());
    let tell = enough.clone();
    let listener = move |progress: tasuki_app::ingestion::Progress<'_>| {
        if let tasuki_app::ingestion::Progress::Lines { lines_done, .. } = progress
            && lines <= lines_done
        {
            tell.notify_one();
        }
    };
    let source = Source::Folder(folder.to_owned());
    let actor = tasuki_core::event::Actor::System { part: "test".to_owned() };
    let now = crate::municipality::NOW;
    tokio::select! {
        biased;
        () = enough.notified() => {}
        _ = tasuki_app::ingestion::take(&city.app, &source, options, &actor, now, &listener) => {
            panic!("was not stopped");
        }
    }
    let files = transfer::files(&city.app.db, &city.number, 1).await.unwrap();
    files.iter().map(|file| file.taken).sum()
}

#[tokio::test]
async fn a_transfer_that_goes_on_still_knows_what_it_took_before() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        let mut files = crowd(&city, 40);
        files[0].1.push(city.person(&number(0), "青町"));
        files[1].1.push(city.ratio(&number(0), "1", Op::Put, BurdenRatio::ThreeTenths));
        let folder = city.write(1, Scope::Full, &files);
        let slow = Options { batch_bytes: 300, ..city.options.clone() };
        stop(&city, &folder, &slow, 25).await;
        let (report, findings) = city.take(&folder).await;
        assert_eq!(rules(&findings), [Rule::RepeatedKey, Rule::RepeatedKey]);
        assert_eq!((report.outcome, report.summary().taken), (Outcome::Published, 80));
        let look = city.look(&number(0)).await.unwrap();
        assert_eq!(look.basics.person.address.unwrap().expose(), "緑町");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_not_the_announced_one_leaves_nothing_behind() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        let folder = city.write(1, Scope::Full, &crowd(&city, 20));
        let path = file(&folder, RecordKind::BurdenRatio, 1);
        let good = std::fs::read(&path).unwrap();
        std::fs::write(&path, &good[..good.len() - 80]).unwrap();
        let (report, findings) = city.take(&folder).await;
        assert_eq!(report.outcome, Outcome::Refused);
        assert!(rules(&findings).contains(&Rule::ManifestHash));
        assert!(matches!(city.look(&number(0)).await, Err(AppError::NotFound)));
        assert_eq!(city.told().await, [("transfer-failed".to_owned(), 1)]);
        // Another, smaller set of the same number: nobody of the refused one shines through.
        let smaller = city.write(1, Scope::Full, &crowd(&city, 3));
        let (report, _) = city.take(&smaller).await;
        assert_eq!((report.outcome, report.summary().taken), (Outcome::Published, 6));
        assert!(matches!(city.look(&number(10)).await, Err(AppError::NotFound)));
        assert!(city.look(&number(2)).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_transfer_out_of_order_is_refused_and_another_one_of_a_taken_number_too() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        let early = city.write(3, Scope::Diff, &crowd(&city, 1));
        let (report, findings) = city.take(&early).await;
        assert_eq!((report.outcome, rules(&findings)), (Outcome::Refused, vec![Rule::SequenceGap]));
        city.take(&city.write(7, Scope::Full, &crowd(&city, 2))).await;
        for (sequence, outcome) in [(7, Outcome::Refused), (9, Outcome::Refused)] {
            let folder = city.write(sequence, Scope::Diff, &crowd(&city, 1));
            assert_eq!(city.take(&folder).await.0.outcome, outcome, "{sequence}");
        }
        let next = city.write(8, Scope::Diff, &crowd(&city, 1));
        assert_eq!(city.take(&next).await.0.outcome, Outcome::Published);
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_finds_the_same_and_writes_nothing() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        let mut files = crowd(&city, 5);
        files[1].1.push(city.ratio("9999999999", "1", Op::Put, BurdenRatio::OneTenth));
        files[1].1.push(city.ratio(&number(1), "1", Op::Put, BurdenRatio::TwoTenths));
        let folder = city.write(1, Scope::Full, &files);
        let dry = Options { dry_run: true, ..city.options.clone() };
        let (checked, expected) = city.try_take(&folder, &dry).await;
        assert_eq!(checked.unwrap().outcome, Outcome::Checked);
        assert_eq!(rules(&expected), [Rule::UnknownPerson, Rule::RepeatedKey]);
        assert_eq!(transfer::list(db, &city.number, None, 10).await.unwrap(), []);
        let (report, findings) = city.take(&folder).await;
        assert_eq!((findings, report.summary().refused), (expected, 2));
    })
    .await;
}

#[tokio::test]
async fn every_flaw_of_a_flawed_town_is_found_where_it_is_and_the_good_lines_are_taken() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        let mut town = tasuki_town::Options::new(60, 1, date(2026, 11, 20));
        town.flawed = true;
        let written = tasuki_town::write_dir(&town, city.folder.path()).unwrap();
        let options = Options::default();
        let (report, findings) = city.try_take(&written.transfer, &options).await;
        let report = report.unwrap();
        assert_eq!(report.outcome, Outcome::Published);
        let of_lines = written.flaws.iter().filter(|flaw| flaw.file.starts_with("transfer/"));
        let mut expected = 0;
        for flaw in of_lines {
            expected += 1;
            let found = findings.iter().any(|found| {
                (found.line, found.rule) == (flaw.line, flaw.rule) && found.column == flaw.column
            });
            assert!(found, "{flaw:?}");
        }
        let lines: std::collections::BTreeSet<_> =
            findings.iter().map(|found| (found.line, found.rule)).collect();
        assert!(lines.len() <= expected, "more is wrong than was put in");
        let person = &tasuki_town::showcase(&town)[0];
        assert!(!city.look(&person.insured).await.unwrap().papers.is_empty());
        broken_manifest(&city, city.folder.path()).await;
    })
    .await;
}

/// All that is wrong with a lying manifest is told at once.
async fn broken_manifest(city: &Municipality, folder: &Path) {
    let (report, findings) = city.take(&folder.join("broken")).await;
    assert_eq!(report.outcome, Outcome::Refused);
    for rule in [Rule::ManifestFile, Rule::ManifestHash, Rule::ManifestLines, Rule::SequenceGap] {
        assert!(rules(&findings).contains(&rule), "{rule:?}");
    }
}

#[tokio::test]
async fn an_upload_goes_on_at_its_last_byte_and_is_then_taken() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        let folder = city.write(1, Scope::Full, &crowd(&city, 4));
        let manifest: Manifest =
            serde_json::from_slice(&std::fs::read(folder.join(MANIFEST_NAME)).unwrap()).unwrap();
        let spool = Spool::new(city.folder.path().join("spool"));
        let stranger = tasuki_core::insurer::InsurerNumber::with_check_digit("99002").unwrap();
        assert!(matches!(spool.begin(&stranger, &manifest), Err(AppError::Denied)));
        let upload = spool.begin(&city.number, &manifest).unwrap();
        for announced in &manifest.files {
            let bytes = std::fs::read(folder.join(&announced.name)).unwrap();
            let (head, tail) = bytes.split_at(bytes.len() / 2);
            let place = upload.append(&announced.name, 0, head).unwrap();
            assert!(matches!(upload.append(&announced.name, 0, head), Err(AppError::Conflict)));
            assert!(matches!(upload.finish(), Err(AppError::Conflict)));
            let again = spool.begin(&city.number, &manifest).unwrap();
            again.append(&announced.name, place, tail).unwrap();
            assert!(again.append(&announced.name, announced.bytes, b"x").is_err());
        }
        assert!(matches!(upload.append("../x", 0, b""), Err(AppError::NotFound)));
        let upload = spool.get(&city.number, 1).unwrap();
        let Source::Folder(path) = upload.finish().unwrap() else { panic!("not a folder") };
        let (report, _) = city.take(&path).await;
        assert_eq!(report.outcome, Outcome::Published);
        upload.remove().unwrap();
        assert!(matches!(spool.get(&city.number, 1), Err(AppError::NotFound)));
    })
    .await;
}
