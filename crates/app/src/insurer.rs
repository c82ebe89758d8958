//! Insurers (保険者) as the operator lists them; [`crate::office::save_insurer`] saves one.

use tasuki_core::insurer::InsurerNumber;
use tasuki_store::insurer::{self as rows, StoredInsurer};

use crate::caller::Staff;
use crate::setting::operator;
use crate::{App, AppError};

/// All insurers, by number.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the operator.
pub async fn list(app: &App, staff: &Staff) -> Result<Vec<StoredInsurer>, AppError> {
    operator(staff)?;
    Ok(rows::list(&app.db).await?)
}

/// One insurer.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the operator, [`AppError::NotFound`] for an unknown one.
pub async fn get(
    app: &App,
    staff: &Staff,
    number: &InsurerNumber,
) -> Result<StoredInsurer, AppError> {
    operator(staff)?;
    rows::get(&app.db, number).await?.ok_or(AppError::NotFound)
}
