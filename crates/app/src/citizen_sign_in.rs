//! The citizen's sign-in (ご本人のサインイン): to the identity provider and back, and who it is.
//!
//! The provider gives a pseudonym and a card reference; online eligibility turns the reference
//! into an insured person. Who holds a card and is not insured signs in as well: they may be a
//! delegate of somebody who is.

use serde::{Deserialize, Serialize};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_core::insured::PersonKey;
use tasuki_gateway::Refusal;
use tasuki_gateway::identity::{Callback, SignInAttempt};
use tasuki_store::Change;

use crate::citizen_session::{self, Opened};
use crate::neighbours::NeighbourError;
use crate::{App, AppError};

/// For what an attempt is sealed.
const PLACE: &[u8] = b"citizen/sign-in";

/// A sign-in that goes to the provider now.
#[derive(Debug)]
pub struct Begun {
    /// Where to send the person.
    pub address: String,
    /// The attempt, sealed, hexadecimal: for a cookie that comes back with the callback.
    pub attempt: String,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    attempt: SignInAttempt,
}

/// Begins a sign-in.
///
/// # Errors
///
/// [`NeighbourError::NotConfigured`] or [`NeighbourError::Away`].
pub async fn begin(app: &App, now: AtMs) -> Result<Begun, NeighbourError> {
    let identity = app.neighbours.identity.as_ref().ok_or(NeighbourError::NotConfigured)?;
    if app.neighbours.eligibility.is_none() {
        return Err(NeighbourError::NotConfigured);
    }
    let attempt = identity.begin(now, rand::random()).await?;
    let address = attempt.authorization_url.clone();
    let text = serde_json::to_vec(&Sealed { attempt }).map_err(AppError::internal)?;
    let sealed = app.keyring.platform().seal(PLACE, &text).map_err(AppError::internal)?;
    Ok(Begun { address, attempt: hex::encode(sealed) })
}

/// Takes the person back from the provider and opens a session.
///
/// # Errors
///
/// [`NeighbourError::Refused`] with `AccessDenied` when the person cancelled, `InvalidGrant` when
/// the callback is not of this attempt or too late, or a reason of the card; each leaves an event.
pub async fn finish(
    app: &App,
    attempt: &str,
    callback: &Callback,
    now: AtMs,
) -> Result<Opened, NeighbourError> {
    match identify(app, attempt, callback, now).await {
        Ok((subject, persons)) => Ok(citizen_session::open(app, &subject, persons, now).await?),
        Err(error) => {
            app.db.commit(Change::event(failed(error.word(), now))).await?;
            Err(error)
        }
    }
}

/// The pseudonym of who signed in, and the insured person that they are, if any: at the present
/// insurer first, then at former ones.
async fn identify(
    app: &App,
    attempt: &str,
    callback: &Callback,
    now: AtMs,
) -> Result<(String, Vec<PersonKey>), NeighbourError> {
    let identity = app.neighbours.identity.as_ref().ok_or(NeighbourError::NotConfigured)?;
    let eligibility = app.neighbours.eligibility.as_ref().ok_or(NeighbourError::NotConfigured)?;
    let ended = || NeighbourError::Refused(Refusal::InvalidGrant);
    let sealed = hex::decode(attempt).map_err(|_| ended())?;
    let opened = app.keyring.platform().open(PLACE, &sealed).map_err(|_| ended())?;
    let Sealed { attempt } = serde_json::from_slice(&opened).map_err(|_| ended())?;
    let citizen = identity.finish(&attempt, callback, now, rand::random()).await?;
    match eligibility.by_reference(&citizen.card_reference).await.map_err(NeighbourError::from) {
        Ok(found) => {
            let persons = std::iter::once(found.person).chain(found.former);
            Ok((citizen.subject, persons.map(|person| person.key).collect()))
        }
        Err(NeighbourError::Refused(Refusal::UnknownPerson)) => Ok((citizen.subject, Vec::new())),
        Err(error) => Err(error),
    }
}

fn failed(why: &str, now: AtMs) -> Event {
    Event {
        at: now,
        actor: Actor::System { part: "citizen-sign-in".to_owned() },
        person: None,
        action: Action::SignIn,
        purpose: Purpose::OwnInformation,
        outcome: Outcome::Failed,
        touched: Vec::new(),
        note: Some(why.to_owned()),
    }
}
