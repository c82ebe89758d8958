//! What a signed-in member changes about the own account (自分のアカウント).

use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Outcome};
use tasuki_store::account::{self, Credentials};
use tasuki_store::{Change, session};

use super::first::new_password_change;
use super::password::Checked;
use super::{Enrolment, RecoveryCodes, SignedIn, record, recovery, rules, totp, tries};
use crate::secret::{Secret, same};
use crate::{App, AppError};

/// Changes the own password; all other sessions of the account end.
///
/// # Errors
///
/// [`AppError::Invalid`] on `password` with `password-wrong`, on `new_password` with a rule of
/// [`super::rules::password`] or `password-same`; [`AppError::TooMany`] after wrong tries.
pub async fn change_password(
    app: &App,
    caller: &SignedIn,
    password: &Secret,
    new_password: &Secret,
    now: AtMs,
) -> Result<(), AppError> {
    // What the new password breaks says nothing about the present one, so it costs no try.
    rules::password("new_password", new_password, &own(app, caller).await?.account.login)?;
    if same(password.expose(), new_password.expose()) {
        return Err(AppError::invalid("new_password", "password-same"));
    }
    let (credentials, attempt) = prove(app, caller, password, now).await?;
    let change = new_password_change(app, &credentials, new_password)
        .await?
        .and(attempt)
        .and(session::end_of_account(&caller.staff.account, Some(&caller.session)))
        .and(changed(caller, "password", now));
    app.db.commit(change).await?;
    Ok(())
}

/// Makes the secret of a new code application; the former one works until it is confirmed.
///
/// # Errors
///
/// [`AppError::Invalid`] on `password` with `password-wrong`, [`AppError::TooMany`] after wrong
/// tries.
pub async fn begin_enrolment(
    app: &App,
    caller: &SignedIn,
    password: &Secret,
    now: AtMs,
) -> Result<Enrolment, AppError> {
    let (credentials, attempt) = prove(app, caller, password, now).await?;
    let account = &credentials.account;
    let secret = totp::new_secret();
    let sealed = totp::seal(&app.keyring, &account.id, &secret)?;
    app.db.commit(account::set_totp_candidate(&account.id, sealed).and(attempt)).await?;
    totp::enrolment(&secret, &account.login)
}

/// Confirms the new code application with its first code; recovery codes are made anew.
///
/// # Errors
///
/// [`AppError::Invalid`] on `code` with `code`, [`AppError::Denied`] when nothing waits to
/// be confirmed, [`AppError::TooMany`] after wrong tries.
pub async fn confirm_enrolment(
    app: &App,
    caller: &SignedIn,
    code: &str,
    now: AtMs,
) -> Result<RecoveryCodes, AppError> {
    let credentials = own(app, caller).await?;
    let candidate = credentials.totp_candidate.clone().ok_or(AppError::Denied)?;
    let attempt = tries::count(app, &credentials.account.login, now).await?;
    let id = &credentials.account.id;
    let step = totp::step(&app.keyring, id, &candidate, &recovery::typed(code), now)?;
    let Some(step) = step else {
        let actor = caller.staff.actor();
        let event = record::event(actor, Action::AccountChange, Outcome::Failed, "first-code", now);
        app.db.commit(Change::event(event)).await?;
        return Err(AppError::invalid("code", "code"));
    };
    let (codes, digests) = recovery::new_codes(&app.keyring, id);
    let change = account::confirm_totp(id, &candidate, step, &digests)
        .and(attempt.all_right())
        .and(changed(caller, "code-application", now));
    app.db.commit(change).await?;
    Ok(codes)
}

/// Makes ten new recovery codes; the former ones no longer work.
///
/// # Errors
///
/// [`AppError::Invalid`] on `password` with `password-wrong`, [`AppError::TooMany`] after wrong
/// tries.
pub async fn renew_recovery_codes(
    app: &App,
    caller: &SignedIn,
    password: &Secret,
    now: AtMs,
) -> Result<RecoveryCodes, AppError> {
    let (credentials, attempt) = prove(app, caller, password, now).await?;
    let id = &credentials.account.id;
    let (codes, digests) = recovery::new_codes(&app.keyring, id);
    let change = account::set_recovery(id, &credentials.recovery, &digests)
        .and(attempt)
        .and(changed(caller, "recovery-codes", now));
    app.db.commit(change).await?;
    Ok(codes)
}

/// Checks the own password again before something that matters; tries count as at sign-in.
async fn prove(
    app: &App,
    caller: &SignedIn,
    password: &Secret,
    now: AtMs,
) -> Result<(Credentials, Change), AppError> {
    let credentials = own(app, caller).await?;
    let attempt = tries::count(app, &credentials.account.login, now).await?;
    let hash = Some(credentials.password_hash.as_str());
    if app.passwords.check(password, hash).await? == Checked::Wrong {
        let actor = caller.staff.actor();
        let event = record::event(actor, Action::AccountChange, Outcome::Failed, "password", now);
        app.db.commit(Change::event(event)).await?;
        return Err(AppError::invalid("password", "password-wrong"));
    }
    Ok((credentials, attempt.right()))
}

async fn own(app: &App, caller: &SignedIn) -> Result<Credentials, AppError> {
    account::by_id(&app.db, &caller.staff.account).await?.ok_or(AppError::SignInNeeded)
}

fn changed(caller: &SignedIn, what: &str, now: AtMs) -> Change {
    let actor = caller.staff.actor();
    Change::event(record::event(actor, Action::AccountChange, Outcome::Allowed, what, now))
}
