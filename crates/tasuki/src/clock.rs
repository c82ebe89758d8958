//! The machine's clock and randomness, read here and nowhere else.

use std::time::{SystemTime, UNIX_EPOCH};

use tasuki_core::date::AtMs;
use tasuki_tls::Clock;

/// The moment it is.
pub(crate) fn now() -> AtMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    AtMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The clock that servers are given.
pub(crate) fn system() -> Clock {
    Clock::new(|| now().0)
}

/// 32 random bytes for a key.
pub(crate) fn random_key() -> [u8; 32] {
    rand::random()
}
