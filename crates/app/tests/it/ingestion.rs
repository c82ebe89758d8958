//! What a transfer changes, and when readers see it.

use tasuki_app::AppError;
use tasuki_app::ingestion::{Outcome, report};
use tasuki_core::assignment::IdentityCheck;
use tasuki_core::document::DocumentKind;
use tasuki_core::eligibility::BurdenRatio;
use tasuki_core::event::{Action, Event};
use tasuki_formats::municipal::{Op, RecordKind, Rule, Scope};
use tasuki_store::scratch::for_each_database;
use tasuki_store::{event_log, insurer};

use crate::municipality::{Municipality, rules};

const HANAKO: &str = "0000000001";
const TARO: &str = "0000000002";
const RATIO: DocumentKind = DocumentKind::BurdenRatioCertificate;

/// Two persons with a certificate each, a consent and an opinion request.
fn first(city: &Municipality) -> Vec<(RecordKind, Vec<tasuki_formats::municipal::Record>)> {
    vec![
        (RecordKind::Consent, vec![city.consent(HANAKO, "1", Op::Put, 2029)]),
        (RecordKind::OpinionRequest, vec![city.request(HANAKO, "1", "9919000019")]),
        (
            RecordKind::BurdenRatio,
            vec![
                city.ratio(HANAKO, "1", Op::Put, BurdenRatio::OneTenth),
                city.ratio(TARO, "1", Op::Put, BurdenRatio::TwoTenths),
            ],
        ),
        (
            RecordKind::InsuredPerson,
            vec![city.person(HANAKO, "緑町1番地"), city.person(TARO, "緑町2番地")],
        ),
    ]
}

#[tokio::test]
async fn a_first_set_is_there_with_its_event_and_the_same_again_changes_nothing() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        let folder = city.write(1, Scope::Full, &first(&city));
        assert!(matches!(city.look(HANAKO).await, Err(AppError::NotFound)));
        let (report, findings) = city.take(&folder).await;
        assert_eq!(findings, []);
        assert_eq!((report.outcome, report.summary().taken), (Outcome::Published, 6));
        let look = city.look(HANAKO).await.unwrap();
        assert_eq!(look.of_kind(RATIO).count(), 1);
        assert_eq!(look.basics.person.address.unwrap().expose(), "緑町1番地");
        assert_eq!(look.basics.consents.len(), 1);
        assert_eq!(look.basics.assignments[0].identity, IdentityCheck::OpinionRequest);
        assert!(look.basics.insurer.connected_since.is_some());

        let events = event_log::page(db, 0, 100).await.unwrap();
        let ingested = events.iter().filter(|(_, payload)| {
            let event: Event = serde_json::from_str(payload).unwrap();
            event.action == Action::Ingest
        });
        assert_eq!(ingested.count(), 1);
        assert_eq!(city.told().await, [("transfer-published".to_owned(), 1)]);

        let (again, _) = city.take(&folder).await;
        assert_eq!((again.outcome, again.summary().taken), (Outcome::TakenBefore, 6));
        assert_eq!(city.told().await.len(), 1, "the same again is nothing new");
        let same = city.write(2, Scope::Full, &first(&city));
        let (same, _) = city.take(&same).await;
        assert_eq!((same.summary().taken, same.summary().unchanged, same.ended), (0, 6, 0));
        assert_eq!(city.look_with(HANAKO, true).await.unwrap().of_kind(RATIO).count(), 1);
        assert_eq!(city.look(HANAKO).await.unwrap().basics.consents.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_correction_is_the_next_version_and_a_deletion_ends_the_paper() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        city.take(&city.write(1, Scope::Full, &first(&city))).await;
        let ratio = city.ratio(HANAKO, "1", Op::Correct, BurdenRatio::ThreeTenths);
        let moved = city.person(HANAKO, "青町9番地");
        let files =
            [(RecordKind::BurdenRatio, vec![ratio]), (RecordKind::InsuredPerson, vec![moved])];
        city.take(&city.write(2, Scope::Diff, &files)).await;
        let look = city.look_with(HANAKO, true).await.unwrap();
        let versions: Vec<i64> = look.of_kind(RATIO).map(|paper| paper.version).collect();
        assert_eq!(versions, [2, 1]);
        assert_eq!(look.basics.person.address.unwrap().expose(), "青町9番地");
        assert_eq!(city.look(HANAKO).await.unwrap().of_kind(RATIO).count(), 1);

        let gone = [(RecordKind::BurdenRatio, vec![city.deletion(HANAKO, "1")])];
        let (report, _) = city.take(&city.write(3, Scope::Diff, &gone)).await;
        assert_eq!(report.summary().taken, 1);
        assert_eq!(city.look(HANAKO).await.unwrap().of_kind(RATIO).count(), 0);
        let person = [(RecordKind::InsuredPerson, vec![city.deletion(TARO, "1")])];
        city.take(&city.write(4, Scope::Diff, &person)).await;
        assert!(matches!(city.look(TARO).await, Err(AppError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_full_set_ends_what_it_does_not_name_and_only_of_the_kinds_it_holds() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        let mut files = first(&city);
        files.push((RecordKind::EquipmentPurchaseUse, vec![city.purchase(HANAKO, "1")]));
        city.take(&city.write(1, Scope::Full, &files)).await;
        let left = [
            (RecordKind::InsuredPerson, vec![city.person(HANAKO, "緑町1番地")]),
            (RecordKind::BurdenRatio, vec![]),
            (RecordKind::Consent, vec![]),
            (RecordKind::OpinionRequest, vec![]),
        ];
        let (report, _) = city.take(&city.write(5, Scope::Full, &left)).await;
        assert_eq!((report.outcome, report.ended), (Outcome::Published, 5));
        let look = city.look(HANAKO).await.unwrap();
        assert_eq!(look.of_kind(RATIO).count(), 0);
        assert_eq!(look.of_kind(DocumentKind::EquipmentPurchaseUse).count(), 1);
        assert!(look.basics.consents[0].withdrawn.is_some());
        assert!(look.basics.assignments[0].ended_at.is_some());
        assert!(matches!(city.look(TARO).await, Err(AppError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn what_a_full_set_names_badly_is_not_gone() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        city.take(&city.write(1, Scope::Full, &first(&city))).await;
        let mut bad = city.person(TARO, "緑町2番地");
        if let tasuki_formats::municipal::Change::Put(tasuki_formats::municipal::Content::Person(
            person,
        )) = &mut bad.change
        {
            person.phone = Some(tasuki_core::insured::Personal::new("内線"));
        }
        let persons = vec![city.person(HANAKO, "緑町1番地"), bad];
        let files = [(RecordKind::InsuredPerson, persons)];
        let (report, findings) = city.take(&city.write(2, Scope::Full, &files)).await;
        assert_eq!(rules(&findings), [Rule::Phone]);
        assert_eq!(report.ended, 0);
        assert!(city.look(TARO).await.is_ok());

        // A line of which not even the person can be read: nothing of its kind ends.
        let folder = city.write(3, Scope::Full, &[]);
        let name = "TASUKI_990010_insured_person_full_000003.csv";
        let header = tasuki_formats::municipal::header_line(RecordKind::InsuredPerson);
        std::fs::write(folder.join(name), format!("{header}\nput,\"\n")).unwrap();
        let source = tasuki_app::ingestion::Source::Files(vec![folder.join(name)]);
        let actor = tasuki_core::event::Actor::System { part: "test".to_owned() };
        let report = tasuki_app::ingestion::take(
            &city.app,
            &source,
            &city.options,
            &actor,
            crate::municipality::NOW,
            &|_| {},
        );
        let report = report.await.unwrap();
        assert_eq!((report.outcome, report.ended), (Outcome::Published, 0));
        assert!(city.look(HANAKO).await.is_ok() && city.look(TARO).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_changed_consent_takes_the_place_of_the_former_and_a_withdrawn_one_stays_withdrawn() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        city.take(&city.write(1, Scope::Full, &first(&city))).await;
        let longer = [(RecordKind::Consent, vec![city.consent(HANAKO, "1", Op::Correct, 2030)])];
        city.take(&city.write(2, Scope::Diff, &longer)).await;
        let consents = city.look(HANAKO).await.unwrap().basics.consents;
        let in_force: Vec<_> = consents.iter().filter(|c| c.withdrawn.is_none()).collect();
        assert_eq!((consents.len(), in_force.len()), (2, 1));
        assert!(in_force[0].replaces.is_some());

        let gone = [(RecordKind::Consent, vec![city.deletion(HANAKO, "1")])];
        city.take(&city.write(3, Scope::Diff, &gone)).await;
        let again = [(RecordKind::Consent, vec![city.consent(HANAKO, "1", Op::Put, 2031)])];
        city.take(&city.write(4, Scope::Diff, &again)).await;
        let consents = city.look(HANAKO).await.unwrap().basics.consents;
        assert_eq!(consents.len(), 3);
        assert!(consents.iter().all(|consent| consent.withdrawn.is_some()));
    })
    .await;
}

#[tokio::test]
async fn the_municipality_reads_what_became_of_its_transfer() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        let mut files = first(&city);
        files.push((RecordKind::EquipmentPurchaseUse, vec![city.purchase("0000000009", "1")]));
        city.take(&city.write(1, Scope::Full, &files)).await;
        let list = report::list(&city.app, &city.officer(), None, 10).await.unwrap();
        assert_eq!(list.len(), 1);
        let one = report::get(&city.app, &city.officer(), 1).await.unwrap();
        assert_eq!(one.findings, [(Rule::UnknownPerson, 1)]);
        assert!(one.files.iter().all(|file| file.complete));
        let page = report::findings(&city.app, &city.officer(), 1, None, 10).await.unwrap();
        assert_eq!((page.findings[0].1.line, page.next), (2, None));
        let other = report::get(&city.app, &city.officer(), 2).await;
        assert!(matches!(other, Err(AppError::NotFound)));
        assert_eq!(insurer::get(db, &city.number).await.unwrap().unwrap().generation, 1);
    })
    .await;
}
