//! Fields of a form (入力の中身), and the checks that most forms need.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::page::{Form, dated};
use crate::problem::FieldError;

/// The longest value of a field that is not a drawing, in characters.
const LONGEST: usize = 2_000;

/// What a form sent. A field that comes twice counts once, as the last one says.
///
/// `Debug` shows names only: values are personal.
#[derive(Default, Clone)]
pub struct Fields(BTreeMap<String, String>);

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Fields {
    /// Fields of the pairs that a form sent. The character NUL, which no keyboard types and one of
    /// the engines does not store, is left out.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        let clean = |(name, value): (String, String)| (name, value.replace('\0', ""));
        Self(pairs.into_iter().map(clean).collect())
    }

    /// The value of a field without spaces at its ends; empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    /// The value as it was sent: passwords keep their spaces.
    pub fn raw(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// A tick was set.
    pub fn is_ticked(&self, name: &str) -> bool {
        self.get(name) == "yes"
    }

    /// The date of the four parts `NAME_era`, `NAME_year`, `NAME_month`, `NAME_day`.
    pub fn date(&self, name: &str) -> Option<Date> {
        let part = |part: &str| self.get(&format!("{name}_{part}")).to_owned();
        dated(&part("era"), &part("year"), &part("month"), &part("day"))
    }

    /// No part of the date was typed.
    pub fn is_date_empty(&self, name: &str) -> bool {
        ["year", "month", "day"].iter().all(|part| self.get(&format!("{name}_{part}")).is_empty())
    }

    /// A form with what was typed in `names`, to be shown again.
    pub fn form(&self, names: &[&'static str]) -> Form {
        names.iter().fold(Form::new(), |form, name| form.with(name, self.get(name)))
    }
}

/// Collects what is wrong with a form, field by field.
#[derive(Debug, Default)]
pub struct Wrong(Vec<FieldError>);

impl Wrong {
    /// Nothing is wrong yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// `field` breaks `rule`.
    pub fn add(&mut self, field: &'static str, rule: &'static str) {
        self.0.push(FieldError::new(field, rule));
    }

    /// The text of a field that must be there and not be too long.
    pub fn text(&mut self, fields: &Fields, field: &'static str, rule: &'static str) -> String {
        let text = fields.get(field);
        if text.is_empty() {
            self.add(field, rule);
        } else if text.chars().count() > LONGEST {
            self.add(field, "too-long");
        }
        text.to_owned()
    }

    /// `value`, or the rule that it breaks.
    pub fn take<T>(
        &mut self,
        field: &'static str,
        rule: &'static str,
        value: Option<T>,
    ) -> Option<T> {
        if value.is_none() {
            self.add(field, rule);
        }
        value
    }

    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong.
    pub fn into_errors(self) -> Vec<FieldError> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::of(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    }

    #[test]
    fn a_date_comes_in_four_parts() {
        let parts = [("d_era", "reiwa"), ("d_year", "8"), ("d_month", "4"), ("d_day", " 1 ")];
        assert_eq!(fields(&parts).date("d"), Some(date(2026, 4, 1)));
        assert!(fields(&[("d_era", "reiwa")]).is_date_empty("d"));
        assert_eq!(fields(&parts).get("other"), "");
    }

    #[test]
    fn values_are_not_printed() {
        assert_eq!(format!("{:?}", fields(&[("password", "himitsu")])), r#"{"password"}"#);
    }
}
