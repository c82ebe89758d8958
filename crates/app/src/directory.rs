//! Public registers (事業所・保険者の台帳): nothing in them is personal, anybody signed in may read.

use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::ProviderNumber;
use tasuki_store::insurer::{self, StoredInsurer};
use tasuki_store::provider::{self, StoredProvider};

use crate::caller::Staff;
use crate::{App, AppError};

/// Active offices whose name holds `name` and whose reading begins with `kana`, in the order of
/// the reading, at most `limit`.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn offices(
    app: &App,
    _staff: &Staff,
    name: &str,
    kana: &str,
    limit: u16,
) -> Result<Vec<StoredProvider>, AppError> {
    Ok(provider::search(&app.db, name, kana, i64::from(limit)).await?)
}

/// One office.
///
/// # Errors
///
/// [`AppError::NotFound`] when the platform does not know it.
pub async fn office(
    app: &App,
    _staff: &Staff,
    number: &ProviderNumber,
) -> Result<StoredProvider, AppError> {
    provider::get(&app.db, number).await?.ok_or(AppError::NotFound)
}

/// All insurers, with the day since when their data are here.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn insurers(app: &App, _staff: &Staff) -> Result<Vec<StoredInsurer>, AppError> {
    Ok(insurer::list(&app.db).await?)
}

/// One insurer.
///
/// # Errors
///
/// [`AppError::NotFound`] when the platform does not know it.
pub async fn insurer(
    app: &App,
    _staff: &Staff,
    number: &InsurerNumber,
) -> Result<StoredInsurer, AppError> {
    insurer::get(&app.db, number).await?.ok_or(AppError::NotFound)
}
