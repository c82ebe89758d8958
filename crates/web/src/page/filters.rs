//! Filters of the templates: how dates, money and numbers are written (表記).
//!
//! Each page module brings this module into scope as `filters`.

#![expect(missing_docs, reason = "askama writes a type without comment for each filter")]

use askama::filters::Safe;
use askama::{Result, Values};
use jiff::civil::Date;
use tasuki_core::date::{AtMs, wareki, wareki_day, wareki_short};

use super::icon::svg;

/// A civil date, owned or borrowed.
pub trait Dated {
    /// The date.
    fn dated(&self) -> Date;
}

impl Dated for Date {
    fn dated(&self) -> Date {
        *self
    }
}

impl<T: Dated + ?Sized> Dated for &T {
    fn dated(&self) -> Date {
        (**self).dated()
    }
}

/// A moment, owned or borrowed.
pub trait Timed {
    /// The moment.
    fn timed(&self) -> AtMs;
}

impl Timed for AtMs {
    fn timed(&self) -> AtMs {
        *self
    }
}

impl<T: Timed + ?Sized> Timed for &T {
    fn timed(&self) -> AtMs {
        (**self).timed()
    }
}

/// A whole number, owned or borrowed.
pub trait Whole {
    /// The number; what does not fit becomes the largest number.
    fn whole(&self) -> i64;
}

macro_rules! whole {
    ($($number:ty),+) => {
        $(impl Whole for $number {
            fn whole(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
        })+
    };
}

whole!(i8, i16, i32, i64, u8, u16, u32, u64, usize);

impl<T: Whole + ?Sized> Whole for &T {
    fn whole(&self) -> i64 {
        (**self).whole()
    }
}

/// `<time>` with the Japanese date and weekday; the ISO date shows on hover.
#[askama::filter_fn]
pub fn day(value: impl Dated, _env: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(time_tag(value.dated(), &wareki(value.dated()))))
}

/// As [`day`], without the weekday: birthdays and ends of periods.
#[askama::filter_fn]
pub fn day_plain(value: impl Dated, _env: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(time_tag(value.dated(), &wareki_day(value.dated()))))
}

/// As [`day`] in the short form of lists: R8.11.20.
#[askama::filter_fn]
pub fn day_short(value: impl Dated, _env: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(time_tag(value.dated(), &wareki_short(value.dated()))))
}

/// As [`day`], month and day only: 11月20日.
#[askama::filter_fn]
pub fn day_of_year(value: impl Dated, _env: &dyn Values) -> Result<Safe<String>> {
    let date = value.dated();
    Ok(Safe(time_tag(date, &format!("{}月{}日", date.month(), date.day()))))
}

/// A moment in Japan with minutes: 令和8年11月20日(金) 10:32.
#[askama::filter_fn]
pub fn moment(value: impl Timed, _env: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(moment_tag(value.timed(), &wareki(value.timed().date()))))
}

/// A moment as in a sentence: 11月20日 10:32.
#[askama::filter_fn]
pub fn moment_short(value: impl Timed, _env: &dyn Values) -> Result<Safe<String>> {
    let date = value.timed().date();
    Ok(Safe(moment_tag(value.timed(), &format!("{}月{}日", date.month(), date.day()))))
}

/// Days left: あと42日, きょうまで, 3日前に終わりました.
#[askama::filter_fn]
pub fn days_left(value: impl Whole, _env: &dyn Values) -> Result<String> {
    Ok(days_left_text(value.whole()))
}

/// Whole yen: 132,000円.
#[askama::filter_fn]
pub fn yen(value: impl Whole, _env: &dyn Values) -> Result<String> {
    Ok(format!("{}円", group(value.whole())))
}

/// A number with separators of thousands: 1,234.
#[askama::filter_fn]
pub fn grouped(value: impl Whole, _env: &dyn Values) -> Result<String> {
    Ok(group(value.whole()))
}

/// Thousandths as percent with one place: 986 is 98.6％.
#[askama::filter_fn]
pub fn percent(thousandths: impl Whole, _env: &dyn Values) -> Result<String> {
    let value = thousandths.whole();
    Ok(format!("{}.{}％", group(value / 10), (value % 10).abs()))
}

/// The icon of a name, as inline SVG that screen readers skip: `{{ "warn"|icon }}`.
#[askama::filter_fn]
pub fn icon(name: impl AsRef<str>, _env: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(svg(name.as_ref())))
}

/// The text of [`days_left`], for handlers that build sentences.
pub fn days_left_text(days: i64) -> String {
    match days {
        0 => "きょうまで".to_owned(),
        days if days > 0 => format!("あと{}日", group(days)),
        days => format!("{}日前に終わりました", group(days.saturating_abs())),
    }
}

/// A number with separators of thousands.
pub fn group(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

fn time_tag(date: Date, text: &str) -> String {
    format!(r#"<time datetime="{date}" title="{date}">{text}</time>"#)
}

fn moment_tag(at: AtMs, day: &str) -> String {
    let time = at.date_time();
    let (date, hour, minute) = (time.date(), time.hour(), time.minute());
    let iso = format!("{date}T{hour:02}:{minute:02}+09:00");
    format!(
        r#"<time datetime="{iso}" title="{date} {hour:02}:{minute:02}">{day} {hour}:{minute:02}</time>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn days_left_says_today_and_the_past() {
        assert_eq!(days_left_text(42), "あと42日");
        assert_eq!(days_left_text(0), "きょうまで");
        assert_eq!(days_left_text(-3), "3日前に終わりました");
    }

    #[test]
    fn a_date_shows_its_iso_form_on_hover() {
        let tag = time_tag(date(2026, 11, 20), &wareki(date(2026, 11, 20)));
        assert_eq!(
            tag,
            r#"<time datetime="2026-11-20" title="2026-11-20">令和8年11月20日(金)</time>"#
        );
    }

    #[test]
    fn a_moment_is_written_in_japans_time() {
        let tag = moment_tag(AtMs(0), "1月1日");
        assert!(tag.contains(r#"datetime="1970-01-01T09:00+09:00""#), "{tag}");
        assert!(tag.ends_with("1月1日 9:00</time>"), "{tag}");
    }

    proptest! {
        #[test]
        fn grouping_only_adds_separators(value in any::<i64>()) {
            let text = group(value);
            prop_assert_eq!(text.replace(',', ""), value.to_string());
            let first = text.trim_start_matches('-').split(',').next().map_or(0, str::len);
            prop_assert!((1..=3).contains(&first));
            prop_assert!(text.split(',').skip(1).all(|part| part.len() == 3));
        }
    }
}
