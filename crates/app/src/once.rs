//! Writes that software sends again (二重送信の防止): done once, answered twice.
//!
//! A key is held while its write is under way and filled with the answer afterwards. When the
//! process ends in between, the row tells what became of the write, because every commit of it
//! marks the row: a hold without a mark is taken over after [`TAKE_OVER_MS`], and what the former
//! holder still tries to commit fails; one with a mark stays a conflict, and the sender looks.

use tasuki_core::date::AtMs;
use tasuki_store::StoreError;
use tasuki_store::idempotency::{self, Hold, Stage};

use crate::caller::Staff;
use crate::{App, AppError};

/// Milliseconds after which a hold without a mark may be taken over.
pub const TAKE_OVER_MS: i64 = 5 * 60_000;

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
    /// Do the write during this hold, then [`fill`] it, [`release`] or [`forget`] it.
    Fresh(Hold),
    /// The same request was answered before.
    Answered(Answer),
}

fn place(hold: &Hold) -> String {
    format!("idempotency/{}/{}", hold.organisation, hold.key)
}

/// Claims `key` for the request with this digest (SHA-256, hexadecimal).
///
/// # Errors
///
/// [`AppError::Invalid`] with `idempotency-reused` when the key was used for another request,
/// [`AppError::Conflict`] while the first one is under way, and when it committed something but
/// its answer was lost.
pub async fn claim(
    app: &App,
    staff: &Staff,
    key: &str,
    request_sha256: &str,
    now: AtMs,
) -> Result<Claim, AppError> {
    let organisation = staff.organisation.clone();
    let hold = Hold { organisation, key: key.to_owned(), since: now };
    match app.db.commit(hold.take(request_sha256)).await {
        Ok(_) => return Ok(Claim::Fresh(hold)),
        Err(StoreError::Duplicate) => {}
        Err(error) => return Err(error.into()),
    }
    let known = idempotency::get(&app.db, &staff.organisation, key).await?;
    let known = known.ok_or(AppError::Conflict)?;
    if known.request_sha256 != request_sha256 {
        return Err(AppError::invalid("Idempotency-Key", "idempotency-reused"));
    }
    match known.stage {
        Stage::Answered(answer) => Ok(Claim::Answered(opened(app, &hold, &answer)?)),
        Stage::Held if known.since.plus_ms(TAKE_OVER_MS) <= now => {
            app.db.commit(hold.take_over(known.since)).await?;
            Ok(Claim::Fresh(hold))
        }
        Stage::Held | Stage::Marked => Err(AppError::Conflict),
    }
}

fn opened(app: &App, hold: &Hold, answer: &idempotency::Answer) -> Result<Answer, AppError> {
    let body = app.keyring.platform().open(place(hold).as_bytes(), &answer.body);
    let status = u16::try_from(answer.status).map_err(AppError::internal)?;
    Ok(Answer { status, body: body.map_err(AppError::internal)?.to_vec() })
}

/// Keeps the answer to the write, sealed.
///
/// # Errors
///
/// [`AppError::Conflict`] when the key was taken over, [`AppError::Unavailable`] when the database
/// fails.
pub async fn fill(app: &App, hold: &Hold, answer: &Answer) -> Result<(), AppError> {
    let sealed = app.keyring.platform().seal(place(hold).as_bytes(), &answer.body);
    let body = sealed.map_err(AppError::internal)?;
    let answer = idempotency::Answer { status: i64::from(answer.status), body };
    app.db.commit(hold.fill(answer)).await?;
    Ok(())
}

/// Frees the key of a write that failed on our side, unless something of it was committed.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn release(app: &App, hold: &Hold) -> Result<(), AppError> {
    app.db.commit(hold.release()).await?;
    Ok(())
}

/// Frees the key of a request that was told to come again.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn forget(app: &App, hold: &Hold) -> Result<(), AppError> {
    app.db.commit(hold.forget()).await?;
    Ok(())
}
