//! Consent by My Number card (マイナンバーカードによる同意): the person puts the card on the reader of the
//! office, and the consent that was filled in goes into the ledger.

use tasuki_core::consent::{ConsentBasis, ConsentMeans};
use tasuki_core::date::AtMs;
use tasuki_core::insured::PersonKey;
use tasuki_gateway::card::CardCheck;

use super::{Draft, check, knows, take, taker};
use crate::caller::Staff;
use crate::card::{self, ForConsent, Reading};
use crate::{App, AppError};

/// Begins to wait for the card of `person` on the reader of the caller's device. A page hands over
/// what was filled in; software brings it with the consent itself.
///
/// # Errors
///
/// As [`take`]; [`AppError::TooMany`] after too many readings, [`AppError::Unavailable`] when
/// online eligibility is not configured.
pub async fn begin(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
    (draft, way): (Option<Draft>, CardCheck),
    now: AtMs,
) -> Result<(), AppError> {
    let (visitor, _) = taker(staff)?;
    knows(app, &visitor, person, now).await?;
    if let Some(draft) = &draft {
        if draft.basis != ConsentBasis::Person || draft.means != ConsentMeans::Card {
            return Err(AppError::invalid("means", "consent-card-person"));
        }
        check(draft, now.date())?;
    }
    let about = ForConsent { person: person.clone(), draft };
    card::begin_for(app, staff, &about, way, now).await
}

/// Begins anew with what was filled in for the last reading, which was refused or ran out.
///
/// # Errors
///
/// As [`begin`]; [`AppError::Invalid`] when nothing was filled in, or it went into the ledger.
pub async fn again(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
    way: CardCheck,
    now: AtMs,
) -> Result<(), AppError> {
    let draft = filled_in(app, staff, person, now).await?;
    begin(app, staff, person, (Some(draft), way), now).await
}

/// Where the caller's reading for the consent of `person` stands.
///
/// # Errors
///
/// [`AppError::NotFound`] as in [`take`].
pub async fn reading(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
    now: AtMs,
) -> Result<Reading, AppError> {
    let (visitor, _) = taker(staff)?;
    knows(app, &visitor, person, now).await?;
    let row = card::for_person(app, staff, person).await?.map(|(row, _)| row);
    card::state(app, staff, row, now).await
}

/// Takes the consent that was filled in, now that the card was read.
///
/// # Errors
///
/// As [`take`]; [`AppError::Invalid`] when nothing was filled in, or it went into the ledger.
pub async fn confirm(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
    photo_compared: bool,
    now: AtMs,
) -> Result<String, AppError> {
    let draft = filled_in(app, staff, person, now).await?;
    take(app, staff, person, Draft { photo_compared, ..draft }, now).await
}

/// What was filled in for the newest reading; its first day is not before today.
async fn filled_in(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
    now: AtMs,
) -> Result<Draft, AppError> {
    let (visitor, _) = taker(staff)?;
    knows(app, &visitor, person, now).await?;
    let newest = card::for_person(app, staff, person).await?;
    let draft = newest.and_then(|(_, about)| about.draft);
    let draft = draft.ok_or_else(|| AppError::invalid("means", "consent-card"))?;
    Ok(Draft { from: draft.from.max(now.date()), ..draft })
}
