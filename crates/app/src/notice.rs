//! Notices to an organisation (お知らせ): a code and its parameters, never personal data.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_core::provider::ProviderNumber;
use tasuki_store::notice;

pub use tasuki_store::notice::Notice;

use crate::caller::Staff;
use crate::{App, AppError};

/// Most notices of one list.
const MOST: u16 = 200;

/// Notices to the caller's organisation, newest first.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn list(app: &App, staff: &Staff) -> Result<Vec<Notice>, AppError> {
    Ok(notice::newest(&app.db, &staff.organisation, MOST).await?)
}

/// Notices that nobody of the caller's organisation has read.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn unread(app: &App, staff: &Staff) -> Result<u32, AppError> {
    let unread = list(app, staff).await?.into_iter().filter(|notice| notice.read_at.is_none());
    Ok(u32::try_from(unread.count()).unwrap_or(u32::MAX))
}

/// Marks every notice up to now as read, for the whole organisation.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn mark_read(app: &App, staff: &Staff, now: AtMs) -> Result<(), AppError> {
    app.db.commit(notice::mark_read(&staff.organisation, now)).await?;
    Ok(())
}

/// Tells an office that it no longer sees something of one person: not whose choice, not why.
pub(crate) async fn lost_access(
    app: &App,
    provider: &ProviderNumber,
    now: AtMs,
) -> Result<(), AppError> {
    let organisation = Organisation::Provider(provider.clone());
    let change = notice::add(&organisation, &crate::id::new(now), "access-lost", "{}", now);
    app.db.commit(change).await?;
    Ok(())
}
