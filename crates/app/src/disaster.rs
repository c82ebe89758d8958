//! Regions opened in a disaster (災害時の開放), by a recorded decision with an end.

use jiff::civil::Date;
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_core::event::Action;
use tasuki_core::insurer::{Insurer, InsurerNumber};
use tasuki_store::disaster::{self as rows, Region};
use tasuki_store::statistics;

use crate::caller::Staff;
use crate::setting::{event, operator};
use crate::{App, AppError};

/// The longest a region stays open by one decision, in days.
pub const MOST_DAYS: i64 = 60;

/// Regions that are or were open, those that end last first.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the operator.
pub async fn list(app: &App, staff: &Staff) -> Result<Vec<Region>, AppError> {
    operator(staff)?;
    Ok(rows::list(&app.db, 200).await?)
}

/// Whom an open region would concern (開放の広がり), for whoever is about to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The insurer whose persons would be open.
    pub insurer: Insurer,
    /// How many persons and offices.
    pub counts: statistics::Reach,
}

/// Whom opening the region of an insurer would concern: counts, without any person.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the operator, [`AppError::NotFound`] for an unknown
/// insurer.
pub async fn reach(app: &App, staff: &Staff, insurer: &InsurerNumber) -> Result<Reach, AppError> {
    operator(staff)?;
    let known = tasuki_store::insurer::get(&app.db, insurer).await?.ok_or(AppError::NotFound)?;
    let counts = statistics::reach(&app.db, insurer).await?;
    Ok(Reach { insurer: known.insurer, counts })
}

/// Checks a decision without carrying it out: whom it would concern.
///
/// # Errors
///
/// As [`open`].
pub async fn plan(
    app: &App,
    staff: &Staff,
    insurer: &InsurerNumber,
    reason: &str,
    last_day: Date,
    now: AtMs,
) -> Result<Reach, AppError> {
    checked(app, staff, insurer, reason, last_day, now).await?;
    reach(app, staff, insurer).await
}

/// Opens the persons of an insurer up to the end of the day `last_day`.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the operator, [`AppError::Invalid`] without a reason of
/// ten characters, for an unknown insurer, or an end before today or beyond [`MOST_DAYS`].
pub async fn open(
    app: &App,
    staff: &Staff,
    insurer: &InsurerNumber,
    reason: &str,
    last_day: Date,
    now: AtMs,
) -> Result<(), AppError> {
    let (reason, until) = checked(app, staff, insurer, reason, last_day, now).await?;
    let id = crate::id::new(now);
    let event = event(staff, Action::SettingChange, format!("disaster/{insurer}/{id}"), now);
    let change = rows::open(insurer, &id, reason, &staff.account, now, until);
    app.db.commit(change.and_event(event)).await?;
    Ok(())
}

/// The reason without spaces around it, and the end, when the rules of [`open`] hold.
async fn checked<'a>(
    app: &App,
    staff: &Staff,
    insurer: &InsurerNumber,
    reason: &'a str,
    last_day: Date,
    now: AtMs,
) -> Result<(&'a str, AtMs), AppError> {
    operator(staff)?;
    if tasuki_store::insurer::get(&app.db, insurer).await?.is_none() {
        return Err(AppError::invalid("insurer", "insurer-unknown"));
    }
    let reason = reason.trim();
    if reason.chars().count() < 10 || reason.chars().count() > 500 {
        return Err(AppError::invalid("reason", "disaster-reason"));
    }
    let until = AtMs::start_of(last_day).plus_ms(DAY_MS);
    let most = AtMs::start_of(now.date()).plus_ms((MOST_DAYS + 1) * DAY_MS);
    if until <= now || most < until {
        return Err(AppError::invalid("last_day", "disaster-end"));
    }
    Ok((reason, until))
}

/// Closes a region at once.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the operator, [`AppError::Conflict`] when it is closed.
pub async fn close(
    app: &App,
    staff: &Staff,
    insurer: &InsurerNumber,
    id: &str,
    now: AtMs,
) -> Result<(), AppError> {
    operator(staff)?;
    let event = event(staff, Action::SettingChange, format!("disaster-end/{insurer}/{id}"), now);
    app.db.commit(rows::close(insurer, id, now).and_event(event)).await?;
    Ok(())
}
