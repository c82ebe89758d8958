//! Keys that a transfer has named: enough of them to know a repeated line, in bounded memory.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use tasuki_core::insured::InsuredNumber;

/// Keys of the newer half; as many are in the older half. A table of 2^21 places holds so many
/// before it would double.
const HALF: usize = 1_835_008;

/// Short hashes of the newest keys; keyed at random, so that no file can collide on purpose.
///
/// Of very long files the oldest keys are forgotten: what this transfer has stored then tells
/// whether a key is repeated.
pub(super) struct Keys {
    state: RandomState,
    newer: HashSet<u64>,
    older: HashSet<u64>,
    half: usize,
    forgets: bool,
}

impl Default for Keys {
    fn default() -> Self {
        Self::halves_of(HALF)
    }
}

impl Keys {
    /// Forgets nothing: for a dry run, which has stored nothing that could tell.
    pub(super) fn unforgetting() -> Self {
        Self::halves_of(usize::MAX)
    }

    fn halves_of(half: usize) -> Self {
        let (newer, older) = (HashSet::new(), HashSet::new());
        Self { state: RandomState::new(), newer, older, half, forgets: false }
    }

    fn hash(&self, insured: &InsuredNumber, history: &str) -> u64 {
        self.state.hash_one((insured.expose(), history))
    }

    /// Adds a key; false when it was there.
    pub(super) fn add(&mut self, insured: &InsuredNumber, history: &str) -> bool {
        let hash = self.hash(insured, history);
        if self.older.contains(&hash) || !self.newer.insert(hash) {
            return false;
        }
        if self.half <= self.newer.len() {
            self.forgets |= !self.older.is_empty();
            self.older = std::mem::take(&mut self.newer);
        }
        true
    }

    /// Whether a key is remembered.
    pub(super) fn has(&self, insured: &InsuredNumber, history: &str) -> bool {
        let hash = self.hash(insured, history);
        self.newer.contains(&hash) || self.older.contains(&hash)
    }

    /// Forgets one key.
    pub(super) fn remove(&mut self, insured: &InsuredNumber, history: &str) {
        let hash = self.hash(insured, history);
        self.newer.remove(&hash);
        self.older.remove(&hash);
    }

    /// Some keys are forgotten: one that is not remembered may have been named all the same.
    pub(super) fn forgets(&self) -> bool {
        self.forgets
    }

    /// Begins anew.
    pub(super) fn clear(&mut self) {
        self.newer.clear();
        self.older.clear();
        self.forgets = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(n: u32) -> InsuredNumber {
        InsuredNumber::parse(&format!("{n:010}")).unwrap()
    }

    #[test]
    fn the_newest_keys_are_remembered_and_no_more_than_two_halves() {
        let mut keys = Keys::halves_of(100);
        for n in 0..1_000 {
            assert!(keys.add(&number(n), "1"), "{n}");
            assert!(!keys.add(&number(n), "1"), "{n}");
            assert!(keys.newer.len() + keys.older.len() <= 200);
            assert_eq!(keys.forgets(), 200 <= n + 1, "{n}");
        }
        assert!(keys.has(&number(999), "1") && keys.has(&number(950), "1"));
        assert!(!keys.has(&number(0), "1"));
        keys.remove(&number(950), "1");
        assert!(!keys.has(&number(950), "1"));
    }
}
