//! Reading a file line by line, or in batches that other threads parse.

use std::io::{self, BufRead};
use std::ops::Range;

use super::finding::{Finding, Rule};
use super::layout::{CSV_LINE_MAX, JSON_LINE_MAX, Layout, Line};
use super::name::FileName;

/// Why a file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The bytes could not be read.
    #[error("file cannot be read")]
    Io(#[from] io::Error),
    /// The header is not sound; no line can be read.
    #[error("header is not sound: {} findings", .0.len())]
    Header(Vec<Finding>),
}

/// A file, read one line or one batch at a time; never held whole.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    layout: Layout,
    /// Lines read so far, the header included.
    line: u64,
    scratch: Vec<u8>,
}

/// Lines of a file, not yet parsed.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    lines: Vec<(u64, Range<usize>)>,
}

impl Batch {
    /// Lines in it.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The bytes of every line with its number, in order.
    pub fn raw(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.lines
            .iter()
            .map(|(number, range)| (*number, self.bytes.get(range.clone()).unwrap_or_default()))
    }

    /// Parses every line, in order; any thread may do this.
    pub fn parse<'a>(
        &'a self,
        layout: &'a Layout,
    ) -> impl Iterator<Item = Result<Line, Vec<Finding>>> + 'a {
        self.raw().map(|(number, bytes)| layout.parse_line(number, bytes))
    }
}

impl<R: BufRead> Reader<R> {
    /// Opens a file by its name and reads the header, when the kind has one.
    ///
    /// # Errors
    ///
    /// [`OpenError::Header`] with every finding about the header.
    pub fn open(mut input: R, name: &FileName) -> Result<Self, OpenError> {
        let mut scratch = Vec::new();
        if name.kind.is_json() {
            let layout = Layout::json(name);
            return Ok(Self { input, layout, line: 0, scratch });
        }
        if read_line(&mut input, &mut scratch, CSV_LINE_MAX)? == End::Nothing {
            return Err(OpenError::Header(vec![Finding::line(0, Rule::EmptyFile)]));
        }
        let layout = Layout::of_header(name, &scratch).map_err(OpenError::Header)?;
        Ok(Self { input, layout, line: 1, scratch })
    }

    /// How its lines are read.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Lines read so far, the header included; a broken transfer resumes after this one.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Skips to the line after `line`, for a transfer that resumes.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be read.
    pub fn skip_to(&mut self, line: u64) -> io::Result<()> {
        while self.line < line {
            if read_line(&mut self.input, &mut self.scratch, 0)? == End::Nothing {
                break;
            }
            self.line += 1;
        }
        Ok(())
    }

    /// The next line, or `None` at the end; empty lines are passed over.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be read. What is wrong with a line is inside.
    pub fn next_line(&mut self) -> io::Result<Option<Result<Line, Vec<Finding>>>> {
        while self.advance()? {
            if !self.scratch.is_empty() {
                return Ok(Some(self.layout.parse_line(self.line, &self.scratch)));
            }
        }
        Ok(None)
    }

    /// Fills `batch` with the next lines, up to about `bytes`; false at the end.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be read.
    pub fn read_batch(&mut self, batch: &mut Batch, bytes: usize) -> io::Result<bool> {
        batch.bytes.clear();
        batch.lines.clear();
        while batch.bytes.len() < bytes && self.advance()? {
            if !self.scratch.is_empty() {
                let start = batch.bytes.len();
                batch.bytes.extend_from_slice(&self.scratch);
                batch.lines.push((self.line, start..batch.bytes.len()));
            }
        }
        Ok(!batch.is_empty())
    }

    /// Reads the next line into the scratch; false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        let more = read_line(&mut self.input, &mut self.scratch, self.layout.line_max())?;
        if more == End::Nothing {
            return Ok(false);
        }
        self.line += 1;
        if self.line == 1 && self.scratch.starts_with("\u{feff}".as_bytes()) {
            self.scratch.drain(..3);
        }
        Ok(true)
    }
}

/// How a line ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// There was a line, perhaps an empty one.
    Line,
    /// There was none.
    Nothing,
}

/// Reads one line without its end (LF or CR LF). Of a line longer than `max` it keeps `max` + 1
/// bytes, so that the caller sees that it is too long, and passes over the rest.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>, max: usize) -> io::Result<End> {
    line.clear();
    let mut any = false;
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            return Ok(if any { End::Line } else { End::Nothing });
        }
        any = true;
        let (part, used, ended) = match chunk.iter().position(|byte| *byte == b'\n') {
            Some(end) => (chunk.get(..end).unwrap_or_default(), end + 1, true),
            None => (chunk, chunk.len(), false),
        };
        let room = (max + 1).saturating_sub(line.len());
        line.extend_from_slice(part.get(..room).unwrap_or(part));
        input.consume(used);
        if ended {
            if line.last() == Some(&b'\r') && line.len() <= max {
                line.pop();
            }
            return Ok(End::Line);
        }
    }
}

const _: () = assert!(CSV_LINE_MAX < JSON_LINE_MAX);
