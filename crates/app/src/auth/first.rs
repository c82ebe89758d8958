//! What the first sign-in asks for (初回サインイン): code application, own password.

use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Outcome};
use tasuki_store::session::{self, Stage};
use tasuki_store::{Change, account};

use super::code::{advance, known, open};
use super::password::Checked;
use super::sign_in::{Known, begun, fail, step};
use super::{
    Enrolment, Opened, Progress, RecoveryCodes, Step, record, recovery, rules, totp, tries,
};
use crate::secret::Secret;
use crate::{App, AppError};

/// Makes the secret of a code application for an account that has no second factor yet.
///
/// # Errors
///
/// [`AppError::Denied`] when the account has one, [`AppError::SignInNeeded`] when the sign-in is
/// unknown here or too old.
pub async fn begin_enrolment(
    app: &App,
    device: &str,
    pending: &str,
    now: AtMs,
) -> Result<Enrolment, AppError> {
    let (session, credentials) = begun(app, device, pending, now).await?;
    if step(app, &credentials, session.stage) != Step::EnrolCode {
        return Err(AppError::Denied);
    }
    let account = &credentials.account;
    let secret = totp::new_secret();
    let sealed = totp::seal(&app.keyring, &account.id, &secret)?;
    app.db.commit(account::set_totp_candidate(&account.id, sealed)).await?;
    totp::enrolment(&secret, &account.login)
}

/// Confirms the code application with its first code; the sign-in goes on.
///
/// # Errors
///
/// As [`super::code()`], and [`AppError::Denied`] when nothing waits to be confirmed.
pub async fn confirm_enrolment(
    app: &App,
    device: &str,
    pending: &str,
    code: &str,
    now: AtMs,
) -> Result<(Progress, RecoveryCodes), AppError> {
    let (session, credentials) = begun(app, device, pending, now).await?;
    let first = step(app, &credentials, session.stage) == Step::EnrolCode;
    let candidate = credentials.totp_candidate.clone().filter(|_| first);
    let candidate = candidate.ok_or(AppError::Denied)?;
    let attempt = tries::count(app, &credentials.account.login, now).await?;
    let known = known(app, &session, credentials).await?;
    let id = known.credentials.account.id.clone();
    let typed = recovery::typed(code);
    let Some(step) = totp::step(&app.keyring, &id, &candidate, &typed, now)? else {
        fail(app, Some(&known), &attempt, device, "first-code", now).await?;
        return Err(AppError::invalid("code", "code"));
    };
    let (codes, digests) = recovery::new_codes(&app.keyring, &id);
    let (progress, next) = advance(app, &session, &known, now)?;
    let change = account::confirm_totp(&id, &candidate, step, &digests)
        .and(attempt.all_right())
        .and(next)
        .and(changed(&known, device, "code-application", now));
    app.db.commit(change).await?;
    Ok((progress, codes))
}

/// Puts an own password in the place of the one that somebody else set, and signs in.
///
/// # Errors
///
/// [`AppError::Invalid`] on `new_password` with a rule of [`rules::password`] or `password-same`,
/// [`AppError::SignInNeeded`] when the sign-in is unknown here or too old.
pub async fn change_first_password(
    app: &App,
    device: &str,
    pending: &str,
    new_password: &Secret,
    now: AtMs,
) -> Result<Opened, AppError> {
    let (session, credentials) = begun(app, device, pending, now).await?;
    if session.stage != Stage::Proved {
        return Err(AppError::SignInNeeded);
    }
    let known = known(app, &session, credentials).await?;
    let credentials = &known.credentials;
    let change = new_password_change(app, credentials, new_password).await?;
    let (opened, open) = open(app, &session, &known, now)?;
    let change = change
        .and(session::end(&session.token_hash, Stage::Proved))
        .and(changed(&known, device, "password", now))
        .and(open);
    app.db.commit(change).await?;
    Ok(opened)
}

/// Checks a new password against the rules and the present one, and saves its hash.
pub(super) async fn new_password_change(
    app: &App,
    credentials: &account::Credentials,
    new_password: &Secret,
) -> Result<Change, AppError> {
    rules::password("new_password", new_password, &credentials.account.login)?;
    let former = &credentials.password_hash;
    if app.passwords.check(new_password, Some(former)).await? != Checked::Wrong {
        return Err(AppError::invalid("new_password", "password-same"));
    }
    let hash = app.passwords.hash(new_password).await?;
    Ok(account::set_password(&credentials.account.id, former, &hash, false))
}

/// The event of a change that the owner made to the account while signing in.
fn changed(known: &Known, device: &str, what: &str, now: AtMs) -> Change {
    let Some((organisation, job)) = &known.place else { return Change::new() };
    let actor = record::staff(organisation, &known.credentials.account.id, *job, device);
    let event = record::event(actor, Action::AccountChange, Outcome::Allowed, what, now);
    Change::event(event)
}
