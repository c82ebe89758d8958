//! Reading the cells of one line, column by column, in the order of the definition.

use std::borrow::Cow;

use jiff::civil::{Date, date};
use tasuki_core::care_level::CareLevel;
use tasuki_core::date::YearMonth;
use tasuki_core::document::DocumentKind;
use tasuki_core::insured::{InsuredNumber, Personal};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::{ProviderNumber, ServiceType};
use tasuki_core::word::Word;

use super::cells::unescape;
use super::column::{Column, ColumnType};
use super::finding::{Finding, Rule};
use super::text;

/// Cells of one line, taken in the order of the column definitions.
///
/// Each method takes the next column; an empty cell is `None`, with a finding when the column is
/// required. A cell that breaks its rule is `None` with a finding.
pub(crate) struct Row<'a> {
    columns: &'a [Column],
    places: &'a [Option<usize>],
    cells: &'a [Cow<'a, str>],
    line: u64,
    demand: bool,
    findings: Vec<Finding>,
}

impl<'a> Row<'a> {
    /// A line whose column `n` stands in cell `places[n]`.
    pub(crate) fn new(places: &'a [Option<usize>], cells: &'a [Cow<'a, str>], line: u64) -> Self {
        Self { columns: &[], places, cells, line, demand: true, findings: Vec::new() }
    }

    /// The next columns to be taken; `demand` false takes no offence at empty ones.
    pub(crate) fn columns(&mut self, columns: &'a [Column], demand: bool) {
        self.columns = columns;
        self.demand = demand;
    }

    /// All findings so far.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// Adds a finding about a column that was taken before.
    pub(crate) fn report(&mut self, column: &str, rule: Rule, value: &str) {
        self.findings.push(Finding::cell(self.line, column, rule, value));
    }

    /// The next column with the text of its cell, or `None` when the cell is empty.
    fn take(&mut self) -> Option<(&'a Column, &'a str)> {
        let (column, columns) = self.columns.split_first()?;
        let place = self.places.split_first();
        self.columns = columns;
        self.places = place.map_or(&[], |(_, places)| places);
        let cell = place.and_then(|(place, _)| self.cells.get((*place)?));
        match cell.map_or("", |cell| cell.as_ref()) {
            "" => {
                if column.required && self.demand {
                    self.report(column.name, Rule::Required, "");
                }
                None
            }
            text => Some((column, text)),
        }
    }

    /// The next column, read by `read`; its refusal becomes a finding.
    fn read<T>(&mut self, read: impl FnOnce(&'a Column, &'a str) -> Result<T, Rule>) -> Option<T> {
        let (column, text) = self.take()?;
        match read(column, text) {
            Ok(value) => Some(value),
            Err(rule) => {
                self.report(column.name, rule, text);
                None
            }
        }
    }

    pub(crate) fn word<T: Word>(&mut self, rule: Rule) -> Option<T> {
        self.read(|_, text| T::from_word(text).ok_or(rule))
    }

    /// A value of a code list.
    pub(crate) fn code<T>(&mut self, from_code: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.read(|_, text| from_code(text).ok_or(Rule::Code))
    }

    /// A care level that a certificate can print: not 非該当.
    pub(crate) fn care_level(&mut self) -> Option<CareLevel> {
        let printed = |level: &CareLevel| *level != CareLevel::NotCertified;
        self.code(|code| CareLevel::from_code(code).filter(printed))
    }

    pub(crate) fn insurer(&mut self) -> Option<InsurerNumber> {
        self.read(|_, text| InsurerNumber::parse(text).map_err(|_| Rule::InsurerNumber))
    }

    pub(crate) fn insured(&mut self) -> Option<InsuredNumber> {
        self.read(|_, text| InsuredNumber::parse(text).map_err(|_| Rule::InsuredNumber))
    }

    pub(crate) fn history(&mut self) -> Option<String> {
        self.read(|_, text| history(text))
    }

    /// An office number; a wrong check digit is reported and the number taken.
    pub(crate) fn provider(&mut self) -> Option<ProviderNumber> {
        let (column, text) = self.take()?;
        match ProviderNumber::parse(text) {
            Ok(number) => {
                if !number.check_digit_fits() {
                    self.report(column.name, Rule::ProviderCheckDigit, text);
                }
                Some(number)
            }
            Err(_) => {
                self.report(column.name, Rule::ProviderNumber, text);
                None
            }
        }
    }

    pub(crate) fn date(&mut self) -> Option<Date> {
        self.read(|_, text| day(text))
    }

    pub(crate) fn month(&mut self) -> Option<YearMonth> {
        let shape = |text: &str| text.len() == 7;
        self.read(|_, text| YearMonth::parse(text).filter(|_| shape(text)).ok_or(Rule::Month))
    }

    pub(crate) fn number(&mut self) -> Option<u32> {
        self.read(|column, text| {
            let ColumnType::Number(max) = column.kind else { return Err(Rule::Number) };
            number(text).and_then(|number| {
                if number <= u64::from(max) {
                    u32::try_from(number).map_err(|_| Rule::NumberRange)
                } else {
                    Err(Rule::NumberRange)
                }
            })
        })
    }

    pub(crate) fn text(&mut self) -> Option<Personal> {
        self.plain_text().map(Personal::new)
    }

    pub(crate) fn plain_text(&mut self) -> Option<String> {
        self.read(|column, text| {
            let text = unescape(text);
            text::check(&text)?;
            let length = text.chars().count();
            match column.kind {
                ColumnType::Text(max) if length <= max => Ok(text.into_owned()),
                ColumnType::Kana(max) if length <= max => text::kana(&text),
                _ => Err(Rule::TextTooLong),
            }
        })
    }

    pub(crate) fn postal_code(&mut self) -> Option<Personal> {
        self.read(|_, text| {
            let fits = text.len() == 7 && text.bytes().all(|byte| byte.is_ascii_digit());
            if fits { Ok(Personal::new(text)) } else { Err(Rule::PostalCode) }
        })
    }

    pub(crate) fn phone(&mut self) -> Option<Personal> {
        self.read(|_, text| {
            let fits = text.len() <= 20
                && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+'));
            if fits { Ok(Personal::new(text)) } else { Err(Rule::Phone) }
        })
    }

    pub(crate) fn service(&mut self) -> Option<ServiceType> {
        self.code(|text| ServiceType::parse(text).ok())
    }

    pub(crate) fn services(&mut self) -> Vec<ServiceType> {
        self.list(|text| ServiceType::parse(text).map_err(|_| Rule::Code))
    }

    pub(crate) fn kinds(&mut self) -> Vec<DocumentKind> {
        self.list(|text| DocumentKind::from_word(text).ok_or(Rule::Code))
    }

    pub(crate) fn providers(&mut self) -> Vec<ProviderNumber> {
        self.list(|text| ProviderNumber::parse(text).map_err(|_| Rule::ProviderNumber))
    }

    /// A list separated by single spaces.
    fn list<T>(&mut self, item: impl FnMut(&str) -> Result<T, Rule>) -> Vec<T> {
        self.read(|_, text| text.split(' ').map(item).collect()).unwrap_or_default()
    }

    /// Reports the empty ones of values that belong together, when one of them is there.
    pub(crate) fn together(&mut self, values: &[(&str, bool)]) {
        let broken = |findings: &[Finding], name: &str| {
            findings.iter().any(|finding| finding.column.as_deref() == Some(name))
        };
        let any = values.iter().any(|(name, there)| *there || broken(&self.findings, name));
        for (name, there) in values {
            if any && !there && !broken(&self.findings, name) {
                self.report(name, Rule::Incomplete, "");
            }
        }
    }

    /// Reports an end before its beginning.
    pub(crate) fn period(&mut self, until: &str, first: Option<Date>, last: Option<Date>) {
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            self.report(until, Rule::Period, "0000-00-00");
        }
    }
}

/// A history number (履歴番号): 1–20 letters, digits and hyphens.
pub(crate) fn history(text: &str) -> Result<String, Rule> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if (1..=20).contains(&text.len()) && text.bytes().all(fits) {
        Ok(text.to_owned())
    } else {
        Err(Rule::History)
    }
}

/// A whole number written with digits only.
fn number(text: &str) -> Result<u64, Rule> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Rule::Number);
    }
    text.parse().map_err(|_| Rule::NumberRange)
}

/// A day written `YYYY-MM-DD`, in the years of living people and their papers.
pub(crate) fn day(text: &str) -> Result<Date, Rule> {
    let digits = |range: std::ops::Range<usize>| -> Option<i16> {
        let part = text.get(range)?;
        part.bytes().try_fold(0i16, |sum, byte| {
            byte.is_ascii_digit().then(|| sum * 10 + i16::from(byte - b'0'))
        })
    };
    let shape = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    let (Some(year), Some(month), Some(day_of_month), true) =
        (digits(0..4), digits(5..7), digits(8..10), shape)
    else {
        return Err(Rule::Date);
    };
    let (Ok(month), Ok(day_of_month)) = (i8::try_from(month), i8::try_from(day_of_month)) else {
        return Err(Rule::Date);
    };
    let read = Date::new(year, month, day_of_month).map_err(|_| Rule::Date)?;
    if read < date(1868, 1, 25) || date(2199, 12, 31) < read {
        return Err(Rule::DateRange);
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_form_and_must_exist() {
        assert_eq!(day("2026-11-20"), Ok(date(2026, 11, 20)));
        for bad in ["2026-11-31", "20261120", "2026/11/20", "2026-1-20", "令和8年", "2026-11-2０"]
        {
            assert_eq!(day(bad), Err(Rule::Date), "{bad}");
        }
        assert_eq!(day("1868-01-24"), Err(Rule::DateRange));
        assert_eq!(day("9999-12-31"), Err(Rule::DateRange));
    }

    #[test]
    fn history_numbers_are_short_and_plain() {
        assert!(history("A-1").is_ok());
        for bad in ["", "1 2", "履歴1", "123456789012345678901"] {
            assert_eq!(history(bad), Err(Rule::History), "{bad}");
        }
    }
}
