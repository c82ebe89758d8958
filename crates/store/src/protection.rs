//! Offices kept from a protected person (支援措置による閲覧の停止): rows of `protection_block`.

use tasuki_core::date::AtMs;
use tasuki_core::insured::{PersonKey, Personal};
use tasuki_core::protection::ProtectionBlock;
use tasuki_core::provider::ProviderNumber;
use tasuki_core::word::Word;

use crate::error::StoreError;
use crate::row::Row;
use crate::seal::SealKey;
use crate::{Change, params};

fn place(person: &PersonKey, id: &str, column: &str) -> String {
    format!("protection_block/{}/{}/{id}/{column}", person.insurer, person.insured.expose())
}

fn seal(
    person: &PersonKey,
    id: &str,
    column: &str,
    text: &str,
    key: &SealKey,
) -> Result<Vec<u8>, StoreError> {
    key.seal(place(person, id, column).as_bytes(), text.as_bytes())
        .map_err(|_| StoreError::Unavailable("a note could not be sealed"))
}

/// The block of a row of the person's file.
pub(crate) fn from_row(
    row: Row,
    person: &PersonKey,
    key: &SealKey,
) -> Result<ProtectionBlock, StoreError> {
    let mut row = row.of("protection_block");
    let id = row.text("id")?;
    let provider = row.parsed("provider_number", ProviderNumber::parse)?;
    let provider_name = row.optional_text("provider.name")?;
    let reason = row.word("reason")?;
    row.skip(1);
    let blocked_at = row.at("blocked_at_ms")?;
    let lifted_at = row.optional_at("lifted_at_ms")?;
    row.skip(1);
    let sealed = row.bytes("note")?;
    let note = key.open(place(person, &id, "note").as_bytes(), &sealed).ok();
    let note = note.and_then(|note| String::from_utf8(note.to_vec()).ok());
    let note = note.map(Personal::new).ok_or_else(|| row.corrupt("note"))?;
    Ok(ProtectionBlock { id, provider, provider_name, reason, note, blocked_at, lifted_at })
}

/// Blocks an office for a person; [`StoreError::Duplicate`] on commit when it is blocked already.
///
/// # Errors
///
/// [`StoreError::Unavailable`] when the note cannot be sealed.
pub fn block(
    person: &PersonKey,
    block: &ProtectionBlock,
    by: &str,
    key: &SealKey,
) -> Result<Change, StoreError> {
    let note = seal(person, &block.id, "note", block.note.expose(), key)?;
    Ok(Change::new().with_one(
        "INSERT INTO protection_block (insurer_number, insured_number, id, provider_number,
                reason, note, blocked_at_ms, blocked_by, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
        params![
            &person.insurer,
            &person.insured,
            &*block.id,
            &block.provider,
            block.reason.word(),
            note,
            block.blocked_at,
            by,
        ],
    ))
}

/// Lifts a block; [`StoreError::Stale`] on commit when it was lifted before.
///
/// # Errors
///
/// [`StoreError::Unavailable`] when the note cannot be sealed.
pub fn lift(
    person: &PersonKey,
    id: &str,
    note: &str,
    by: &str,
    at: AtMs,
    key: &SealKey,
) -> Result<Change, StoreError> {
    let note = seal(person, id, "lifted_note", note, key)?;
    Ok(Change::new().with_one(
        "UPDATE protection_block
            SET lifted_at_ms = $4, lifted_by = $5, lifted_note = $6, version = version + 1
          WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
            AND lifted_at_ms IS NULL",
        params![&person.insurer, &person.insured, id, at, by, note],
    ))
}
