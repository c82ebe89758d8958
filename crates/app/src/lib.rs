//! Use cases: authorise, load, decide, save and record.
//!
//! Five front doors (staff pages, citizen pages, REST, batch, command line) call the same
//! functions here, so all obey the same rules. Each takes the moment it happens at as a
//! parameter, commits its change together with its access event, and answers with [`AppError`]
//! in the few ways a front door can react to.

pub mod access;
pub mod account;
pub mod assignment;
pub mod attention;
pub mod auth;
pub mod caller;
pub mod card;
pub mod citizen;
pub mod citizen_session;
pub mod citizen_sign_in;
pub mod consent;
pub mod delegate;
pub mod device;
pub mod directory;
pub mod disaster;
pub mod emergency;
mod error;
pub mod find;
pub mod health;
pub mod id;
pub mod ingestion;
pub mod insurer;
pub mod ledger;
mod limit;
mod live;
pub mod look;
pub mod mail;
pub mod maintenance;
pub mod municipality;
pub mod names;
pub mod neighbours;
pub mod notice;
pub mod objection;
pub mod offers;
pub mod office;
pub mod onboarding;
pub mod once;
pub mod overview;
pub mod persons;
pub mod protection;
pub mod queue;
pub mod secret;
pub mod setting;
pub mod software;
pub mod statistics;

use std::sync::Arc;

use arc_swap::ArcSwap;
use tasuki_core::assignment::ContinuityRule;
use tasuki_policy::Sharing;
use tasuki_store::Db;
use tasuki_store::seal::Keyring;

pub use error::{AppError, FieldError};
pub use live::Live;

/// What every use case works with; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Keys of sealed bodies.
    pub keyring: Keyring,
    /// The sharing table in force; replaced as a whole when an operator changes it.
    pub sharing: Arc<ArcSwap<Sharing>>,
    /// Periods and limits in force; replaced as a whole when an operator changes them.
    pub settings: Live,
    /// Hashes passwords, a few at a time.
    pub passwords: auth::password::Passwords,
    /// Where mail goes; without a mail server it is off.
    pub mail: mail::Outbox,
    /// Clients of the neighbouring systems; those that are not configured are absent.
    pub neighbours: neighbours::Neighbours,
}

impl App {
    /// An application with the usual cost of passwords and without mail.
    pub fn new(db: Db, keyring: Keyring, sharing: Sharing, settings: Settings) -> Self {
        Self {
            db,
            keyring,
            sharing: Arc::new(ArcSwap::from_pointee(sharing)),
            settings: Live::new(settings),
            passwords: auth::password::Passwords::default(),
            mail: mail::Outbox::default(),
            neighbours: neighbours::Neighbours::default(),
        }
    }
}

/// Periods and limits (設定); each with a default that follows the national service.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Months an assignment lives without claims.
    pub continuity: ContinuityRule,
    /// A session ends after this many minutes without a request.
    pub session_idle_minutes: i64,
    /// A session ends after this many minutes whatever happens.
    pub session_absolute_minutes: i64,
    /// An access token of software lives this many minutes.
    pub access_token_minutes: i64,
    /// A refresh token of software lives this many minutes.
    pub refresh_token_minutes: i64,
    /// Wrong passwords or codes until an account is locked.
    pub tries_until_lock: i64,
    /// Minutes a locked account waits.
    pub lock_minutes: i64,
    /// Searches with matching items that one account may make in ten minutes.
    pub finds_per_ten_minutes: i64,
    /// Minutes within which a person found must be registered or opened.
    pub found_minutes: i64,
    /// Hours an emergency look stays open.
    pub emergency_hours: i64,
    /// Days before the end of a certification at which it needs attention.
    pub renewal_days: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            continuity: ContinuityRule::default(),
            session_idle_minutes: 30,
            session_absolute_minutes: 8 * 60,
            access_token_minutes: 60,
            refresh_token_minutes: 8 * 60,
            tries_until_lock: 5,
            lock_minutes: 15,
            finds_per_ten_minutes: 20,
            found_minutes: 15,
            emergency_hours: 24,
            renewal_days: 60,
        }
    }
}
