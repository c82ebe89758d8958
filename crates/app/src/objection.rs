//! The person's word on a look that seems strange (ご本人からの問い合わせ), and the answer to it.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Event, Outcome, Purpose};
use tasuki_core::insured::PersonKey;
use tasuki_policy::{Relation, authorise_list, authorise_log};
use tasuki_store::Change;
use tasuki_store::objection as rows;

pub use tasuki_store::objection::Objection;

use crate::access::{self, Visitor};
use crate::caller::Staff;
use crate::{App, AppError, look};

/// The longest answer, in characters.
pub const LONGEST: usize = 1_000;

/// Objections of the insurer's persons, those without answer first.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the insurer's staff.
pub async fn list(app: &App, staff: &Staff, now: AtMs) -> Result<Vec<Objection>, AppError> {
    let Organisation::Insurer(_) = &staff.organisation else { return Err(AppError::Denied) };
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    let grant =
        authorise_list(&app.sharing.load(), &visitor.reader, None).map_err(|_| AppError::Denied)?;
    let found = rows::of_insurer(&app.db, &app.keyring, &grant, 500).await?;
    let note = found.describe(|found| format!("objections={}", found.len()));
    let event = Event {
        at: now,
        actor: visitor.actor.clone(),
        person: None,
        action: Action::List,
        purpose: Purpose::InsurerDuty,
        outcome: Outcome::Allowed,
        touched: vec![],
        note: Some(note),
    };
    let recorded = app.db.commit(Change::event(event)).await?;
    Ok(found.open(&recorded))
}

/// Objections about one person with their answers, for the person, a delegate and the insurer.
///
/// # Errors
///
/// [`AppError::NotFound`] when the visitor may not read the person's log.
pub async fn of_person(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    now: AtMs,
) -> Result<Vec<Objection>, AppError> {
    let examined = access::examine(app, visitor, person, now).await?;
    let relation = Relation { protected: examined.facts.is_protected(), ..Relation::default() };
    let grant = authorise_log(&app.sharing.load(), person, &visitor.reader, relation);
    let purpose = look::usual_purpose(visitor);
    let mut event = access::event(visitor, person, Action::ReadLog, purpose, Outcome::Allowed, now);
    event.note = Some("objections".to_owned());
    match grant {
        Ok(grant) if examined.facts.exists() => {
            let found = rows::of_person(&app.db, &app.keyring, &grant, 100).await?;
            let recorded = app.db.commit(Change::event(event)).await?;
            Ok(found.open(&recorded))
        }
        refused => {
            let gate = refused.err().map(|denied| denied.gate);
            event.outcome = gate.map_or(Outcome::Failed, Outcome::Refused);
            app.db.commit(Change::event(event)).await?;
            Err(AppError::NotFound)
        }
    }
}

/// The insurer answers; the person reads it on their pages.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the insurer's staff, [`AppError::NotFound`] for an
/// objection of another insurer's person, [`AppError::Conflict`] when it was answered before,
/// [`AppError::Invalid`] for an empty or too long text.
pub async fn answer(
    app: &App,
    staff: &Staff,
    id: &str,
    text: &str,
    now: AtMs,
) -> Result<(), AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::invalid("answer", "required"));
    }
    if text.chars().count() > LONGEST {
        return Err(AppError::invalid("answer", "too-long"));
    }
    let found = list(app, staff, now).await?.into_iter().find(|objection| objection.id == id);
    let objection = found.ok_or(AppError::NotFound)?;
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    let key = app.keyring.insurer(&app.db, &objection.person.insurer).await?;
    let purpose = Purpose::InsurerDuty;
    let person = &objection.person;
    let mut event =
        access::event(&visitor, person, Action::Objection, purpose, Outcome::Allowed, now);
    event.note = Some(format!("answer/{id}"));
    app.db.commit(rows::answer(&objection, text, now, &key)?.and_event(event)).await?;
    Ok(())
}
