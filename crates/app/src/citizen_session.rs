//! Sessions of citizens (ご本人のセッション): whose card it is, and whose information is open.

use serde::{Deserialize, Serialize};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_core::insured::PersonKey;
use tasuki_core::insurer::InsurerNumber;
use tasuki_store::session::{self as rows, Kind, Session, Stage};
use tasuki_store::{Change, StoreError};

use crate::caller::Citizen;
use crate::secret::{Secret, sha256};
use crate::{App, AppError, delegate};

/// A session that has just begun.
#[derive(Debug)]
pub struct Opened {
    /// Goes into the cookie; known to nobody else, and stored only as its SHA-256.
    pub token: Secret,
    /// When it ends, whatever happens.
    pub ends_at: AtMs,
}

/// A request of a signed-in citizen.
#[derive(Debug, Clone)]
pub struct SignedInCitizen {
    /// Keyed digest of the pseudonym at the sign-in: who holds the card.
    pub holder: String,
    /// The insured person that the holder is, if any, at the present insurer.
    pub own: Option<PersonKey>,
    /// The same person at former insurers, latest first (以前の保険者).
    pub former: Vec<PersonKey>,
    /// Whose information is open: the holder's own, or of somebody they are a delegate of.
    pub viewing: Option<Citizen>,
    /// Names the session: SHA-256 of its token.
    pub session: String,
    /// Token against forged forms.
    pub csrf: String,
    /// When the session ends, whatever happens.
    pub ends_at: AtMs,
}

impl SignedInCitizen {
    /// Whose information is open.
    ///
    /// # Errors
    ///
    /// [`AppError::NotFound`] when nobody's is: the holder is not insured, or is no delegate any
    /// more; nothing says which.
    pub fn citizen(&self) -> Result<&Citizen, AppError> {
        self.viewing.as_ref().ok_or(AppError::NotFound)
    }

    /// The holder looks at their own information.
    pub fn is_own(&self) -> bool {
        self.viewing.as_ref().is_some_and(|citizen| citizen.delegate.is_none())
    }

    /// The holder looks at what a former insurer has of them.
    pub fn is_at_former(&self) -> bool {
        self.is_own() && self.viewing.as_ref().map(|citizen| &citizen.person) != self.own.as_ref()
    }

    /// The holder is this person, under whichever insurer.
    pub fn is(&self, person: &PersonKey) -> bool {
        self.own.as_ref() == Some(person) || self.former.contains(person)
    }
}

/// What the row keeps, sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    holder: String,
    own: Option<PersonKey>,
    /// The same person at former insurers.
    #[serde(default)]
    former: Vec<PersonKey>,
    /// Which of `former` is looked at; the present insurer's without.
    #[serde(default)]
    at: Option<PersonKey>,
    /// The relation through which another person is looked at.
    through: Option<Through>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Through {
    person: PersonKey,
    id: String,
}

fn place(token_hash: &str) -> String {
    format!("session/{token_hash}")
}

fn seal(app: &App, token_hash: &str, kept: &Kept) -> Result<Vec<u8>, AppError> {
    let text = serde_json::to_vec(kept).map_err(AppError::internal)?;
    let sealed = app.keyring.platform().seal(place(token_hash).as_bytes(), &text);
    sealed.map_err(AppError::internal)
}

/// Opens a session for the holder of a card; `subject` is the provider's pseudonym, `persons` the
/// insured person that they are, if any: at the present insurer first, then at former ones.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn open(
    app: &App,
    subject: &str,
    persons: Vec<PersonKey>,
    now: AtMs,
) -> Result<Opened, AppError> {
    let mut persons = persons.into_iter();
    let (own, former) = (persons.next(), persons.collect());
    let token = Secret::token();
    let token_hash = token.sha256();
    let holder = hex::encode(app.keyring.platform().digest(subject.as_bytes()));
    let event = signed(own.clone(), Action::SignIn, now);
    let kept = Kept { holder, own, former, at: None, through: None };
    let citizen = seal(app, &token_hash, &kept)?;
    let settings = &app.settings;
    let ends_at = now.plus_ms(settings.session_absolute_minutes.saturating_mul(60_000));
    let session = Session {
        token_hash,
        stage: Stage::Open,
        kind: Kind::Citizen,
        account: None,
        organisation: None,
        device: None,
        citizen: Some(citizen),
        csrf: Secret::token().expose().to_owned(),
        secret_hash: None,
        secret_until: None,
        family: crate::id::new(now),
        created_at: now,
        seen_at: now,
        idle_ms: settings.session_idle_minutes.saturating_mul(60_000),
        ends_at,
    };
    app.db.commit(rows::add(&session).and_event(event)).await?;
    Ok(Opened { token, ends_at })
}

fn signed(own: Option<PersonKey>, action: Action, now: AtMs) -> Event {
    let (actor, note) = match &own {
        Some(_) => (Actor::Person, None),
        // Nobody that the platform knows by name: a delegate, or somebody without insurance.
        None => (
            Actor::System { part: "citizen-sign-in".to_owned() },
            Some("no-insured-person".to_owned()),
        ),
    };
    Event {
        at: now,
        actor,
        person: own,
        action,
        purpose: Purpose::OwnInformation,
        outcome: Outcome::Allowed,
        touched: Vec::new(),
        note,
    }
}

/// A request is noted in the session's row at most once in this time, in milliseconds.
const TOUCH_MS: i64 = 60_000;

/// Who is behind a citizen's session token.
///
/// A delegate's relation is looked at anew with every request: when it has ended, or support
/// measures are in force, nobody's information is open any more.
///
/// # Errors
///
/// [`AppError::SignInNeeded`] whatever is missing.
pub async fn authenticate(app: &App, token: &str, now: AtMs) -> Result<SignedInCitizen, AppError> {
    let session = rows::get(&app.db, &sha256(token)).await?.ok_or(AppError::SignInNeeded)?;
    let open = session.kind == Kind::Citizen && session.stage == Stage::Open;
    if !open || !session.is_alive(now) {
        return Err(AppError::SignInNeeded);
    }
    let kept = kept(app, &session).ok_or(AppError::SignInNeeded)?;
    if now.0 - session.seen_at.0 >= TOUCH_MS {
        let (db, touch) = (app.db.clone(), rows::touch(&session.token_hash, now));
        tokio::spawn(async move {
            if let Err(error) = db.commit(touch).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "session not touched");
            }
        });
    }
    let viewing = match &kept.through {
        None => {
            let person = kept.at.clone().or_else(|| kept.own.clone());
            person.map(|person| Citizen { person, delegate: None })
        }
        Some(through) => {
            let open = delegate::open(app, &kept.holder, now).await?;
            let open = open.into_iter().find(|it| it.id == through.id);
            open.map(|it| Citizen { person: it.person, delegate: Some(it.relation) })
        }
    };
    Ok(SignedInCitizen {
        holder: kept.holder,
        own: kept.own,
        former: kept.former,
        viewing,
        session: session.token_hash,
        csrf: session.csrf,
        ends_at: session.ends_at,
    })
}

fn kept(app: &App, session: &Session) -> Option<Kept> {
    let place = place(&session.token_hash);
    let text = app.keyring.platform().open(place.as_bytes(), session.citizen.as_ref()?).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Opens the holder's own information, or with `id` that of somebody they are a delegate of.
///
/// # Errors
///
/// [`AppError::NotFound`] when they are not.
pub async fn view(
    app: &App,
    signed: &SignedInCitizen,
    id: Option<&str>,
    now: AtMs,
) -> Result<(), AppError> {
    let through = match id {
        None if signed.own.is_none() => return Err(AppError::NotFound),
        None => None,
        Some(id) => {
            let open = delegate::open(app, &signed.holder, now).await?;
            let open = open.into_iter().find(|open| open.id == id).ok_or(AppError::NotFound)?;
            Some(Through { person: open.person, id: open.id })
        }
    };
    keep(app, signed, (None, through)).await
}

/// Opens what another insurer has of the holder: a former one, or with the present one's number
/// the present one (以前の保険者の情報).
///
/// # Errors
///
/// [`AppError::NotFound`] when the eligibility system did not name this insurer at the sign-in.
pub async fn view_insurer(
    app: &App,
    signed: &SignedInCitizen,
    insurer: &InsurerNumber,
) -> Result<(), AppError> {
    let is_there = |person: &&PersonKey| person.insurer == *insurer;
    let at = match signed.own.as_ref().filter(is_there) {
        Some(_) => None,
        None => Some(signed.former.iter().find(is_there).ok_or(AppError::NotFound)?.clone()),
    };
    keep(app, signed, (at, None)).await
}

/// Writes into the session whose information is open.
async fn keep(
    app: &App,
    signed: &SignedInCitizen,
    (at, through): (Option<PersonKey>, Option<Through>),
) -> Result<(), AppError> {
    let (own, former) = (signed.own.clone(), signed.former.clone());
    let kept = Kept { holder: signed.holder.clone(), own, former, at, through };
    let citizen = seal(app, &signed.session, &kept)?;
    match app.db.commit(rows::set_citizen(&signed.session, citizen)).await {
        Err(StoreError::Stale) => Err(AppError::SignInNeeded),
        other => Ok(other.map(|_| ())?),
    }
}

/// Ends the session (サインアウト).
///
/// # Errors
///
/// [`AppError::SignInNeeded`] when it has ended already.
pub async fn sign_out(app: &App, caller: &SignedInCitizen, now: AtMs) -> Result<(), AppError> {
    let event = signed(caller.own.clone(), Action::SignOut, now);
    let change: Change = rows::end(&caller.session, Stage::Open).and_event(event);
    match app.db.commit(change).await {
        Err(StoreError::Stale) => Err(AppError::SignInNeeded),
        other => Ok(other.map(|_| ())?),
    }
}
