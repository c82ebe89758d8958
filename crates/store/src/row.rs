//! Values and rows, the same for both engines.

use crate::error::StoreError;

/// One parameter or one column.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// `BIGINT`.
    Int(i64),
    /// `TEXT`.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl std::fmt::Debug for Value {
    /// The kind only: parameters hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Int(_) => "Int(_)",
            Self::Text(_) => "Text(_)",
            Self::Bytes(_) => "Bytes(_)",
        })
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<jiff::civil::Date> for Value {
    fn from(value: jiff::civil::Date) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<tasuki_core::date::AtMs> for Value {
    fn from(value: tasuki_core::date::AtMs) -> Self {
        Self::Int(value.0)
    }
}

impl From<&tasuki_core::insurer::InsurerNumber> for Value {
    fn from(value: &tasuki_core::insurer::InsurerNumber) -> Self {
        Self::from(value.as_str())
    }
}

impl From<&tasuki_core::insured::InsuredNumber> for Value {
    fn from(value: &tasuki_core::insured::InsuredNumber) -> Self {
        Self::from(value.expose())
    }
}

impl From<&tasuki_core::provider::ProviderNumber> for Value {
    fn from(value: &tasuki_core::provider::ProviderNumber) -> Self {
        Self::from(value.as_str())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Writes a list of parameters: `params![number, at, &text]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}

/// One row of an answer; columns are taken in the order of the statement.
#[derive(Debug, Clone)]
pub struct Row {
    table: &'static str,
    columns: std::vec::IntoIter<Value>,
}

impl Row {
    pub(crate) fn new(columns: Vec<Value>) -> Self {
        Self { table: "answer", columns: columns.into_iter() }
    }

    /// Names the table, for errors that say where a value could not be read.
    #[must_use]
    pub fn of(mut self, table: &'static str) -> Self {
        self.table = table;
        self
    }

    /// Leaves out the next `columns`.
    pub(crate) fn skip(&mut self, columns: usize) {
        for _ in 0..columns {
            self.columns.next();
        }
    }

    /// The error for a value of `column` that does not parse.
    pub fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt { table: self.table, column }
    }

    /// Next column as text.
    pub fn text(&mut self, column: &'static str) -> Result<String, StoreError> {
        self.optional_text(column)?.ok_or_else(|| self.corrupt(column))
    }

    /// Next column as text, or nothing.
    pub fn optional_text(&mut self, column: &'static str) -> Result<Option<String>, StoreError> {
        match self.columns.next() {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.corrupt(column)),
        }
    }

    /// Next column as a whole number.
    pub fn int(&mut self, column: &'static str) -> Result<i64, StoreError> {
        self.optional_int(column)?.ok_or_else(|| self.corrupt(column))
    }

    /// Next column as a whole number, or nothing.
    pub fn optional_int(&mut self, column: &'static str) -> Result<Option<i64>, StoreError> {
        match self.columns.next() {
            Some(Value::Int(value)) => Ok(Some(value)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.corrupt(column)),
        }
    }

    /// Next column as yes or no (1 or 0).
    pub fn flag(&mut self, column: &'static str) -> Result<bool, StoreError> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.corrupt(column)),
        }
    }

    /// Next column as bytes.
    pub fn bytes(&mut self, column: &'static str) -> Result<Vec<u8>, StoreError> {
        self.optional_bytes(column)?.ok_or_else(|| self.corrupt(column))
    }

    /// Next column as bytes, or nothing.
    pub fn optional_bytes(&mut self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.columns.next() {
            Some(Value::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.corrupt(column)),
        }
    }

    /// Next column, parsed from its text by `parse`.
    pub fn parsed<T, E>(
        &mut self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, StoreError> {
        let text = self.text(column)?;
        parse(&text).map_err(|_| self.corrupt(column))
    }

    /// Next column as the word of an enum.
    pub fn word<T: tasuki_core::word::Word>(
        &mut self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        let text = self.text(column)?;
        T::from_word(&text).ok_or_else(|| self.corrupt(column))
    }

    /// Next column as a civil date, or nothing.
    pub fn optional_date(
        &mut self,
        column: &'static str,
    ) -> Result<Option<jiff::civil::Date>, StoreError> {
        let text = self.optional_text(column)?;
        text.map(|text| text.parse().map_err(|_| self.corrupt(column))).transpose()
    }

    /// Next column as a moment.
    pub fn at(&mut self, column: &'static str) -> Result<tasuki_core::date::AtMs, StoreError> {
        self.int(column).map(tasuki_core::date::AtMs)
    }

    /// Next column as a moment, or nothing.
    pub fn optional_at(
        &mut self,
        column: &'static str,
    ) -> Result<Option<tasuki_core::date::AtMs>, StoreError> {
        Ok(self.optional_int(column)?.map(tasuki_core::date::AtMs))
    }
}
