//! Periods of a certification (認定有効期間) and the days that follow from them.

use std::ops::RangeInclusive;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApplicationKind;
use crate::date::{YearMonth, days_until};

/// Days before the end from which a renewal may be filed (更新申請, 施行規則39条).
pub const RENEWAL_WINDOW_DAYS: i32 = 60;

/// Period of validity (認定有効期間); both ends included, the end is the last day of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CertificationPeriod {
    /// First valid day (はじめの日).
    pub from: Date,
    /// Last valid day (終わりの日).
    pub until: Date,
}

impl CertificationPeriod {
    /// The period that begins on `from` and lasts `months`.
    ///
    /// A period that begins in the middle of a month holds the rest of that month and `months`
    /// whole ones after it; it always ends with a month.
    ///
    /// Source: 介護保険法施行規則 第38条.
    pub fn starting(from: Date, months: u8) -> Self {
        let whole = if from.day() == 1 { i32::from(months) - 1 } else { i32::from(months) };
        Self { from, until: YearMonth::of(from).last_day_after(whole.max(0)) }
    }

    /// The period of a first certification or a change: it goes back to the application.
    pub fn from_application(filed_on: Date, months: u8) -> Self {
        Self::starting(filed_on, months)
    }

    /// The period of a renewal: it begins on the day after this one ends.
    #[must_use]
    pub fn renewed(self, months: u8) -> Self {
        Self::starting(self.until.tomorrow().unwrap_or(self.until), months)
    }

    /// `day` is in the period.
    pub fn holds(self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }

    /// Days left on `today`: 0 on the last day, negative after it.
    pub fn days_left(self, today: Date) -> i64 {
        days_until(today, self.until)
    }

    /// First day on which a renewal may be filed.
    pub fn renewal_opens_on(self) -> Date {
        self.until.checked_sub(RENEWAL_WINDOW_DAYS.days()).unwrap_or(self.until)
    }

    /// A renewal may be filed on `today` (both ends of the window included).
    pub fn in_renewal_window(self, today: Date) -> bool {
        self.renewal_opens_on() <= today && today <= self.until
    }
}

/// Months that a period has as a rule (原則の認定有効期間).
pub fn usual_months(kind: ApplicationKind) -> u8 {
    match kind {
        ApplicationKind::Renewal => 12,
        ApplicationKind::New
        | ApplicationKind::Change
        | ApplicationKind::OwnMotion
        | ApplicationKind::MovedIn => 6,
    }
}

/// Months that a board may set; a renewal at the same level may last 48.
///
/// Source: 介護保険法施行規則 第38条, 第41条, as amended for applications from 2021-04-01.
pub fn allowed_months(kind: ApplicationKind, same_level: bool) -> RangeInclusive<u8> {
    match kind {
        ApplicationKind::Renewal if same_level => 3..=48,
        ApplicationKind::Renewal => 3..=36,
        ApplicationKind::New
        | ApplicationKind::Change
        | ApplicationKind::OwnMotion
        | ApplicationKind::MovedIn => 3..=12,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn a_period_from_the_middle_of_a_month_holds_its_rest_and_whole_months() {
        let period = CertificationPeriod::from_application(date(2026, 11, 20), 6);
        assert_eq!(period.until, date(2027, 5, 31));
        assert_eq!(
            CertificationPeriod::from_application(date(2026, 8, 31), 6).until,
            date(2027, 2, 28)
        );
    }

    #[test]
    fn a_period_from_the_first_holds_exactly_its_months() {
        let period = CertificationPeriod::from_application(date(2026, 11, 1), 6);
        assert_eq!(period.until, date(2027, 4, 30));
        assert_eq!(
            CertificationPeriod::from_application(date(2026, 11, 2), 6).until,
            date(2027, 5, 31)
        );
    }

    #[test]
    fn a_renewal_begins_on_the_day_after_and_ends_with_a_month() {
        let old = CertificationPeriod { from: date(2026, 2, 1), until: date(2027, 1, 31) };
        let new = old.renewed(48);
        assert_eq!((new.from, new.until), (date(2027, 2, 1), date(2031, 1, 31)));
        assert_eq!(old.renewed(12).until, date(2028, 1, 31));
        let leap = CertificationPeriod { from: date(2023, 2, 1), until: date(2024, 1, 31) };
        assert_eq!(leap.renewed(25).until, date(2026, 2, 28));
    }

    #[test]
    fn the_renewal_window_opens_sixty_days_before_the_end() {
        let period = CertificationPeriod { from: date(2026, 2, 1), until: date(2027, 1, 31) };
        assert_eq!(period.renewal_opens_on(), date(2026, 12, 2));
        assert!(!period.in_renewal_window(date(2026, 12, 1)));
        assert!(period.in_renewal_window(date(2026, 12, 2)));
        assert!(period.in_renewal_window(date(2027, 1, 31)));
        assert!(!period.in_renewal_window(date(2027, 2, 1)));
        assert_eq!(period.days_left(date(2027, 1, 31)), 0);
    }

    #[test]
    fn only_a_renewal_at_the_same_level_may_last_four_years() {
        assert_eq!(allowed_months(ApplicationKind::Renewal, true), 3..=48);
        assert_eq!(allowed_months(ApplicationKind::Renewal, false), 3..=36);
        assert_eq!(allowed_months(ApplicationKind::Change, true), 3..=12);
    }

    proptest! {
        #[test]
        fn a_period_ends_with_a_month_and_is_never_shorter_than_its_months(
            days in 0i32..40_000, months in 3u8..=48
        ) {
            let from = date(2000, 4, 1).checked_add(days.days()).unwrap();
            let period = CertificationPeriod::starting(from, months);
            prop_assert_eq!(period.until, period.until.last_of_month());
            let end = period.until.tomorrow().unwrap();
            let whole = from.checked_add(i32::from(months).months()).unwrap();
            prop_assert!(whole <= end);
            prop_assert!(end < whole.checked_add(1.month()).unwrap());
            let next = period.renewed(12);
            prop_assert_eq!(period.until.tomorrow().unwrap(), next.from);
        }
    }
}
