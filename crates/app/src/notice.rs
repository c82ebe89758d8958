//! Notices to an organisation (お知らせ): a code and its parameters, never personal data.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_core::provider::ProviderNumber;
use tasuki_store::transfer::Transfer;
use tasuki_store::{Change, notice};

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

/// Tells an insurer that readers see a transfer, and how many lines of it have to be mended.
pub(crate) fn transfer_published(transfer: &Transfer, refused: u64, now: AtMs) -> Change {
    let params = serde_json::json!({ "sequence": transfer.sequence, "refused": refused });
    to_insurer(transfer, "transfer-published", &params, now)
}

/// Tells an insurer that nothing of a transfer was taken.
pub(crate) fn transfer_failed(transfer: &Transfer, now: AtMs) -> Change {
    let params = serde_json::json!({ "sequence": transfer.sequence });
    to_insurer(transfer, "transfer-failed", &params, now)
}

fn to_insurer(transfer: &Transfer, code: &str, params: &serde_json::Value, now: AtMs) -> Change {
    let organisation = Organisation::Insurer(transfer.insurer.clone());
    notice::add(&organisation, &crate::id::new(now), code, &params.to_string(), now)
}

/// To whom an announcement goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// One organisation.
    One(Organisation),
    /// Every insurer.
    Insurers,
    /// Every office and institution that has an account.
    Providers,
}

/// Sends an announcement of the operator (運営からのお知らせ) and records it, in one commit; how many
/// organisations it was for.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the operator, [`AppError::Invalid`] for an empty or too
/// long text.
pub async fn announce(
    app: &App,
    staff: &Staff,
    audience: Audience,
    text: &str,
    now: AtMs,
) -> Result<usize, AppError> {
    crate::setting::operator(staff)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::invalid("text", "required"));
    }
    if text.chars().count() > 500 {
        return Err(AppError::invalid("text", "too-long"));
    }
    let params = serde_json::json!({ "text": text }).to_string();
    let (id, code) = (crate::id::new(now), "announcement");
    let (change, sent) = match audience {
        Audience::One(organisation) => (notice::add(&organisation, &id, code, &params, now), 1),
        Audience::Insurers => {
            let insurers = tasuki_store::insurer::list(&app.db).await?.len();
            (notice::to_insurers(&id, code, &params, now), insurers)
        }
        Audience::Providers => {
            let providers = tasuki_store::account::provider_organisations(&app.db).await?.len();
            (notice::to_providers(&id, code, &params, now), providers)
        }
    };
    let action = tasuki_core::event::Action::SettingChange;
    let event = crate::setting::event(staff, action, format!("announced to={sent}"), now);
    app.db.commit(change.and_event(event)).await?;
    Ok(sent)
}
