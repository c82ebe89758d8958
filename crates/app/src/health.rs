//! Whether looks can happen now (稼働の確認): the database reads and the writer answers.

use std::time::Duration;

use tasuki_store::{Change, setting};

use crate::App;

/// What a probe found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// The database can be read.
    pub reads: bool,
    /// The writer, and with it the event log, answers.
    pub writes: bool,
}

/// Longest wait for an answer.
const WAIT: Duration = Duration::from_secs(2);

/// Reads one row and has the writer commit nothing.
pub async fn probe(app: &App) -> Probe {
    let read = tokio::time::timeout(WAIT, setting::newest(&app.db, "health")).await;
    let write = tokio::time::timeout(WAIT, app.db.commit(Change::new())).await;
    Probe { reads: matches!(read, Ok(Ok(_))), writes: matches!(write, Ok(Ok(_))) }
}
