//! Client certificates of devices (端末証明書): rows of `device`.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;

use crate::error::StoreError;
use crate::{Change, Db, Row, params};

/// A device's certificate as the platform issued it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// SHA-256 of the certificate, 64 lowercase hexadecimal digits.
    pub sha256: String,
    /// Serial number of the certificate, lowercase hexadecimal without leading zeros.
    pub serial: String,
    /// The organisation it was issued to.
    pub organisation: Organisation,
    /// The device among all devices; a renewed certificate keeps it.
    pub device_id: String,
    /// What the office calls it, for example 事務室 1.
    pub name: String,
    /// When it was issued.
    pub issued_at: AtMs,
    /// Last moment of its validity.
    pub not_after: AtMs,
    /// When it was revoked.
    pub revoked_at: Option<AtMs>,
    /// Word of the reason.
    pub revoked_why: Option<String>,
}

impl Device {
    /// Issued, not revoked, and valid at `now`.
    pub fn is_good(&self, now: AtMs) -> bool {
        self.revoked_at.is_none() && now <= self.not_after
    }
}

/// Records an issued certificate.
pub fn add(device: &Device) -> Change {
    Change::new().with(
        "INSERT INTO device (sha256, serial, organisation, organisation_number, device_id, name,
                             issued_at_ms, not_after_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            device.sha256.as_str(),
            device.serial.as_str(),
            device.organisation.to_string(),
            device.organisation.number(),
            device.device_id.as_str(),
            device.name.as_str(),
            device.issued_at,
            device.not_after,
        ],
    )
}

/// Revokes a certificate; stale when it is revoked already or there is none.
pub fn revoke(sha256: &str, why: &str, now: AtMs) -> Change {
    Change::new().with_one(
        "UPDATE device
            SET revoked_at_ms = $2, revoked_why = $3
          WHERE sha256 = $1 AND revoked_at_ms IS NULL",
        params![sha256, now, why],
    )
}

/// The certificate with this SHA-256.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn get(db: &Db, sha256: &str) -> Result<Option<Device>, StoreError> {
    let sql = "SELECT sha256, serial, organisation, device_id, name, issued_at_ms, not_after_ms,
                      revoked_at_ms, revoked_why
                 FROM device
                WHERE sha256 = $1
                LIMIT 1";
    db.row(sql, params![sha256]).await?.map(|row| device(row.of("device"))).transpose()
}

/// The certificate with this serial number, as [`Device::serial`] writes it.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn by_serial(db: &Db, serial: &str) -> Result<Option<Device>, StoreError> {
    let sql = "SELECT sha256, serial, organisation, device_id, name, issued_at_ms, not_after_ms,
                      revoked_at_ms, revoked_why
                 FROM device
                WHERE serial = $1
                LIMIT 1";
    db.row(sql, params![serial]).await?.map(|row| device(row.of("device"))).transpose()
}

/// All certificates of an organisation, newest first, revoked and ended ones included.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn list(db: &Db, organisation: &Organisation) -> Result<Vec<Device>, StoreError> {
    let sql = "SELECT sha256, serial, organisation, device_id, name, issued_at_ms, not_after_ms,
                      revoked_at_ms, revoked_why
                 FROM device
                WHERE organisation = $1
                ORDER BY issued_at_ms DESC, sha256
                LIMIT 1000";
    let rows = db.rows(sql, params![organisation.to_string()]).await?;
    rows.into_iter().map(|row| device(row.of("device"))).collect()
}

/// Good certificates of every organisation that end at or before `before`, soonest first.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn ending(
    db: &Db,
    now: AtMs,
    before: AtMs,
    limit: i64,
) -> Result<Vec<Device>, StoreError> {
    let sql = "SELECT sha256, serial, organisation, device_id, name, issued_at_ms, not_after_ms,
                      revoked_at_ms, revoked_why
                 FROM device
                WHERE revoked_at_ms IS NULL AND not_after_ms >= $1 AND not_after_ms <= $2
                ORDER BY not_after_ms, sha256
                LIMIT $3";
    let rows = db.rows(sql, params![now, before, limit]).await?;
    rows.into_iter().map(|row| device(row.of("device"))).collect()
}

/// Good certificates as of [`ending`] about whose end the organisation has no notice yet, and
/// beside which the device has no later one.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn untold(
    db: &Db,
    now: AtMs,
    before: AtMs,
    limit: i64,
) -> Result<Vec<Device>, StoreError> {
    let sql = "SELECT sha256, serial, organisation, device_id, name, issued_at_ms, not_after_ms,
                      revoked_at_ms, revoked_why
                 FROM device d
                WHERE revoked_at_ms IS NULL AND not_after_ms >= $1 AND not_after_ms <= $2
                  AND NOT EXISTS (SELECT 1 FROM notice n
                                   WHERE n.organisation = d.organisation
                                     AND n.id = 'device-due-' || d.sha256)
                  AND NOT EXISTS (SELECT 1 FROM device l
                                   WHERE l.organisation = d.organisation
                                     AND l.device_id = d.device_id
                                     AND l.revoked_at_ms IS NULL
                                     AND l.not_after_ms > d.not_after_ms)
                ORDER BY not_after_ms, sha256
                LIMIT $3";
    let rows = db.rows(sql, params![now, before, limit]).await?;
    rows.into_iter().map(|row| device(row.of("device"))).collect()
}

/// Serial numbers revoked at or after `since`, oldest first, at most `limit`, with the moment.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn revoked_since(
    db: &Db,
    since: AtMs,
    limit: i64,
) -> Result<Vec<(String, AtMs)>, StoreError> {
    let sql = "SELECT serial, revoked_at_ms
                 FROM device
                WHERE revoked_at_ms >= $1
                ORDER BY revoked_at_ms
                LIMIT $2";
    let rows = db.rows(sql, params![since, limit]).await?;
    let read = |row: Row| {
        let mut row = row.of("device");
        Ok((row.text("serial")?, row.at("revoked_at_ms")?))
    };
    rows.into_iter().map(read).collect()
}

/// All revoked certificates, oldest revocation first, at most `limit`: for a revocation list.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn revoked(db: &Db, limit: i64) -> Result<Vec<Device>, StoreError> {
    let sql = "SELECT sha256, serial, organisation, device_id, name, issued_at_ms, not_after_ms,
                      revoked_at_ms, revoked_why
                 FROM device
                WHERE revoked_at_ms IS NOT NULL
                ORDER BY revoked_at_ms, sha256
                LIMIT $1";
    let rows = db.rows(sql, params![limit]).await?;
    rows.into_iter().map(|row| device(row.of("device"))).collect()
}

fn device(mut row: Row) -> Result<Device, StoreError> {
    Ok(Device {
        sha256: row.text("sha256")?,
        serial: row.text("serial")?,
        organisation: row.parsed("organisation", Organisation::parse)?,
        device_id: row.text("device_id")?,
        name: row.text("name")?,
        issued_at: row.at("issued_at_ms")?,
        not_after: row.at("not_after_ms")?,
        revoked_at: row.optional_at("revoked_at_ms")?,
        revoked_why: row.optional_text("revoked_why")?,
    })
}
