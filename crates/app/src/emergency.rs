//! Emergency looks (緊急時の閲覧): without consent or registration, for danger to life.

use tasuki_core::account::{AccountLevel, Organisation};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Gate, Outcome, Purpose};
use tasuki_core::insured::PersonKey;
use tasuki_core::words;
use tasuki_policy::{Reader, authorise_search};
use tasuki_store::Change;
use tasuki_store::emergency::{self as rows, Opened, Opening};

use crate::access::{self, Visitor};
use crate::caller::Staff;
use crate::find::{self, Proof};
use crate::{App, AppError};

words! {
    /// Why a person is opened in an emergency (緊急時の理由).
    pub enum Reason {
        /// The person is unconscious or cannot speak.
        Unresponsive = "unresponsive", "ご本人の意識がない・話せない";
        /// An ambulance is on its way or there.
        Ambulance = "ambulance", "救急搬送のため";
        /// Disaster or evacuation.
        Evacuation = "evacuation", "災害・避難のため";
        /// The person is missing.
        Missing = "missing", "ご本人の行方が分からない";
        /// Suspected abuse.
        Abuse = "abuse", "虐待が疑われ、命の危険がある";
    }
}

/// Opens the person of `proof` to this account for the hours of the settings.
///
/// The office's privacy officer is told by reference alone, and must review it.
///
/// # Errors
///
/// [`AppError::Denied`] when the job may not, [`AppError::NotFound`] for a proof that is not
/// theirs, [`AppError::Invalid`] without a text of at least ten characters.
pub async fn open(
    app: &App,
    staff: &Staff,
    proof: &Proof,
    reason: Reason,
    note: &str,
    now: AtMs,
) -> Result<PersonKey, AppError> {
    use tasuki_core::word::Word;
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    let _may_search = authorise_search(&app.sharing.load(), &visitor.reader, None)
        .map_err(|_| AppError::Denied)?;
    let Reader::Provider { office, .. } = &visitor.reader else { return Err(AppError::Denied) };
    if note.trim().chars().count() < 10 {
        return Err(AppError::invalid("note", "emergency-note-short"));
    }
    let person = find::identified(app, staff, proof, now)?.person;
    let purpose = Purpose::Emergency;
    let mut event =
        access::event(&visitor, &person, Action::BreakGlass, purpose, Outcome::Allowed, now);
    if find::is_blocked(app, staff, &person, now).await? {
        event.outcome = Outcome::Refused(Gate::Block);
        app.db.commit(Change::event(event)).await?;
        return Err(AppError::NotFound);
    }
    let key = app.keyring.insurer(&app.db, &person.insurer).await?;
    let id = crate::id::new(now);
    let opening = Opening {
        id: &id,
        person: &person,
        provider: &office.number,
        account: &staff.account,
        reason: reason.word(),
        note: note.trim(),
        at: now,
        until: now.plus_ms(app.settings.emergency_hours * 3_600_000),
    };
    event.note = Some(format!("{}/{id}", reason.word()));
    let notice = tasuki_store::notice::add(&staff.organisation, &id, "emergency-review", "{}", now);
    app.db.commit(rows::open(&opening, &key)?.and(notice).and_event(event)).await?;
    Ok(person)
}

/// The office's emergency looks, those without review first.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but an office's administrator.
pub async fn list(app: &App, staff: &Staff) -> Result<Vec<Opened>, AppError> {
    let Organisation::Provider(provider) = &staff.organisation else {
        return Err(AppError::Denied);
    };
    if staff.level != AccountLevel::Administrator {
        return Err(AppError::Denied);
    }
    Ok(rows::of_provider(&app.db, provider, 200).await?)
}

/// The privacy officer reviews an emergency look; nobody reviews their own.
///
/// # Errors
///
/// [`AppError::NotFound`] for one of another office, [`AppError::Denied`] for one's own,
/// [`AppError::Conflict`] when it was reviewed before.
pub async fn review(
    app: &App,
    staff: &Staff,
    id: &str,
    text: &str,
    now: AtMs,
) -> Result<(), AppError> {
    let opened = list(app, staff).await?;
    let opened = opened.into_iter().find(|opened| opened.id == id).ok_or(AppError::NotFound)?;
    if opened.account == staff.account {
        return Err(AppError::Denied);
    }
    if text.trim().is_empty() {
        return Err(AppError::invalid("text", "empty"));
    }
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    let key = app.keyring.insurer(&app.db, &opened.person.insurer).await?;
    let mut event = access::event(
        &visitor,
        &opened.person,
        Action::BreakGlassReview,
        Purpose::Operation,
        Outcome::Allowed,
        now,
    );
    event.note = Some(id.to_owned());
    let change = rows::review(&opened, &staff.account, text.trim(), now, &key)?;
    app.db.commit(change.and_event(event)).await?;
    Ok(())
}
