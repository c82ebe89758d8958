//! Telling organisations, once, that a certificate of theirs ends soon (更新のお知らせ).

use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_store::{Change, device, notice};

use super::RENEW_DAYS;
use crate::{App, AppError};

/// Notices of one commit.
const CHUNK: usize = 500;

/// Adds a notice for each certificate that can be renewed and of which nothing was said yet;
/// instances that do so at the same time tell it once.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails; the next time takes up the rest.
pub(crate) async fn tell(app: &App, now: AtMs) -> Result<(), AppError> {
    let before = now.plus_ms(RENEW_DAYS * DAY_MS);
    let most = i64::try_from(CHUNK).unwrap_or(i64::MAX);
    loop {
        let found = device::untold(&app.db, now, before, most).await?;
        let last = found.len() < CHUNK;
        let mut change = Change::new();
        for device in &found {
            let id = notice::device_due_id(&device.sha256);
            let params = serde_json::json!({ "device": device.name, "until": device.not_after.0 });
            let params = params.to_string();
            change =
                change.and(notice::add_once(&device.organisation, &id, "device-due", &params, now));
        }
        if !found.is_empty() {
            app.db.commit(change).await?;
        }
        if last {
            return Ok(());
        }
    }
}
