//! A card that gives a consent (カードによる同意): read for one person's consent, and spent with it.
//!
//! Such a reading finds nobody, and a reading that finds somebody gives no consent.

use serde::{Deserialize, Serialize};
use tasuki_core::consent::ConsentBasis;
use tasuki_core::date::AtMs;
use tasuki_core::insured::PersonKey;
use tasuki_gateway::card::CardCheck;
use tasuki_gateway::online_eligibility::Identification;
use tasuki_store::Change;
use tasuki_store::card_check::{self as rows, CardCheck as Row};

use super::{compared, is_read, own, wait};
use crate::caller::Staff;
use crate::consent::Draft;
use crate::{App, AppError};

/// What a reading is for, sealed in its row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ForConsent {
    /// Whose consent.
    pub(crate) person: PersonKey,
    /// What a page filled in before the card was read.
    pub(crate) draft: Option<Draft>,
}

fn place(id: &str) -> String {
    format!("card_check/{id}/consent")
}

/// Waits for the card of the person of `about`.
pub(crate) async fn begin_for(
    app: &App,
    staff: &Staff,
    about: &ForConsent,
    check: CardCheck,
    now: AtMs,
) -> Result<(), AppError> {
    let id = crate::id::new(now);
    let text = serde_json::to_vec(about).map_err(AppError::internal)?;
    let sealed = app.keyring.platform().seal(place(&id).as_bytes(), &text);
    let sealed = sealed.map_err(AppError::internal)?;
    wait(app, staff, check, id, Some(sealed), now).await
}

fn about(app: &App, row: &Row) -> Result<Option<ForConsent>, AppError> {
    let Some(sealed) = &row.consent else { return Ok(None) };
    let text = app.keyring.platform().open(place(&row.id).as_bytes(), sealed);
    serde_json::from_slice(&text.map_err(AppError::internal)?).map_err(AppError::internal)
}

/// Whose card a reading waits for; nothing when anybody's.
pub(super) fn wanted(app: &App, row: &Row) -> Result<Option<PersonKey>, AppError> {
    Ok(about(app, row)?.map(|about| about.person))
}

/// The card belongs to `wanted`, whom the present insurer or a former one knows by this key.
pub(super) fn is_holder(wanted: &PersonKey, found: &Identification) -> bool {
    std::iter::once(&found.person).chain(&found.former).any(|known| known.key == *wanted)
}

/// The caller's newest reading, when it is for the consent of `person`, with what it is for.
pub(crate) async fn for_person(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
) -> Result<Option<(Row, ForConsent)>, AppError> {
    let Some(row) = own(app, staff).await? else { return Ok(None) };
    let about = about(app, &row)?.filter(|about| about.person == *person);
    Ok(about.map(|about| (row, about)))
}

/// Spends the caller's reading of the card of `person` in the commit of the consent that it gives:
/// a second consent finds it spent.
///
/// # Errors
///
/// [`AppError::Invalid`] when somebody else consents in the person's place, when no card of the
/// person was read for this within three minutes, or when the photo was not compared.
pub(crate) async fn spend(
    app: &App,
    staff: &Staff,
    person: &PersonKey,
    (basis, photo_compared): (&ConsentBasis, bool),
    now: AtMs,
) -> Result<Change, AppError> {
    if *basis != ConsentBasis::Person {
        return Err(AppError::invalid("means", "consent-card-person"));
    }
    let read = for_person(app, staff, person).await?.map(|(row, _)| row);
    let row = read.filter(|row| is_read(row, now));
    let row = row.ok_or_else(|| AppError::invalid("means", "consent-card"))?;
    compared(&row, photo_compared)?;
    Ok(rows::used(&row.id))
}
