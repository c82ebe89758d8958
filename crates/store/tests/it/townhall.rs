//! What municipalities and the operator see: counts, regions, objections, ends of certificates.

use tasuki_core::account::{AccountLevel, JobType, Organisation};
use tasuki_core::assignment::{Assignment, IdentityCheck};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::Provider;
use tasuki_policy::{Reader, Relation, Sharing, Staff, authorise_list, authorise_log};
use tasuki_store::ingestion::PERSON;
use tasuki_store::scratch::for_each_database;
use tasuki_store::seal::Keyring;
use tasuki_store::statistics::{self, ConsentCount};
use tasuki_store::transfer::{self, Transfer, TransferScope, TransferState};
use tasuki_store::{
    Bulk, Change, Db, Recorded, assignment, device, disaster, insurer, objection, params, provider,
};

use crate::fixture;

fn person() -> PersonKey {
    let insured = InsuredNumber::parse("0000000017").unwrap();
    PersonKey { insurer: fixture::insurer().number, insured }
}

fn town(number: InsurerNumber) -> Reader {
    let job = JobType::MunicipalOfficer;
    let staff = Staff { job, level: AccountLevel::General, writes_care_plans: false };
    Reader::Insurer { number, staff }
}

fn look(organisation: &Organisation, at: i64) -> Event {
    Event {
        at: AtMs(at),
        actor: Actor::Staff {
            organisation: organisation.clone(),
            account: "a".to_owned(),
            job: JobType::CareManager,
            device: "d".repeat(64),
        },
        person: Some(person()),
        action: Action::Look,
        purpose: Purpose::Care,
        outcome: Outcome::Allowed,
        touched: vec![],
        note: None,
    }
}

async fn recorded(db: &Db) -> Recorded {
    db.commit(Change::event(look(&Organisation::Operator, 9))).await.unwrap()
}

#[tokio::test]
async fn an_objection_is_answered_once_and_read_by_person_and_insurer() {
    for_each_database(async |db| {
        let keyring = Keyring::new(&[7; 32]);
        db.commit(insurer::add(&fixture::insurer())).await.unwrap();
        let key = keyring.insurer(db, &person().insurer).await.unwrap();
        let made = objection::make(&person(), "o1", 5, "知らない所です", AtMs(10), &key);
        db.commit(made.unwrap()).await.unwrap();
        assert_eq!(objection::unanswered(db, &person().insurer).await.unwrap(), 1);
        let sharing = Sharing::published().unwrap();
        let list = authorise_list(&sharing, &town(person().insurer), None).unwrap();
        let found = objection::of_insurer(db, &keyring, &list, 10).await.unwrap();
        let found = found.open(&recorded(db).await).remove(0);
        assert_eq!((found.note.expose(), found.event_seq), ("知らない所です", 5));
        let answer = || objection::answer(&found, "確かめました", AtMs(20), &key).unwrap();
        db.commit(answer()).await.unwrap();
        assert!(db.commit(answer()).await.is_err());
        let reader = Reader::InsuredPerson { delegate: false };
        let log = authorise_log(&sharing, &person(), &reader, Relation::default()).unwrap();
        let own = objection::of_person(db, &keyring, &log, 10).await.unwrap();
        let own = own.open(&recorded(db).await).remove(0);
        assert_eq!(own.answer.unwrap().expose(), "確かめました");
        assert_eq!(objection::unanswered(db, &person().insurer).await.unwrap(), 0);
        let other = InsurerNumber::with_check_digit("99002").unwrap();
        let list = authorise_list(&sharing, &town(other), None).unwrap();
        let none = objection::of_insurer(db, &keyring, &list, 10).await.unwrap();
        assert!(none.open(&recorded(db).await).is_empty());
    })
    .await;
}

#[tokio::test]
async fn looks_are_counted_by_organisation_within_the_period() {
    for_each_database(async |db| {
        let (office, number) = (fixture::office("9970000001"), person().insurer);
        db.commit(provider::add(&fixture::provider("9970000001", None))).await.unwrap();
        for at in [100, 200, 300] {
            db.commit(Change::event(look(&office, at))).await.unwrap();
        }
        let found = statistics::looks(db, &number, AtMs(150), AtMs(301), 10).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].organisation.as_ref(), Some(&office));
        assert_eq!(found[0].name.as_deref(), Some("架空ケアプラン9970000001"));
        assert_eq!((found[0].looks, found[0].persons), (2, 1));
        let nobody = statistics::consents(db, &number, AtMs(0)).await.unwrap();
        assert_eq!(nobody, ConsentCount::default());
    })
    .await;
}

#[tokio::test]
async fn a_region_reaches_the_register_its_offices_and_every_office_that_is_not_stopped() {
    for_each_database(async |db| {
        db.commit(insurer::add(&fixture::insurer())).await.unwrap();
        let number = person().insurer;
        let register = |insured: &str, deleted| {
            let (body, sex): (Vec<u8>, _) = (vec![], "female");
            let birth = jiff::civil::date(1940, 1, 1);
            params![&number, insured, 0_i64, birth, sex, "", deleted, AtMs(1), body.clone(), body]
        };
        let rows = vec![register("0000000017", false), register("0000000025", true)];
        db.store(Bulk::new().insert(&PERSON, rows)).await.unwrap();
        for (office, active) in [("9970000001", true), ("9970000019", true), ("9970000027", false)]
        {
            let provider = Provider { active, ..fixture::provider(office, None) };
            db.commit(provider::add(&provider)).await.unwrap();
        }
        for id in ["a1", "a2"] {
            let start = assignment::start(&Assignment {
                id: id.to_owned(),
                person: person(),
                provider: fixture::provider("9970000001", None).number,
                identity: IdentityCheck::MatchingItems,
                started_at: AtMs(1),
                ended_at: None,
                last_service_month: None,
            });
            db.commit(start).await.unwrap();
        }
        let reach = statistics::reach(db, &number).await.unwrap();
        assert_eq!(reach, statistics::Reach { persons: 1, in_charge: 1, offices: 2 });
    })
    .await;
}

#[tokio::test]
async fn a_region_is_listed_with_the_end_that_closing_gave_it() {
    for_each_database(async |db| {
        let number = person().insurer;
        let open = disaster::open(&number, "r", "大雨のため", "a", AtMs(10), AtMs(500));
        db.commit(open).await.unwrap();
        db.commit(disaster::close(&number, "r", AtMs(90))).await.unwrap();
        assert!(db.commit(disaster::close(&number, "r", AtMs(95))).await.is_err());
        let regions = disaster::list(db, 10).await.unwrap();
        assert_eq!(regions.len(), 1);
        assert_eq!((regions[0].reason.as_str(), regions[0].until), ("大雨のため", AtMs(90)));
    })
    .await;
}

#[tokio::test]
async fn certificates_about_to_end_and_stopped_offices_are_found() {
    for_each_database(async |db| {
        let office = fixture::office("9970000001");
        db.commit(device::add(&fixture::device('a', &office))).await.unwrap();
        let ending = async |now, before| {
            device::ending(db, AtMs(now), AtMs(before), 10).await.unwrap().len()
        };
        assert_eq!(ending(0, 1_000_000).await, 1);
        assert_eq!(ending(0, 999_999).await, 0);
        assert_eq!(ending(1_000_001, 2_000_000).await, 0);
        let mut stopped = fixture::provider("9970000001", None);
        stopped.active = false;
        db.commit(provider::add(&stopped)).await.unwrap();
        let found = async |number, name, kana| {
            provider::search_all(db, number, name, kana, 10).await.unwrap().len()
        };
        assert_eq!(found("99700", "", "カクウ").await, 1);
        assert_eq!(found("", "ケアプラン", "").await, 1);
        assert_eq!(found("12", "", "").await, 0);
    })
    .await;
}

fn taken(insurer: &InsurerNumber, sequence: i64, started_at: i64) -> Transfer {
    Transfer {
        insurer: insurer.clone(),
        sequence,
        scope: TransferScope::Diff,
        state: TransferState::Receiving,
        generation: sequence,
        started_at: AtMs(started_at),
        published_at: None,
        version: 1,
    }
}

#[tokio::test]
async fn transfers_that_are_being_taken_are_found_the_longest_first() {
    for_each_database(async |db| {
        let (first, mut second) = (fixture::insurer(), fixture::insurer());
        second.number = InsurerNumber::with_check_digit("99002").unwrap();
        let mut change = Change::new();
        for known in [&first, &second] {
            change = change.and(insurer::add(known));
        }
        // The second city's transfer has taken longer; of the first only the newest goes on.
        let (done, goes_on) = (taken(&first.number, 1, 10), taken(&first.number, 2, 30));
        let longer = taken(&second.number, 7, 20);
        for transfer in [&done, &goes_on, &longer] {
            change = change.and(transfer::begin(transfer, &[]));
        }
        db.commit(change.and(transfer::published(&done, AtMs(15)))).await.unwrap();
        let found = transfer::receiving(db, 10).await.unwrap();
        assert_eq!(found, [longer.clone(), goes_on]);
        assert_eq!(transfer::receiving(db, 1).await.unwrap().len(), 1);
        db.commit(transfer::failed(&longer)).await.unwrap();
        assert_eq!(transfer::receiving(db, 10).await.unwrap().len(), 1);
    })
    .await;
}
