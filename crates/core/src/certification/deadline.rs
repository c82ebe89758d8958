//! Until when an application is to be decided: thirty days, or what a notice in time says instead.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{CertificationProgress, PostponementNotice};

/// Days within which an application is decided, the day of filing not counted.
///
/// Source: 介護保険法 第27条第11項.
pub const DECISION_DAYS: i32 = 30;

/// The two days of a notice that the decision will be late (延期通知の日付).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostponementDays {
    /// Day of the notice.
    pub notified_on: Date,
    /// Day by which the decision is expected (処理見込期間の終わり).
    pub expected_by: Date,
}

impl PostponementDays {
    /// The notice was given in time to postpone the decision on an application of `filed_on`.
    ///
    /// Source: 介護保険法 第27条第11項 (「当該申請のあった日から三十日以内に…通知し、これを延期することができる」).
    pub fn is_in_time(self, filed_on: Date) -> bool {
        self.notified_on <= decision_deadline(filed_on)
    }
}

impl From<&PostponementNotice> for PostponementDays {
    fn from(notice: &PostponementNotice) -> Self {
        Self { notified_on: notice.notified_on, expected_by: notice.expected_by }
    }
}

/// Day by which the law wants an application of `filed_on` decided when nothing was postponed.
///
/// Source: 介護保険法 第27条第11項.
pub fn decision_deadline(filed_on: Date) -> Date {
    filed_on.checked_add(DECISION_DAYS.days()).unwrap_or(filed_on)
}

/// Day by which an application of `filed_on` is to be decided, as known on `today`.
///
/// A notice counts from its own day, only when it came within the thirty days, and never shortens
/// them. After its expected day the application may be taken as refused (みなし却下).
///
/// Source: 介護保険法 第27条第11項・第12項.
pub fn deadline(filed_on: Date, notice: Option<PostponementDays>, today: Date) -> Date {
    let by_law = decision_deadline(filed_on);
    let counts = |days: &PostponementDays| days.notified_on <= today && days.is_in_time(filed_on);
    notice.filter(counts).map_or(by_law, |days| days.expected_by.max(by_law))
}

impl CertificationProgress {
    /// The days of its notice of postponement.
    pub fn postponement_days(&self) -> Option<PostponementDays> {
        self.postponement.as_ref().map(PostponementDays::from)
    }

    /// Day by which it is to be decided, as known on `today`.
    pub fn deadline(&self, today: Date) -> Date {
        deadline(self.filed_on, self.postponement_days(), today)
    }

    /// The decision is late on `today`.
    pub fn is_overdue(&self, today: Date) -> bool {
        !self.is_closed(today) && self.deadline(today) < today
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const FILED: Date = date(2026, 11, 2);
    const LAST: Date = date(2026, 12, 2);

    fn told(notified_on: Date, expected_by: Date) -> Option<PostponementDays> {
        Some(PostponementDays { notified_on, expected_by })
    }

    #[test]
    fn an_application_is_decided_within_thirty_days() {
        assert_eq!(decision_deadline(date(2026, 11, 2)), date(2026, 12, 2));
        assert_eq!(decision_deadline(date(2027, 2, 1)), date(2027, 3, 3));
    }

    #[test]
    fn without_a_notice_the_law_gives_thirty_days() {
        assert_eq!(deadline(FILED, None, FILED), LAST);
        assert_eq!(deadline(FILED, None, date(2027, 3, 1)), LAST);
    }

    #[test]
    fn a_notice_on_the_thirtieth_day_counts_and_one_a_day_later_does_not() {
        let expected = date(2026, 12, 25);
        let late = date(2026, 12, 3);
        assert_eq!(deadline(FILED, told(LAST, expected), late), expected);
        assert_eq!(deadline(FILED, told(late, expected), late), LAST);
    }

    #[test]
    fn a_notice_counts_from_its_own_day() {
        let notice = told(date(2026, 11, 30), date(2026, 12, 25));
        assert_eq!(deadline(FILED, notice, date(2026, 11, 29)), LAST);
        assert_eq!(deadline(FILED, notice, date(2026, 11, 30)), date(2026, 12, 25));
    }

    #[test]
    fn a_notice_never_shortens_the_thirty_days() {
        assert_eq!(deadline(FILED, told(FILED, date(2026, 11, 20)), LAST), LAST);
    }

    #[test]
    fn the_thirty_days_pass_over_the_end_of_a_year_and_a_leap_day() {
        assert_eq!(decision_deadline(date(2026, 12, 15)), date(2027, 1, 14));
        assert_eq!(decision_deadline(date(2028, 2, 1)), date(2028, 3, 2));
    }
}
