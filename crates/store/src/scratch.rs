//! Scratch databases: one of its own for each test and each benchmark, gone afterwards.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::db::{Db, Options};
use crate::error::StoreError;
use crate::event_log::HeadKey;

/// A database that is thrown away with this value.
pub struct Scratch {
    /// The database.
    pub db: Db,
    /// Where it is, to open it a second time.
    pub options: Options,
    place: Place,
}

/// What is to be removed.
enum Place {
    /// SQLite: the folder goes away with the value.
    Folder(#[expect(dead_code, reason = "held for its end")] tempfile::TempDir),
    /// PostgreSQL: the server, and the database's name on it.
    Server(String, String),
}

impl Scratch {
    /// Removes a database that is no longer needed from its server; a folder goes away by itself.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the server cannot be reached or refuses.
    pub async fn discard(self) -> Result<(), StoreError> {
        let Self { db, place, .. } = self;
        drop(db);
        let Place::Server(url, name) = place else { return Ok(()) };
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
        let connection = tokio::spawn(connection);
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        drop(client);
        // The connection ends with its client; how it ended says nothing about the database.
        let _ = connection.await;
        Ok(())
    }
}

/// Seed of the head key of every scratch database.
pub const HEAD_SEED: [u8; 32] = [42; 32];

/// A fresh SQLite database in a folder of its own.
///
/// # Errors
///
/// [`StoreError`] when the folder or the database cannot be made.
pub async fn sqlite() -> Result<Scratch, StoreError> {
    let folder = tempfile::tempdir().map_err(|_| StoreError::Unavailable("no scratch folder"))?;
    let options = Options::Sqlite { path: folder.path().join("tasuki.db") };
    let db = Db::open(&options, HeadKey::from_seed(HEAD_SEED)).await?;
    Ok(Scratch { db, options, place: Place::Folder(folder) })
}

/// A fresh database on the server of `url` (a database there that may create others).
///
/// # Errors
///
/// [`StoreError`] when the server cannot be reached or refuses.
pub async fn postgres(url: &str) -> Result<Scratch, StoreError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("scratch_{}_{number}", std::process::id());
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).await?;
    client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    drop(client);
    // The connection ends with its client; how it ended says nothing about the database.
    let _ = connection.await;
    let (server, _) = url.rsplit_once('/').unwrap_or((url, ""));
    let options = Options::Postgres { url: format!("{server}/{name}"), connections: 8 };
    let db = Db::open(&options, HeadKey::from_seed(HEAD_SEED)).await?;
    Ok(Scratch { db, options, place: Place::Server(url.to_owned(), name) })
}

/// Runs `check` on a fresh SQLite database and, when `PG_URL` names a server, on a fresh
/// PostgreSQL database: what one engine keeps, the other must keep too.
///
/// # Panics
///
/// When a scratch database cannot be made.
#[expect(clippy::panic, reason = "only tests and benchmarks call it, and they must stop")]
pub async fn for_each_database(check: impl AsyncFn(&Db)) {
    let sqlite = sqlite().await.unwrap_or_else(|error| panic!("sqlite: {error:?}"));
    check(&sqlite.db).await;
    if let Ok(url) = std::env::var("PG_URL") {
        let scratch = postgres(&url).await.unwrap_or_else(|error| panic!("postgres: {error:?}"));
        check(&scratch.db).await;
        // One that stays behind is only in the way: the tests have spoken.
        let _ = scratch.discard().await;
    }
}
