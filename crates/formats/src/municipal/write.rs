//! Writing the cells of one line, in the order of the definition.

use jiff::civil::Date;
use tasuki_core::insured::Personal;
use tasuki_core::provider::{ProviderNumber, ServiceType};
use tasuki_core::word::Word;

use super::cells::push_text;

/// The record does not fit the file's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// More entries than the file has columns for.
    #[error("more entries than the columns {column} hold")]
    TooMany {
        /// The group of columns.
        column: &'static str,
    },
    /// A record without content is written as a deletion only.
    #[error("content and kind of the record do not belong together")]
    Content,
    /// JSON could not be written.
    #[error("JSON cannot be written")]
    Json,
}

/// Appends the cells of one line.
pub(crate) struct RowWriter<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
}

impl<'a> RowWriter<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, first: true }
    }

    /// An empty cell.
    pub(crate) fn empty(&mut self) {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
    }

    /// So many empty cells.
    pub(crate) fn empties(&mut self, count: usize) {
        for _ in 0..count {
            self.empty();
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.empty();
        push_text(self.out, text);
    }

    pub(crate) fn opt_text(&mut self, text: Option<&str>) {
        self.text(text.unwrap_or_default());
    }

    pub(crate) fn personal(&mut self, text: Option<&Personal>) {
        self.opt_text(text.map(Personal::expose));
    }

    /// A word or code: never needs quotes.
    pub(crate) fn code(&mut self, code: &str) {
        self.empty();
        self.out.extend_from_slice(code.as_bytes());
    }

    pub(crate) fn word<T: Word>(&mut self, word: T) {
        self.code(word.word());
    }

    pub(crate) fn provider(&mut self, number: Option<&ProviderNumber>) {
        self.code(number.map_or("", ProviderNumber::as_str));
    }

    pub(crate) fn number(&mut self, number: impl Into<u64>) {
        self.empty();
        push_number(self.out, number.into(), 1);
    }

    pub(crate) fn opt_number(&mut self, value: Option<impl Into<u64>>) {
        match value {
            Some(value) => self.number(value),
            None => self.empty(),
        }
    }

    pub(crate) fn date(&mut self, date: Date) {
        self.empty();
        push_date(self.out, date);
    }

    pub(crate) fn opt_date(&mut self, date: Option<Date>) {
        match date {
            Some(date) => self.date(date),
            None => self.empty(),
        }
    }

    /// Words separated by single spaces.
    pub(crate) fn list<'t>(&mut self, items: impl Iterator<Item = &'t str>) {
        self.empty();
        for (place, item) in items.enumerate() {
            if place > 0 {
                self.out.push(b' ');
            }
            self.out.extend_from_slice(item.as_bytes());
        }
    }

    pub(crate) fn services(&mut self, services: &[ServiceType]) {
        self.list(services.iter().map(|service| service.code()));
    }
}

/// Digits of `number`, at least `width` of them.
fn push_number(out: &mut Vec<u8>, number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut rest = number;
    let mut used = 0;
    for slot in digits.iter_mut().rev() {
        if rest == 0 && used >= width {
            break;
        }
        *slot = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        used += 1;
    }
    out.extend_from_slice(digits.get(digits.len() - used..).unwrap_or_default());
}

/// A day as `YYYY-MM-DD`.
fn push_date(out: &mut Vec<u8>, date: Date) {
    push_number(out, u64::from(date.year().unsigned_abs()), 4);
    out.push(b'-');
    push_number(out, u64::from(date.month().unsigned_abs()), 2);
    out.push(b'-');
    push_number(out, u64::from(date.day().unsigned_abs()), 2);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_are_written_plainly() {
        let mut out = Vec::new();
        let mut row = RowWriter::new(&mut out);
        row.number(0u32);
        row.number(200_000u32);
        row.number(u64::MAX);
        row.date(jiff::civil::date(985, 3, 4));
        row.opt_number(None::<u32>);
        row.list(["a", "b"].into_iter());
        assert_eq!(out, b"0,200000,18446744073709551615,0985-03-04,,a b");
    }
}
