//! Family members and agents (ご家族・代理人): rows of `delegate`.

use serde::{Deserialize, Serialize};
use tasuki_core::date::AtMs;
use tasuki_core::insured::{InsuredNumber, PersonKey, Personal};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::words;

use crate::error::StoreError;
use crate::row::Row;
use crate::seal::SealKey;
use crate::{Change, Db, params};

words! {
    /// Who ended it (終わらせた人).
    pub enum EndedBy {
        /// The person.
        Person = "person", "ご本人";
        /// The delegate.
        Delegate = "delegate", "ご家族・代理人";
        /// The platform, by a rule that says no reason.
        Platform = "platform", "基盤";
    }
}

/// What the person wrote about the delegate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Name, as the person calls them.
    pub name: Personal,
    /// Relation to the person: 長女.
    pub relation: Personal,
}

/// An invitation, and what became of it; its body is still sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Who invited.
    pub person: PersonKey,
    /// Opaque id.
    pub id: String,
    /// Until when its code works, exclusive.
    pub code_until: AtMs,
    /// Keyed digest of the delegate's pseudonym; unknown until accepted.
    pub delegate: Option<String>,
    /// When it was made.
    pub invited_at: AtMs,
    /// When the code was entered.
    pub accepted_at: Option<AtMs>,
    /// When it ended.
    pub ended_at: Option<AtMs>,
    body: Vec<u8>,
    version: i64,
}

fn place(person: &PersonKey, id: &str) -> String {
    format!("delegate/{}/{}/{id}", person.insurer, person.insured.expose())
}

impl Stored {
    /// Accepted and not ended.
    pub fn is_open(&self) -> bool {
        self.accepted_at.is_some() && self.ended_at.is_none()
    }

    /// Its code still works at `now`.
    pub fn waits(&self, now: AtMs) -> bool {
        self.accepted_at.is_none() && self.ended_at.is_none() && now < self.code_until
    }

    /// What the person wrote, with the key of their insurer.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] when it does not open.
    pub fn body(&self, key: &SealKey) -> Result<Body, StoreError> {
        let corrupt = StoreError::Corrupt { table: "delegate", column: "body" };
        match key.open(place(&self.person, &self.id).as_bytes(), &self.body) {
            Ok(text) => serde_json::from_slice(&text).map_err(|_| corrupt),
            Err(_) => Err(corrupt),
        }
    }
}

/// An invitation on its way into the table.
#[derive(Debug)]
pub struct Invitation<'a> {
    /// Who invites.
    pub person: &'a PersonKey,
    /// Opaque id.
    pub id: &'a str,
    /// Keyed digest of the code.
    pub code_digest: &'a str,
    /// Until when the code works, exclusive.
    pub code_until: AtMs,
    /// What the person wrote.
    pub body: &'a Body,
    /// When.
    pub at: AtMs,
}

/// Adds an invitation.
///
/// # Errors
///
/// [`StoreError::Unavailable`] when it cannot be sealed.
pub fn invite(invitation: &Invitation<'_>, key: &SealKey) -> Result<Change, StoreError> {
    let unsealed = || StoreError::Unavailable("an invitation could not be sealed");
    let text = serde_json::to_vec(invitation.body).map_err(|_| unsealed())?;
    let place = place(invitation.person, invitation.id);
    let body = key.seal(place.as_bytes(), &text).map_err(|_| unsealed())?;
    Ok(Change::new().with_one(
        "INSERT INTO delegate (insurer_number, insured_number, id, code_digest, code_until_ms,
                               body, invited_at_ms, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1)",
        params![
            &invitation.person.insurer,
            &invitation.person.insured,
            invitation.id,
            invitation.code_digest,
            invitation.code_until,
            body,
            invitation.at,
        ],
    ))
}

/// The code was entered: stale when it was entered before, or the invitation ended.
pub fn accept(stored: &Stored, delegate: &str, at: AtMs) -> Change {
    let person = &stored.person;
    Change::new().with_one(
        "UPDATE delegate
            SET delegate_digest = $4, accepted_at_ms = $5, version = version + 1
          WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
            AND accepted_at_ms IS NULL AND ended_at_ms IS NULL AND version = $6",
        params![&person.insurer, &person.insured, stored.id.as_str(), delegate, at, stored.version],
    )
}

/// Ends one invitation or relation: stale when it has ended before.
pub fn end(person: &PersonKey, id: &str, by: EndedBy, at: AtMs) -> Change {
    use tasuki_core::word::Word;
    Change::new().with_one(
        "UPDATE delegate
            SET ended_at_ms = $4, ended_by = $5, version = version + 1
          WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
            AND ended_at_ms IS NULL",
        params![&person.insurer, &person.insured, id, at, by.word()],
    )
}

/// Ends every invitation and relation of a person (支援措置, rule 3); also none at all.
pub fn end_all(person: &PersonKey, by: EndedBy, at: AtMs) -> Change {
    use tasuki_core::word::Word;
    Change::new().with(
        "UPDATE delegate
            SET ended_at_ms = $3, ended_by = $4, version = version + 1
          WHERE insurer_number = $1 AND insured_number = $2 AND ended_at_ms IS NULL",
        params![&person.insurer, &person.insured, at, by.word()],
    )
}

/// The person's invitations and delegates that have not ended, newest first.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn of_person(db: &Db, person: &PersonKey) -> Result<Vec<Stored>, StoreError> {
    let sql = "SELECT insurer_number, insured_number, id, code_until_ms, delegate_digest,
                      invited_at_ms, accepted_at_ms, ended_at_ms, body, version
                 FROM delegate
                WHERE insurer_number = $1 AND insured_number = $2 AND ended_at_ms IS NULL
                ORDER BY invited_at_ms DESC, id
                LIMIT 50";
    let rows = db.rows(sql, params![&person.insurer, &person.insured]).await?;
    rows.into_iter().map(from_row).collect()
}

/// The invitation of a code, whatever became of it.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn by_code(db: &Db, code_digest: &str) -> Result<Option<Stored>, StoreError> {
    let sql = "SELECT insurer_number, insured_number, id, code_until_ms, delegate_digest,
                      invited_at_ms, accepted_at_ms, ended_at_ms, body, version
                 FROM delegate
                WHERE code_digest = $1
                LIMIT 1";
    db.row(sql, params![code_digest]).await?.map(from_row).transpose()
}

/// Whom somebody is a delegate of now.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn of_delegate(db: &Db, delegate: &str) -> Result<Vec<Stored>, StoreError> {
    let sql = "SELECT insurer_number, insured_number, id, code_until_ms, delegate_digest,
                      invited_at_ms, accepted_at_ms, ended_at_ms, body, version
                 FROM delegate
                WHERE delegate_digest = $1 AND ended_at_ms IS NULL
                ORDER BY accepted_at_ms, id
                LIMIT 50";
    db.rows(sql, params![delegate]).await?.into_iter().map(from_row).collect()
}

fn from_row(row: Row) -> Result<Stored, StoreError> {
    let mut row = row.of("delegate");
    let insurer = row.parsed("insurer_number", InsurerNumber::parse)?;
    let insured = row.parsed("insured_number", InsuredNumber::parse)?;
    Ok(Stored {
        person: PersonKey { insurer, insured },
        id: row.text("id")?,
        code_until: row.at("code_until_ms")?,
        delegate: row.optional_text("delegate_digest")?,
        invited_at: row.at("invited_at_ms")?,
        accepted_at: row.optional_at("accepted_at_ms")?,
        ended_at: row.optional_at("ended_at_ms")?,
        body: row.bytes("body")?,
        version: row.int("version")?,
    })
}
