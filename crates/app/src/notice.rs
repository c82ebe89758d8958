//! Notices to an organisation (お知らせ): a code and its parameters, never personal data.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_core::provider::ProviderNumber;

use crate::{App, AppError};

/// Tells an office that it no longer sees something of one person: not whose choice, not why.
pub(crate) async fn lost_access(
    app: &App,
    provider: &ProviderNumber,
    now: AtMs,
) -> Result<(), AppError> {
    let organisation = Organisation::Provider(provider.clone());
    let change =
        tasuki_store::notice::add(&organisation, &crate::id::new(now), "access-lost", "{}", now);
    app.db.commit(change).await?;
    Ok(())
}
