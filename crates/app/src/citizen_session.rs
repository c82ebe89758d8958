//! Sessions of citizens (ご本人のセッション), after the national identity app has told who it is.

use serde::{Deserialize, Serialize};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Outcome};
use tasuki_core::insured::PersonKey;
use tasuki_store::session::{self, Kind, Session, Stage};
use tasuki_store::{Change, StoreError};

use crate::auth::{Opened, record};
use crate::caller::Citizen;
use crate::secret::{Secret, sha256};
use crate::{App, AppError};

/// A request of a signed-in citizen.
#[derive(Debug, Clone)]
pub struct SignedInCitizen {
    /// Who.
    pub citizen: Citizen,
    /// SHA-256 of the session's token.
    pub session: String,
    /// Token against forged forms.
    pub csrf: String,
    /// When the session ends, whatever happens.
    pub ends_at: AtMs,
}

/// What a session's row holds sealed: not even its database says who visits.
#[derive(Serialize, Deserialize)]
struct Sealed {
    person: PersonKey,
    delegate: Option<String>,
}

/// A request is noted in the session's row at most once in this time, in milliseconds.
const TOUCH_MS: i64 = 60_000;

/// Opens a session for the person whom the identity provider named, or for their delegate.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn open(
    app: &App,
    person: PersonKey,
    delegate: Option<String>,
    now: AtMs,
) -> Result<Opened, AppError> {
    let token = Secret::token();
    let hash = token.sha256();
    let citizen = Citizen { person: person.clone(), delegate: delegate.clone() };
    let text = serde_json::to_vec(&Sealed { person, delegate }).map_err(AppError::internal)?;
    let sealed = app.keyring.platform().seal(&place(&hash), &text).map_err(AppError::internal)?;
    let session = Session {
        token_hash: hash,
        stage: Stage::Open,
        kind: Kind::Citizen,
        account: None,
        organisation: None,
        device: None,
        citizen: Some(sealed),
        csrf: Secret::token().expose().to_owned(),
        secret_hash: None,
        secret_until: None,
        family: crate::id::new(now),
        created_at: now,
        seen_at: now,
        idle_ms: app.settings.session_idle_minutes.saturating_mul(60_000),
        ends_at: now.plus_ms(app.settings.session_absolute_minutes.saturating_mul(60_000)),
    };
    let event = event(&citizen, Action::SignIn, now);
    app.db.commit(session::add(&session).and(event)).await?;
    Ok(Opened { token, csrf: session.csrf, organisation: None, ends_at: session.ends_at })
}

/// Who is behind a citizen's session token.
///
/// # Errors
///
/// [`AppError::SignInNeeded`] when there is no such open session.
pub async fn authenticate(app: &App, token: &str, now: AtMs) -> Result<SignedInCitizen, AppError> {
    let session = session::get(&app.db, &sha256(token)).await?;
    let stands = |session: &Session| {
        session.kind == Kind::Citizen && session.stage == Stage::Open && session.is_alive(now)
    };
    let session = session.filter(stands).ok_or(AppError::SignInNeeded)?;
    let sealed = session.citizen.as_deref().ok_or(AppError::SignInNeeded)?;
    let text = app.keyring.platform().open(&place(&session.token_hash), sealed);
    let text = text.map_err(AppError::internal)?;
    let Sealed { person, delegate } = serde_json::from_slice(&text).map_err(AppError::internal)?;
    if now.0 - session.seen_at.0 >= TOUCH_MS {
        let (db, touch) = (app.db.clone(), session::touch(&session.token_hash, now));
        tokio::spawn(async move {
            if let Err(error) = db.commit(touch).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "session not touched");
            }
        });
    }
    Ok(SignedInCitizen {
        citizen: Citizen { person, delegate },
        session: session.token_hash,
        csrf: session.csrf,
        ends_at: session.ends_at,
    })
}

/// Ends the session of this request.
///
/// # Errors
///
/// [`AppError::SignInNeeded`] when it has ended already.
pub async fn sign_out(app: &App, caller: &SignedInCitizen, now: AtMs) -> Result<(), AppError> {
    let event = event(&caller.citizen, Action::SignOut, now);
    match app.db.commit(session::end(&caller.session, Stage::Open).and(event)).await {
        Err(StoreError::Stale) => Err(AppError::SignInNeeded),
        other => Ok(other.map(|_| ())?),
    }
}

fn event(citizen: &Citizen, action: Action, now: AtMs) -> Change {
    let mut event = record::event(citizen.actor(), action, Outcome::Allowed, "citizen", now);
    event.person = Some(citizen.person.clone());
    event.purpose = tasuki_core::event::Purpose::OwnInformation;
    Change::event(event)
}

fn place(token_hash: &str) -> Vec<u8> {
    format!("session/{token_hash}/citizen").into_bytes()
}
