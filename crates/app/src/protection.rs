//! Offices that the insurer keeps from a protected person (支援措置による閲覧の停止).
//!
//! A block works from its own moment: for the office the person is absent on every page, in every
//! search and in an emergency. The office is told nothing; the person sees it on their pages.

use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Event, Outcome, Purpose};
use tasuki_core::insured::{PersonKey, Personal};
use tasuki_core::protection::{BlockReason, ProtectionBlock};
use tasuki_core::provider::ProviderNumber;
use tasuki_policy::Reader;
use tasuki_store::facts::Basics;
use tasuki_store::protection as rows;
use tasuki_store::{Change, provider};

use crate::access::{self, Examined, Visitor};
use crate::caller::Staff;
use crate::{App, AppError};

/// Longest note, in characters.
pub const LONGEST: usize = 500;

/// Shortest note, in characters: a reason that somebody else can follow later.
const SHORTEST: usize = 5;

/// Who the person is, the offices in charge and every block, for the insurer's staff.
///
/// # Errors
///
/// [`AppError::NotFound`] for anybody else and for a person of another insurer.
pub async fn open(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
    now: AtMs,
) -> Result<Basics, AppError> {
    let visitor = insurer(staff)?;
    let examined = access::examine(app, &visitor, person, now).await?;
    let mut event = event(&visitor, person, Action::Look, now);
    event.note = Some("blocks".to_owned());
    let grant = match &examined.basics {
        Ok(grant) if examined.facts.exists() => grant,
        refused => {
            let gate = refused.as_ref().err().copied();
            event.outcome = gate.map_or(Outcome::Failed, Outcome::Refused);
            app.db.commit(Change::event(event)).await?;
            return Err(AppError::NotFound);
        }
    };
    let recorded = app.db.commit(Change::event(event)).await?;
    let basics = examined.facts.basics(grant).ok_or(AppError::NotFound)?;
    Ok(basics.open(&recorded))
}

/// What a form says of a block.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The office.
    pub provider: ProviderNumber,
    /// Why.
    pub reason: BlockReason,
    /// In the staff's own words.
    pub note: String,
}

/// Keeps an office from a protected person, from this moment on; the id of the block.
///
/// # Errors
///
/// [`AppError::NotFound`] for anybody but the staff of the person's insurer,
/// [`AppError::Invalid`] when no support measures are in force, for an office
/// that the platform does not know and a note too short or too long, [`AppError::Conflict`] when
/// the office is blocked already.
pub async fn block(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
    draft: Draft,
    now: AtMs,
) -> Result<String, AppError> {
    let visitor = insurer(staff)?;
    let examined = known(app, &visitor, person, now).await?;
    if !examined.facts.is_protected() {
        return Err(AppError::invalid("provider", "block-not-protected"));
    }
    let note = note(&draft.note)?;
    if provider::get(&app.db, &draft.provider).await?.is_none() {
        return Err(AppError::invalid("provider", "provider-unknown"));
    }
    let id = crate::id::new(now);
    let block = ProtectionBlock {
        id: id.clone(),
        provider: draft.provider,
        provider_name: None,
        reason: draft.reason,
        note: Personal::new(note),
        blocked_at: now,
        lifted_at: None,
    };
    let key = app.keyring.insurer(&app.db, &person.insurer).await?;
    let mut event = event(&visitor, person, Action::BlockChange, now);
    event.note = Some(format!("blocked/{}/{id}", block.provider));
    let change = rows::block(person, &block, &staff.account, &key)?;
    app.db.commit(change.and_event(event)).await?;
    Ok(id)
}

/// Lets an office look again, as far as everything else allows it.
///
/// # Errors
///
/// [`AppError::NotFound`] for anybody but the staff of the person's insurer and for an id of no
/// block, [`AppError::Invalid`] for a note too short or too
/// long, [`AppError::Conflict`] when it was lifted before.
pub async fn lift(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
    id: &str,
    text: &str,
    now: AtMs,
) -> Result<(), AppError> {
    let visitor = insurer(staff)?;
    let examined = known(app, &visitor, person, now).await?;
    let block = examined.facts.block(id).ok_or(AppError::NotFound)?;
    let note = note(text)?;
    let key = app.keyring.insurer(&app.db, &person.insurer).await?;
    let mut event = event(&visitor, person, Action::BlockChange, now);
    event.note = Some(format!("lifted/{}/{id}", block.provider));
    let change = rows::lift(person, id, note, &staff.account, now, &key)?;
    app.db.commit(change.and_event(event)).await?;
    Ok(())
}

fn insurer(staff: &Staff) -> Result<Visitor, AppError> {
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    match visitor.reader {
        Reader::Insurer { .. } => Ok(visitor),
        _ => Err(AppError::NotFound),
    }
}

async fn known(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    now: AtMs,
) -> Result<Examined, AppError> {
    let examined = access::examine(app, visitor, person, now).await?;
    match examined.basics.is_ok() && examined.facts.exists() {
        true => Ok(examined),
        false => Err(AppError::NotFound),
    }
}

fn note(text: &str) -> Result<&str, AppError> {
    let text = text.trim();
    match text.chars().count() {
        0..SHORTEST => Err(AppError::invalid("note", "block-note")),
        length if length > LONGEST => Err(AppError::invalid("note", "too-long")),
        _ => Ok(text),
    }
}

fn event(visitor: &Visitor, person: &PersonKey, action: Action, now: AtMs) -> Event {
    access::event(visitor, person, action, Purpose::InsurerDuty, Outcome::Allowed, now)
}
