//! Family members and agents (ご家族・代理人): invited by the person with a code, and how it ends.
//!
//! The person hands the code over; the delegate signs in with their own card and enters it. When
//! support measures come into force, delegates and waiting invitations are void, without a message
//! that says why (`spec/sharing.md` §4, rule 3).

use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_core::insured::{PersonKey, PersonName, Personal};
use tasuki_store::delegate::{self as rows, Body, EndedBy, Invitation, Stored};
use tasuki_store::facts::{self, Facts};
use tasuki_store::{Change, StoreError};

use crate::access::{self, Visitor};
use crate::caller::Citizen;
use crate::citizen_session::SignedInCitizen;
use crate::secret::Secret;
use crate::{App, AppError, limit};

/// How long a code works, in milliseconds: seven days.
const CODE_MS: i64 = 7 * 24 * 3_600_000;

/// Delegates and waiting invitations that one person may have.
const MOST: usize = 10;

/// Longest name and relation, in characters.
const LONGEST: usize = 40;

/// An invitation that was just made.
#[derive(Debug)]
pub struct Invited {
    /// To be handed over; shown this once.
    pub code: Secret,
    /// Until when it works, exclusive.
    pub until: AtMs,
}

/// One delegate or waiting invitation, as the person sees it.
#[derive(Debug, Clone)]
pub struct Line {
    /// Opaque id.
    pub id: String,
    /// Name, as the person calls them.
    pub name: Personal,
    /// Relation to the person.
    pub relation: Personal,
    /// Since when they see the person's information; `None` while the invitation waits.
    pub since: Option<AtMs>,
    /// Until when the code works.
    pub code_until: AtMs,
}

/// Somebody whose information a delegate may open.
#[derive(Debug, Clone)]
pub struct Represented {
    /// Opaque id of the relation.
    pub id: String,
    /// Whose information.
    pub person: PersonKey,
    /// Relation of the delegate to the person.
    pub relation: String,
}

fn code_digest(app: &App, code: &str) -> String {
    let kept = code.chars().filter(char::is_ascii_alphanumeric);
    let code: String = kept.map(|c| c.to_ascii_lowercase()).collect();
    hex::encode(app.keyring.platform().digest(format!("delegate/{code}").as_bytes()))
}

fn only_person(citizen: &Citizen) -> Result<&PersonKey, AppError> {
    match citizen.delegate {
        None => Ok(&citizen.person),
        Some(_) => Err(AppError::Denied),
    }
}

/// The person invites a delegate.
///
/// # Errors
///
/// [`AppError::Denied`] for a delegate, [`AppError::Invalid`] for an empty or too long name or
/// relation, with too many delegates, and while support measures are in force.
pub async fn invite(
    app: &App,
    citizen: &Citizen,
    name: &str,
    relation: &str,
    now: AtMs,
) -> Result<Invited, AppError> {
    let person = only_person(citizen)?;
    for (field, text) in [("name", name.trim()), ("relation", relation.trim())] {
        if text.is_empty() {
            return Err(AppError::invalid(field, "empty"));
        }
        if text.chars().count() > LONGEST {
            return Err(AppError::invalid(field, "too-long"));
        }
    }
    let facts = facts_of(app, person, now).await?;
    if !facts.exists() {
        return Err(AppError::NotFound);
    }
    if facts.is_protected() {
        return Err(AppError::invalid("name", "delegate-closed"));
    }
    let waits = |stored: &Stored| stored.is_open() || stored.waits(now);
    if rows::of_person(&app.db, person).await?.iter().filter(|it| waits(it)).count() >= MOST {
        return Err(AppError::invalid("name", "delegate-many"));
    }
    let code = Secret::readable(2);
    let (id, until) = (crate::id::new(now), now.plus_ms(CODE_MS));
    let body = Body { name: Personal::new(name.trim()), relation: Personal::new(relation.trim()) };
    let key = app.keyring.insurer(&app.db, &person.insurer).await?;
    let invitation = Invitation {
        person,
        id: &id,
        code_digest: &code_digest(app, code.expose()),
        code_until: until,
        body: &body,
        at: now,
    };
    let event = changed(Actor::Person, person, format!("invited/{id}"), now);
    app.db.commit(rows::invite(&invitation, &key)?.and_event(event)).await?;
    Ok(Invited { code, until })
}

/// The holder of a card enters a code, and is the person's delegate from now on.
///
/// # Errors
///
/// [`AppError::Invalid`] for every code that does not work, whatever the reason,
/// [`AppError::TooMany`] after too many tries.
pub async fn accept(
    app: &App,
    signed: &SignedInCitizen,
    code: &str,
    now: AtMs,
) -> Result<String, AppError> {
    limit::codes(app, &signed.holder, now).await?;
    let wrong = || AppError::invalid("code", "delegate-code");
    let stored = rows::by_code(&app.db, &code_digest(app, code)).await?;
    let stored = stored.filter(|stored| stored.waits(now)).ok_or_else(wrong)?;
    let facts = facts_of(app, &stored.person, now).await?;
    if signed.is(&stored.person) || is_void(app, &facts, &stored, now).await? {
        return Err(wrong());
    }
    let relation = relation(app, &stored).await?;
    let actor = Actor::Delegate { relation };
    let event = changed(actor, &stored.person, format!("accepted/{}", stored.id), now);
    match app.db.commit(rows::accept(&stored, &signed.holder, now).and_event(event)).await {
        Err(StoreError::Stale) => Err(wrong()),
        other => Ok(other.map(|_| stored.id)?),
    }
}

/// The person's delegates and waiting invitations.
///
/// # Errors
///
/// [`AppError::Denied`] for a delegate.
pub async fn of_person(app: &App, citizen: &Citizen, now: AtMs) -> Result<Vec<Line>, AppError> {
    let person = only_person(citizen)?;
    let facts = facts_of(app, person, now).await?;
    let key = app.keyring.insurer(&app.db, &person.insurer).await?;
    let mut lines = Vec::new();
    for stored in rows::of_person(&app.db, person).await? {
        if is_void(app, &facts, &stored, now).await? || !(stored.is_open() || stored.waits(now)) {
            continue;
        }
        let Body { name, relation } = stored.body(&key)?;
        let (since, code_until) = (stored.accepted_at, stored.code_until);
        lines.push(Line { id: stored.id, name, relation, since, code_until });
    }
    Ok(lines)
}

/// Whose information the holder may open as a delegate now.
pub(crate) async fn open(app: &App, holder: &str, now: AtMs) -> Result<Vec<Represented>, AppError> {
    let mut open = Vec::new();
    for stored in rows::of_delegate(&app.db, holder).await? {
        let facts = facts_of(app, &stored.person, now).await?;
        if !facts.exists() || is_void(app, &facts, &stored, now).await? {
            continue;
        }
        let relation = relation(app, &stored).await?;
        open.push(Represented { id: stored.id, person: stored.person, relation });
    }
    Ok(open)
}

/// The persons a delegate may open, with their names; leaves an event for each.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the log cannot be written.
pub async fn represented(
    app: &App,
    signed: &SignedInCitizen,
    now: AtMs,
) -> Result<Vec<(Represented, PersonName)>, AppError> {
    let mut named = Vec::new();
    for open in open(app, &signed.holder, now).await? {
        let citizen =
            Citizen { person: open.person.clone(), delegate: Some(open.relation.clone()) };
        let visitor = Visitor::citizen(&citizen);
        let examined = access::examine(app, &visitor, &open.person, now).await?;
        let Ok(grant) = &examined.basics else { continue };
        let Some(basics) = examined.facts.basics(grant) else { continue };
        let purpose = Purpose::OwnInformation;
        let event =
            access::event(&visitor, &open.person, Action::List, purpose, Outcome::Allowed, now);
        let recorded = app.db.commit(Change::event(event)).await?;
        named.push((open, basics.open(&recorded).person.name));
    }
    Ok(named)
}

/// The person ends a delegate or takes an invitation back.
///
/// # Errors
///
/// [`AppError::Denied`] for a delegate, [`AppError::NotFound`] when there is none of this id.
pub async fn end_by_person(
    app: &App,
    citizen: &Citizen,
    id: &str,
    now: AtMs,
) -> Result<(), AppError> {
    let person = only_person(citizen)?;
    let event = changed(Actor::Person, person, format!("ended/{id}"), now);
    ended(app.db.commit(rows::end(person, id, EndedBy::Person, now).and_event(event)).await)
}

/// A delegate gives it back.
///
/// # Errors
///
/// [`AppError::NotFound`] when they are none.
pub async fn end_by_delegate(
    app: &App,
    signed: &SignedInCitizen,
    id: &str,
    now: AtMs,
) -> Result<(), AppError> {
    let open = open(app, &signed.holder, now).await?;
    let open = open.into_iter().find(|open| open.id == id).ok_or(AppError::NotFound)?;
    let actor = Actor::Delegate { relation: open.relation };
    let event = changed(actor, &open.person, format!("ended/{id}"), now);
    ended(app.db.commit(rows::end(&open.person, id, EndedBy::Delegate, now).and_event(event)).await)
}

fn ended<T>(committed: Result<T, StoreError>) -> Result<(), AppError> {
    match committed {
        Err(StoreError::Stale) => Err(AppError::NotFound),
        other => Ok(other.map(|_| ())?),
    }
}

async fn facts_of(app: &App, person: &PersonKey, now: AtMs) -> Result<Facts, AppError> {
    Ok(facts::load(&app.db, &app.keyring, person, None, now).await?)
}

async fn relation(app: &App, stored: &Stored) -> Result<String, AppError> {
    let key = app.keyring.insurer(&app.db, &stored.person.insurer).await?;
    Ok(stored.body(&key)?.relation.expose().to_owned())
}

/// Support measures are in force, or were since the invitation: it is void for good.
async fn is_void(app: &App, facts: &Facts, stored: &Stored, now: AtMs) -> Result<bool, AppError> {
    let void = facts.was_protected_since(stored.invited_at.date());
    if void && stored.ended_at.is_none() {
        let actor = Actor::System { part: "delegate".to_owned() };
        let event = changed(actor, &stored.person, "void".to_owned(), now);
        let change = rows::end_all(&stored.person, EndedBy::Platform, now);
        app.db.commit(change.and_event(event)).await?;
    }
    Ok(void)
}

fn changed(actor: Actor, person: &PersonKey, note: String, now: AtMs) -> Event {
    Event {
        at: now,
        actor,
        person: Some(person.clone()),
        action: Action::DelegateChange,
        purpose: Purpose::OwnInformation,
        outcome: Outcome::Allowed,
        touched: Vec::new(),
        note: Some(note),
    }
}
