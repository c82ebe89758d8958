//! A one-time code by mail (メールで届くコード).

use tasuki_core::date::AtMs;
use tasuki_store::rate;
use tasuki_store::session::{self, Stage};

use super::sign_in::{begun, step};
use super::{Step, recovery};
use crate::mail::Mail;
use crate::secret::Secret;
use crate::{App, AppError};

/// A mailed code works this long, in milliseconds.
const CODE_MS: i64 = 10 * 60_000;

/// Mails to one account within [`CODE_MS`].
const MAILS_MAX: i64 = 5;

/// Milliseconds of one counting window.
const WINDOW_MS: i64 = 60_000;

/// Sends a six-digit code to the account's address; a code sent before no longer works.
///
/// # Errors
///
/// [`AppError::Denied`] when the account has a code application or no address,
/// [`AppError::TooMany`] after five mails in ten minutes, [`AppError::Unavailable`] without a mail
/// server, [`AppError::SignInNeeded`] when the sign-in is unknown here or too old.
pub async fn mail_code(app: &App, device: &str, pending: &str, now: AtMs) -> Result<(), AppError> {
    let (session, credentials) = begun(app, device, pending, now).await?;
    let by_mail =
        matches!(step(app, &credentials, session.stage), Step::Code { mail: Some(_), .. });
    let to = credentials.account.mail.filter(|_| by_mail && session.stage == Stage::Pending);
    let to = to.ok_or(AppError::Denied)?;
    let subject = format!("mail-code/{}", credentials.account.id);
    if rate::tries(&app.db, &subject, now.plus_ms(-CODE_MS)).await? >= MAILS_MAX {
        return Err(AppError::TooMany { retry_after_s: CODE_MS / 1_000 });
    }
    let code = Secret::six_digits();
    let digest = recovery::mail_digest(&app.keyring, &session.token_hash, code.expose());
    let window = AtMs(now.0 - now.0.rem_euclid(WINDOW_MS));
    let change = session::set_secret(&session.token_hash, &digest, now.plus_ms(CODE_MS))
        .and(rate::count(&subject, window));
    app.db.commit(change).await?;
    app.mail.send(Mail {
        to,
        subject: "サインインのコード".to_owned(),
        text: format!(
            "サインインのコードは {} です。\n\
             10分以内に画面に入力してください。だれにも教えないでください。\n\
             心当たりがないときは、事業所の管理者に知らせてください。\n",
            code.expose()
        ),
    })
}
