//! Opaque ids (UUID version 7): ordered by time, and saying nothing else.

use tasuki_core::date::AtMs;
use uuid::{NoContext, Timestamp, Uuid};

/// A new id of the moment `now`.
pub fn new(now: AtMs) -> String {
    let ms = u64::try_from(now.0).unwrap_or(0);
    let (seconds, nanoseconds) = (ms / 1_000, u32::try_from(ms % 1_000).unwrap_or(0) * 1_000_000);
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, nanoseconds)).to_string()
}
