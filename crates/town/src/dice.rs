//! Chance that is the same on every machine and in every version: a small generator of our own.

/// A stream of numbers that follows from its seed alone (SplitMix64).
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `below` - 1; 0 when `below` is 0.
    pub(crate) fn below(&mut self, below: u32) -> u32 {
        let wide = u128::from(self.next()) * u128::from(below);
        u32::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True `per_mille` times of a thousand.
    pub(crate) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of the items; the list must not be empty.
    pub(crate) fn one<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let place = self.below(u32::try_from(items.len()).unwrap_or(u32::MAX));
        let item = usize::try_from(place).ok().and_then(|place| items.get(place));
        item.or(items.first()).unwrap_or_else(|| unreachable_empty())
    }

    /// The place of a weight, chosen in proportion.
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return place;
            }
            left -= weight;
        }
        0
    }
}

/// Only constant, filled tables are asked for an item.
#[expect(clippy::panic, reason = "an empty constant table is a mistake of this crate")]
fn unreachable_empty() -> ! {
    panic!("a table of the town is empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_for_ever() {
        // The published values for this seed.
        let mut dice = Dice::new(1_234_567);
        let numbers = [dice.next(), dice.next(), dice.next()];
        assert_eq!(numbers, [6457827717110365317, 3203168211198807973, 9817491932198370423]);
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::new(1);
        let hits = (0..10_000).filter(|_| dice.weighted(&[1, 3]) == 1).count();
        assert!((7_300..7_700).contains(&hits), "{hits}");
    }
}
