//! What an office has done for the first time (利用開始の確認), read off the rows it left.

use tasuki_core::provider::ProviderNumber;

use crate::error::StoreError;
use crate::{Db, params};

/// The reader application of a device has read a card.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn card_was_read(db: &Db, device_sha256: &str) -> Result<bool, StoreError> {
    let sql = "SELECT id
                 FROM card_check
                WHERE device_sha256 = $1 AND stage IN ('found', 'used')
                LIMIT 1";
    Ok(db.row(sql, params![device_sha256]).await?.is_some())
}

/// An office has found a person and registered as in charge, now or before.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn person_was_registered(db: &Db, provider: &ProviderNumber) -> Result<bool, StoreError> {
    let sql = "SELECT id
                 FROM assignment
                WHERE provider_number = $1
                LIMIT 1";
    Ok(db.row(sql, params![provider]).await?.is_some())
}
