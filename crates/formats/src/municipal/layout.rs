//! How the lines of one file are read and written: a pure function from bytes to a record.

use std::borrow::Cow;

use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::word::Word;

use super::cells;
use super::column::{Column, KEY_COLUMNS};
use super::finding::{Finding, Rule};
use super::json;
use super::kinds::{read_content, write_content};
use super::name::FileName;
use super::row::Row;
use super::write::{EncodeError, RowWriter};
use super::{Change, Op, Record, RecordKind, Scope};

/// A line that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Number in the file, the header being line 1.
    pub number: u64,
    /// What it says.
    pub record: Record,
    /// What is odd about it and was taken all the same.
    pub warnings: Vec<Finding>,
}

/// Places of [`KEY_COLUMNS`]: operation, insurer, insured person, history.
const KEY_PLACES: [usize; 4] = [0, 1, 2, 3];

/// Longest line of a flat file, bytes.
pub const CSV_LINE_MAX: usize = 64 * 1024;

/// Longest line of JSON, bytes.
pub const JSON_LINE_MAX: usize = 512 * 1024;

/// How the lines of one file are read; cheap to share between threads.
#[derive(Debug, Clone)]
pub struct Layout {
    kind: RecordKind,
    insurer: InsurerNumber,
    scope: Scope,
    /// Cell of each defined column, key columns first.
    places: Vec<Option<usize>>,
    /// Cells in the header.
    width: usize,
}

impl Layout {
    /// The layout of a file in JSON Lines, which has no header.
    pub fn json(name: &FileName) -> Self {
        let FileName { insurer, kind, scope, .. } = name;
        Self { kind: *kind, insurer: insurer.clone(), scope: *scope, places: Vec::new(), width: 0 }
    }

    /// The layout of a flat file from its first line.
    ///
    /// # Errors
    ///
    /// Findings about the header; without a sound header no line can be read.
    pub fn of_header(name: &FileName, header: &[u8]) -> Result<Self, Vec<Finding>> {
        let whole = |rule| vec![Finding::line(1, rule)];
        let header = header.strip_prefix("\u{feff}".as_bytes()).unwrap_or(header);
        let header = std::str::from_utf8(header).map_err(|_| whole(Rule::Encoding))?;
        if header.is_empty() {
            return Err(whole(Rule::EmptyFile));
        }
        let mut cells = Vec::new();
        cells::split(header, &mut cells).map_err(whole)?;
        let places = places(name.kind, &cells)?;
        Ok(Self { places, width: cells.len(), ..Self::json(name) })
    }

    /// What kind of record the file holds.
    pub fn kind(&self) -> RecordKind {
        self.kind
    }

    /// Longest line, bytes.
    pub fn line_max(&self) -> usize {
        if self.kind.is_json() { JSON_LINE_MAX } else { CSV_LINE_MAX }
    }

    /// Reads one line (without its end). Pure: lines may be read in any order on any thread.
    ///
    /// # Errors
    ///
    /// Every finding of the line, warnings included.
    pub fn parse_line(&self, number: u64, bytes: &[u8]) -> Result<Line, Vec<Finding>> {
        let whole = |rule| vec![Finding::line(number, rule)];
        if bytes.len() > self.line_max() {
            return Err(whole(Rule::LineTooLong));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| whole(Rule::Encoding))?;
        let (record, findings) = if self.kind.is_json() {
            json::read(self.kind, number, text)
        } else {
            let mut cells = Vec::with_capacity(self.width);
            cells::split(text, &mut cells).map_err(whole)?;
            if cells.len() != self.width {
                return Err(whole(Rule::ColumnCount));
            }
            self.read_cells(number, &cells)
        };
        self.judge(number, record, findings)
    }

    /// Person and history number of a line that was refused, when they can be read at all: what a
    /// full set names badly is not gone.
    pub fn key_of(&self, bytes: &[u8]) -> Option<(InsuredNumber, String)> {
        let text = std::str::from_utf8(bytes).ok()?;
        if self.kind.is_json() {
            return json::key_of(text);
        }
        let mut cells = Vec::with_capacity(self.width);
        cells::split(text, &mut cells).ok()?;
        let cell = |place: usize| cells.get((*self.places.get(place)?)?);
        let [_, _, insured, history] = KEY_PLACES;
        let insured = InsuredNumber::parse(cell(insured)?).ok()?;
        Some((insured, cell(history)?.to_string()))
    }

    /// Reads the cells of a flat line.
    fn read_cells(&self, number: u64, cells: &[Cow<'_, str>]) -> (Option<Record>, Vec<Finding>) {
        let mut row = Row::new(&self.places, cells, number);
        row.columns(KEY_COLUMNS, true);
        let op = row.word::<Op>(Rule::Op);
        let (insurer, insured, history) = (row.insurer(), row.insured(), row.history());
        let person = insurer.zip(insured).map(|(insurer, insured)| PersonKey { insurer, insured });
        let content = if op == Some(Op::Delete) {
            None
        } else {
            row.columns(self.kind.columns(), true);
            read_content(self.kind, person.as_ref(), &mut row)
        };
        let change = op.and_then(|op| Change::new(op, content));
        let record = person.zip(history).zip(change).map(|((person, history), change)| Record {
            person,
            history,
            change,
        });
        (record, row.into_findings())
    }

    /// Holds the record against the file's name and parts warnings from refusals.
    fn judge(
        &self,
        number: u64,
        record: Option<Record>,
        mut findings: Vec<Finding>,
    ) -> Result<Line, Vec<Finding>> {
        if let Some(record) = &record {
            if record.person.insurer != self.insurer {
                let other = record.person.insurer.as_str();
                findings.push(Finding::cell(number, "insurer", Rule::OtherInsurer, other));
            }
            if self.scope == Scope::Full && record.change.op() != Op::Put {
                findings.push(Finding::cell(
                    number,
                    "op",
                    Rule::OpInFull,
                    record.change.op().word(),
                ));
            }
        }
        match record {
            Some(record) if findings.iter().all(|finding| finding.rule.is_warning()) => {
                Ok(Line { number, record, warnings: findings })
            }
            _ => Err(findings),
        }
    }
}

/// Where each defined column stands in the header.
fn places(kind: RecordKind, header: &[Cow<'_, str>]) -> Result<Vec<Option<usize>>, Vec<Finding>> {
    let columns: Vec<&Column> = KEY_COLUMNS.iter().chain(kind.columns()).collect();
    let mut places = vec![None; columns.len()];
    let mut findings = Vec::new();
    for (cell, name) in header.iter().enumerate() {
        // A name that is not ours may be a value of a file without a header: say only its place.
        let Some(at) = columns.iter().position(|column| column.name == name.as_ref()) else {
            let place = format!("{}列目", cell + 1);
            findings.push(Finding::cell(1, place, Rule::HeaderUnknown, name));
            continue;
        };
        match places.get_mut(at) {
            Some(place @ None) => *place = Some(cell),
            _ => findings.push(Finding::cell(1, name.as_ref(), Rule::HeaderRepeated, "")),
        }
    }
    for (column, place) in columns.iter().zip(&places) {
        if column.required && place.is_none() {
            findings.push(Finding::cell(1, column.name, Rule::HeaderLacks, ""));
        }
    }
    if findings.is_empty() { Ok(places) } else { Err(findings) }
}

/// First line of a flat file of `kind`, without its end; empty for JSON Lines.
pub fn header_line(kind: RecordKind) -> String {
    if kind.is_json() {
        return String::new();
    }
    let names: Vec<&str> =
        KEY_COLUMNS.iter().chain(kind.columns()).map(|column| column.name).collect();
    names.join(",")
}

/// Appends the line of `record` with its end.
///
/// # Errors
///
/// [`EncodeError`] when the record does not fit the file; `out` may then hold a part of it.
pub fn encode(kind: RecordKind, record: &Record, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if kind.is_json() {
        json::write(kind, record, out)?;
    } else {
        let mut row = RowWriter::new(out);
        row.word(record.change.op());
        row.code(record.person.insurer.as_str());
        row.code(record.person.insured.expose());
        row.code(&record.history);
        match record.change.content() {
            Some(content) => write_content(kind, content, &mut row)?,
            None => row.empties(kind.columns().len()),
        }
    }
    out.push(b'\n');
    Ok(())
}
