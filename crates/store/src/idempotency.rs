//! Answers to writes of software, by idempotency key (二重送信の防止): rows of `idempotency`.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;

use crate::error::StoreError;
use crate::{Change, Db, params};

/// The answer to a write, to be given again when the write is sent again.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// SHA-256 of the request, hexadecimal: another request under the same key is an error.
    pub request_sha256: String,
    /// Status of the answer.
    pub status: i64,
    /// Body of the answer, sealed by the caller when it is personal.
    pub answer: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Keeps an answer in the commit of the write itself; duplicate when the same key came twice at
/// once, and then nothing of the second write happens.
pub fn keep(organisation: &Organisation, key: &str, answer: &Answer, now: AtMs) -> Change {
    Change::new().with(
        "INSERT INTO idempotency (organisation, key, request_sha256, status, answer, made_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            organisation.to_string(),
            key,
            answer.request_sha256.as_str(),
            answer.status,
            answer.answer.clone(),
            now,
        ],
    )
}

/// The answer that was given under a key.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn get(
    db: &Db,
    organisation: &Organisation,
    key: &str,
) -> Result<Option<Answer>, StoreError> {
    let sql = "SELECT request_sha256, status, answer
                 FROM idempotency
                WHERE organisation = $1 AND key = $2
                LIMIT 1";
    let Some(row) = db.row(sql, params![organisation.to_string(), key]).await? else {
        return Ok(None);
    };
    let mut row = row.of("idempotency");
    Ok(Some(Answer {
        request_sha256: row.text("request_sha256")?,
        status: row.int("status")?,
        answer: row.bytes("answer")?,
    }))
}

/// Puts the answer to a claimed key (status 0); stale when it has one.
pub fn fill(organisation: &Organisation, key: &str, status: i64, answer: Vec<u8>) -> Change {
    Change::new().with_one(
        "UPDATE idempotency
            SET status = $3, answer = $4
          WHERE organisation = $1 AND key = $2 AND status = 0",
        params![organisation.to_string(), key, status, answer],
    )
}

/// Removes a claimed key that has no answer.
pub fn release(organisation: &Organisation, key: &str) -> Change {
    Change::new().with(
        "DELETE FROM idempotency
          WHERE organisation = $1 AND key = $2 AND status = 0",
        params![organisation.to_string(), key],
    )
}

/// Removes answers made before `before`.
pub fn sweep(before: AtMs) -> Change {
    Change::new().with(
        "DELETE FROM idempotency
          WHERE made_at_ms < $1",
        params![before],
    )
}
