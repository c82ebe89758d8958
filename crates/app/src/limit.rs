//! Limits of rate (回数の制限) that hold across all instances.

use tasuki_core::date::AtMs;
use tasuki_store::rate;

use crate::caller::Staff;
use crate::{App, AppError};

/// Ten minutes, the window of searches, in milliseconds.
const TEN_MINUTES_MS: i64 = 600_000;

/// Milliseconds of one counting window.
const WINDOW_MS: i64 = 60_000;

/// Codes of delegates that one holder of a card may enter in ten minutes.
const CODES: i64 = 10;

/// Counts an entered code, or refuses it.
///
/// # Errors
///
/// [`AppError::TooMany`] when the holder has used up the codes of ten minutes.
pub(crate) async fn codes(app: &App, holder: &str, now: AtMs) -> Result<(), AppError> {
    count(app, &format!("delegate-code/{holder}"), CODES, now).await
}

/// Counts a search of this account, or refuses it.
///
/// # Errors
///
/// [`AppError::TooMany`] when the account has used up its searches of ten minutes.
pub(crate) async fn finds(app: &App, staff: &Staff, now: AtMs) -> Result<(), AppError> {
    count(app, &format!("find/{}", staff.account), app.settings.finds_per_ten_minutes, now).await
}

async fn count(app: &App, subject: &str, most: i64, now: AtMs) -> Result<(), AppError> {
    let made = async || rate::tries(&app.db, subject, now.plus_ms(-TEN_MINUTES_MS)).await;
    let too_many = Err(AppError::TooMany { retry_after_s: TEN_MINUTES_MS / 1_000 });
    // What is refused is not counted: who waits for ten minutes may go on.
    if made().await? >= most {
        return too_many;
    }
    let window = AtMs(now.0 - now.0.rem_euclid(WINDOW_MS));
    app.db.commit(rate::count(subject, window)).await?;
    // Others counted at the same moment, on whichever instance: each sees its own try and theirs.
    if made().await? > most { too_many } else { Ok(()) }
}
