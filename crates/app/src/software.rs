//! Tokens of software (接続用トークン): in the manner of OAuth, bound to the client certificate.
//!
//! The client's credentials are login and password of an account of software. A refresh token
//! works once: whoever shows it a second time ends all tokens that descend from the same showing
//! of the password. Renewing does not reach beyond the end that the password gave.
//!
//! Source: RFC 6749 section 4.4, RFC 8705 section 3, RFC 9700 section 4.14.2.

use tasuki_core::account::JobType;
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Outcome};
use tasuki_store::session::{self, Kind, Session, Stage};
use tasuki_store::{Change, StoreError, account};

use crate::auth::session::{authenticate_as, stands_on};
use crate::auth::{SignedIn, record, sign_in};
use crate::secret::{Secret, sha256};
use crate::{App, AppError};

/// An access token with its refresh token, each shown once.
#[derive(Debug)]
pub struct Tokens {
    /// For requests.
    pub access: Secret,
    /// For the next pair of tokens.
    pub refresh: Secret,
    /// When the access token ends.
    pub access_until: AtMs,
    /// When the refresh token ends.
    pub refresh_until: AtMs,
}

/// Gives tokens for login and password of an account of software, on a device (SHA-256 of its
/// certificate).
///
/// # Errors
///
/// As [`crate::auth::sign_in()`]: every wrong answer looks the same.
pub async fn grant(
    app: &App,
    device: &str,
    login: &str,
    password: &Secret,
    now: AtMs,
) -> Result<Tokens, AppError> {
    let proved = sign_in::prove(app, device, login, password, true, now).await?;
    let (_, begun) = sign_in::pending(&proved.account, &proved.organisation, device, now);
    let until = now.plus_ms(app.settings.refresh_token_minutes.saturating_mul(60_000));
    let (tokens, session) = issue(app, &begun, until, now);
    let change = proved
        .attempt
        .all_right()
        .and(proved.rehash)
        .and(session::add(&session))
        .and(event(&session, proved.job, Outcome::Allowed, "software", now));
    app.db.commit(change).await?;
    Ok(tokens)
}

/// Gives new tokens for a refresh token, which works no more; nor does its access token.
///
/// # Errors
///
/// [`AppError::SignInNeeded`] when the token is unknown, over, used before or shown with another
/// certificate, or when account, membership, device or office do not stand any more.
pub async fn refresh(
    app: &App,
    device: &str,
    refresh: &str,
    now: AtMs,
) -> Result<Tokens, AppError> {
    let former = session::by_secret(&app.db, &sha256(refresh)).await?;
    let former = former.filter(|former| former.kind == Kind::Software);
    let former = former.filter(|former| former.device.as_deref() == Some(device));
    let former = former.ok_or(AppError::SignInNeeded)?;
    if former.stage != Stage::Open {
        return reused(app, &former, now).await;
    }
    let until = former.secret_until.filter(|until| now < *until).ok_or(AppError::SignInNeeded)?;
    let opened = session::opened(&app.db, &former.token_hash).await?;
    let opened = opened.filter(|opened| stands_on(opened, device, now));
    let job = opened.ok_or(AppError::SignInNeeded)?.job;
    let (tokens, next) = issue(app, &former, until, now);
    let change = session::end(&former.token_hash, Stage::Open).and(session::add(&next)).and(event(
        &next,
        job,
        Outcome::Allowed,
        "refreshed",
        now,
    ));
    match app.db.commit(change).await {
        Ok(_) => Ok(tokens),
        // Shown twice at the same moment: one of the two is not the rightful one.
        Err(StoreError::Stale) => reused(app, &former, now).await,
        Err(error) => Err(error.into()),
    }
}

/// Ends all tokens that descend from the same showing of the password; an unknown token is fine.
///
/// Source: RFC 7009.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn revoke(app: &App, device: &str, token: &str, now: AtMs) -> Result<(), AppError> {
    let hash = sha256(token);
    let found = match session::get(&app.db, &hash).await? {
        Some(found) => Some(found),
        None => session::by_secret(&app.db, &hash).await?,
    };
    let own = found
        .filter(|found| found.kind == Kind::Software && found.device.as_deref() == Some(device));
    let Some(own) = own else { return Ok(()) };
    let account = own.account.as_deref().unwrap_or_default();
    let event =
        record::event(actor(app, &own).await?, Action::SignOut, Outcome::Allowed, "software", now);
    app.db.commit(session::end_family(&own.family, account).and_event(event)).await?;
    Ok(())
}

/// Who is behind an access token on this device.
///
/// # Errors
///
/// [`AppError::SignInNeeded`] whatever is missing, another certificate included.
pub async fn authenticate(
    app: &App,
    access: &str,
    device: &str,
    now: AtMs,
) -> Result<SignedIn, AppError> {
    authenticate_as(app, access, device, Kind::Software, now).await
}

/// A used refresh token was shown again: a copy is about, so the whole family ends.
async fn reused(app: &App, former: &Session, now: AtMs) -> Result<Tokens, AppError> {
    let account = former.account.as_deref().unwrap_or_default();
    let event = record::event(
        actor(app, former).await?,
        Action::SignIn,
        Outcome::Failed,
        "refresh-token-reused",
        now,
    );
    app.db.commit(session::end_family(&former.family, account).and_event(event)).await?;
    Err(AppError::SignInNeeded)
}

/// How the log names the software behind a row, whether or not it may still do anything.
async fn actor(app: &App, session: &Session) -> Result<Actor, AppError> {
    let unknown = || Actor::System { part: "software".to_owned() };
    let (Some(organisation), Some(id), Some(device)) =
        (&session.organisation, &session.account, &session.device)
    else {
        return Ok(unknown());
    };
    let own = account::membership_in(&app.db, id, organisation).await?;
    let staff = |own: account::StoredMembership| {
        record::staff(organisation, id, own.membership.job, device)
    };
    Ok(own.map_or_else(unknown, staff))
}

fn issue(app: &App, from: &Session, refresh_until: AtMs, now: AtMs) -> (Tokens, Session) {
    let (access, refresh) = (Secret::token(), Secret::token());
    let lives_ms = app.settings.access_token_minutes.saturating_mul(60_000);
    let access_until = now.plus_ms(lives_ms).min(refresh_until);
    let session = Session {
        token_hash: access.sha256(),
        stage: Stage::Open,
        kind: Kind::Software,
        secret_hash: Some(refresh.sha256()),
        secret_until: Some(refresh_until),
        created_at: now,
        seen_at: now,
        idle_ms: lives_ms,
        ends_at: access_until,
        ..from.clone()
    };
    (Tokens { access, refresh, access_until, refresh_until }, session)
}

fn event(session: &Session, job: JobType, outcome: Outcome, note: &str, now: AtMs) -> Change {
    let (Some(organisation), Some(account), Some(device)) =
        (&session.organisation, &session.account, &session.device)
    else {
        return Change::new();
    };
    let actor = record::staff(organisation, account, job, device);
    Change::event(record::event(actor, Action::SignIn, outcome, note, now))
}
