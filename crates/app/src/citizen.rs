//! The citizen's own view (利用者本人の画面): who looked, and the word on a look that seems strange.

use std::collections::HashMap;

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_core::insured::PersonKey;
use tasuki_core::insurer::{Insurer, InsurerNumber};
use tasuki_policy::{Relation, authorise_log};
use tasuki_store::event::{self as rows, Numbered};
use tasuki_store::{Change, objection};

use crate::access::{self, Visitor};
use crate::caller::Citizen;
use crate::citizen_session::SignedInCitizen;
use crate::{App, AppError, look};

/// Events of one page of the log.
pub const LOG_PAGE: u16 = 50;

/// One page of the log.
#[derive(Debug, Clone)]
pub struct LogPage {
    /// Events, newest first.
    pub events: Vec<Numbered>,
    /// Older events begin before this number; `None` when there are none.
    pub next_before: Option<i64>,
}

/// Most events that one page reads to find those that it shows.
const READ_AT_MOST: usize = 1_000;

/// Who looked at a person, newest first, before event number `before`: for the person, a delegate
/// and the insurer.
///
/// # Errors
///
/// [`AppError::NotFound`] when the visitor may not read this log.
pub async fn log(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    before: Option<i64>,
    now: AtMs,
) -> Result<Vec<Numbered>, AppError> {
    let (grant, event) = may_read_log(app, visitor, person, now).await?;
    let events = rows::of_person(&app.db, &grant, before, LOG_PAGE).await?;
    let recorded = app.db.commit(Change::event(event)).await?;
    let mut events = events.open(&recorded);
    events.retain(|numbered| may_show(&grant, numbered));
    Ok(events)
}

/// The same as [`log`] without what the visitor did on their own pages, so that their own looks do
/// not push those of others out of sight.
///
/// # Errors
///
/// [`AppError::NotFound`] when the visitor may not read this log.
pub async fn log_of_others(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    before: Option<i64>,
    now: AtMs,
) -> Result<LogPage, AppError> {
    let (grant, event) = may_read_log(app, visitor, person, now).await?;
    // Recorded before anything is read out, so every batch below may be opened at once.
    let recorded = app.db.commit(Change::event(event)).await?;
    let page = usize::from(LOG_PAGE);
    let (mut events, mut next, mut read) = (Vec::new(), before, 0);
    loop {
        let batch = rows::of_person(&app.db, &grant, next, LOG_PAGE).await?.open(&recorded);
        let more = batch.len() == page;
        read += batch.len();
        for numbered in batch {
            if events.len() == page {
                return Ok(LogPage { events, next_before: next });
            }
            next = Some(numbered.seq);
            if numbered.event.actor != visitor.actor && may_show(&grant, &numbered) {
                events.push(numbered);
            }
        }
        if !more || read >= READ_AT_MOST {
            return Ok(LogPage { events, next_before: next.filter(|_| more) });
        }
    }
}

/// The grant for a person's log, and the event to be recorded with the reading.
async fn may_read_log(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    now: AtMs,
) -> Result<(tasuki_policy::LogGrant, Event), AppError> {
    let examined = access::examine(app, visitor, person, now).await?;
    let relation = Relation { protected: examined.facts.is_protected(), ..Relation::default() };
    let grant = authorise_log(&app.sharing.load(), person, &visitor.reader, relation);
    let purpose = look::usual_purpose(visitor);
    let mut event = access::event(visitor, person, Action::ReadLog, purpose, Outcome::Allowed, now);
    match grant {
        Ok(grant) if examined.facts.exists() => Ok((grant, event)),
        refused => {
            let gate = refused.err().map(|denied| denied.gate);
            event.outcome = gate.map_or(Outcome::Failed, Outcome::Refused);
            app.db.commit(Change::event(event)).await?;
            Err(AppError::NotFound)
        }
    }
}

fn may_show(grant: &tasuki_policy::LogGrant, numbered: &Numbered) -> bool {
    grant.may_see_places() || !is_of_facility(numbered)
}

/// The insurer of a person who asks for themselves: says since when its data are here, or why not.
/// `None`: an insurer that the platform does not know.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn insurer(app: &App, own: &PersonKey) -> Result<Option<Insurer>, AppError> {
    let stored = tasuki_store::insurer::get(&app.db, &own.insurer).await?;
    Ok(stored.map(|stored| stored.insurer))
}

/// Insurers at which the holder of a card is or was insured, the present one first: number, name,
/// and whether what it has is open now. Those that the platform does not know are left out.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn insurers(
    app: &App,
    signed: &SignedInCitizen,
) -> Result<Vec<(InsurerNumber, String, bool)>, AppError> {
    let open = signed.viewing.as_ref().filter(|_| signed.is_own());
    let mut known = Vec::new();
    for person in signed.own.iter().chain(&signed.former) {
        let here = open.is_some_and(|citizen| citizen.person == *person);
        if let Some(insurer) = insurer(app, person).await? {
            known.push((insurer.number, insurer.name, here));
        }
    }
    Ok(known)
}

/// The event tells where a protected person is: made by an office (支援措置, rule 4).
fn is_of_facility(numbered: &Numbered) -> bool {
    matches!(&numbered.event.actor, Actor::Staff { organisation: Organisation::Provider(_), .. })
}

/// Names of the organisations whose staff acted in `events`, for sentences about them. Nothing in
/// it is personal; what is secret of a protected person was left out of `events`.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn organisation_names(
    app: &App,
    events: &[Numbered],
) -> Result<HashMap<Organisation, String>, AppError> {
    let mut names = HashMap::new();
    for numbered in events {
        let Actor::Staff { organisation, .. } = &numbered.event.actor else { continue };
        if names.contains_key(organisation) {
            continue;
        }
        let name = match organisation {
            Organisation::Provider(number) => {
                let office = tasuki_store::provider::get(&app.db, number).await?;
                office.map(|office| office.provider.name)
            }
            Organisation::Insurer(number) => {
                let insurer = tasuki_store::insurer::get(&app.db, number).await?;
                insurer.map(|insurer| insurer.insurer.name)
            }
            Organisation::ReviewBoard(number) => {
                let insurer = tasuki_store::insurer::get(&app.db, number).await?;
                insurer.map(|insurer| format!("{} 介護認定審査会", insurer.insurer.name))
            }
            Organisation::Operator => None,
        };
        if let Some(name) = name {
            names.insert(organisation.clone(), name);
        }
    }
    Ok(names)
}

/// The person says that a look seems strange; it goes to the insurer.
///
/// # Errors
///
/// [`AppError::Invalid`] for an empty or too long text, [`AppError::NotFound`] when the event is
/// not about this person.
pub async fn object(
    app: &App,
    citizen: &Citizen,
    event_seq: i64,
    text: &str,
    now: AtMs,
) -> Result<(), AppError> {
    let length = text.trim().chars().count();
    if length == 0 {
        return Err(AppError::invalid("text", "empty"));
    }
    if length > 1_000 {
        return Err(AppError::invalid("text", "too-long"));
    }
    let visitor = Visitor::citizen(citizen);
    let person = &citizen.person;
    let shown = log(app, &visitor, person, event_seq.checked_add(1), now).await?;
    if shown.first().is_none_or(|numbered| numbered.seq != event_seq) {
        return Err(AppError::NotFound);
    }
    let key = app.keyring.insurer(&app.db, &person.insurer).await?;
    let id = crate::id::new(now);
    let mut event = access::event(
        &visitor,
        person,
        Action::Objection,
        Purpose::OwnInformation,
        Outcome::Allowed,
        now,
    );
    event.note = Some(format!("event={event_seq}"));
    let insurer = Organisation::Insurer(person.insurer.clone());
    let notice = tasuki_store::notice::add(&insurer, &id, "objection", "{}", now);
    let change = objection::make(person, &id, event_seq, text.trim(), now, &key)?
        .and(notice)
        .and_event(event);
    app.db.commit(change).await?;
    Ok(())
}
