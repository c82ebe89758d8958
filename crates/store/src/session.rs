//! Sessions of pages and software (セッション): rows of `session`.

use tasuki_core::account::{AccountLevel, JobType, Organisation};
use tasuki_core::date::AtMs;
use tasuki_core::provider::Provider;
use tasuki_core::words;

use crate::error::StoreError;
use crate::{Change, Db, Row, params, provider};

words! {
    /// How far a sign-in has come.
    pub enum Stage {
        /// The password was right; the code is awaited.
        Pending = "pending", "コード待ち";
        /// The code was right too; a new password is awaited.
        Proved = "proved", "パスワード変更待ち";
        /// Signed in.
        Open = "open", "サインイン中";
        /// Over.
        Ended = "ended", "終了";
    }
}

words! {
    /// Who is behind a session.
    pub enum Kind {
        /// Staff at a page.
        Staff = "staff", "職員";
        /// Software with tokens.
        Software = "software", "ソフトウェア";
        /// A citizen.
        Citizen = "citizen", "本人";
    }
}

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token, hexadecimal; names the session to its owner.
    pub token_hash: String,
    /// How far it is.
    pub stage: Stage,
    /// Of whom.
    pub kind: Kind,
    /// Account, unless a citizen's.
    pub account: Option<String>,
    /// The organisation it acts for, unless a citizen's.
    pub organisation: Option<Organisation>,
    /// SHA-256 of the device's certificate, unless a citizen's.
    pub device: Option<String>,
    /// The citizen, sealed.
    pub citizen: Option<Vec<u8>>,
    /// Token against forged forms.
    pub csrf: String,
    /// Digest of a mailed code, or of the refresh token.
    pub secret_hash: Option<String>,
    /// Until when that works.
    pub secret_until: Option<AtMs>,
    /// All tokens that descend from one showing of a password share it.
    pub family: String,
    /// When it began.
    pub created_at: AtMs,
    /// Newest request, to the minute.
    pub seen_at: AtMs,
    /// Ends after this long without a request.
    pub idle_ms: i64,
    /// Ends then, whatever happens.
    pub ends_at: AtMs,
}

impl Session {
    /// Neither idle for too long nor past its end at `now`.
    pub fn is_alive(&self, now: AtMs) -> bool {
        now < self.ends_at && now < self.seen_at.plus_ms(self.idle_ms)
    }
}

/// An open session with all that decides whether it still holds, read at once.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The session.
    pub session: Session,
    /// Name of the member.
    pub name: String,
    /// The account is active.
    pub account_active: bool,
    /// Level in the session's organisation.
    pub level: AccountLevel,
    /// Job there.
    pub job: JobType,
    /// Writes plans although the office is of another kind.
    pub writes_care_plans: bool,
    /// The membership is active.
    pub membership_active: bool,
    /// The organisation the device's certificate was issued to.
    pub device_organisation: Organisation,
    /// Last moment of the certificate.
    pub device_not_after: AtMs,
    /// The certificate is revoked.
    pub device_revoked: bool,
    /// Corporation of the device's office, when it is one.
    pub device_corporation: Option<String>,
    /// The device's office is active; `None` when it is no office.
    pub device_office_active: Option<bool>,
    /// Name of the insurer, when the organisation is one or its review board.
    pub insurer_name: Option<String>,
    /// The office, when the organisation is one.
    pub provider: Option<Provider>,
}

/// Adds a session.
pub fn add(session: &Session) -> Change {
    use tasuki_core::word::Word;
    let organisation = session.organisation.as_ref();
    Change::new().with(
        "INSERT INTO session (token_hash, stage, kind, account_id, organisation,
                              organisation_number, device_sha256, citizen, csrf, secret_hash,
                              secret_until_ms, family, created_at_ms, seen_at_ms, idle_ms,
                              ends_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        params![
            session.token_hash.as_str(),
            session.stage.word(),
            session.kind.word(),
            session.account.as_deref(),
            organisation.map(Organisation::to_string),
            organisation.map_or("", Organisation::number),
            session.device.as_deref(),
            session.citizen.clone(),
            session.csrf.as_str(),
            session.secret_hash.as_deref(),
            session.secret_until,
            session.family.as_str(),
            session.created_at,
            session.seen_at,
            session.idle_ms,
            session.ends_at,
        ],
    )
}

/// The session of a token, whatever its stage.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn get(db: &Db, token_hash: &str) -> Result<Option<Session>, StoreError> {
    let sql = "SELECT token_hash, stage, kind, account_id, organisation, device_sha256, citizen,
                      csrf, secret_hash, secret_until_ms, family, created_at_ms, seen_at_ms,
                      idle_ms, ends_at_ms
                 FROM session
                WHERE token_hash = $1
                LIMIT 1";
    db.row(sql, params![token_hash]).await?.map(|row| session(&mut row.of("session"))).transpose()
}

/// The session whose refresh token or code has this digest, whatever its stage.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn by_secret(db: &Db, secret_hash: &str) -> Result<Option<Session>, StoreError> {
    let sql = "SELECT token_hash, stage, kind, account_id, organisation, device_sha256, citizen,
                      csrf, secret_hash, secret_until_ms, family, created_at_ms, seen_at_ms,
                      idle_ms, ends_at_ms
                 FROM session
                WHERE secret_hash = $1
                LIMIT 1";
    db.row(sql, params![secret_hash]).await?.map(|row| session(&mut row.of("session"))).transpose()
}

/// An open session of staff or software with account, membership, device and office, in one read.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn opened(db: &Db, token_hash: &str) -> Result<Option<Opened>, StoreError> {
    let sql = "SELECT s.token_hash, s.stage, s.kind, s.account_id, s.organisation,
                      s.device_sha256, s.citizen, s.csrf, s.secret_hash, s.secret_until_ms,
                      s.family, s.created_at_ms, s.seen_at_ms, s.idle_ms, s.ends_at_ms,
                      a.name, a.active, m.level, m.job, m.writes_care_plans, m.active,
                      d.organisation, d.not_after_ms, d.revoked_at_ms,
                      dp.corporation_number, dp.active, i.name,
                      p.number, p.name, p.kana, p.is_medical, p.services, p.corporation_number,
                      p.corporation_name, p.address, p.phone, p.active
                 FROM session s
                 JOIN account a ON a.id = s.account_id
                 JOIN membership m ON m.account_id = s.account_id
                                  AND m.organisation = s.organisation
                 JOIN device d ON d.sha256 = s.device_sha256
            LEFT JOIN provider dp ON dp.number = d.organisation_number
            LEFT JOIN insurer i ON i.number = s.organisation_number
            LEFT JOIN provider p ON p.number = s.organisation_number
                WHERE s.token_hash = $1 AND s.stage = 'open'
                LIMIT 1";
    db.row(sql, params![token_hash]).await?.map(read_opened).transpose()
}

/// Notes a request at `now`, unless a newer one was noted.
pub fn touch(token_hash: &str, now: AtMs) -> Change {
    Change::new().with(
        "UPDATE session
            SET seen_at_ms = $2
          WHERE token_hash = $1 AND seen_at_ms < $2",
        params![token_hash, now],
    )
}

/// Ends the session of a token if it is still in `stage`; stale when it is not.
pub fn end(token_hash: &str, stage: Stage) -> Change {
    use tasuki_core::word::Word;
    Change::new().with_one(
        "UPDATE session
            SET stage = 'ended'
          WHERE token_hash = $1 AND stage = $2",
        params![token_hash, stage.word()],
    )
}

/// Ends one session of an account; stale when there is none that is not over.
pub fn end_own(token_hash: &str, account: &str) -> Change {
    Change::new().with_one(
        "UPDATE session
            SET stage = 'ended'
          WHERE token_hash = $1 AND account_id = $2 AND stage <> 'ended'",
        params![token_hash, account],
    )
}

/// Ends all sessions of an account, but for `except`.
pub fn end_of_account(account: &str, except: Option<&str>) -> Change {
    Change::new().with(
        "UPDATE session
            SET stage = 'ended'
          WHERE account_id = $1 AND stage <> 'ended' AND token_hash <> $2",
        params![account, except.unwrap_or("")],
    )
}

/// Ends all sessions of an account in one organisation.
pub fn end_in_organisation(account: &str, organisation: &Organisation) -> Change {
    Change::new().with(
        "UPDATE session
            SET stage = 'ended'
          WHERE account_id = $1 AND organisation = $2 AND stage <> 'ended'",
        params![account, organisation.to_string()],
    )
}

/// Ends all sessions on a device.
pub fn end_on_device(sha256: &str) -> Change {
    Change::new().with(
        "UPDATE session
            SET stage = 'ended'
          WHERE device_sha256 = $1 AND stage <> 'ended'",
        params![sha256],
    )
}

/// Ends all tokens that descend from one showing of a password, their refresh tokens too.
pub fn end_family(family: &str, account: &str) -> Change {
    Change::new().with(
        "UPDATE session
            SET stage = 'ended'
          WHERE family = $1 AND account_id = $2 AND stage <> 'ended'",
        params![family, account],
    )
}

/// Lets an open session act for another organisation.
pub fn switch(token_hash: &str, organisation: &Organisation) -> Change {
    Change::new().with_one(
        "UPDATE session
            SET organisation = $2, organisation_number = $3
          WHERE token_hash = $1 AND stage = 'open'",
        params![token_hash, organisation.to_string(), organisation.number()],
    )
}

/// Replaces what an open session of a citizen holds, sealed: whose information they look at.
pub fn set_citizen(token_hash: &str, citizen: Vec<u8>) -> Change {
    Change::new().with_one(
        "UPDATE session
            SET citizen = $2
          WHERE token_hash = $1 AND kind = 'citizen' AND stage = 'open'",
        params![token_hash, citizen],
    )
}

/// Keeps the digest of a code sent by mail.
pub fn set_secret(token_hash: &str, secret_hash: &str, until: AtMs) -> Change {
    Change::new().with_one(
        "UPDATE session
            SET secret_hash = $2, secret_until_ms = $3
          WHERE token_hash = $1 AND stage = 'pending'",
        params![token_hash, secret_hash, until],
    )
}

/// Sessions of an account that are not over at `now`, newest first.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn of_account(db: &Db, account: &str, now: AtMs) -> Result<Vec<Session>, StoreError> {
    let sql = "SELECT token_hash, stage, kind, account_id, organisation, device_sha256, citizen,
                      csrf, secret_hash, secret_until_ms, family, created_at_ms, seen_at_ms,
                      idle_ms, ends_at_ms
                 FROM session
                WHERE account_id = $1 AND stage = 'open' AND ends_at_ms > $2
                  AND seen_at_ms + idle_ms > $2
                ORDER BY created_at_ms DESC, token_hash
                LIMIT 100";
    let rows = db.rows(sql, params![account, now]).await?;
    rows.into_iter().map(|row| session(&mut row.of("session"))).collect()
}

/// Removes sessions that are over since before `before`.
pub fn sweep(before: AtMs) -> Change {
    Change::new().with(
        "DELETE FROM session
          WHERE ends_at_ms < $1 AND (secret_until_ms IS NULL OR secret_until_ms < $1)",
        params![before],
    )
}

fn session(row: &mut Row) -> Result<Session, StoreError> {
    let organisation = |text: Option<String>, corrupt: StoreError| {
        text.map(|text| Organisation::parse(&text)).transpose().map_err(|_| corrupt)
    };
    Ok(Session {
        token_hash: row.text("token_hash")?,
        stage: row.word("stage")?,
        kind: row.word("kind")?,
        account: row.optional_text("account_id")?,
        organisation: organisation(
            row.optional_text("organisation")?,
            row.corrupt("organisation"),
        )?,
        device: row.optional_text("device_sha256")?,
        citizen: row.optional_bytes("citizen")?,
        csrf: row.text("csrf")?,
        secret_hash: row.optional_text("secret_hash")?,
        secret_until: row.optional_at("secret_until_ms")?,
        family: row.text("family")?,
        created_at: row.at("created_at_ms")?,
        seen_at: row.at("seen_at_ms")?,
        idle_ms: row.int("idle_ms")?,
        ends_at: row.at("ends_at_ms")?,
    })
}

fn read_opened(row: Row) -> Result<Opened, StoreError> {
    let mut row = row.of("session");
    Ok(Opened {
        session: session(&mut row)?,
        name: row.text("account.name")?,
        account_active: row.flag("account.active")?,
        level: row.word("membership.level")?,
        job: row.word("membership.job")?,
        writes_care_plans: row.flag("membership.writes_care_plans")?,
        membership_active: row.flag("membership.active")?,
        device_organisation: row.parsed("device.organisation", Organisation::parse)?,
        device_not_after: row.at("device.not_after_ms")?,
        device_revoked: row.optional_int("device.revoked_at_ms")?.is_some(),
        device_corporation: row.optional_text("provider.corporation_number")?,
        device_office_active: row.optional_int("provider.active")?.map(|active| active == 1),
        insurer_name: row.optional_text("insurer.name")?,
        provider: provider::optional(&mut row)?,
    })
}
