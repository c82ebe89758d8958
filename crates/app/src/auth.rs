//! Sign-in (サインイン): certificate, password, one-time code; sessions and their end.
//!
//! A sign-in goes through stages, each with a token of its own: the password was right
//! ([`Step::Code`] or [`Step::EnrolCode`]), the code was right ([`Step::ChangePassword`], only
//! while the password is one that somebody else set), signed in ([`Progress::Open`]). Every wrong
//! answer looks the same, counts, slows down the next try and leaves an event.

mod code;
mod first;
mod mail_code;
pub mod own;
pub mod password;
pub(crate) mod place;
pub(crate) mod record;
mod recovery;
pub mod rules;
pub mod session;
pub(crate) mod sign_in;
mod totp;
pub(crate) mod tries;

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;

use crate::secret::Secret;

pub use code::code;
pub use first::{begin_enrolment, change_first_password, confirm_enrolment};
pub use mail_code::mail_code;
pub use session::{
    Place, SignedIn, authenticate, end_all_sessions, end_session, other_places, sessions, sign_out,
    switch,
};
pub use sign_in::{pending_step, sign_in};
pub use tries::unlock;

/// Minutes within which a begun sign-in must be finished, in milliseconds.
const PENDING_MS: i64 = 10 * 60_000;

/// How far a sign-in has come.
#[derive(Debug)]
pub enum Progress {
    /// Something is still to be shown.
    Pending(Pending),
    /// Signed in.
    Open(Opened),
}

/// A sign-in that is not finished.
#[derive(Debug)]
pub struct Pending {
    /// Names the sign-in at its next step; good for that step only.
    pub token: Secret,
    /// What comes next.
    pub step: Step,
    /// When it must be finished.
    pub ends_at: AtMs,
}

/// What a sign-in waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A one-time code.
    Code {
        /// From the code application; otherwise by mail.
        by_application: bool,
        /// Where a code can be sent, masked: `h•••@kaigo.invalid`.
        mail: Option<String>,
        /// There are unused recovery codes.
        by_recovery: bool,
    },
    /// The code application is to be set up first.
    EnrolCode,
    /// The password, set by somebody else, is to be changed.
    ChangePassword,
}

/// A session that has just begun.
#[derive(Debug)]
pub struct Opened {
    /// Goes into the cookie; known to nobody else, and stored only as its SHA-256.
    pub token: Secret,
    /// Token against forged forms.
    pub csrf: String,
    /// The organisation it acts for.
    pub organisation: Option<Organisation>,
    /// When it ends, whatever happens.
    pub ends_at: AtMs,
}

/// A code application about to be set up (ワンタイムコードの設定).
#[derive(Debug)]
pub struct Enrolment {
    /// `otpauth://` address, for a QR code.
    pub uri: Secret,
    /// The same secret in base 32, to be typed.
    pub key: Secret,
}

/// Ten recovery codes (予備コード), shown once.
#[derive(Debug)]
pub struct RecoveryCodes(pub Vec<Secret>);
