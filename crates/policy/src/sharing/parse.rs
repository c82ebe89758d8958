//! Reading both files: what they share, and how they are joined.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::de::DeserializeOwned;
use tasuki_core::document::DocumentKind;
use tasuki_core::provider::ServiceType;
use tasuki_core::word::Word;
use toml::Spanned;

use super::error::{SharingError, SharingFile, SharingProblem};
use super::{Row, Sharing, functions, table};

/// A list of words, each with its place.
pub(super) type Words = Vec<Spanned<String>>;

pub(super) fn sharing(table: &str, jobs: &str) -> Result<Sharing, SharingError> {
    let cells = table::cells(&Text { file: SharingFile::Table, text: table })?;
    let jobs = functions::jobs(&Text { file: SharingFile::Jobs, text: jobs })?;
    let rows = cells.into_iter().map(|(kind, cells)| {
        // INVARIANT: both files name every kind, so a kind without function cannot occur here;
        // a place outside the list would be closed for every job.
        let function = jobs.function_of.get(&kind).copied().unwrap_or(usize::MAX);
        let table::Cells { author, shared, consent } = cells;
        (kind, Row { author, shared, consent, function })
    });
    Ok(Sharing {
        rows: rows.collect(),
        functions: jobs.functions,
        search: jobs.search,
        basics: jobs.basics,
        access_log: jobs.access_log,
        break_glass: jobs.break_glass,
    })
}

/// One file with its text, for messages that name the line.
pub(super) struct Text<'a> {
    pub(super) file: SharingFile,
    pub(super) text: &'a str,
}

impl Text<'_> {
    /// The file as a value of its raw form.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, SharingError> {
        toml::from_str(self.text).map_err(|error| {
            let at = error.span().map_or(self.text.len(), |span| span.start);
            self.error_at(at, SharingProblem::Form(error.message().to_owned()))
        })
    }

    pub(super) fn error(&self, span: Range<usize>, problem: SharingProblem) -> SharingError {
        self.error_at(span.start, problem)
    }

    fn error_at(&self, at: usize, problem: SharingProblem) -> SharingError {
        let before = self.text.bytes().take(at);
        let line = before.filter(|byte| *byte == b'\n').count() + 1;
        SharingError { file: self.file, line, problem }
    }

    /// The value of one word.
    pub(super) fn word<W: Word>(
        &self,
        word: &Spanned<String>,
        list: &'static str,
    ) -> Result<W, SharingError> {
        W::from_word(word.get_ref()).ok_or_else(|| self.unknown(word, list))
    }

    pub(super) fn unknown(&self, word: &Spanned<String>, list: &'static str) -> SharingError {
        let problem = SharingProblem::UnknownWord { word: word.get_ref().clone(), list };
        self.error(word.span(), problem)
    }

    /// The values of a list of words, none of them twice.
    pub(super) fn words<W: Word + Ord>(
        &self,
        words: &Words,
        list: &'static str,
    ) -> Result<BTreeSet<W>, SharingError> {
        let mut set = BTreeSet::new();
        for word in words {
            if !set.insert(self.word(word, list)?) {
                return Err(self.named_twice(word));
            }
        }
        Ok(set)
    }

    pub(super) fn named_twice(&self, word: &Spanned<String>) -> SharingError {
        self.error(word.span(), SharingProblem::NamedTwice { word: word.get_ref().clone() })
    }

    /// The service of one code.
    pub(super) fn service(&self, code: &Spanned<String>) -> Result<ServiceType, SharingError> {
        self.service_code(code.get_ref(), code)
    }

    /// The service of a code that stands within a longer word.
    pub(super) fn service_code(
        &self,
        code: &str,
        word: &Spanned<String>,
    ) -> Result<ServiceType, SharingError> {
        ServiceType::parse(code).map_err(|_| self.unknown(word, "service type"))
    }

    /// Puts a kind in its place, once.
    pub(super) fn place<T>(
        &self,
        map: &mut BTreeMap<DocumentKind, T>,
        word: &Spanned<String>,
        value: T,
    ) -> Result<(), SharingError> {
        let kind: DocumentKind = self.word(word, "kind of document")?;
        match map.insert(kind, value) {
            Some(_) => Err(self.error(word.span(), SharingProblem::Doubled { kind: kind.word() })),
            None => Ok(()),
        }
    }

    /// Every kind has its place.
    pub(super) fn complete<T>(&self, map: &BTreeMap<DocumentKind, T>) -> Result<(), SharingError> {
        match DocumentKind::ALL.iter().find(|kind| !map.contains_key(kind)) {
            Some(kind) => {
                let problem = SharingProblem::Missing { kind: kind.word() };
                Err(self.error_at(self.text.trim_end().len(), problem))
            }
            None => Ok(()),
        }
    }
}
