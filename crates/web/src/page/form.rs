//! Forms that come back (入力フォーム): what was typed and what is wrong with it.

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::civil::Date;

use super::Choice;
use crate::problem::{FieldError, messages};

/// State of a form: values to show again, and the errors beside the fields.
///
/// Passwords and codes are never put back: leave them out of the values.
#[derive(Debug, Clone, Default)]
pub struct Form {
    values: BTreeMap<&'static str, String>,
    errors: Vec<FieldError>,
}

/// One line of the summary of errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorLine {
    /// Id of the field, for the link.
    pub field: String,
    /// What is wrong and what to do.
    pub text: String,
}

impl Form {
    /// An empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// The form with a value in `field`.
    #[must_use]
    pub fn with(mut self, field: &'static str, value: impl Into<String>) -> Self {
        self.values.insert(field, value.into());
        self
    }

    /// The form with errors beside its fields.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// What was typed in `field`; empty when nothing was.
    pub fn value(&self, field: &str) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }

    /// `field` holds `value`: for choices and ticks.
    pub fn is(&self, field: &str, value: &str) -> bool {
        self.value(field) == value
    }

    /// What was typed in the part of a date field: `birth_date` and `year`.
    pub fn part(&self, field: &str, part: &str) -> &str {
        let of = |name: &str| name.strip_prefix(field)?.strip_prefix('_').map(|own| own == part);
        let found = self.values.iter().find(|(name, _)| of(name) == Some(true));
        found.map_or("", |(_, value)| value.as_str())
    }

    /// What is wrong with `field` and what to do; empty when nothing is.
    pub fn error(&self, field: &str) -> String {
        let found = self.errors.iter().find(|error| error.field == field);
        found.map_or_else(String::new, |error| messages().rule(&error.rule))
    }

    /// 422 for a form that comes back with errors.
    pub fn status(&self) -> StatusCode {
        match self.errors.is_empty() {
            true => StatusCode::OK,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// Every error, for the summary at the top; in the order of the checks.
    pub fn errors(&self) -> Vec<ErrorLine> {
        let line = |error: &FieldError| ErrorLine {
            field: error.field.clone().into_owned(),
            text: messages().rule(&error.rule),
        };
        self.errors.iter().map(line).collect()
    }
}

/// Eras of the date field, the likeliest first: Showa for birthdays, Reiwa for everything else.
pub fn eras(birth: bool) -> Vec<Choice> {
    let words = match birth {
        true => ["showa", "taisho", "heisei", "reiwa", "western"],
        false => ["reiwa", "western", "heisei", "showa", "taisho"],
    };
    let label = |era| match era {
        "showa" => "昭和",
        "taisho" => "大正",
        "heisei" => "平成",
        "reiwa" => "令和",
        _ => "西暦",
    };
    words.into_iter().map(|era| Choice::new(era, label(era))).collect()
}

/// Years from the western year of an era's first year, minus one.
const ERAS: [(&str, i16); 5] =
    [("western", 0), ("reiwa", 2018), ("heisei", 1988), ("showa", 1925), ("taisho", 1911)];

/// The date of the four parts that the date field sends: `NAME_era`, `NAME_year`, `NAME_month`,
/// `NAME_day`. Full-width digits are folded; `None` when it is no date.
pub fn dated(era: &str, year: &str, month: &str, day: &str) -> Option<Date> {
    let (_, before) = ERAS.iter().find(|(known, _)| *known == era)?;
    let number = |text: &str| fold_digits(text.trim()).parse::<i16>().ok();
    let year = if year.trim() == "元" { 1 } else { number(year)? };
    let (month, day) = (i8::try_from(number(month)?).ok()?, i8::try_from(number(day)?).ok()?);
    let date = Date::new(before.checked_add(year)?, month, day).ok()?;
    (year > 0 && (1868..=2199).contains(&date.year())).then_some(date)
}

/// Full-width digits as ASCII digits.
fn fold_digits(text: &str) -> String {
    let fold = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        other => other,
    };
    text.chars().map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_date_may_be_typed_in_either_calendar() {
        assert_eq!(dated("showa", "17", "3", "5"), Some(date(1942, 3, 5)));
        assert_eq!(dated("western", "1942", "03", "05"), Some(date(1942, 3, 5)));
        assert_eq!(dated("reiwa", "元", "５", "１"), Some(date(2019, 5, 1)));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for (era, year, month, day) in [
            ("showa", "17", "2", "30"),
            ("meiji", "17", "2", "3"),
            ("western", "0", "1", "1"),
            ("reiwa", "-3", "1", "1"),
            ("western", "", "", ""),
        ] {
            assert_eq!(dated(era, year, month, day), None, "{era} {year}");
        }
    }

    #[test]
    fn an_error_stands_beside_its_field_only() {
        let form = Form::new()
            .with("login", "a")
            .with_errors(vec![FieldError::new("password", "required")]);
        assert_eq!(form.value("login"), "a");
        assert_eq!(form.error("login"), "");
        assert!(!form.error("password").is_empty());
        assert_eq!(form.errors().len(), 1);
    }
}
