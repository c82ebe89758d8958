//! Answers to writes of software, by idempotency key (二重送信の防止): rows of `idempotency`.
//!
//! While the write is under way its row is held ([`Hold`]). Each commit of the write marks the row
//! in the same commit, and fails when somebody else has taken the row over: so a row that was held
//! long ago and is not marked belongs to a write that did not happen, and never will.

use std::future::Future;

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;

use crate::error::StoreError;
use crate::{Change, Db, params};

/// The answer to a write, to be given again when the write is sent again.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its HTTP status.
    pub status: i64,
    /// Its body, sealed by the caller.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Status of a row whose write has committed nothing yet.
const HELD: i64 = 0;

/// Status of a row whose write has committed something and has no answer yet.
const MARKED: i64 = 1;

/// A key while its write is under way (処理中の書き込み).
#[derive(Debug, Clone)]
pub struct Hold {
    /// Whose key.
    pub organisation: Organisation,
    /// The key.
    pub key: String,
    /// When it was taken; tells it from a later hold of the same key.
    pub since: AtMs,
}

tokio::task_local! {
    /// The hold that commits of the present task belong to.
    static PRESENT: Hold;
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// SHA-256 of its request, hexadecimal.
    pub request_sha256: String,
    /// Since when it is held, or was.
    pub since: AtMs,
    /// How far its write has come.
    pub stage: Stage,
}

/// How far a write under a key has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nothing of it is committed.
    Held,
    /// Something of it is committed; its answer is not here.
    Marked,
    /// It was answered.
    Answered(Answer),
}

impl Hold {
    /// Takes a key that nobody has used; duplicate when somebody has.
    pub fn take(&self, request_sha256: &str) -> Change {
        Change::new().with(
            "INSERT INTO idempotency (organisation, key, request_sha256, status, answer,
                    made_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6)",
            params![
                self.organisation.to_string(),
                &*self.key,
                request_sha256,
                HELD,
                Vec::new(),
                self.since,
            ],
        )
    }

    /// Takes a key over that was held since `before`; stale when that write went on after all.
    pub fn take_over(&self, before: AtMs) -> Change {
        Change::new().with_one(
            "UPDATE idempotency
                SET made_at_ms = $4
              WHERE organisation = $1 AND key = $2 AND made_at_ms = $3 AND status = 0",
            params![self.organisation.to_string(), &*self.key, before, self.since],
        )
    }

    /// Runs `work`: every commit of it marks the key, and none happens once the key is taken over.
    pub async fn during<W: Future>(self, work: W) -> W::Output {
        PRESENT.scope(self, work).await
    }

    fn mark(&self) -> Change {
        Change::new().with_one(
            "UPDATE idempotency
                SET status = $4
              WHERE organisation = $1 AND key = $2 AND made_at_ms = $3 AND status IN (0, 1)",
            params![self.organisation.to_string(), &*self.key, self.since, MARKED],
        )
    }

    /// Keeps the answer; stale when the key was taken over.
    pub fn fill(&self, answer: Answer) -> Change {
        Change::new().with_one(
            "UPDATE idempotency
                SET status = $4, answer = $5
              WHERE organisation = $1 AND key = $2 AND made_at_ms = $3 AND status IN (0, 1)",
            params![
                self.organisation.to_string(),
                &*self.key,
                self.since,
                answer.status,
                answer.body,
            ],
        )
    }

    /// Frees the key when nothing of its write was committed.
    pub fn release(&self) -> Change {
        Change::new().with(
            "DELETE FROM idempotency
              WHERE organisation = $1 AND key = $2 AND made_at_ms = $3 AND status = 0",
            params![self.organisation.to_string(), &*self.key, self.since],
        )
    }

    /// Frees the key whatever was committed: for answers that ask to try again.
    pub fn forget(&self) -> Change {
        Change::new().with(
            "DELETE FROM idempotency
              WHERE organisation = $1 AND key = $2 AND made_at_ms = $3 AND status IN (0, 1)",
            params![self.organisation.to_string(), &*self.key, self.since],
        )
    }
}

/// What marks the key of the present task, when it has one.
pub(crate) fn mark() -> Option<Change> {
    PRESENT.try_with(Hold::mark).ok()
}

/// What is known of a key.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn get(
    db: &Db,
    organisation: &Organisation,
    key: &str,
) -> Result<Option<Known>, StoreError> {
    let sql = "SELECT request_sha256, status, answer, made_at_ms
                 FROM idempotency
                WHERE organisation = $1 AND key = $2
                LIMIT 1";
    let Some(row) = db.row(sql, params![organisation.to_string(), key]).await? else {
        return Ok(None);
    };
    let mut row = row.of("idempotency");
    let request_sha256 = row.text("request_sha256")?;
    let (status, body) = (row.int("status")?, row.bytes("answer")?);
    let since = row.at("made_at_ms")?;
    let stage = match status {
        HELD => Stage::Held,
        MARKED => Stage::Marked,
        status => Stage::Answered(Answer { status, body }),
    };
    Ok(Some(Known { request_sha256, since, stage }))
}

/// Removes answers made before `before`.
pub fn sweep(before: AtMs) -> Change {
    Change::new().with(
        "DELETE FROM idempotency
          WHERE made_at_ms < $1",
        params![before],
    )
}
