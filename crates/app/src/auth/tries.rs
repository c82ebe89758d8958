//! Wrong tries slow down and lock (試行の制限), for known and unknown logins alike.

use tasuki_core::date::AtMs;
use tasuki_store::{Change, StoreError, wrong_tries};

use crate::mail::Mail;
use crate::{App, AppError};

/// Wrong tries in a row that cost nothing yet.
const FREE: i64 = 2;

/// Longest pause before the lock, in seconds.
const PAUSE_MAX_S: i64 = 60;

/// Times a count is tried again when others try at the same moment.
const AGAIN: usize = 8;

/// A try that has been counted as wrong until it turns out right.
#[derive(Debug)]
pub(crate) struct Try {
    subject: String,
    /// The limit is reached: if this try is wrong, the login is locked.
    pub(crate) locks: bool,
}

/// Counts a try of `login` before it is looked at, so that tries at once cannot pass each other.
///
/// # Errors
///
/// [`AppError::TooMany`] while the login must wait.
pub(crate) async fn count(app: &App, login: &str, now: AtMs) -> Result<Try, AppError> {
    let subject = subject(app, login);
    let limit = app.settings.tries_until_lock.max(1);
    for _ in 0..AGAIN {
        let former = wrong_tries::of(&app.db, &subject).await?;
        if now < former.next_try_at {
            let wait_ms = former.next_try_at.0 - now.0;
            return Err(AppError::TooMany { retry_after_s: (wait_ms + 999) / 1_000 });
        }
        // A lock that is over gives all tries back.
        let tries = if former.tries >= limit { 1 } else { former.tries + 1 };
        let pause = pause_ms(tries, limit, app.settings.lock_minutes);
        let change = wrong_tries::count(&subject, &former, tries, now.plus_ms(pause));
        match app.db.commit(change).await {
            Ok(_) => return Ok(Try { subject, locks: tries == limit }),
            Err(StoreError::Stale | StoreError::Duplicate) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(AppError::TooMany { retry_after_s: 1 })
}

impl Try {
    /// The try was right, but not yet all that is asked for.
    pub(crate) fn right(&self) -> Change {
        wrong_tries::take_back(&self.subject)
    }

    /// Everything was right.
    pub(crate) fn all_right(&self) -> Change {
        wrong_tries::clear(&self.subject)
    }
}

/// Lets a locked login try again at once (ロックの解除).
pub fn unlock(app: &App, login: &str) -> Change {
    wrong_tries::clear(&subject(app, login))
}

/// The mail that tells the owner of a lock.
pub(crate) fn lock_mail(app: &App, to: &str, now: AtMs) -> Mail {
    let minutes = app.settings.lock_minutes;
    let at = now.date_time().strftime("%Y年%-m月%-d日 %H:%M");
    Mail {
        to: to.to_owned(),
        subject: "サインインを一時的に止めました".to_owned(),
        text: format!(
            "{at} に、サインインの誤りが続いたため、あなたのアカウントを{minutes}分間止めました。\n\
             心当たりがあるときは、{minutes}分後にもう一度サインインしてください。\n\
             心当たりがないときは、事業所の管理者にすぐに知らせてください。\n"
        ),
    }
}

fn subject(app: &App, login: &str) -> String {
    format!("login/{}", hex::encode(app.keyring.platform().digest(login.as_bytes())))
}

/// Milliseconds to wait after `tries` wrong tries.
fn pause_ms(tries: i64, limit: i64, lock_minutes: i64) -> i64 {
    if tries >= limit {
        return lock_minutes.saturating_mul(60_000);
    }
    let doublings = u32::try_from((tries - FREE).clamp(0, 16)).unwrap_or(0);
    let seconds = if doublings == 0 { 0 } else { 2_i64.saturating_pow(doublings) };
    seconds.min(PAUSE_MAX_S) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_until_the_lock() {
        let pauses: Vec<_> = (1..=6).map(|tries| pause_ms(tries, 5, 15)).collect();
        assert_eq!(pauses, [0, 0, 2_000, 4_000, 900_000, 900_000]);
        assert_eq!(pause_ms(30, 100, 15), 60_000);
    }
}
