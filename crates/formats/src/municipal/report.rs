//! Reports of a file (取込結果): JSON for software, CSV for people, written as findings come.

use std::io::{self, Write};

use serde::Serialize;
use tasuki_core::word::Word;

use super::PROTOCOL_VERSION;
use super::cells::push_text;
use super::finding::Finding;

/// Totals of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Lines read, without header and empty lines.
    pub lines: u64,
    /// Lines taken.
    pub taken: u64,
    /// Lines taken before with the same content; nothing changed.
    pub unchanged: u64,
    /// Lines refused.
    pub refused: u64,
    /// Findings, warnings included.
    pub findings: u64,
}

/// Writes a report as one JSON object.
#[derive(Debug)]
pub struct JsonReport<W> {
    out: W,
    any: bool,
}

impl<W: Write> JsonReport<W> {
    /// Begins the report of `file`.
    ///
    /// # Errors
    ///
    /// When writing fails.
    pub fn new(mut out: W, file: &str) -> io::Result<Self> {
        let file = serde_json::Value::from(file);
        write!(out, "{{\"protocol\":{PROTOCOL_VERSION},\"file\":{file},\"findings\":[")?;
        Ok(Self { out, any: false })
    }

    /// Adds a finding.
    ///
    /// # Errors
    ///
    /// When writing fails.
    pub fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.out.write_all(if self.any { b",\n" } else { b"\n" })?;
        self.any = true;
        serde_json::to_writer(&mut self.out, finding)?;
        Ok(())
    }

    /// Ends the report.
    ///
    /// # Errors
    ///
    /// When writing fails.
    pub fn finish(mut self, summary: &Summary) -> io::Result<W> {
        self.out.write_all(b"\n],\"summary\":")?;
        serde_json::to_writer(&mut self.out, summary)?;
        self.out.write_all(b"}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Writes a report as CSV (UTF-8 with BOM, so that spreadsheets read it).
#[derive(Debug)]
pub struct CsvReport<W> {
    out: W,
}

impl<W: Write> CsvReport<W> {
    /// Begins the report.
    ///
    /// # Errors
    ///
    /// When writing fails.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all("\u{feff}行,列,規則,扱い,値の種類,直し方\r\n".as_bytes())?;
        Ok(Self { out })
    }

    /// Adds a finding.
    ///
    /// # Errors
    ///
    /// When writing fails.
    pub fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let line = finding.line.to_string();
        let treated = if finding.rule.is_warning() { "注意" } else { "取込まず" };
        let column = finding.column.as_deref().unwrap_or_default();
        let cells =
            [&line, column, finding.rule.word(), treated, &finding.value_class, &finding.mend];
        let mut row = Vec::new();
        for (place, cell) in cells.into_iter().enumerate() {
            if place > 0 {
                row.push(b',');
            }
            push_text(&mut row, cell);
        }
        row.extend_from_slice(b"\r\n");
        self.out.write_all(&row)
    }

    /// Ends the report.
    ///
    /// # Errors
    ///
    /// When writing fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::municipal::Rule;

    #[test]
    fn both_reports_say_line_column_rule_class_and_mend() {
        let finding = Finding::cell(7, "birth_date", Rule::Date, "R8.1.1");
        let mut json = JsonReport::new(Vec::new(), "f.csv").unwrap();
        json.finding(&finding).unwrap();
        json.finding(&Finding::line(9, Rule::Encoding)).unwrap();
        let json = json.finish(&Summary { lines: 9, ..Summary::default() }).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(json["findings"][0]["rule"], "date");
        assert_eq!(json["findings"][0]["value_class"], "数字・英字・記号6文字");
        assert_eq!(json["findings"][1]["line"], 9);
        assert_eq!(json["summary"]["lines"], 9);

        let mut csv = CsvReport::new(Vec::new()).unwrap();
        csv.finding(&finding).unwrap();
        let csv = String::from_utf8(csv.finish().unwrap()).unwrap();
        assert!(csv.contains("\r\n7,birth_date,date,取込まず,数字・英字・記号6文字,"), "{csv}");
    }
}
