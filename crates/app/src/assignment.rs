//! Offices in charge (担当事業所登録): registering after the identity check, and ending.

use tasuki_core::assignment::{Assignment, AssignmentEnder};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Gate, Outcome};
use tasuki_core::insured::PersonKey;
use tasuki_core::provider::ProviderNumber;
use tasuki_policy::Reader;
use tasuki_store::Change;
use tasuki_store::assignment as rows;

use crate::access::{self, Visitor};
use crate::caller::{Citizen, Staff};
use crate::find::{self, Proof};
use crate::{App, AppError, look};

/// Registers the staff member's office as in charge of the person of `proof`.
///
/// An office that is registered and open already stays as it is.
///
/// # Errors
///
/// [`AppError::NotFound`] for a proof that is not theirs or is too old and for an office that the
/// insurer keeps from the person, [`AppError::Denied`] for staff of anything but an office.
pub async fn register(
    app: &App,
    staff: &Staff,
    proof: &Proof,
    now: AtMs,
) -> Result<PersonKey, AppError> {
    let identified = find::identified(app, staff, proof, now)?;
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    let Reader::Provider { office, .. } = &visitor.reader else { return Err(AppError::Denied) };
    let person = identified.person;
    let examined = access::examine(app, &visitor, &person, now).await?;
    let purpose = look::usual_purpose(&visitor);
    let mut event =
        access::event(&visitor, &person, Action::AssignmentStart, purpose, Outcome::Allowed, now);
    // Blocked since the proof was made: absent, as for the search.
    if examined.facts.blocked(&office.number) {
        event.outcome = Outcome::Refused(Gate::Block);
        app.db.commit(Change::event(event)).await?;
        return Err(AppError::NotFound);
    }
    if examined.facts.continuing(&office.number, app.settings.continuity) {
        return Ok(person);
    }
    let assignment = Assignment {
        id: crate::id::new(now),
        person: person.clone(),
        provider: office.number.clone(),
        identity: identified.identity,
        started_at: now,
        ended_at: None,
        last_service_month: None,
    };
    app.db.commit(rows::start(&assignment).and_event(event)).await?;
    Ok(person)
}

/// Ends every open registration of the staff member's office for `person`.
///
/// # Errors
///
/// [`AppError::NotFound`] when the office is not in charge.
pub async fn end_by_office(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
    now: AtMs,
) -> Result<(), AppError> {
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    let Reader::Provider { office, .. } = &visitor.reader else { return Err(AppError::Denied) };
    let provider = office.number.clone();
    end(app, &visitor, person, &provider, AssignmentEnder::Provider, now).await
}

/// The person ends an office's registration (「この事業所をやめる」).
///
/// # Errors
///
/// [`AppError::NotFound`] when the office is not in charge.
pub async fn end_by_citizen(
    app: &App,
    citizen: &Citizen,
    provider: &ProviderNumber,
    now: AtMs,
) -> Result<(), AppError> {
    let visitor = Visitor::citizen(citizen);
    let ender = AssignmentEnder::Person;
    end(app, &visitor, &citizen.person, provider, ender, now).await?;
    crate::notice::lost_access(app, provider, now).await
}

async fn end(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    provider: &ProviderNumber,
    by: AssignmentEnder,
    now: AtMs,
) -> Result<(), AppError> {
    let examined = access::examine(app, visitor, person, now).await?;
    let open = examined.facts.open_assignments(provider);
    // An office whose access has lapsed must not learn by ending that the person is still held.
    if open.is_empty() || examined.basics.is_err() {
        return Err(AppError::NotFound);
    }
    let purpose = look::usual_purpose(visitor);
    let mut event =
        access::event(visitor, person, Action::AssignmentEnd, purpose, Outcome::Allowed, now);
    event.note = Some(provider.to_string());
    let change = open
        .iter()
        .fold(Change::new(), |change, id| change.and(rows::end(person, id, by, now)))
        .and_event(event);
    app.db.commit(change).await?;
    Ok(())
}
