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

/// Notices of one commit.
const CHUNK: usize = 500;

/// Sends an announcement of the operator (運営からのお知らせ); how many organisations got it.
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
    let to = match audience {
        Audience::One(organisation) => vec![organisation],
        Audience::Insurers => {
            let all = tasuki_store::insurer::list(&app.db).await?;
            all.into_iter().map(|it| Organisation::Insurer(it.insurer.number)).collect()
        }
        Audience::Providers => tasuki_store::account::provider_organisations(&app.db).await?,
    };
    let params = serde_json::json!({ "text": text }).to_string();
    for chunk in to.chunks(CHUNK) {
        let add = |change: tasuki_store::Change, organisation: &Organisation| {
            change.and(notice::add(
                organisation,
                &crate::id::new(now),
                "announcement",
                &params,
                now,
            ))
        };
        app.db.commit(chunk.iter().fold(tasuki_store::Change::new(), add)).await?;
    }
    let action = tasuki_core::event::Action::SettingChange;
    let event = crate::setting::event(staff, action, format!("announced to={}", to.len()), now);
    app.db.commit(tasuki_store::Change::event(event)).await?;
    Ok(to.len())
}
