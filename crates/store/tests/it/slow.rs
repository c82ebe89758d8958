//! Slow statements are named in the log, and nothing that they were asked with.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tasuki_store::dialect::{Column, Conflict, Table};
use tasuki_store::scratch::for_each_database;
use tasuki_store::{Bulk, Change, Db, params, slow};
use tracing_subscriber::fmt::MakeWriter;

/// What a parameter holds, as text and as a number; neither stands in any statement.
const SECRET: &str = "架空の秘密九九";
const NUMBER: i64 = 7_316_294_857_316_294;

static KEYS: Table = Table::new(
    "insurer_key",
    Conflict::Keep,
    &[("insurer_number", Column::Text), ("wrapped", Column::Bytes)],
);

/// The log of this process; the writer speaks from a thread of its own.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8(bytes.clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Every way in which a statement reaches a database, each with the secret as a parameter.
async fn in_every_way(db: &Db) {
    const BY_NUMBER: &str = "SELECT wrapped FROM insurer_key WHERE insurer_number = $1 LIMIT 1";
    const BY_PLACE: &str = "SELECT seq FROM event WHERE seq = $1 LIMIT 1";
    db.rows(BY_NUMBER, params![SECRET]).await.unwrap();
    db.rows_of([(BY_NUMBER, params![SECRET]), (BY_PLACE, params![NUMBER])]).await.unwrap();
    let insert = "INSERT INTO insurer_key (insurer_number, wrapped) VALUES ($1, $2)";
    let bytes = SECRET.as_bytes().to_vec();
    db.commit(Change::new().with(insert, params![SECRET, bytes.clone()])).await.unwrap();
    for count in [1, 60] {
        let row = |n: i64| params![format!("{SECRET}{count}{n}"), bytes.clone()];
        db.store(Bulk::new().insert(&KEYS, (0..count).map(row).collect())).await.unwrap();
    }
}

#[tokio::test]
async fn a_slow_statement_is_named_without_what_it_was_asked_with() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone());
    subscriber.try_init().unwrap();
    for_each_database(async |db| {
        let before = log.text().len();
        slow::log_from(Some(Duration::ZERO));
        in_every_way(db).await;
        slow::log_from(None);
        let told = log.text().split_off(before);
        let named = [
            "SELECT wrapped FROM insurer_key",
            "SELECT seq FROM event",
            "INSERT INTO insurer_key",
            "COMMIT",
            "duration_ms=",
            "rows=60",
        ];
        for part in named {
            assert!(told.contains(part), "{part} is missing in {told}");
        }
        let number = NUMBER.to_string();
        let kept: [&str; 4] = [SECRET, &SECRET.escape_unicode().to_string(), &number, "\\xe6"];
        assert!(kept.iter().all(|part| !told.contains(part)), "{told}");
    })
    .await;
}
