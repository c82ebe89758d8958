use super::*;
use crate::event_log::{self, HeadKey};
use crate::scratch::{self, HEAD_SEED, Scratch};
use crate::{Change, Db, maintenance, params};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};

fn public() -> [u8; 32] {
    HeadKey::from_seed(HEAD_SEED).public()
}

fn event(at: i64) -> Event {
    Event {
        at: AtMs(at),
        actor: Actor::System { part: "試し".to_owned() },
        person: None,
        action: Action::SettingChange,
        purpose: Purpose::Operation,
        outcome: Outcome::Allowed,
        touched: vec![],
        note: None,
    }
}

/// Texts of every kind, nothing at all, bytes that are no text, more rows than one batch.
async fn filled(scratch: &Scratch) {
    let card =
        "INSERT INTO card_check (id, organisation, device_sha256, account_id, challenge, way,
                    stage, answer, made_at_ms, until_ms, version)
                VALUES ($1, '架空𠮷', '', 'a''b', '\\', 'eye', 'found', $2, -1, $3, 1)";
    let change = Change::new()
        .with(card, params!["1", vec![0_u8, 255, 1], i64::MAX])
        .with(card, params!["2", Value::Null, 1_i64])
        .with(card, params!["3", Vec::<u8>::new(), i64::MIN]);
    scratch.db.commit(change.and_event(event(1))).await.unwrap();
    let month = |n: i64| params!["990010", format!("{n:010}"), "9970000001", "2026-09", 1_i64];
    let months = (0..2_000).map(month).collect();
    scratch.db.insert_many(&crate::ingestion::SERVICE_USE, months).await.unwrap();
    for at in 2..30 {
        scratch.db.commit(Change::event(event(at))).await.unwrap();
    }
}

async fn close(scratch: &Scratch) {
    maintenance::close(&scratch.db, "引っ越し", Change::event(event(99))).await.unwrap();
}

async fn moved(from: &Scratch, to: &Scratch) -> Result<Copied, CopyError> {
    copy(&from.options, &to.options, &public(), |_, _| {}).await
}

/// Runs `check` with each pair of engines that is at hand: source and target.
async fn each_way(check: impl AsyncFn(Scratch, Scratch)) {
    let sqlite = async || scratch::sqlite().await.unwrap();
    check(sqlite().await, sqlite().await).await;
    let Ok(url) = std::env::var("PG_URL") else { return };
    let postgres = async || scratch::postgres(&url).await.unwrap();
    check(sqlite().await, postgres().await).await;
    check(postgres().await, sqlite().await).await;
    check(postgres().await, postgres().await).await;
}

async fn discard(scratches: [Scratch; 2]) {
    for scratch in scratches {
        scratch.discard().await.unwrap();
    }
}

#[tokio::test]
async fn a_filled_house_arrives_whole_and_open_and_the_former_one_stays_closed() {
    each_way(async |from, to| {
        filled(&from).await;
        close(&from).await;
        let copied = moved(&from, &to).await.unwrap();
        assert_eq!((copied.events, copied.rows), (30, 30 + 3 + 2_000 + 1));
        let card = async |db: &Db| {
            let sql = "SELECT organisation, account_id, challenge, answer, until_ms
                         FROM card_check
                        WHERE id = '1'
                        LIMIT 1";
            let mut row = db.row(sql, vec![]).await.unwrap().unwrap();
            let texts = ["organisation", "account_id", "challenge"];
            let texts = texts.map(|column| row.text(column).unwrap()).concat();
            (texts, row.bytes("answer").unwrap(), row.int("until_ms").unwrap())
        };
        let there = card(&to.db).await;
        assert_eq!(there, ("架空𠮷a'b\\".to_owned(), vec![0, 255, 1], i64::MAX));
        assert_eq!(maintenance::closed_because(&to.db).await.unwrap(), None);
        assert!(maintenance::closed_because(&from.db).await.unwrap().is_some());
        to.db.commit(Change::event(event(100))).await.unwrap();
        let verified = event_log::verify_newest(&to.db, &public(), 1_000).await.unwrap();
        assert_eq!(verified, Some(Ok(31)));
        discard([from, to]).await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_moved_safely_is_refused() {
    each_way(async |from, to| {
        filled(&from).await;
        assert!(matches!(moved(&from, &to).await, Err(CopyError::Open)));
        close(&from).await;
        to.db.commit(Change::event(event(1))).await.unwrap();
        let refused = moved(&from, &to).await;
        assert!(matches!(refused, Err(CopyError::NotEmpty("event"))), "{refused:?}");
        discard([from, to]).await;
    })
    .await;
}

#[tokio::test]
async fn a_table_that_is_not_known_stops_the_copy_on_either_side() {
    each_way(async |from, to| {
        let odd = || Change::new().with("CREATE TABLE odd (a TEXT)", vec![]);
        to.db.commit(odd()).await.unwrap();
        close(&from).await;
        let refused = moved(&from, &to).await;
        assert!(matches!(&refused, Err(CopyError::Unknown(name)) if name == "odd"), "{refused:?}");
        to.db.commit(Change::new().with("DROP TABLE odd", vec![])).await.unwrap();
        maintenance::reopen(&from.db, Change::new()).await.unwrap();
        from.db.commit(odd()).await.unwrap();
        close(&from).await;
        let refused = moved(&from, &to).await;
        assert!(matches!(&refused, Err(CopyError::Unknown(name)) if name == "odd"), "{refused:?}");
        discard([from, to]).await;
    })
    .await;
}

#[tokio::test]
async fn a_log_that_does_not_verify_is_not_carried_on() {
    each_way(async |from, to| {
        filled(&from).await;
        let forge = "UPDATE event SET payload = '{}' WHERE seq = 3";
        from.db.commit(Change::new().with_one(forge, vec![])).await.unwrap();
        close(&from).await;
        let refused = moved(&from, &to).await;
        assert!(matches!(refused, Err(CopyError::Log(LogError::Root))), "{refused:?}");
        assert_eq!(event_log::page(&to.db, 0, 9).await.unwrap(), []);
        to.db.commit(Change::event(event(1))).await.unwrap();
        discard([from, to]).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_that_was_acknowledged_is_lost_while_others_go_on_writing() {
    each_way(async |from, to| {
        let writing = (0..6).map(|writer| {
            let db = from.db.clone();
            tokio::spawn(async move {
                let mut acknowledged = 0_u64;
                loop {
                    match db.commit(Change::event(event(writer))).await {
                        Ok(_) => acknowledged += 1,
                        Err(StoreError::Closed) => return acknowledged,
                        Err(error) => panic!("{error:?}"),
                    }
                }
            })
        });
        let writing: Vec<_> = writing.collect();
        while event_log::head(&from.db).await.unwrap().is_none_or(|head| head.size < 50) {
            tokio::task::yield_now().await;
        }
        close(&from).await;
        let copied = moved(&from, &to).await.unwrap();
        let mut acknowledged = 1;
        for writer in writing {
            acknowledged += writer.await.unwrap();
        }
        assert_eq!(copied.events, acknowledged);
        discard([from, to]).await;
    })
    .await;
}

#[tokio::test]
async fn a_house_moves_onto_partitions() {
    let Ok(url) = std::env::var("PG_URL") else { return };
    let from = scratch::sqlite().await.unwrap();
    let to = scratch::postgres(&url).await.unwrap();
    crate::partition(&to.options, 3, |_, _| {}).await.unwrap();
    filled(&from).await;
    close(&from).await;
    assert_eq!(moved(&from, &to).await.unwrap().events, 30);
    discard([from, to]).await;
}

#[tokio::test]
async fn a_row_that_arrives_otherwise_than_it_was_sent_stops_the_copy() {
    each_way(async |from, to| {
        filled(&from).await;
        close(&from).await;
        // Somebody's trigger in the target changes what is written.
        let spoil: &[&'static str] = match to.options {
            Options::Sqlite { .. } => &["CREATE TRIGGER spoil AFTER INSERT ON card_check
                    BEGIN
                        UPDATE card_check
                           SET stage = 'refused'
                         WHERE id = '1';
                    END"],
            Options::Postgres { .. } => &[
                "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN NEW.stage := 'refused'; RETURN NEW; END $$",
                "CREATE TRIGGER spoil BEFORE INSERT ON card_check
                    FOR EACH ROW WHEN (NEW.id = '1') EXECUTE FUNCTION spoil()",
            ],
        };
        for sql in spoil {
            to.db.commit(Change::new().with(sql, vec![])).await.unwrap();
        }
        let refused = moved(&from, &to).await;
        let differs = CopyError::Differs { table: "card_check", sent: 3, arrived: 3 };
        assert_eq!(format!("{:?}", refused.unwrap_err()), format!("{differs:?}"));
        let left = "SELECT id FROM card_check LIMIT 9";
        assert!(to.db.rows(left, vec![]).await.unwrap().is_empty());
        discard([from, to]).await;
    })
    .await;
}
