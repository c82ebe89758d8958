//! Finding a person (本人確認): by matching items, by card, or by one's own insurer's register.
//!
//! Who was found is handed on as a sealed proof bound to account and organisation: it registers
//! the office, and is worth nothing to anybody else or later.

use serde::{Deserialize, Serialize};
use tasuki_core::assignment::IdentityCheck;
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Event, Gate, Outcome};
use tasuki_core::insured::PersonKey;
use tasuki_policy::authorise_search;
use tasuki_store::person::{self, MatchingItems};
use tasuki_store::{Change, facts};

use crate::access::Visitor;
use crate::caller::Staff;
use crate::{App, AppError, look};

/// Somebody was found, and how; see [`Proof`] for what travels through the page.
#[derive(Debug, Clone)]
pub struct Identified {
    /// Who.
    pub person: PersonKey,
    /// How their identity was checked.
    pub identity: IdentityCheck,
    /// Until when it counts.
    pub until: AtMs,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    person: PersonKey,
    identity: IdentityCheck,
    until: AtMs,
}

/// A sealed [`Identified`], hexadecimal, for a hidden field of the next form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof(pub String);

fn audience(staff: &Staff) -> String {
    format!("found/{}/{}", staff.organisation, staff.account)
}

/// Finds a person by the items of the certificate.
///
/// # Errors
///
/// [`AppError::NotFound`] when nobody has exactly these items: which one differs is never told.
/// [`AppError::TooMany`] after too many tries, [`AppError::Denied`] when the job may not search.
pub async fn by_items(
    app: &App,
    staff: &Staff,
    items: &MatchingItems,
    now: AtMs,
) -> Result<Proof, AppError> {
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    let grant = authorise_search(&app.sharing.load(), &visitor.reader, None)
        .map_err(|_| AppError::Denied)?;
    crate::limit::finds(app, staff, now).await?;
    let matches = person::matches(&app.db, &grant, items).await?;
    // Asked in any case, so that a blocked office waits as long as one that mistyped.
    let blocked = is_blocked(app, staff, &items.person, now).await?;
    let outcome = match (matches, blocked) {
        (true, false) => Outcome::Allowed,
        (true, true) => Outcome::Refused(Gate::Block),
        (false, _) => Outcome::Failed,
    };
    app.db.commit(Change::event(found_event(&visitor, &items.person, outcome, now))).await?;
    if outcome != Outcome::Allowed {
        return Err(AppError::NotFound);
    }
    prove(app, staff, items.person.clone(), IdentityCheck::MatchingItems, now)
}

/// The insurer keeps the caller's office from the person: for them the person is absent.
pub(crate) async fn is_blocked(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
    now: AtMs,
) -> Result<bool, AppError> {
    let Some(office) = staff.organisation.provider() else { return Ok(false) };
    let facts = facts::load(&app.db, &app.keyring, person, None, now).await?;
    Ok(facts.blocked(office))
}

/// Seals that `person` was identified by `staff`.
pub(crate) fn prove(
    app: &App,
    staff: &Staff,
    person: PersonKey,
    identity: IdentityCheck,
    now: AtMs,
) -> Result<Proof, AppError> {
    let until = now.plus_ms(app.settings.found_minutes * 60_000);
    let text = serde_json::to_vec(&Sealed { person, identity, until });
    let text = text.map_err(AppError::internal)?;
    let sealed = app.keyring.platform().seal(audience(staff).as_bytes(), &text);
    Ok(Proof(hex::encode(sealed.map_err(AppError::internal)?)))
}

/// Opens a proof that was made for this member of staff and is still fresh.
///
/// # Errors
///
/// [`AppError::NotFound`] for any other text.
pub fn identified(
    app: &App,
    staff: &Staff,
    proof: &Proof,
    now: AtMs,
) -> Result<Identified, AppError> {
    let sealed = hex::decode(&proof.0).map_err(|_| AppError::NotFound)?;
    let opened = app.keyring.platform().open(audience(staff).as_bytes(), &sealed);
    let opened = opened.map_err(|_| AppError::NotFound)?;
    let Sealed { person, identity, until } =
        serde_json::from_slice(&opened).map_err(|_| AppError::NotFound)?;
    if now < until { Ok(Identified { person, identity, until }) } else { Err(AppError::NotFound) }
}

pub(crate) fn found_event(
    visitor: &Visitor,
    person: &PersonKey,
    outcome: Outcome,
    now: AtMs,
) -> Event {
    let purpose = look::usual_purpose(visitor);
    crate::access::event(visitor, person, Action::Find, purpose, outcome, now)
}

/// The insurer's own persons whose reading begins with `kana` (folded by the caller), at most
/// `limit`.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the insurer's staff.
pub async fn by_kana(
    app: &App,
    staff: &Staff,
    kana_key: &str,
    limit: u16,
    now: AtMs,
) -> Result<Vec<tasuki_core::insured::InsuredPerson>, AppError> {
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    let grant = authorise_search(&app.sharing.load(), &visitor.reader, None)
        .map_err(|_| AppError::Denied)?;
    if grant.within().is_none() || kana_key.is_empty() {
        return Err(AppError::Denied);
    }
    let found = person::by_kana(&app.db, &app.keyring, &grant, kana_key, limit).await?;
    let note = found.describe(|found| format!("persons={}", found.len()));
    let event = Event {
        at: now,
        actor: visitor.actor.clone(),
        person: None,
        action: Action::List,
        purpose: look::usual_purpose(&visitor),
        outcome: Outcome::Allowed,
        touched: vec![],
        note: Some(note),
    };
    let recorded = app.db.commit(Change::event(event)).await?;
    Ok(found.open(&recorded).into_iter().map(|found| found.person).collect())
}

/// The insurer's own person of a number; nothing when there is none.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the insurer's staff.
pub async fn by_number(
    app: &App,
    staff: &Staff,
    number: &tasuki_core::insured::InsuredNumber,
    now: AtMs,
) -> Result<Option<tasuki_core::insured::InsuredPerson>, AppError> {
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    let grant = authorise_search(&app.sharing.load(), &visitor.reader, None)
        .map_err(|_| AppError::Denied)?;
    let insurer = grant.within().ok_or(AppError::Denied)?.clone();
    let person = PersonKey { insurer, insured: number.clone() };
    let examined = crate::access::examine(app, &visitor, &person, now).await?;
    let exists = examined.facts.exists();
    let outcome = if exists { Outcome::Allowed } else { Outcome::Failed };
    let recorded =
        app.db.commit(Change::event(found_event(&visitor, &person, outcome, now))).await?;
    let Ok(grant) = &examined.basics else { return Ok(None) };
    let basics = examined.facts.basics(grant);
    Ok(basics.map(|basics| basics.open(&recorded).person))
}
