//! The two tables as data: what each column may read, and which job may open it.

use std::collections::{BTreeMap, BTreeSet};

use tasuki_core::account::JobType;
use tasuki_core::document::DocumentKind;
use tasuki_core::provider::ServiceType;
use tasuki_core::word::Word;

use crate::column::{Access, Column};
use crate::reader::{Office, Reader, Staff};

mod error;
mod functions;
mod parse;
mod table;

pub use error::{SharingError, SharingFile, SharingProblem};

/// The published table (共有範囲の表) with the table of jobs (機能×サービス種類×職種), checked.
///
/// Everything that is not named is closed: there is no wildcard and no default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharing {
    rows: BTreeMap<DocumentKind, Row>,
    functions: Vec<Function>,
    search: BTreeSet<JobType>,
    basics: BTreeSet<JobType>,
    access_log: BTreeSet<JobType>,
    break_glass: BreakGlass,
}

/// One row of the table, with the place of its kind among the functions.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    author: Vec<Maker>,
    shared: BTreeSet<Column>,
    consent: BTreeSet<Column>,
    function: usize,
}

/// A column that makes a kind, where needed only with certain services.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Maker {
    column: Column,
    only_services: Option<Vec<ServiceType>>,
}

/// Which jobs may open a group of kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Function {
    jobs: BTreeMap<Column, BTreeSet<JobType>>,
    by_service: BTreeMap<ServiceType, BTreeSet<JobType>>,
}

/// Who may open what in an emergency (緊急時の閲覧).
#[derive(Debug, Clone, PartialEq, Eq)]
struct BreakGlass {
    jobs: BTreeSet<JobType>,
    kinds: BTreeSet<DocumentKind>,
}

impl Sharing {
    /// The tables as published, which come with the program.
    ///
    /// # Errors
    ///
    /// [`SharingError`] when a file that comes with the program is broken; a test proves it is not.
    pub fn published() -> Result<Self, SharingError> {
        Self::parse(Self::PUBLISHED_TABLE, Self::PUBLISHED_JOBS)
    }

    /// Text of the published sharing table, `data/sharing.toml`.
    pub const PUBLISHED_TABLE: &str = include_str!("../data/sharing.toml");

    /// Text of the table of jobs, `data/function_jobs.toml`.
    pub const PUBLISHED_JOBS: &str = include_str!("../data/function_jobs.toml");

    /// Reads an operator's own tables: `table` in the form of `data/sharing.toml`, `jobs` in the
    /// form of `data/function_jobs.toml`.
    ///
    /// # Errors
    ///
    /// [`SharingError`] with file and line for the first thing that is missing, doubled or unknown.
    pub fn parse(table: &str, jobs: &str) -> Result<Self, SharingError> {
        parse::sharing(table, jobs)
    }

    /// A reader of this column may make papers of this kind (★); used before a paper is taken in.
    ///
    /// For an office, `※1` counts: a care manager elsewhere makes the plan of their person.
    pub fn may_make(&self, kind: DocumentKind, reader: &Reader) -> bool {
        let makers = self.rows.get(&kind).map_or(&[][..], |row| &row.author);
        makers.iter().any(|maker| match reader {
            Reader::InsuredPerson { .. } => maker.column == Column::InsuredPerson,
            Reader::Insurer { .. } => maker.column == Column::Insurer,
            Reader::Provider { office, staff } => {
                office.stands_in(maker.column, *staff) && maker.allows(&office.services)
            }
            Reader::ReviewBoard | Reader::Operator => false,
        })
    }

    /// Whether the table shows ★ for this column.
    pub fn is_author(&self, kind: DocumentKind, column: Column) -> bool {
        self.rows
            .get(&kind)
            .is_some_and(|row| row.author.iter().any(|maker| maker.column == column))
    }

    /// The cell for a reader of `column` that did not make the paper itself.
    pub fn access(&self, kind: DocumentKind, column: Column) -> Access {
        match self.rows.get(&kind) {
            Some(row) if row.shared.contains(&column) => Access::Shared,
            Some(row) if row.consent.contains(&column) => Access::Consent,
            _ => Access::Never,
        }
    }

    /// The insurer made all papers of a ★ kind of its persons, so ★ opens them like ○.
    pub(crate) fn access_of_insurer(&self, kind: DocumentKind) -> Access {
        self.access_or_made(kind, Column::Insurer)
    }

    /// The person made all papers of a ★ kind, so ★ opens them like ○.
    pub(crate) fn access_of_person(&self, kind: DocumentKind) -> Access {
        self.access_or_made(kind, Column::InsuredPerson)
    }

    fn access_or_made(&self, kind: DocumentKind, column: Column) -> Access {
        if self.is_author(kind, column) { Access::Shared } else { self.access(kind, column) }
    }

    /// The most open cell among the columns where this office stands and this job may open.
    pub(crate) fn access_of_office(
        &self,
        kind: DocumentKind,
        office: &Office,
        staff: Staff,
    ) -> Access {
        self.best(kind, office, staff, |column| {
            self.job_may_open_at(kind, column, office, staff.job)
        })
    }

    /// The most open cell among the columns where this office stands, whoever works there.
    pub(crate) fn access_of_any_job(
        &self,
        kind: DocumentKind,
        office: &Office,
        staff: Staff,
    ) -> Access {
        self.best(kind, office, staff, |_| true)
    }

    fn best(
        &self,
        kind: DocumentKind,
        office: &Office,
        staff: Staff,
        counts: impl Fn(Column) -> bool,
    ) -> Access {
        Column::ALL
            .iter()
            .copied()
            .filter(|column| office.stands_in(*column, staff) && counts(*column))
            .map(|column| self.access(kind, column))
            .max()
            .unwrap_or(Access::Never)
    }

    /// This job may open the kind at some column where the office stands.
    pub(crate) fn office_job_may_open(
        &self,
        kind: DocumentKind,
        office: &Office,
        staff: Staff,
    ) -> bool {
        Column::ALL.iter().copied().any(|column| {
            office.stands_in(column, staff) && self.job_may_open_at(kind, column, office, staff.job)
        })
    }

    /// This job may open the kind at an insurer.
    pub(crate) fn insurer_job_may_open(&self, kind: DocumentKind, job: JobType) -> bool {
        self.function(kind).is_some_and(|function| function.at(Column::Insurer, job))
    }

    fn job_may_open_at(
        &self,
        kind: DocumentKind,
        column: Column,
        office: &Office,
        job: JobType,
    ) -> bool {
        let Some(function) = self.function(kind) else { return false };
        let mut services = office.services_in(column).peekable();
        if function.by_service.is_empty() || services.peek().is_none() {
            return function.at(column, job);
        }
        services.any(|service| match function.by_service.get(&service) {
            Some(jobs) => jobs.contains(&job),
            None => function.at(column, job),
        })
    }

    fn function(&self, kind: DocumentKind) -> Option<&Function> {
        self.rows.get(&kind).and_then(|row| self.functions.get(row.function))
    }

    pub(crate) fn search_job(&self, job: JobType) -> bool {
        self.search.contains(&job)
    }

    pub(crate) fn basics_job(&self, job: JobType) -> bool {
        self.basics.contains(&job)
    }

    pub(crate) fn access_log_job(&self, job: JobType) -> bool {
        self.access_log.contains(&job)
    }

    pub(crate) fn break_glass_job(&self, job: JobType) -> bool {
        self.break_glass.jobs.contains(&job)
    }

    pub(crate) fn break_glass_kind(&self, kind: DocumentKind) -> bool {
        self.break_glass.kinds.contains(&kind)
    }

    /// This job may open a person in an emergency (緊急時の閲覧); the page offers it to no one else.
    pub fn may_break_glass(&self, reader: &Reader) -> bool {
        match reader {
            Reader::Provider { staff, .. } => {
                reader.has_job(staff.job) && self.break_glass_job(staff.job)
            }
            _ => false,
        }
    }
}

impl Maker {
    fn allows(&self, services: &[ServiceType]) -> bool {
        match &self.only_services {
            Some(only) => services.iter().any(|service| only.contains(service)),
            None => true,
        }
    }
}

impl Function {
    fn at(&self, column: Column, job: JobType) -> bool {
        self.jobs.get(&column).is_some_and(|jobs| jobs.contains(&job))
    }
}
