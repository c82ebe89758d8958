//! The first step of signing in: the password (パスワードの確認).

use tasuki_core::account::{Account, JobType, Organisation};
use tasuki_core::date::AtMs;
use tasuki_core::event::Actor;
use tasuki_store::account::{self, Credentials};
use tasuki_store::session::{Kind, Session, Stage};
use tasuki_store::{Change, device, notice, session};

use super::password::Checked;
use super::tries::Try;
use super::{Pending, Progress, Step, place, record, tries};
use crate::secret::{Secret, sha256};
use crate::{App, AppError};

/// An account that a sign-in names, and why it may not enter, if so.
pub(crate) struct Known {
    pub(crate) credentials: Credentials,
    /// Where it acts for; `None` without any membership.
    pub(crate) place: Option<(Organisation, JobType)>,
    /// A word for the log; the caller of the use case never learns it.
    pub(crate) refused: Option<&'static str>,
}

/// A right password: the account, its counted try, and its dearer hash if it needs one.
pub(crate) struct Proved {
    pub(crate) account: Account,
    pub(crate) organisation: Organisation,
    pub(crate) job: JobType,
    pub(crate) attempt: Try,
    pub(crate) rehash: Change,
}

/// Shows login and password on a device (its certificate's SHA-256, hexadecimal).
///
/// A wrong password, an unknown login, a stopped account and a device of a foreign office have
/// the same answer after the same work.
///
/// # Errors
///
/// [`AppError::Invalid`] with the rule `sign-in`, [`AppError::TooMany`] while the login must
/// wait.
pub async fn sign_in(
    app: &App,
    device: &str,
    login: &str,
    password: &Secret,
    now: AtMs,
) -> Result<Progress, AppError> {
    let proved = prove(app, device, login, password, false, now).await?;
    let (token, session) = pending(&proved.account, &proved.organisation, device, now);
    let ends_at = session.ends_at;
    let change = proved.attempt.right().and(proved.rehash).and(session::add(&session));
    app.db.commit(change).await?;
    let credentials = account::by_id(&app.db, &proved.account.id).await?;
    let credentials = credentials.ok_or(AppError::SignInNeeded)?;
    let step = step(app, &credentials, Stage::Pending);
    Ok(Progress::Pending(Pending { token, step, ends_at }))
}

/// What a begun sign-in waits for, when its page is opened again.
///
/// # Errors
///
/// [`AppError::SignInNeeded`] when there is no such sign-in on this device.
pub async fn pending_step(
    app: &App,
    device: &str,
    token: &str,
    now: AtMs,
) -> Result<Step, AppError> {
    let (session, credentials) = begun(app, device, token, now).await?;
    Ok(step(app, &credentials, session.stage))
}

/// Checks a password, counting the try; `software` says which kind of account may enter.
pub(crate) async fn prove(
    app: &App,
    device: &str,
    login: &str,
    password: &Secret,
    software: bool,
    now: AtMs,
) -> Result<Proved, AppError> {
    let login = login.trim().to_lowercase();
    let attempt = match tries::count(app, &login, now).await {
        Err(error @ AppError::TooMany { .. }) => {
            app.db.commit(Change::event(record::failed(None, device, "wait", now))).await?;
            return Err(error);
        }
        other => other?,
    };
    let known = known(app, device, &login, software, now).await?;
    let hash = known.as_ref().map(|known| known.credentials.password_hash.as_str());
    let checked = app.passwords.check(password, hash).await?;
    let why = match (&known, checked) {
        (None, _) => "unknown-login",
        (Some(_), Checked::Wrong) => "password",
        (Some(Known { refused: Some(why), .. }), _) => why,
        (Some(Known { place: None, .. }), _) => "no-membership",
        (Some(Known { credentials, place: Some((organisation, job)), .. }), _) => {
            let rehash = rehash(app, credentials, password, checked).await?;
            return Ok(Proved {
                account: credentials.account.clone(),
                organisation: organisation.clone(),
                job: *job,
                attempt,
                rehash,
            });
        }
    };
    fail(app, known.as_ref(), &attempt, device, why, now).await?;
    Err(AppError::invalid("password", "sign-in"))
}

/// Saves a failed try with its event, and tells the owner when it locked the account.
pub(crate) async fn fail(
    app: &App,
    known: Option<&Known>,
    attempt: &Try,
    device: &str,
    why: &str,
    now: AtMs,
) -> Result<(), AppError> {
    let actor = known.and_then(|known| known.actor(device));
    let mut change = Change::event(record::failed(actor, device, why, now));
    let locked = known.filter(|known| attempt.locks && known.credentials.account.active);
    if let Some(Known { credentials, place: Some((organisation, _)), .. }) = locked {
        let params = serde_json::json!({ "account": credentials.account.id }).to_string();
        let id = crate::id::new(now);
        change = change.and(notice::add(organisation, &id, "account-locked", &params, now));
    }
    app.db.commit(change).await?;
    let mail = locked.and_then(|known| known.credentials.account.mail.as_deref());
    if let Some(to) = mail.filter(|_| app.mail.is_on()) {
        // The lock holds whether or not the owner can be told by mail; the notice stands.
        let _ = app.mail.send(tries::lock_mail(app, to, now));
    }
    Ok(())
}

impl Known {
    fn actor(&self, device: &str) -> Option<Actor> {
        let (organisation, job) = self.place.as_ref()?;
        Some(record::staff(organisation, &self.credentials.account.id, *job, device))
    }
}

/// The account of a login, and whether it may enter on this device.
async fn known(
    app: &App,
    device: &str,
    login: &str,
    software: bool,
    now: AtMs,
) -> Result<Option<Known>, AppError> {
    let Some(credentials) = account::by_login(&app.db, login).await? else { return Ok(None) };
    let id = credentials.account.id.as_str();
    let memberships = account::memberships(&app.db, id).await?;
    let jobs = |organisation: &Organisation| {
        let own = memberships.iter().find(|own| own.membership.organisation == *organisation);
        own.map(|own| (organisation.clone(), own.membership.job))
    };
    let mut refused = if !credentials.account.active {
        Some("stopped")
    } else if credentials.account.software != software {
        Some("kind")
    } else {
        None
    };
    let device = device::get(&app.db, device).await?.filter(|device| device.is_good(now));
    let mut place = None;
    if let Some(device) = device {
        let active = memberships.iter().filter(|own| own.active);
        let active: Vec<_> = active.map(|own| own.membership.organisation.clone()).collect();
        let fitting = place::fitting(app, &device, active).await?;
        let own = fitting.iter().find(|(organisation, _)| *organisation == device.organisation);
        place = own.or(fitting.first()).and_then(|(organisation, _)| jobs(organisation));
    }
    if place.is_none() {
        refused = refused.or(Some("device"));
        let first = memberships.iter().find(|own| own.active).or(memberships.first());
        place = first.and_then(|own| jobs(&own.membership.organisation));
    }
    Ok(Some(Known { credentials, place, refused }))
}

async fn rehash(
    app: &App,
    credentials: &Credentials,
    password: &Secret,
    checked: Checked,
) -> Result<Change, AppError> {
    if checked != Checked::RightButCheap {
        return Ok(Change::new());
    }
    let hash = app.passwords.hash(password).await?;
    let id = &credentials.account.id;
    let former = &credentials.password_hash;
    Ok(account::set_password(id, former, &hash, credentials.must_change))
}

/// A session row that waits for its next step, and its token.
pub(crate) fn pending(
    account: &Account,
    organisation: &Organisation,
    device: &str,
    now: AtMs,
) -> (Secret, Session) {
    let token = Secret::token();
    let session = Session {
        token_hash: token.sha256(),
        stage: Stage::Pending,
        kind: Kind::Staff,
        account: Some(account.id.clone()),
        organisation: Some(organisation.clone()),
        device: Some(device.to_owned()),
        citizen: None,
        csrf: Secret::token().expose().to_owned(),
        secret_hash: None,
        secret_until: None,
        family: crate::id::new(now),
        created_at: now,
        seen_at: now,
        idle_ms: super::PENDING_MS,
        ends_at: now.plus_ms(super::PENDING_MS),
    };
    (token, session)
}

/// The session of a begun sign-in on this device, with its account.
pub(crate) async fn begun(
    app: &App,
    device: &str,
    token: &str,
    now: AtMs,
) -> Result<(Session, Credentials), AppError> {
    let session = session::get(&app.db, &sha256(token)).await?.ok_or(AppError::SignInNeeded)?;
    let waits = matches!(session.stage, Stage::Pending | Stage::Proved) && session.is_alive(now);
    if !waits || session.device.as_deref() != Some(device) {
        return Err(AppError::SignInNeeded);
    }
    let id = session.account.as_deref().unwrap_or_default();
    let credentials = account::by_id(&app.db, id).await?;
    let active = credentials.filter(|credentials| credentials.account.active);
    Ok((session, active.ok_or(AppError::SignInNeeded)?))
}

/// What an account has to show after its password.
pub(crate) fn step(app: &App, credentials: &Credentials, stage: Stage) -> Step {
    if stage == Stage::Proved {
        return Step::ChangePassword;
    }
    let by_application = credentials.totp_secret.is_some();
    let mail = credentials.account.mail.as_deref().filter(|_| app.mail.is_on());
    let mail = mail.filter(|_| !by_application).map(masked);
    if !by_application && mail.is_none() {
        return Step::EnrolCode;
    }
    Step::Code { by_application, mail, by_recovery: !credentials.recovery.is_empty() }
}

/// An address of which only its owner recognises the rest: `h•••@kaigo.invalid`.
fn masked(mail: &str) -> String {
    let (name, host) = mail.split_once('@').unwrap_or((mail, ""));
    format!("{}•••@{host}", name.chars().take(1).collect::<String>())
}
