//! Shape of the town: sound, deterministic, every story and every flaw in place.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use jiff::civil::date;
use tasuki_core::benefit_use::home_modification_balance;
use tasuki_core::certification::WaitingOn;
use tasuki_core::document::Body;
use tasuki_core::insured::InsuredPerson;
use tasuki_formats::municipal::*;
use tasuki_town::{Flaw, Options, generate, generate_both, write_dir};

const TODAY: jiff::civil::Date = date(2026, 11, 20);

fn options(persons: u64) -> Options {
    Options::new(persons, 1, TODAY)
}

/// Every line of a town by kind.
fn lines(options: &Options) -> BTreeMap<RecordKind, Vec<u8>> {
    let mut files: BTreeMap<RecordKind, Vec<u8>> = BTreeMap::new();
    let mut sink = |kind: RecordKind, line: &[u8]| {
        files.entry(kind).or_default().extend_from_slice(line);
        Ok(())
    };
    generate(options, &mut sink).unwrap();
    files
}

/// Every record of a file of the full set; findings fail the test.
fn records(options: &Options, kind: RecordKind, bytes: &[u8]) -> Vec<Record> {
    records_of(options, kind, Scope::Full, bytes)
}

/// Every record of a file; findings fail the test.
fn records_of(options: &Options, kind: RecordKind, scope: Scope, bytes: &[u8]) -> Vec<Record> {
    let insurer = options.insurer.clone();
    let name = FileName { insurer, kind, scope, sequence: 1 };
    let mut reader = Reader::open(bytes, &name).unwrap();
    let mut records = Vec::new();
    while let Some(line) = reader.next_line().unwrap() {
        let line = line.unwrap();
        assert_eq!(line.warnings, []);
        records.push(line.record);
    }
    records
}

fn bodies(options: &Options, kind: RecordKind) -> Vec<(Record, Body)> {
    let files = lines(options);
    let records = records(options, kind, &files[&kind]);
    let body = |record: Record| match record.change.content() {
        Some(Content::Paper(body)) => Some((record.clone(), body.clone())),
        _ => None,
    };
    records.into_iter().filter_map(body).collect()
}

fn persons(options: &Options) -> Vec<InsuredPerson> {
    let kind = RecordKind::InsuredPerson;
    let records = records(options, kind, &lines(options)[&kind]);
    let person = |record: Record| match record.change.content() {
        Some(Content::Person(person)) => Some((**person).clone()),
        _ => None,
    };
    records.into_iter().filter_map(person).collect()
}

#[test]
fn every_line_of_a_sound_town_is_taken_and_every_kind_is_there() {
    let options = options(3_000);
    let files = lines(&options);
    assert_eq!(files.len(), 13);
    for (kind, bytes) in &files {
        let records = records(&options, *kind, bytes);
        assert!(!records.is_empty(), "{kind:?}");
        let mut keys: Vec<_> =
            records.iter().map(|record| (&record.person, &record.history)).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), records.len(), "{kind:?} repeats a key");
    }
}

#[test]
fn the_same_options_give_the_same_bytes_and_another_seed_does_not() {
    let first = lines(&options(300));
    assert_eq!(first, lines(&options(300)));
    let other = Options::new(300, 2, TODAY);
    assert_ne!(first, lines(&other));
}

/// Every line of the full set and of the day after, by kind.
fn both(options: &Options) -> [BTreeMap<RecordKind, Vec<u8>>; 2] {
    let (mut full, mut later) = (BTreeMap::<_, Vec<u8>>::new(), BTreeMap::<_, Vec<u8>>::new());
    let write = |files: &mut BTreeMap<RecordKind, Vec<u8>>, kind, line: &[u8]| {
        files.entry(kind).or_default().extend_from_slice(line);
        Ok(())
    };
    let mut to_full = |kind: RecordKind, line: &[u8]| write(&mut full, kind, line);
    let mut to_later = |kind: RecordKind, line: &[u8]| write(&mut later, kind, line);
    generate_both(options, &mut to_full, &mut to_later).unwrap();
    [full, later]
}

#[test]
fn the_day_after_leaves_the_full_set_alone_and_is_the_same_each_time() {
    let options = Options { difference_percent: 10, ..options(500) };
    let [full, later] = both(&options);
    assert_eq!(full, lines(&options));
    assert_eq!([full, later], both(&options));
}

#[test]
fn the_day_after_changes_what_is_there_and_adds_what_is_not() {
    let options = Options { difference_percent: 10, ..options(8_000) };
    let [full, later] = both(&options);
    let (mut counts, mut persons) = (BTreeMap::<_, usize>::new(), 0);
    for (kind, bytes) in &later {
        let key = |record: &Record| (record.person.clone(), record.history.clone());
        let known = records(&options, *kind, &full[kind]);
        let known: std::collections::BTreeSet<_> = known.iter().map(key).collect();
        let mut keys = std::collections::BTreeSet::new();
        for record in records_of(&options, *kind, Scope::Diff, bytes) {
            let op = record.change.op();
            assert_eq!(known.contains(&key(&record)), op != Op::Put, "{kind:?} {op:?}");
            assert!(keys.insert(key(&record)), "{kind:?} repeats a key");
            *counts.entry((*kind, op)).or_default() += 1;
            persons += usize::from(*kind == RecordKind::InsuredPerson);
        }
    }
    assert!((400..800).contains(&persons), "{persons}");
    for (kind, op) in [
        (RecordKind::InsuredPerson, Op::Put),
        (RecordKind::InsuredPerson, Op::Correct),
        (RecordKind::InsuredCertificate, Op::Put),
        (RecordKind::BurdenRatio, Op::Correct),
        (RecordKind::CertificationProgress, Op::Put),
        (RecordKind::CertificationProgress, Op::Correct),
        (RecordKind::SurveySheet, Op::Put),
        (RecordKind::PhysicianOpinion, Op::Put),
        (RecordKind::EquipmentPurchaseUse, Op::Put),
        (RecordKind::EquipmentPurchaseUse, Op::Delete),
        (RecordKind::Consent, Op::Correct),
        (RecordKind::ServiceUse, Op::Put),
        (RecordKind::ServiceUse, Op::Correct),
        (RecordKind::ServiceUse, Op::Delete),
    ] {
        assert!(counts.contains_key(&(kind, op)), "{kind:?} {op:?}: {counts:?}");
    }
}

#[test]
fn the_town_has_the_rare_things() {
    let persons = persons(&options(20_000));
    assert_eq!(persons.len(), 20_000);
    let count = |what: fn(&InsuredPerson) -> bool| persons.iter().filter(|p| what(p)).count();
    assert!(count(|p| p.protection.is_some()) > 5);
    assert!(count(|p| p.domicile_exception.is_some()) > 5);
    assert!(count(|p| p.moved_from.is_some()) > 20);
    assert!(count(|p| p.moved_to.is_some()) > 20);
    assert!(count(|p| p.key.insured.is_public_assistance()) >= 2);
    assert!(count(|p| p.name.kanji.expose().contains('\u{e0100}')) > 20);
}

#[test]
fn hanako_waits_for_the_clinic_for_eight_days() {
    let options = options(20);
    let hanako = |kind| -> Vec<Body> {
        let bodies = bodies(&options, kind);
        let mine = bodies.into_iter().filter(|(r, _)| r.person.insured.expose() == "0000123456");
        mine.map(|(_, body)| body).collect()
    };
    let progress =
        hanako(RecordKind::CertificationProgress).into_iter().find_map(|body| match body {
            Body::CertificationProgress(progress) if !progress.is_closed(TODAY) => Some(progress),
            _ => None,
        });
    let progress = progress.unwrap();
    assert_eq!(progress.days_waiting(TODAY), 8);
    assert!(matches!(
        progress.waiting_on(TODAY),
        WaitingOn::Institution { name: Some(name), .. } if name == "青空クリニック"
    ));
    let uses: Vec<_> = hanako(RecordKind::HomeModificationUse)
        .into_iter()
        .filter_map(|body| match body {
            Body::HomeModificationUse(used) => Some(used),
            _ => None,
        })
        .collect();
    assert_eq!(home_modification_balance(&uses, None, None).remaining_yen(), 132_000);
    let stories = tasuki_town::showcase(&options);
    assert_eq!(stories[0].certified_until, Some(date(2026, 12, 31)));
}

/// Findings of a file as flaws say them.
fn found(path: &Path, shown: &str) -> Vec<Flaw> {
    let name = match FileName::parse(path.file_name().unwrap().to_str().unwrap()) {
        Ok(name) => name,
        Err(rule) => return vec![Flaw { file: shown.to_owned(), line: 0, column: None, rule }],
    };
    let flaw = |finding: Finding| Flaw {
        file: shown.to_owned(),
        line: finding.line,
        column: finding.column,
        rule: finding.rule,
    };
    let mut reader = match Reader::open(BufReader::new(File::open(path).unwrap()), &name) {
        Ok(reader) => reader,
        Err(OpenError::Header(findings)) => return findings.into_iter().map(flaw).collect(),
        Err(OpenError::Io(error)) => panic!("{error}"),
    };
    let mut found = Vec::new();
    while let Some(line) = reader.next_line().unwrap() {
        match line {
            Ok(line) => found.extend(line.warnings.into_iter().map(flaw)),
            Err(findings) => found.extend(findings.into_iter().map(flaw)),
        }
    }
    found
}

#[test]
fn a_flawed_town_breaks_every_rule_and_each_is_found_in_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { flawed: true, ..options(200) };
    let written = write_dir(&options, dir.path()).unwrap();
    assert_eq!(tasuki_town::flaws::rules_without_flaw(&written.flaws), []);
    let files: std::collections::BTreeSet<_> =
        written.flaws.iter().map(|flaw| flaw.file.clone()).collect();
    for file in files.iter().filter(|file| !file.ends_with("manifest.json")) {
        let expected: Vec<Flaw> = written
            .flaws
            .iter()
            .filter(|flaw| flaw.file == *file && !flaw.rule.needs_store())
            .cloned()
            .collect();
        assert_eq!(found(&dir.path().join(file), file), expected, "{file}");
    }
    let manifest = std::fs::read(dir.path().join("broken/manifest.json")).unwrap();
    let manifest: Manifest = serde_json::from_slice(&manifest).unwrap();
    let rules: Vec<_> = manifest.findings().into_iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, [Rule::ManifestFile]);
}

#[test]
fn the_manifest_tells_what_lies_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let transfer = write_dir(&options(100), dir.path()).unwrap().transfer;
    let manifest = std::fs::read(transfer.join(MANIFEST_NAME)).unwrap();
    let manifest: Manifest = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest.findings(), []);
    assert_eq!(manifest.files.len(), 13);
    for file in &manifest.files {
        let mut reader = HashingReader::new(File::open(transfer.join(&file.name)).unwrap());
        std::io::copy(&mut reader, &mut std::io::sink()).unwrap();
        assert_eq!(file.findings(&reader.finish(file.name.clone())), []);
    }
    let mut importer = tasuki_formats::providers::Importer::default();
    importer.read(File::open(dir.path().join("jigyosho_town.csv")).unwrap()).unwrap();
    assert_eq!(importer.finish().findings, []);
}

#[test]
fn levels_endings_and_running_applications_have_the_shape_of_the_country() {
    let options = options(20_000);
    let mut newest: BTreeMap<_, (u32, _)> = BTreeMap::new();
    for (record, body) in bodies(&options, RecordKind::InsuredCertificate) {
        let Body::InsuredCertificate(certificate) = body else { continue };
        let history: u32 = record.history.parse().unwrap();
        let entry = newest.entry(record.person).or_insert((0, certificate.certified.clone()));
        if entry.0 < history {
            *entry = (history, certificate.certified);
        }
    }
    let all = newest.len();
    let share = |what: &dyn Fn(&tasuki_core::eligibility::CertifiedNeed) -> bool| {
        newest.values().filter(|(_, need)| need.as_ref().is_some_and(what)).count() * 1000 / all
    };
    let care_1 = share(&|need| need.care_level == tasuki_core::care_level::CareLevel::Care1);
    assert!((190..225).contains(&care_1), "{care_1}");
    let soon = share(&|need| need.period.in_renewal_window(TODAY));
    assert!((50..150).contains(&soon), "{soon}");
    let ended = share(&|need| need.period.until < TODAY);
    assert!((1..30).contains(&ended), "{ended}");
    let mut steps = std::collections::BTreeSet::new();
    let mut ends = 0;
    for (_, body) in bodies(&options, RecordKind::CertificationProgress) {
        let Body::CertificationProgress(progress) = body else { continue };
        assert!(progress.filed_on <= TODAY);
        assert!(progress.decided_on.is_none_or(|day| day <= TODAY), "decided in the future");
        steps.extend(progress.current_step(TODAY));
        ends += u32::from(progress.ended.is_some());
    }
    assert_eq!(steps.len(), 4, "{steps:?}");
    assert!(ends > 10);
}
