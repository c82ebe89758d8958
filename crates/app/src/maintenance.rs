//! Closing and opening the house (保守のための休止): nothing is written, and so nothing is shown.

use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Outcome};
use tasuki_store::{Change, StoreError, maintenance as store};

use crate::auth::record;
use crate::caller::By;
use crate::{App, AppError};

/// Closes the house for every process; when this returns, no write is under way.
///
/// # Errors
///
/// [`AppError::Conflict`] when it is closed already, [`AppError::Denied`] for anybody but the
/// operator.
pub async fn begin(app: &App, by: By<'_>, because: &str, now: AtMs) -> Result<(), AppError> {
    Ok(store::close(&app.db, because, recorded(by, "closed", now)?).await?)
}

/// Opens the house again.
///
/// # Errors
///
/// [`AppError::Conflict`] when it is open, [`AppError::Denied`] for anybody but the operator.
pub async fn end(app: &App, by: By<'_>, now: AtMs) -> Result<(), AppError> {
    Ok(store::reopen(&app.db, recorded(by, "opened", now)?).await?)
}

/// Why the house is closed; `None` while it is open.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn closed_because(app: &App) -> Result<Option<String>, StoreError> {
    store::closed_because(&app.db).await
}

fn recorded(by: By<'_>, what: &str, now: AtMs) -> Result<Change, AppError> {
    if !by.is_operator() {
        return Err(AppError::Denied);
    }
    let note = format!("house {what}");
    let event = record::event(by.actor(), Action::SettingChange, Outcome::Allowed, note, now);
    Ok(Change::event(event))
}
