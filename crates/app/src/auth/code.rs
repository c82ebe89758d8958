//! The second step of signing in: the one-time code (ワンタイムコードの確認).

use tasuki_core::account::{JobType, Organisation};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Outcome};
use tasuki_store::account::{self, Credentials};
use tasuki_store::session::{self, Session, Stage};
use tasuki_store::{Change, StoreError};

use super::sign_in::{Known, begun, fail};
use super::{Opened, Pending, Progress, Step, record, recovery, totp, tries};
use crate::secret::{Secret, same};
use crate::{App, AppError};

/// Shows a one-time code: of the code application, of a mail, or a recovery code.
///
/// Each works once. `pending` is the token of the first step, on the same device.
///
/// # Errors
///
/// [`AppError::Invalid`] with the rule `code` for a wrong or used code,
/// [`AppError::TooMany`] while the login must wait, [`AppError::SignInNeeded`] when the sign-in is
/// unknown here or too old.
pub async fn code(
    app: &App,
    device: &str,
    pending: &str,
    code: &str,
    now: AtMs,
) -> Result<Progress, AppError> {
    let (session, credentials) = begun(app, device, pending, now).await?;
    if session.stage != Stage::Pending {
        return Err(AppError::SignInNeeded);
    }
    let attempt = tries::count(app, &credentials.account.login, now).await?;
    let known = known(app, &session, credentials).await?;
    if let Some(used) = uses(app, &session, &known.credentials, code, now)? {
        let (progress, change) = advance(app, &session, &known, now)?;
        match app.db.commit(used.and(attempt.all_right()).and(change)).await {
            Ok(_) => return Ok(progress),
            // The code was used before, or came twice at once and the other one has used it.
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    fail(app, Some(&known), &attempt, device, "code", now).await?;
    Err(AppError::invalid("code", "code"))
}

/// What uses up the code, or `None` when it is wrong or used.
fn uses(
    app: &App,
    session: &Session,
    credentials: &Credentials,
    code: &str,
    now: AtMs,
) -> Result<Option<Change>, AppError> {
    let (id, code) = (credentials.account.id.as_str(), recovery::typed(code));
    if !recovery::is_six_digits(&code) {
        let left = recovery::use_code(&app.keyring, id, &credentials.recovery, &code);
        return Ok(left.map(|left| account::set_recovery(id, &credentials.recovery, &left)));
    }
    if let Some(sealed) = &credentials.totp_secret {
        let step = totp::step(&app.keyring, id, sealed, &code, now)?;
        // A step that was used before, or an earlier one, is stale when it is committed.
        return Ok(step.map(|step| account::use_totp_step(id, step)));
    }
    let digest = recovery::mail_digest(&app.keyring, &session.token_hash, &code);
    let sent = session.secret_hash.as_deref().is_some_and(|sent| same(sent, &digest));
    let fresh = session.secret_until.is_some_and(|until| now < until);
    // The mailed code ends with the session it was sent for.
    Ok((sent && fresh).then(Change::new))
}

/// The next stage after a right code, or after setting up the code application: a new token each.
pub(super) fn advance(
    app: &App,
    session: &Session,
    known: &Known,
    now: AtMs,
) -> Result<(Progress, Change), AppError> {
    let end = session::end(&session.token_hash, session.stage);
    if known.credentials.must_change {
        let token = Secret::token();
        let next = Session {
            token_hash: token.sha256(),
            stage: Stage::Proved,
            secret_hash: None,
            secret_until: None,
            seen_at: now,
            ends_at: now.plus_ms(super::PENDING_MS),
            ..session.clone()
        };
        let pending = Pending { token, step: Step::ChangePassword, ends_at: next.ends_at };
        return Ok((Progress::Pending(pending), end.and(session::add(&next))));
    }
    let (opened, open) = open(app, session, known, now)?;
    Ok((Progress::Open(opened), end.and(open)))
}

/// Opens the session that follows on a finished sign-in, with its event.
pub(super) fn open(
    app: &App,
    begun: &Session,
    known: &Known,
    now: AtMs,
) -> Result<(Opened, Change), AppError> {
    let (Some((organisation, job)), Some(device)) = (&known.place, &begun.device) else {
        return Err(AppError::SignInNeeded);
    };
    let token = Secret::token();
    let open = Session {
        token_hash: token.sha256(),
        stage: Stage::Open,
        csrf: Secret::token().expose().to_owned(),
        secret_hash: None,
        secret_until: None,
        created_at: now,
        seen_at: now,
        idle_ms: app.settings.session_idle_minutes.saturating_mul(60_000),
        ends_at: now.plus_ms(app.settings.session_absolute_minutes.saturating_mul(60_000)),
        ..begun.clone()
    };
    let actor = record::staff(organisation, &known.credentials.account.id, *job, device);
    let event = record::event(actor, Action::SignIn, Outcome::Allowed, "staff", now);
    let opened = Opened {
        token,
        csrf: open.csrf.clone(),
        organisation: open.organisation.clone(),
        ends_at: open.ends_at,
    };
    Ok((opened, session::add(&open).and_event(event)))
}

/// The account of a begun sign-in, acting where the first step placed it.
pub(super) async fn known(
    app: &App,
    session: &Session,
    credentials: Credentials,
) -> Result<Known, AppError> {
    let organisation = session.organisation.clone().ok_or(AppError::SignInNeeded)?;
    let job = job(app, &credentials, &organisation).await?;
    Ok(Known { credentials, place: Some((organisation, job)), refused: None })
}

async fn job(
    app: &App,
    credentials: &Credentials,
    organisation: &Organisation,
) -> Result<JobType, AppError> {
    let own = account::membership_in(&app.db, &credentials.account.id, organisation).await?;
    let active = own.filter(|own| own.active).ok_or(AppError::SignInNeeded)?;
    Ok(active.membership.job)
}
