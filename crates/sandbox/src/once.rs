//! Secrets that are handed out, live for a short time, and are used once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tasuki_core::date::AtMs;

/// Entries at one time; a flood of sign-ins is refused instead of filling the memory.
const ENTRIES_MAX: usize = 10_000;

struct Entry<T> {
    ends_at: AtMs,
    value: T,
}

/// Values under secrets. Only the secrets' hashes are kept.
pub(crate) struct Once<T> {
    life_ms: i64,
    entries: Mutex<HashMap<[u8; 32], Entry<T>>>,
}

impl<T: Clone> Once<T> {
    pub(crate) fn new(life_ms: i64) -> Self {
        Self { life_ms, entries: Mutex::default() }
    }

    /// Keeps `value` under a new secret; `None` when there is no room.
    pub(crate) fn keep(&self, value: T, now: AtMs) -> Option<String> {
        let secret = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        self.keep_under(&secret, value, now).then_some(secret)
    }

    /// Keeps `value` under `secret`; false when there is no room, or the secret is in use.
    pub(crate) fn keep_under(&self, secret: &str, value: T, now: AtMs) -> bool {
        let mut entries = self.lock();
        if entries.len() >= ENTRIES_MAX {
            entries.retain(|_, entry| now < entry.ends_at);
        }
        let ends_at = now.plus_ms(self.life_ms);
        let key = hash(secret);
        let in_use = entries.get(&key).is_some_and(|entry| now < entry.ends_at);
        if in_use || entries.len() >= ENTRIES_MAX {
            return false;
        }
        entries.insert(key, Entry { ends_at, value });
        true
    }

    /// The value, which stays.
    pub(crate) fn look(&self, secret: &str, now: AtMs) -> Option<T> {
        let entries = self.lock();
        let entry = entries.get(&hash(secret)).filter(|entry| now < entry.ends_at);
        entry.map(|entry| entry.value.clone())
    }

    /// The value, which is gone afterwards.
    pub(crate) fn take(&self, secret: &str, now: AtMs) -> Option<T> {
        let entry = self.lock().remove(&hash(secret))?;
        (now < entry.ends_at).then_some(entry.value)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Entry<T>>> {
        // No caller's code runs under the lock, so it cannot be left half changed.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_works_once_and_not_after_its_end() {
        let once = Once::new(1000);
        let first = once.keep("first", AtMs(0)).unwrap();
        assert_eq!(once.look(&first, AtMs(999)), Some("first"));
        assert_eq!(once.take(&first, AtMs(999)), Some("first"));
        assert_eq!(once.take(&first, AtMs(999)), None);
        let second = once.keep("second", AtMs(0)).unwrap();
        assert_eq!(once.take(&second, AtMs(1000)), None);
    }

    #[test]
    fn a_flood_is_refused_until_its_entries_end() {
        let once = Once::new(1000);
        assert!((0..ENTRIES_MAX).all(|_| once.keep((), AtMs(0)).is_some()));
        assert!(once.keep((), AtMs(999)).is_none());
        assert!(once.keep((), AtMs(1000)).is_some());
    }
}
