//! The list of files of one transfer (`manifest.json`), and hashing while reading or writing.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tasuki_core::insurer::InsurerNumber;
use utoipa::ToSchema;

use super::finding::{Finding, Rule};
use super::name::FileName;
use super::{PROTOCOL_VERSION, Scope};

/// Name of the manifest in every transfer.
pub const MANIFEST_NAME: &str = "manifest.json";

/// What a transfer holds. Sent first (送信の目録).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "protocol": 1, "insurer": "990010", "sequence": 2, "scope": "diff",
    "files": [{
        "name": "TASUKI_990010_insured_person_diff_000002.csv",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "bytes": 14009, "lines": 101
    }]
})))]
pub struct Manifest {
    /// Version of the protocol (仕様の版).
    pub protocol: u32,
    /// Who sends (保険者番号).
    pub insurer: InsurerNumber,
    /// Number of the transfer, growing by one (送信の番号).
    pub sequence: u32,
    /// All, or changes (全件・差分).
    pub scope: Scope,
    /// Its files (ファイル).
    pub files: Vec<ManifestFile>,
}

/// One file of a transfer (ファイルの知らせ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Name, as [`FileName`] prints it (ファイルの名前).
    pub name: String,
    /// SHA-256 of its bytes, lower-case hexadecimal (SHA-256 の値).
    pub sha256: String,
    /// Bytes (バイト数).
    pub bytes: u64,
    /// Lines, the header included (行の数).
    pub lines: u64,
}

impl Manifest {
    /// Findings about the manifest itself: version, names that do not belong to it, names twice.
    pub fn findings(&self) -> Vec<Finding> {
        let mut seen = BTreeSet::new();
        let mut findings = Vec::new();
        if self.protocol != PROTOCOL_VERSION {
            findings.push(Finding::cell(0, "protocol", Rule::Code, &self.protocol.to_string()));
        }
        for (place, file) in self.files.iter().enumerate() {
            let column = format!("files[{place}].name");
            let rule = match FileName::parse(&file.name) {
                Err(rule) => Some(rule),
                Ok(name) if name.insurer != self.insurer => Some(Rule::OtherInsurer),
                Ok(name) if name.sequence != self.sequence || name.scope != self.scope => {
                    Some(Rule::ManifestFile)
                }
                Ok(_) => (!seen.insert(&file.name)).then_some(Rule::ManifestFile),
            };
            findings.extend(rule.map(|rule| Finding::cell(0, column, rule, "")));
        }
        findings
    }
}

impl ManifestFile {
    /// Compares what came with what was announced.
    pub fn findings(&self, came: &ManifestFile) -> Vec<Finding> {
        let differs = [
            (self.sha256 != came.sha256, "sha256", Rule::ManifestHash),
            (self.lines != came.lines, "lines", Rule::ManifestLines),
        ];
        let broken = differs.into_iter().filter(|(differs, ..)| *differs);
        broken.map(|(_, column, rule)| Finding::cell(0, column, rule, "")).collect()
    }
}

/// Hash, bytes and lines of what has passed.
#[derive(Debug, Clone, Default)]
struct Tally {
    hash: Sha256,
    bytes: u64,
    lines: u64,
    open: bool,
}

impl Tally {
    fn pass(&mut self, part: &[u8]) {
        let Some(last) = part.last() else { return };
        self.hash.update(part);
        self.bytes += u64::try_from(part.len()).unwrap_or(u64::MAX);
        let ends = part.iter().filter(|byte| **byte == b'\n').count();
        self.lines += u64::try_from(ends).unwrap_or(u64::MAX);
        self.open = *last != b'\n';
    }

    /// A last line without its end counts too.
    fn finish(self, name: String) -> ManifestFile {
        let sha256 = hex::encode(self.hash.finalize());
        let lines = self.lines + u64::from(self.open);
        ManifestFile { name, sha256, bytes: self.bytes, lines }
    }
}

/// A reader that hashes and counts what is read through it.
#[derive(Debug)]
pub struct HashingReader<R> {
    inner: R,
    tally: Tally,
}

impl<R: Read> HashingReader<R> {
    /// Wraps `inner`.
    pub fn new(inner: R) -> Self {
        Self { inner, tally: Tally::default() }
    }

    /// What was read, as the manifest would say it.
    pub fn finish(self, name: String) -> ManifestFile {
        self.tally.finish(name)
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.tally.pass(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// A writer that hashes and counts what is written through it.
#[derive(Debug)]
pub struct HashingWriter<W> {
    inner: W,
    tally: Tally,
}

impl<W: Write> HashingWriter<W> {
    /// Wraps `inner`.
    pub fn new(inner: W) -> Self {
        Self { inner, tally: Tally::default() }
    }

    /// Flushes, and says what was written as the manifest says it.
    ///
    /// # Errors
    ///
    /// When flushing fails.
    pub fn finish(mut self, name: String) -> io::Result<(W, ManifestFile)> {
        self.inner.flush()?;
        Ok((self.inner, self.tally.finish(name)))
    }
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(part)?;
        self.tally.pass(part.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn manifest(name: &str) -> Manifest {
        let file =
            ManifestFile { name: name.to_owned(), sha256: String::new(), bytes: 0, lines: 0 };
        let insurer = InsurerNumber::with_check_digit("99001").unwrap();
        Manifest { protocol: 1, insurer, sequence: 1, scope: Scope::Full, files: vec![file] }
    }

    #[test]
    fn a_manifest_names_only_files_of_its_own_transfer() {
        let rules = |name: &str| -> Vec<Rule> {
            manifest(name).findings().into_iter().map(|finding| finding.rule).collect()
        };
        let insurer = manifest("").insurer;
        let name = |rest| format!("TASUKI_{insurer}_{rest}.csv");
        assert_eq!(rules(&name("service_use_full_000001")), []);
        assert_eq!(rules(&name("service_use_full_000002")), [Rule::ManifestFile]);
        assert_eq!(rules(&name("service_use_diff_000001")), [Rule::ManifestFile]);
        assert_eq!(rules("../passwd"), [Rule::FileName]);
    }

    proptest! {
        #[test]
        fn reading_and_writing_tally_the_same(text in "[a-z\n]{0,200}") {
            let mut writer = HashingWriter::new(Vec::new());
            writer.write_all(text.as_bytes()).unwrap();
            let (bytes, written) = writer.finish("f".to_owned()).unwrap();
            let mut reader = HashingReader::new(Cursor::new(bytes));
            io::copy(&mut reader, &mut io::sink()).unwrap();
            let read = reader.finish("f".to_owned());
            prop_assert_eq!(read.lines, u64::try_from(text.lines().count()).unwrap());
            prop_assert_eq!(read, written);
        }
    }
}
