//! Consent (同意): taking, narrowing and taking back, with effect at once.

pub mod by_card;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_core::consent::{
    Consent, ConsentBasis, ConsentMeans, ConsentScope, ConsentTaker, Withdrawal, WithdrawnBy,
};
use tasuki_core::date::AtMs;
use tasuki_core::document::DocumentKind;
use tasuki_core::event::{Action, Outcome};
use tasuki_core::insured::PersonKey;
use tasuki_core::provider::ProviderNumber;
use tasuki_policy::Reader;
use tasuki_store::Change;
use tasuki_store::consent as rows;
use tasuki_store::facts::Facts;

use crate::access::{self, Visitor};
use crate::caller::{Citizen, Staff};
use crate::{App, AppError, look};

/// What a form says of a new consent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Draft {
    /// On whose word.
    pub basis: ConsentBasis,
    /// How it was given.
    pub means: ConsentMeans,
    /// The photo on the card was compared with the person's face; asked for a card that was
    /// checked by eye.
    pub photo_compared: bool,
    /// What it opens.
    pub scope: ConsentScope,
    /// First day; not before today.
    pub from: Date,
    /// Last day, or open.
    pub until: Option<Date>,
}

/// An office in charge, or the insurer, takes a consent on the person's word.
///
/// A consent by card spends the reading of the person's card that [`by_card::begin`] began.
///
/// # Errors
///
/// [`AppError::NotFound`] when the office is not in charge of the person,
/// [`AppError::Invalid`] when the draft breaks a rule or no card stands behind it,
/// [`AppError::Conflict`] when the card gave another consent at the same moment.
pub async fn take(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
    draft: Draft,
    now: AtMs,
) -> Result<String, AppError> {
    let (visitor, taker) = taker(staff)?;
    // Each means belongs to whoever can vouch for it.
    let foreign = match draft.means {
        ConsentMeans::CitizenPage => true,
        ConsentMeans::Application => matches!(taker, ConsentTaker::Provider(_)),
        ConsentMeans::Card | ConsentMeans::Signature { .. } | ConsentMeans::Paper { .. } => false,
    };
    if foreign {
        return Err(AppError::invalid("means", "consent-means"));
    }
    knows(app, &visitor, person, now).await?;
    let spent = match draft.means {
        ConsentMeans::Card => {
            let checked = (&draft.basis, draft.photo_compared);
            crate::card::spend(app, staff, person, checked, now).await?
        }
        _ => Change::new(),
    };
    enter(app, &visitor, person, (taker, draft), spent, now).await
}

/// The member of staff before the door, and as whose consent the ledger names what they take.
fn taker(staff: &Staff) -> Result<(Visitor, ConsentTaker), AppError> {
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    let taker = match &visitor.reader {
        Reader::Provider { office, .. } => ConsentTaker::Provider(office.number.clone()),
        Reader::Insurer { number, .. } => ConsentTaker::Insurer(number.clone()),
        _ => return Err(AppError::Denied),
    };
    Ok((visitor, taker))
}

/// The person is here, and the visitor may know it.
async fn knows(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    now: AtMs,
) -> Result<(), AppError> {
    let examined = access::examine(app, visitor, person, now).await?;
    match examined.basics.is_ok() && examined.facts.exists() {
        true => Ok(()),
        false => Err(AppError::NotFound),
    }
}

/// The person gives a consent on their own pages.
///
/// # Errors
///
/// [`AppError::Invalid`] when the draft breaks a rule.
pub async fn give(
    app: &App,
    citizen: &Citizen,
    scope: ConsentScope,
    until: Option<Date>,
    now: AtMs,
) -> Result<String, AppError> {
    let visitor = Visitor::citizen(citizen);
    knows(app, &visitor, &citizen.person, now).await?;
    let draft = Draft {
        basis: citizen_basis(citizen),
        means: ConsentMeans::CitizenPage,
        photo_compared: false,
        scope,
        from: now.date(),
        until,
    };
    let given = (ConsentTaker::InsuredPerson, draft);
    enter(app, &visitor, &citizen.person, given, Change::new(), now).await
}

fn citizen_basis(citizen: &Citizen) -> ConsentBasis {
    use tasuki_core::insured::Personal;
    match &citizen.delegate {
        None => ConsentBasis::Person,
        Some(relation) => ConsentBasis::FamilyProxy {
            name: Personal::new(""),
            relation: Personal::new(relation),
            reason: Personal::new("ご本人の画面からの代理"),
        },
    }
}

/// The rules that every new consent keeps.
fn check(draft: &Draft, today: Date) -> Result<(), AppError> {
    if draft.from < today {
        return Err(AppError::invalid("from", "consent-from-past"));
    }
    if draft.until.is_some_and(|until| until < draft.from) {
        return Err(AppError::invalid("until", "consent-until-before-from"));
    }
    if draft.scope.kinds.as_ref().is_some_and(BTreeSet::is_empty) {
        return Err(AppError::invalid("kinds", "consent-nothing"));
    }
    if draft.scope.providers.as_ref().is_some_and(BTreeSet::is_empty) {
        return Err(AppError::invalid("providers", "consent-nobody"));
    }
    Ok(())
}

/// Writes a consent into the ledger, in one commit with what it spends.
async fn enter(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    (taker, draft): (ConsentTaker, Draft),
    spent: Change,
    now: AtMs,
) -> Result<String, AppError> {
    check(&draft, now.date())?;
    let consent = Consent {
        id: crate::id::new(now),
        person: person.clone(),
        taker,
        basis: draft.basis,
        means: draft.means,
        scope: draft.scope,
        from: draft.from,
        until: draft.until,
        given_at: now,
        replaces: None,
        withdrawn: None,
    };
    let key = app.keyring.insurer(&app.db, &person.insurer).await?;
    let purpose = look::usual_purpose(visitor);
    let mut event =
        access::event(visitor, person, Action::ConsentGive, purpose, Outcome::Allowed, now);
    event.note = Some(consent.id.clone());
    app.db.commit(spent.and(rows::give(&consent, &key)?).and_event(event)).await?;
    Ok(consent.id)
}

/// Takes a consent back: for the person on their pages, for an office or the insurer on their
/// word. Offices that lose something are told that they did, not why.
///
/// # Errors
///
/// [`AppError::NotFound`] when the caller may not know the consent, [`AppError::Conflict`] when
/// it was taken back before.
pub async fn withdraw(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    id: &str,
    now: AtMs,
) -> Result<(), AppError> {
    let examined = access::examine(app, visitor, person, now).await?;
    let by = match &visitor.reader {
        Reader::InsuredPerson { .. } => WithdrawnBy::Person,
        Reader::Provider { .. } => WithdrawnBy::Provider,
        Reader::Insurer { .. } => WithdrawnBy::Insurer,
        _ => return Err(AppError::Denied),
    };
    if examined.basics.is_err() || examined.facts.consent(id).is_none() {
        return Err(AppError::NotFound);
    }
    let purpose = look::usual_purpose(visitor);
    let mut event =
        access::event(visitor, person, Action::ConsentWithdraw, purpose, Outcome::Allowed, now);
    event.note = Some(id.to_owned());
    let withdrawal = Withdrawal { at: now, by };
    app.db.commit(rows::withdraw(person, id, &withdrawal).and_event(event)).await?;
    tell_losers(app, &examined.facts, id, &ConsentScope::nothing(), now).await
}

/// Narrows a consent: the wider one ends, a narrower one takes its place at the same moment.
///
/// # Errors
///
/// [`AppError::Invalid`] when the new scope is not narrower, [`AppError::NotFound`] as in
/// [`withdraw`].
pub async fn narrow(
    app: &App,
    citizen: &Citizen,
    id: &str,
    except_kinds: &BTreeSet<DocumentKind>,
    except_providers: &BTreeSet<ProviderNumber>,
    now: AtMs,
) -> Result<String, AppError> {
    let visitor = Visitor::citizen(citizen);
    let person = &citizen.person;
    let examined = access::examine(app, &visitor, person, now).await?;
    let Some(wide) = examined.facts.consent(id).filter(|_| examined.basics.is_ok()).cloned() else {
        return Err(AppError::NotFound);
    };
    if !wide.in_force(now) {
        return Err(AppError::Conflict);
    }
    if except_kinds.is_empty() && except_providers.is_empty() {
        return Err(AppError::invalid("except", "consent-not-narrower"));
    }
    let mut scope = wide.scope.clone();
    scope.except_kinds.extend(except_kinds);
    scope.except_providers.extend(except_providers.iter().cloned());
    let narrow = Consent {
        id: crate::id::new(now),
        scope: scope.clone(),
        given_at: now,
        replaces: Some(wide.id.clone()),
        means: ConsentMeans::CitizenPage,
        ..wide
    };
    let key = app.keyring.insurer(&app.db, &person.insurer).await?;
    let withdrawal = Withdrawal { at: now, by: WithdrawnBy::Replaced };
    let mut event = access::event(
        &visitor,
        person,
        Action::ConsentNarrow,
        look::usual_purpose(&visitor),
        Outcome::Allowed,
        now,
    );
    event.note = Some(narrow.id.clone());
    let change =
        rows::withdraw(person, id, &withdrawal).and(rows::give(&narrow, &key)?).and_event(event);
    app.db.commit(change).await?;
    tell_losers(app, &examined.facts, id, &scope, now).await?;
    Ok(narrow.id)
}

/// Tells each office in charge that held something under consent `id` and does not hold it under
/// `left` or any other consent: that it lost access, not why.
async fn tell_losers(
    app: &App,
    before: &Facts,
    id: &str,
    left: &ConsentScope,
    now: AtMs,
) -> Result<(), AppError> {
    for provider in before.losers(id, left) {
        crate::notice::lost_access(app, &provider, now).await?;
    }
    Ok(())
}
