//! Cards being read by the reader of a device (カードの読み取り): rows of `card_check`.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_core::words;

use crate::error::StoreError;
use crate::row::Row;
use crate::{Change, Db, params};

words! {
    /// How far a reading is.
    pub enum Stage {
        /// The reader may take the challenge.
        Waiting = "waiting", "カード待ち";
        /// The one answer came; the online eligibility system is asked.
        Reading = "reading", "確認中";
        /// The card's holder is known.
        Found = "found", "確認済み";
        /// The card cannot be used.
        Refused = "refused", "使えないカード";
        /// Went on, or was replaced by a newer reading.
        Used = "used", "終了";
    }
}

/// A reading as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardCheck {
    /// Opaque id.
    pub id: String,
    /// For which organisation the page acts.
    pub organisation: Organisation,
    /// SHA-256 of the certificate of the page's device.
    pub device: String,
    /// Account behind the page.
    pub account: String,
    /// Random bytes, hexadecimal.
    pub challenge: String,
    /// Word of the way: by eye or with the PIN.
    pub way: String,
    /// Whose consent it is for, sealed; nothing where a person is looked for.
    pub consent: Option<Vec<u8>>,
    /// How far it is.
    pub stage: Stage,
    /// Whom the card belongs to, sealed.
    pub answer: Option<Vec<u8>>,
    /// Word of the refusal.
    pub refusal: Option<String>,
    /// When it began.
    pub made_at: AtMs,
    /// When it ends, exclusive.
    pub until: AtMs,
}

/// Begins a reading; whatever waited for the same device is over.
pub fn begin(check: &CardCheck) -> Change {
    Change::new()
        .with(
            "UPDATE card_check
                SET stage = 'used', answer = NULL, consent = NULL, version = version + 1
              WHERE device_sha256 = $1 AND stage <> 'used'",
            params![check.device.as_str()],
        )
        .with_one(
            "INSERT INTO card_check (id, organisation, device_sha256, account_id, challenge, way,
                                     consent, stage, made_at_ms, until_ms, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, 1)",
            params![
                check.id.as_str(),
                check.organisation.to_string(),
                check.device.as_str(),
                check.account.as_str(),
                check.challenge.as_str(),
                check.way.as_str(),
                check.consent.clone(),
                check.made_at,
                check.until,
            ],
        )
}

/// Takes the one answer to a challenge: stale when it was answered before or is too old.
pub fn take(id: &str, now: AtMs) -> Change {
    Change::new().with_one(
        "UPDATE card_check
            SET stage = 'reading', version = version + 1
          WHERE id = $1 AND stage = 'waiting' AND until_ms > $2",
        params![id, now],
    )
}

/// The card's holder is known: stale when the page has begun another reading in the meantime.
pub fn found(id: &str, answer: Vec<u8>) -> Change {
    Change::new().with_one(
        "UPDATE card_check
            SET stage = 'found', answer = $2, version = version + 1
          WHERE id = $1 AND stage = 'reading'",
        params![id, answer],
    )
}

/// The card cannot be used, for the reason of a word.
pub fn refused(id: &str, refusal: &str) -> Change {
    Change::new().with_one(
        "UPDATE card_check
            SET stage = 'refused', refusal = $2, version = version + 1
          WHERE id = $1 AND stage = 'reading'",
        params![id, refusal],
    )
}

/// The page goes on with the card's holder: stale when it did so before.
pub fn used(id: &str) -> Change {
    Change::new().with_one(
        "UPDATE card_check
            SET stage = 'used', answer = NULL, consent = NULL, version = version + 1
          WHERE id = $1 AND stage = 'found'",
        params![id],
    )
}

/// The newest reading of an account on a device; of two in one millisecond the one that goes on.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn newest(db: &Db, device: &str, account: &str) -> Result<Option<CardCheck>, StoreError> {
    let sql = "SELECT id, organisation, device_sha256, account_id, challenge, way, consent,
                      stage, answer, refusal, made_at_ms, until_ms
                 FROM card_check
                WHERE device_sha256 = $1 AND account_id = $2
                ORDER BY made_at_ms DESC, CASE stage WHEN 'used' THEN 1 ELSE 0 END, id
                LIMIT 1";
    db.row(sql, params![device, account]).await?.map(from_row).transpose()
}

/// The reading that waits for the reader of a device: the device whose page asks has the same
/// organisation and the same name of device, whichever of its certificates the reader shows.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn waiting(
    db: &Db,
    organisation: &Organisation,
    device_id: &str,
    now: AtMs,
) -> Result<Option<CardCheck>, StoreError> {
    let sql = "SELECT c.id, c.organisation, c.device_sha256, c.account_id, c.challenge, c.way,
                      c.consent, c.stage, c.answer, c.refusal, c.made_at_ms, c.until_ms
                 FROM card_check c
                 JOIN device d ON d.sha256 = c.device_sha256
                WHERE d.organisation = $1 AND d.device_id = $2 AND c.stage = 'waiting'
                  AND c.until_ms > $3
                ORDER BY c.made_at_ms DESC, c.id DESC
                LIMIT 1";
    let params = params![organisation.to_string(), device_id, now];
    db.row(sql, params).await?.map(from_row).transpose()
}

/// Removes readings that ended before `before`.
pub fn sweep(before: AtMs) -> Change {
    Change::new().with(
        "DELETE FROM card_check
          WHERE until_ms < $1",
        params![before],
    )
}

fn from_row(row: Row) -> Result<CardCheck, StoreError> {
    let mut row = row.of("card_check");
    Ok(CardCheck {
        id: row.text("id")?,
        organisation: row.parsed("organisation", Organisation::parse)?,
        device: row.text("device_sha256")?,
        account: row.text("account_id")?,
        challenge: row.text("challenge")?,
        way: row.text("way")?,
        consent: row.optional_bytes("consent")?,
        stage: row.word("stage")?,
        answer: row.optional_bytes("answer")?,
        refusal: row.optional_text("refusal")?,
        made_at: row.at("made_at_ms")?,
        until: row.at("until_ms")?,
    })
}
