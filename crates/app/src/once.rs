//! Writes that software sends again (二重送信の防止): done once, answered twice.
//!
//! A key is claimed before the write and filled with its answer afterwards. A claim that was never
//! filled (the process ended in between) is answered with [`AppError::Conflict`]: the sender looks
//! whether its write happened.

use tasuki_core::date::AtMs;
use tasuki_store::{StoreError, idempotency};

use crate::caller::Staff;
use crate::{App, AppError};

/// An answer given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

/// A claimed key.
#[derive(Debug)]
pub enum Claim {
    /// Nobody used it: do the write, then [`fill`] or [`release`].
    Fresh,
    /// The same request was answered before.
    Answered(Answer),
}

/// Status of a claim whose answer is not there yet.
const CLAIMED: i64 = 0;

fn place(staff: &Staff, key: &str) -> String {
    format!("idempotency/{}/{key}", staff.organisation)
}

/// Claims `key` for the request with this digest (SHA-256, hexadecimal).
///
/// # Errors
///
/// [`AppError::Invalid`] with `idempotency-reused` when the key was used for another request,
/// [`AppError::Conflict`] while the first one is not answered.
pub async fn claim(
    app: &App,
    staff: &Staff,
    key: &str,
    request_sha256: &str,
    now: AtMs,
) -> Result<Claim, AppError> {
    let request_sha256 = request_sha256.to_owned();
    let claim = idempotency::Answer { request_sha256, status: CLAIMED, answer: Vec::new() };
    let change = idempotency::keep(&staff.organisation, key, &claim, now);
    match app.db.commit(change).await {
        Ok(_) => return Ok(Claim::Fresh),
        Err(StoreError::Duplicate) => {}
        Err(error) => return Err(error.into()),
    }
    let known = idempotency::get(&app.db, &staff.organisation, key).await?;
    let known = known.ok_or(AppError::Conflict)?;
    if known.request_sha256 != claim.request_sha256 {
        return Err(AppError::invalid("Idempotency-Key", "idempotency-reused"));
    }
    if known.status == CLAIMED {
        return Err(AppError::Conflict);
    }
    let body = app.keyring.platform().open(place(staff, key).as_bytes(), &known.answer);
    let status = u16::try_from(known.status).map_err(AppError::internal)?;
    let body = body.map_err(AppError::internal)?.to_vec();
    Ok(Claim::Answered(Answer { status, body }))
}

/// Keeps the answer to the write, sealed.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn fill(app: &App, staff: &Staff, key: &str, answer: &Answer) -> Result<(), AppError> {
    let sealed = app.keyring.platform().seal(place(staff, key).as_bytes(), &answer.body);
    let sealed = sealed.map_err(AppError::internal)?;
    let change = idempotency::fill(&staff.organisation, key, i64::from(answer.status), sealed);
    app.db.commit(change).await?;
    Ok(())
}

/// Frees the key of a write that did not happen.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn release(app: &App, staff: &Staff, key: &str) -> Result<(), AppError> {
    app.db.commit(idempotency::release(&staff.organisation, key)).await?;
    Ok(())
}
