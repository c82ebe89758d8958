//! How many certified persons have a consent that stands on a day.

use jiff::civil::{Date, date};
use tasuki_core::consent::{
    Consent, ConsentBasis, ConsentMeans, ConsentScope, ConsentTaker, Withdrawal, WithdrawnBy,
};
use tasuki_core::date::AtMs;
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_store::ingestion::PAPER;
use tasuki_store::scratch::for_each_database;
use tasuki_store::seal::SealKey;
use tasuki_store::statistics::{self, ConsentCount};
use tasuki_store::{Bulk, Db, Value, consent, insurer, params};

use crate::fixture;

/// Both ends of the certificates that are counted.
const CERTIFIED: [Date; 2] = [date(2026, 1, 1), date(2026, 12, 31)];

fn noon(day: Date) -> AtMs {
    AtMs::start_of(day).plus_ms(12 * 3_600_000)
}

fn person(number: u32) -> PersonKey {
    let insured = InsuredNumber::parse(&format!("{number:010}")).unwrap();
    PersonKey { insurer: fixture::insurer().number, insured }
}

fn certificate(person: &PersonKey) -> Vec<Value> {
    let [from, until] = CERTIFIED;
    let body: Vec<u8> = vec![];
    let author = "insurer";
    params![
        &person.insurer,
        &person.insured,
        "insured_certificate",
        "1",
        1_i64,
        0_i64,
        author,
        from,
        until,
        AtMs(1),
        false,
        body.clone(),
        body,
    ]
}

fn given(person: &PersonKey, from: Date, until: Option<Date>) -> Consent {
    Consent {
        id: "c1".to_owned(),
        person: person.clone(),
        taker: ConsentTaker::Insurer(person.insurer.clone()),
        basis: ConsentBasis::Person,
        means: ConsentMeans::Application,
        scope: ConsentScope::default(),
        from,
        until,
        given_at: AtMs::start_of(from),
        replaces: None,
        withdrawn: None,
    }
}

async fn counted(db: &Db, at: AtMs) -> (i64, i64) {
    let number = fixture::insurer().number;
    let ConsentCount { certified, with_consent } =
        statistics::consents(db, &number, at).await.unwrap();
    (certified, with_consent)
}

#[tokio::test]
async fn only_consents_that_stand_on_the_day_are_counted() {
    for_each_database(async |db| {
        let key = SealKey::new(&[9; 32]);
        db.commit(insurer::add(&fixture::insurer())).await.unwrap();
        let rows = (1..=3).map(|number| certificate(&person(number))).collect();
        db.store(Bulk::new().insert(&PAPER, rows)).await.unwrap();
        let (from, until) = (date(2026, 4, 1), date(2026, 9, 30));
        for (number, until) in [(1, Some(until)), (2, None)] {
            let consent = given(&person(number), from, until);
            db.commit(consent::give(&consent, &key).unwrap()).await.unwrap();
        }
        // From its first day, to its last day, and no longer; the open one goes on.
        assert_eq!(counted(db, noon(date(2026, 3, 31))).await, (3, 0));
        assert_eq!(counted(db, noon(from)).await, (3, 2));
        assert_eq!(counted(db, noon(until)).await, (3, 2));
        assert_eq!(counted(db, noon(date(2026, 10, 1))).await, (3, 1));
        // One that was taken back counts until that moment.
        let at = noon(date(2026, 10, 5));
        let withdrawal = Withdrawal { at, by: WithdrawnBy::Person };
        db.commit(consent::withdraw(&person(2), "c1", &withdrawal)).await.unwrap();
        assert_eq!(counted(db, at.plus_ms(-1)).await, (3, 1));
        assert_eq!(counted(db, at).await, (3, 0));
        assert_eq!(counted(db, noon(date(2027, 1, 1))).await, (0, 0));
    })
    .await;
}
