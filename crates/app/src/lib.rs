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
pub mod sweep;

use std::sync::Arc;

use arc_swap::ArcSwap;
use tasuki_core::assignment::ContinuityRule;
use tasuki_policy::Sharing;
use tasuki_store::Db;
use tasuki_store::seal::Keyring;
use utoipa::ToSchema;

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
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(examples(json!({
    "continuity": { "grace_months": 3, "lapse_months": 3 }, "session_idle_minutes": 30,
    "session_absolute_minutes": 480, "access_token_minutes": 60, "refresh_token_minutes": 480,
    "tries_until_lock": 5, "lock_minutes": 15, "finds_per_ten_minutes": 20, "found_minutes": 15,
    "emergency_hours": 24, "renewal_days": 60
})))]
pub struct Settings {
    /// Months an assignment lives without claims (担当の継続の目安).
    pub continuity: ContinuityRule,
    /// A session ends after this many minutes without a request (操作がないと終わるまで・分).
    pub session_idle_minutes: i64,
    /// A session ends after this many minutes whatever happens (サインインの長さの上限・分).
    pub session_absolute_minutes: i64,
    /// An access token of software lives this many minutes (アクセストークンの長さ・分).
    pub access_token_minutes: i64,
    /// A refresh token of software lives this many minutes (更新トークンの長さ・分).
    pub refresh_token_minutes: i64,
    /// Wrong passwords or codes until an account is locked (まちがいの上限・回).
    pub tries_until_lock: i64,
    /// Minutes a locked account waits (待つ時間・分).
    pub lock_minutes: i64,
    /// Searches with matching items that one account may make in ten minutes (10分間にさがせる回数).
    pub finds_per_ten_minutes: i64,
    /// Minutes within which a person found must be registered or opened (本人確認のあと登録するまで・分).
    pub found_minutes: i64,
    /// Hours an emergency look stays open (緊急時の閲覧の長さ・時間).
    pub emergency_hours: i64,
    /// Days before the end of a certification at which it needs attention (認定の期限を知らせはじめる日数).
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
