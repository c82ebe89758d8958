//! The peak hour of the country, from published numbers, and the share of it that is simulated.
//!
//! Published: 1,741 insurers; about 36 million insured persons, 7.2 million of them certified; five
//! to six million applications a year, here six; survey, opinion and board as the steps of each.
//! Assumed by the design: twenty million looks a day, 1,500 a second at the peak. Assumed here, on
//! the safe side: every municipality sends its difference of the day within that one hour, and
//! in a day something happens to one insured person of a hundred.

/// Insured persons (被保険者).
pub(super) const INSURED: f64 = 36_000_000.0;
/// Insurers (保険者).
pub(super) const INSURERS: f64 = 1_741.0;
/// Looks a day.
pub(super) const LOOKS_A_DAY: f64 = 20_000_000.0;
/// Looks a second in the peak hour.
pub(super) const LOOKS_PER_S: f64 = 1_500.0;
/// Seconds of an hour.
pub(super) const HOUR_S: f64 = 3_600.0;
/// Changes of progress a day: six million applications a year, each filed, surveyed, its opinion
/// asked for and received, its board planned, decided; on 245 working days.
pub(super) const PROGRESS_A_DAY: f64 = 6_000_000.0 * 6.0 / 245.0;
/// Persons, of a hundred, to whom something happens in a day.
pub(super) const DIFFERENCE_PERCENT: u32 = 1;

/// Persons of an insurer, mean.
const PERSONS_OF_AN_INSURER: u64 = 20_678;

/// The simulated share of the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    persons: u64,
    pub(super) insurers: u64,
}

impl Share {
    /// The share with so many insured persons.
    pub(super) fn of(persons: u64) -> Self {
        let insurers = (persons + PERSONS_OF_AN_INSURER / 2) / PERSONS_OF_AN_INSURER;
        Self { persons, insurers: insurers.max(1) }
    }

    pub(super) fn insurers(self) -> usize {
        usize::try_from(self.insurers).unwrap_or(usize::MAX)
    }

    /// Insured persons of each insurer.
    pub(super) fn persons_of_each(self) -> u64 {
        (self.persons / self.insurers).max(1)
    }

    /// Looks of the hour: three for twenty persons.
    pub(super) fn looks(self) -> u64 {
        (self.persons * 3 / 20).max(1)
    }

    /// What the country has of something that the share has `number` of.
    pub(super) fn of_country(self, number: u64) -> f64 {
        super::ratio(number, self.persons_of_each() * self.insurers) * INSURED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_country_has_its_own_numbers() {
        let country = Share::of(36_000_000);
        assert_eq!(country.insurers, 1_741);
        assert_eq!(country.looks(), 5_400_000);
        let per_s = super::super::ratio(country.looks(), 1) / HOUR_S;
        assert!((per_s - LOOKS_PER_S).abs() < 1e-9);
    }

    #[test]
    fn a_small_share_has_one_insurer_and_one_look_at_least() {
        let hamlet = Share::of(3);
        assert_eq!((hamlet.insurers, hamlet.persons_of_each(), hamlet.looks()), (1, 3, 1));
        assert_eq!(Share::of(100_000).insurers, 5);
        assert!((Share::of(36_000).of_country(7) - 7_000.0).abs() < 1e-6);
    }
}
