//! What is done every hour: clearing away what has served its time (期限切れの片付け) – sessions,
//! counted tries, answers under a key, readings of cards – and telling of certificates that end
//! soon. Nothing of a person's papers and no event is ever swept.

use tasuki_core::date::AtMs;
use tasuki_store::{card_check, idempotency, rate, session};

use crate::{App, AppError};

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// How long what is over stays, for whoever must look into a complaint of yesterday: one day.
const OVER_MS: i64 = DAY_MS;

/// How long an answer under an `Idempotency-Key` is kept: two days.
const ANSWER_MS: i64 = 2 * DAY_MS;

/// Removes rows that are over at `now`, and tells what is due; instances that sweep at the same
/// time do no harm.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database cannot be written; the next sweep takes it along.
pub async fn sweep(app: &App, now: AtMs) -> Result<(), AppError> {
    let over = now.plus_ms(-OVER_MS);
    let change = session::sweep(over)
        .and(rate::sweep(over))
        .and(card_check::sweep(over))
        .and(idempotency::sweep(now.plus_ms(-ANSWER_MS)));
    app.db.commit(change).await?;
    crate::device::due::tell(app, now).await
}
