//! Months of service are put, corrected and deleted by the history number of their record.

use proptest::prelude::*;
use tasuki_app::ingestion::Outcome;
use tasuki_core::assignment::{Assignment, IdentityCheck};
use tasuki_core::date::YearMonth;
use tasuki_core::provider::ProviderNumber;
use tasuki_formats::municipal::{Op, Record, RecordKind, Rule, Scope};
use tasuki_store::assignment;
use tasuki_store::scratch::{self, for_each_database};

use crate::municipality::{Municipality, NOW, rules};

const HANAKO: &str = "0000000001";

/// Hanako, in the charge of the office whose months are sent.
async fn in_charge(city: &Municipality) {
    let person = [(RecordKind::InsuredPerson, vec![city.person(HANAKO, "緑町1番地")])];
    city.take(&city.write(1, Scope::Full, &person)).await;
    let start = assignment::start(&Assignment {
        id: "a1".to_owned(),
        person: city.key(HANAKO),
        provider: ProviderNumber::parse("9970000015").unwrap(),
        identity: IdentityCheck::MatchingItems,
        started_at: NOW,
        ended_at: None,
        last_service_month: None,
    });
    city.app.db.commit(start).await.unwrap();
}

/// The newest month that counts.
async fn newest(city: &Municipality) -> Option<String> {
    let look = city.look(HANAKO).await.unwrap();
    look.basics.assignments[0].last_service_month.map(|month: YearMonth| month.to_string())
}

async fn send(city: &Municipality, sequence: u32, scope: Scope, lines: Vec<Record>) -> Vec<Rule> {
    let files = [(RecordKind::ServiceUse, lines)];
    let (report, findings) = city.take(&city.write(sequence, scope, &files)).await;
    assert_eq!(report.outcome, Outcome::Published);
    rules(&findings)
}

#[tokio::test]
async fn a_month_is_corrected_taken_back_and_sent_anew_under_its_number() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        in_charge(&city).await;
        let line = |op, history: &str, month: &str| city.service(HANAKO, history, op, month);
        let both = vec![line(Op::Put, "1", "2026-08"), line(Op::Put, "2", "2026-10")];
        assert_eq!(send(&city, 2, Scope::Diff, both).await, []);
        assert_eq!(newest(&city).await.as_deref(), Some("2026-10"));
        let mended = vec![line(Op::Correct, "2", "2026-09")];
        assert_eq!(send(&city, 3, Scope::Diff, mended).await, []);
        assert_eq!(newest(&city).await.as_deref(), Some("2026-09"));
        assert_eq!(send(&city, 4, Scope::Diff, vec![city.deletion(HANAKO, "2")]).await, []);
        assert_eq!(newest(&city).await.as_deref(), Some("2026-08"));
        let anew = vec![line(Op::Put, "2", "2026-09")];
        assert_eq!(send(&city, 5, Scope::Diff, anew).await, []);
        assert_eq!(newest(&city).await.as_deref(), Some("2026-09"));
        let unknown = vec![city.deletion(HANAKO, "9"), line(Op::Correct, "8", "2026-09")];
        let refused = [Rule::UnknownHistory, Rule::UnknownHistory];
        assert_eq!(send(&city, 6, Scope::Diff, unknown).await, refused);
    })
    .await;
}

#[tokio::test]
async fn two_records_of_one_month_are_taken_back_one_by_one() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        in_charge(&city).await;
        let twice = ["1", "2"].map(|history| city.service(HANAKO, history, Op::Put, "2026-10"));
        send(&city, 2, Scope::Diff, twice.to_vec()).await;
        send(&city, 3, Scope::Diff, vec![city.deletion(HANAKO, "1")]).await;
        assert_eq!(newest(&city).await.as_deref(), Some("2026-10"));
        send(&city, 4, Scope::Diff, vec![city.deletion(HANAKO, "2")]).await;
        assert_eq!(newest(&city).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_full_set_ends_the_months_it_does_not_name() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        in_charge(&city).await;
        let both = [("1", "2026-08"), ("2", "2026-10")];
        let both = both.map(|(history, month)| city.service(HANAKO, history, Op::Put, month));
        send(&city, 2, Scope::Diff, both.to_vec()).await;
        send(&city, 3, Scope::Full, both[..1].to_vec()).await;
        assert_eq!(newest(&city).await.as_deref(), Some("2026-08"));
    })
    .await;
}

/// What one transfer does to a record: `None` deletes it.
type Step = (u8, Option<u8>);

/// The newest month of a plain list of records after every step.
fn expected(steps: &[Step]) -> Option<String> {
    let mut records = std::collections::BTreeMap::new();
    for (history, month) in steps {
        match month {
            Some(month) => records.insert(*history, *month),
            None => records.remove(history),
        };
    }
    records.values().max().map(|month| format!("2026-{month:02}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever comes in whatever order: the newest month is that of the records that stand.
    #[test]
    fn the_newest_month_is_that_of_the_records_that_stand(
        steps in proptest::collection::vec((1..3_u8, proptest::option::of(1..11_u8)), 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let found = runtime.block_on(async {
            let scratch = scratch::sqlite().await.unwrap();
            let city = Municipality::new(&scratch.db).await;
            in_charge(&city).await;
            for (sequence, (history, month)) in (2..).zip(&steps) {
                let history = history.to_string();
                let line = match month {
                    Some(month) => {
                        city.service(HANAKO, &history, Op::Put, &format!("2026-{month:02}"))
                    }
                    None => city.deletion(HANAKO, &history),
                };
                send(&city, sequence, Scope::Diff, vec![line]).await;
            }
            newest(&city).await
        });
        prop_assert_eq!(found, expected(&steps));
    }
}
