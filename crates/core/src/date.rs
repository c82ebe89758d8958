//! Moments, civil dates and how they are written (日付・和暦).
//!
//! Moments are milliseconds since 1970-01-01T00:00Z; every date of the law is a civil date in
//! Japan, which has had one offset (+9 h, no summer time) since 1952.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AtMs(pub i64);

/// Japan's offset from UTC in hours.
const JAPAN_HOURS: i8 = 9;

impl AtMs {
    /// The civil date in Japan at this moment; moments outside the calendar fold to its ends.
    pub fn date(self) -> Date {
        self.date_time().date()
    }

    /// The civil date and time in Japan at this moment.
    pub fn date_time(self) -> jiff::civil::DateTime {
        let zone = TimeZone::fixed(Offset::constant(JAPAN_HOURS));
        let moment = jiff::Timestamp::from_millisecond(self.0);
        moment.unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(zone).datetime()
    }

    /// The first moment of `date` in Japan.
    pub fn start_of(date: Date) -> Self {
        let zone = TimeZone::fixed(Offset::constant(JAPAN_HOURS));
        Self(date.to_zoned(zone).map_or(0, |moment| moment.timestamp().as_millisecond()))
    }

    /// This moment, `ms` milliseconds later (earlier when negative), saturating.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// Milliseconds of one day.
pub const DAY_MS: i64 = 86_400_000;

/// A calendar month (年月), as claims and plans use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearMonth {
    /// Year of the western calendar, 1900–2199.
    pub year: i16,
    /// Month, 1–12.
    pub month: i8,
}

impl YearMonth {
    /// Parses `YYYY-MM` or `YYYYMM`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        if digits.len() != 6 || !(text.len() == 6 || (text.len() == 7 && text.get(4..5)? == "-")) {
            return None;
        }
        let year = digits.get(..4)?.parse().ok()?;
        let month = digits.get(4..)?.parse().ok()?;
        ((1900..=2199).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month that holds `date`.
    pub fn of(date: Date) -> Self {
        Self { year: date.year(), month: date.month() }
    }

    /// The last day of this month, moved by `months` (may be negative).
    pub fn last_day_after(self, months: i32) -> Date {
        let first = Date::new(self.year, self.month, 1).unwrap_or(Date::ZERO);
        let span = jiff::Span::new().months(months);
        first.checked_add(span).unwrap_or(first).last_of_month()
    }
}

impl std::fmt::Display for YearMonth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl Serialize for YearMonth {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for YearMonth {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a month YYYY-MM"))
    }
}

/// First days of the eras (元号); 改元 took effect at midnight.
///
/// Source: 元号を改める政令 (明治 begins with the solar calendar, 1873-01-01, for our purpose).
const ERAS: [(&str, &str, i16, i8, i8); 5] = [
    ("令和", "R", 2019, 5, 1),
    ("平成", "H", 1989, 1, 8),
    ("昭和", "S", 1926, 12, 25),
    ("大正", "T", 1912, 7, 30),
    ("明治", "M", 1868, 1, 25),
];

/// `date` in the Japanese calendar with the day of the week: 令和8年11月20日(金).
pub fn wareki(date: Date) -> String {
    let weekday = ["月", "火", "水", "木", "金", "土", "日"]
        .get(usize::from(date.weekday().to_monday_zero_offset().unsigned_abs()))
        .copied()
        .unwrap_or_default();
    format!("{}({weekday})", wareki_day(date))
}

/// `date` in the Japanese calendar without the day of the week: 令和元年5月1日.
pub fn wareki_day(date: Date) -> String {
    match era(date) {
        Some((name, _, 1)) => format!("{name}元年{}月{}日", date.month(), date.day()),
        Some((name, _, year)) => format!("{name}{year}年{}月{}日", date.month(), date.day()),
        None => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
    }
}

/// `date` in the short form of lists: R8.11.20.
pub fn wareki_short(date: Date) -> String {
    match era(date) {
        Some((_, letter, year)) => format!("{letter}{year}.{}.{}", date.month(), date.day()),
        None => format!("{}.{}.{}", date.year(), date.month(), date.day()),
    }
}

/// Era name, its letter and the year in it (1 = 元年).
fn era(date: Date) -> Option<(&'static str, &'static str, i16)> {
    ERAS.iter()
        .find(|(_, _, year, month, day)| {
            (date.year(), date.month(), date.day()) >= (*year, *month, *day)
        })
        .map(|(name, letter, year, _, _)| (*name, *letter, date.year() - year + 1))
}

/// Age in full years on `day` (満年齢, as pages show it).
pub fn age_on(birth: Date, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    day.year() - birth.year() - i16::from(!had_birthday)
}

/// Days from `today` to `date`; negative when it has passed, 0 today.
pub fn days_until(today: Date, date: Date) -> i64 {
    today.until(date).map_or(0, |span| i64::from(span.get_days()))
}

/// `date` moved by `months`, to the last day of that month when the day does not exist.
pub fn add_months(date: Date, months: i32) -> Date {
    date.checked_add(jiff::Span::new().months(months)).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn eras_begin_on_their_first_day() {
        assert_eq!(wareki_day(date(2019, 4, 30)), "平成31年4月30日");
        assert_eq!(wareki_day(date(2019, 5, 1)), "令和元年5月1日");
        assert_eq!(wareki_day(date(1989, 1, 7)), "昭和64年1月7日");
        assert_eq!(wareki_day(date(1926, 12, 25)), "昭和元年12月25日");
        assert_eq!(wareki(date(2026, 11, 20)), "令和8年11月20日(金)");
        assert_eq!(wareki_short(date(2026, 11, 20)), "R8.11.20");
    }

    #[test]
    fn a_day_begins_in_japan_nine_hours_before_utc() {
        assert_eq!(AtMs::start_of(date(1970, 1, 1)).0, -9 * 3_600_000);
        assert_eq!(AtMs(0).date(), date(1970, 1, 1));
        assert_eq!(AtMs(15 * 3_600_000).date(), date(1970, 1, 2));
    }

    #[test]
    fn age_grows_on_the_birthday() {
        assert_eq!(age_on(date(1942, 11, 20), date(2026, 11, 19)), 83);
        assert_eq!(age_on(date(1942, 11, 20), date(2026, 11, 20)), 84);
    }

    #[test]
    fn months_are_parsed_only_in_their_two_forms() {
        assert_eq!(YearMonth::parse("2026-11"), YearMonth::parse("202611"));
        for bad in ["2026-13", "2026-1", "20261", "2026-001", "-202611", "202600"] {
            assert_eq!(YearMonth::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn days_left_count_the_last_day() {
        assert_eq!(days_until(date(2026, 11, 20), date(2027, 1, 1)), 42);
        assert_eq!(days_until(date(2026, 11, 20), date(2026, 11, 19)), -1);
    }

    proptest! {
        #[test]
        fn start_of_day_is_in_its_day(days in 0i32..60_000) {
            let day = date(1900, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            prop_assert_eq!(AtMs::start_of(day).date(), day);
            prop_assert_ne!(AtMs::start_of(day).plus_ms(-1).date(), day);
        }
    }
}
