//! Accounts and memberships (利用者アカウント・所属): rows of `account` and `membership`.

use tasuki_core::account::{Account, Membership, Organisation};
use tasuki_core::date::AtMs;
use zeroize::Zeroizing;

use crate::error::StoreError;
use crate::{Change, Db, Row, params};

/// An account with what proves its owner. `Debug` shows no secret.
#[derive(Clone)]
pub struct Credentials {
    /// The account.
    pub account: Account,
    /// The password's hash as a PHC string.
    pub password_hash: Zeroizing<String>,
    /// The password was set by somebody else and must be changed at the next sign-in.
    pub must_change: bool,
    /// Sealed secret of the code application, once confirmed.
    pub totp_secret: Option<Vec<u8>>,
    /// Sealed secret that waits for its first code.
    pub totp_candidate: Option<Vec<u8>>,
    /// Newest time step a code was accepted for.
    pub totp_last_step: i64,
    /// Keyed digests of unused recovery codes.
    pub recovery: Vec<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("account", &self.account.id).finish_non_exhaustive()
    }
}

/// A membership as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMembership {
    /// What it allows.
    pub membership: Membership,
    /// False after off-boarding.
    pub active: bool,
    /// Grows by one with every change.
    pub version: i64,
}

/// A member of an organisation's staff (職員).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: Account,
    /// Its place in the organisation.
    pub membership: StoredMembership,
    /// Owes a change of the first password.
    pub must_change: bool,
    /// Has confirmed a code application.
    pub has_code: bool,
    /// Newest request of a session, when there is one.
    pub seen_at: Option<AtMs>,
}

/// The credentials of a login, stopped accounts included.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn by_login(db: &Db, login: &str) -> Result<Option<Credentials>, StoreError> {
    let sql = "SELECT id, login, name, mail, software, active, version, password_hash,
                      must_change, totp_secret, totp_candidate, totp_last_step, recovery
                 FROM account
                WHERE login = $1
                LIMIT 1";
    db.row(sql, params![login]).await?.map(|row| credentials(row.of("account"))).transpose()
}

/// The credentials of an account, stopped accounts included.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn by_id(db: &Db, id: &str) -> Result<Option<Credentials>, StoreError> {
    let sql = "SELECT id, login, name, mail, software, active, version, password_hash,
                      must_change, totp_secret, totp_candidate, totp_last_step, recovery
                 FROM account
                WHERE id = $1
                LIMIT 1";
    db.row(sql, params![id]).await?.map(|row| credentials(row.of("account"))).transpose()
}

/// Adds an account whose password was set by somebody else; `account.version` counts as 1.
pub fn create(account: &Account, password_hash: &str, must_change: bool, now: AtMs) -> Change {
    Change::new().with(
        "INSERT INTO account (id, login, name, mail, software, active, password_hash,
                              must_change, totp_last_step, recovery, created_at_ms, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', $9, 1)",
        params![
            account.id.as_str(),
            account.login.as_str(),
            account.name.as_str(),
            account.mail.as_deref(),
            account.software,
            account.active,
            password_hash,
            must_change,
            now,
        ],
    )
}

/// Saves name, mail address and whether the account is active, if its version is still
/// `account.version`.
pub fn update(account: &Account) -> Change {
    Change::new().with_one(
        "UPDATE account
            SET name = $2, mail = $3, active = $4, version = version + 1
          WHERE id = $1 AND version = $5",
        params![
            account.id.as_str(),
            account.name.as_str(),
            account.mail.as_deref(),
            account.active,
            account.version,
        ],
    )
}

/// Puts a password in the place of `former_hash`, if that is still the account's.
pub fn set_password(id: &str, former_hash: &str, hash: &str, must_change: bool) -> Change {
    Change::new().with_one(
        "UPDATE account
            SET password_hash = $3, must_change = $4
          WHERE id = $1 AND password_hash = $2",
        params![id, former_hash, hash, must_change],
    )
}

/// Keeps a sealed secret of the code application until its first code comes.
pub fn set_totp_candidate(id: &str, sealed: Vec<u8>) -> Change {
    Change::new().with_one(
        "UPDATE account
            SET totp_candidate = $2
          WHERE id = $1",
        params![id, sealed],
    )
}

/// Makes the candidate the account's secret, with new recovery codes; `step` is that of the code
/// which confirmed it. Stale when the candidate is no longer `candidate`.
pub fn confirm_totp(id: &str, candidate: &[u8], step: i64, recovery: &[String]) -> Change {
    Change::new().with_one(
        "UPDATE account
            SET totp_secret = totp_candidate, totp_candidate = NULL,
                totp_last_step = $3, recovery = $4
          WHERE id = $1 AND totp_candidate = $2",
        params![id, candidate.to_vec(), step, recovery.join(" ")],
    )
}

/// Uses up the code of `step`: stale when that step or a later one was used already.
pub fn use_totp_step(id: &str, step: i64) -> Change {
    Change::new().with_one(
        "UPDATE account
            SET totp_last_step = $2
          WHERE id = $1 AND totp_last_step < $2",
        params![id, step],
    )
}

/// Puts recovery codes in the place of `former`; stale when one of those was used meanwhile.
pub fn set_recovery(id: &str, former: &[String], recovery: &[String]) -> Change {
    Change::new().with_one(
        "UPDATE account
            SET recovery = $3
          WHERE id = $1 AND recovery = $2",
        params![id, former.join(" "), recovery.join(" ")],
    )
}

/// Forgets the code application and the recovery codes: the owner sets up a new one.
pub fn reset_code(id: &str) -> Change {
    Change::new().with_one(
        "UPDATE account
            SET totp_secret = NULL, totp_candidate = NULL, recovery = ''
          WHERE id = $1",
        params![id],
    )
}

/// All memberships of an account, ended ones included, by organisation.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn memberships(db: &Db, id: &str) -> Result<Vec<StoredMembership>, StoreError> {
    let sql = "SELECT organisation, level, job, writes_care_plans, active, version
                 FROM membership
                WHERE account_id = $1
                ORDER BY organisation
                LIMIT 200";
    let rows = db.rows(sql, params![id]).await?;
    rows.into_iter().map(|row| membership(&mut row.of("membership"))).collect()
}

/// The membership of an account in an organisation, ended or not.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn membership_in(
    db: &Db,
    id: &str,
    organisation: &Organisation,
) -> Result<Option<StoredMembership>, StoreError> {
    let sql = "SELECT organisation, level, job, writes_care_plans, active, version
                 FROM membership
                WHERE account_id = $1 AND organisation = $2
                LIMIT 1";
    let row = db.row(sql, params![id, organisation.to_string()]).await?;
    row.map(|row| membership(&mut row.of("membership"))).transpose()
}

/// The staff of an organisation, ended memberships included, by login after `after` (empty: from
/// the first).
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn members(
    db: &Db,
    organisation: &Organisation,
    after: &str,
    limit: i64,
) -> Result<Vec<Member>, StoreError> {
    let sql = "SELECT a.id, a.login, a.name, a.mail, a.software, a.active, a.version,
                      m.organisation, m.level, m.job, m.writes_care_plans, m.active, m.version,
                      a.must_change,
                      CASE WHEN a.totp_secret IS NULL THEN 0 ELSE 1 END,
                      (SELECT MAX(s.seen_at_ms)
                         FROM session s
                        WHERE s.account_id = a.id AND s.organisation = m.organisation)
                 FROM membership m
                 JOIN account a ON a.id = m.account_id
                WHERE m.organisation = $1 AND a.login > $2
                ORDER BY a.login
                LIMIT $3";
    let rows = db.rows(sql, params![organisation.to_string(), after, limit]).await?;
    rows.into_iter().map(|row| member(row.of("membership"))).collect()
}

/// Offices and institutions where somebody has an account.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn provider_organisations(db: &Db) -> Result<Vec<Organisation>, StoreError> {
    let sql = "SELECT DISTINCT organisation
                 FROM membership
                WHERE active = 1 AND organisation >= 'provider:' AND organisation < 'provider;'
                ORDER BY organisation
                LIMIT 500000";
    let rows = db.rows(sql, vec![]).await?;
    rows.into_iter()
        .map(|row| row.of("membership").parsed("organisation", Organisation::parse))
        .collect()
}

/// Adds a membership.
pub fn add_membership(id: &str, membership: &Membership) -> Change {
    use tasuki_core::word::Word;
    Change::new().with(
        "INSERT INTO membership (account_id, organisation, level, job, writes_care_plans,
                                 active, version)
         VALUES ($1, $2, $3, $4, $5, 1, 1)",
        params![
            id,
            membership.organisation.to_string(),
            membership.level.word(),
            membership.job.word(),
            membership.writes_care_plans,
        ],
    )
}

/// Saves level, job and whether the membership is active, if its version is still the stored one.
pub fn update_membership(id: &str, stored: &StoredMembership) -> Change {
    use tasuki_core::word::Word;
    Change::new().with_one(
        "UPDATE membership
            SET level = $3, job = $4, writes_care_plans = $5, active = $6, version = version + 1
          WHERE account_id = $1 AND organisation = $2 AND version = $7",
        params![
            id,
            stored.membership.organisation.to_string(),
            stored.membership.level.word(),
            stored.membership.job.word(),
            stored.membership.writes_care_plans,
            stored.active,
            stored.version,
        ],
    )
}

fn credentials(mut row: Row) -> Result<Credentials, StoreError> {
    Ok(Credentials {
        account: account(&mut row)?,
        password_hash: Zeroizing::new(row.text("password_hash")?),
        must_change: row.flag("must_change")?,
        totp_secret: row.optional_bytes("totp_secret")?,
        totp_candidate: row.optional_bytes("totp_candidate")?,
        totp_last_step: row.int("totp_last_step")?,
        recovery: row.text("recovery")?.split_whitespace().map(str::to_owned).collect(),
    })
}

fn account(row: &mut Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: row.text("id")?,
        login: row.text("login")?,
        name: row.text("name")?,
        mail: row.optional_text("mail")?,
        software: row.flag("software")?,
        active: row.flag("active")?,
        version: row.int("version")?,
    })
}

fn membership(row: &mut Row) -> Result<StoredMembership, StoreError> {
    Ok(StoredMembership {
        membership: Membership {
            organisation: row.parsed("organisation", Organisation::parse)?,
            level: row.word("level")?,
            job: row.word("job")?,
            writes_care_plans: row.flag("writes_care_plans")?,
        },
        active: row.flag("active")?,
        version: row.int("version")?,
    })
}

fn member(mut row: Row) -> Result<Member, StoreError> {
    Ok(Member {
        account: account(&mut row)?,
        membership: membership(&mut row)?,
        must_change: row.flag("must_change")?,
        has_code: row.flag("totp_secret")?,
        seen_at: row.optional_at("seen_at_ms")?,
    })
}
