//! Reading `function_jobs.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tasuki_core::account::JobType;
use tasuki_core::document::DocumentKind;

use super::error::SharingError;
use super::parse::{Text, Words};
use super::{BreakGlass, Function};
use crate::column::Column;

/// What the file says.
pub(super) struct Jobs {
    pub(super) functions: Vec<Function>,
    /// Place of each kind's function.
    pub(super) function_of: BTreeMap<DocumentKind, usize>,
    pub(super) search: BTreeSet<JobType>,
    pub(super) basics: BTreeSet<JobType>,
    pub(super) access_log: BTreeSet<JobType>,
    pub(super) break_glass: BreakGlass,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    function: Vec<RawFunction>,
    search: RawJobs,
    basics: RawJobs,
    access_log: RawJobs,
    break_glass: RawBreakGlass,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFunction {
    /// For readers of the file.
    #[serde(rename = "name")]
    _name: String,
    /// For readers of the file.
    #[serde(rename = "source")]
    _source: String,
    kinds: Words,
    insurer: Words,
    care_management: Words,
    provider: Words,
    medical: Words,
    medical_with_care: Words,
    #[serde(default)]
    service: Vec<RawService>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawService {
    codes: Words,
    jobs: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawJobs {
    jobs: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBreakGlass {
    jobs: Words,
    kinds: Words,
}

/// The functions, each kind in exactly one of them, and the jobs of the other acts.
pub(super) fn jobs(text: &Text<'_>) -> Result<Jobs, SharingError> {
    let raw: RawFile = text.read()?;
    let mut functions = Vec::new();
    let mut function_of = BTreeMap::new();
    for (place, raw) in raw.function.iter().enumerate() {
        for kind in &raw.kinds {
            text.place(&mut function_of, kind, place)?;
        }
        functions.push(function(text, raw)?);
    }
    text.complete(&function_of)?;
    Ok(Jobs {
        functions,
        function_of,
        search: some_jobs(text, &raw.search.jobs, Place::Both)?,
        basics: some_jobs(text, &raw.basics.jobs, Place::Both)?,
        access_log: some_jobs(text, &raw.access_log.jobs, Place::Insurer)?,
        break_glass: BreakGlass {
            jobs: some_jobs(text, &raw.break_glass.jobs, Place::Office)?,
            kinds: text.words(&raw.break_glass.kinds, "kind of document")?,
        },
    })
}

/// Whose jobs a list may name.
#[derive(Clone, Copy)]
enum Place {
    Insurer,
    Office,
    Both,
}

/// A list of jobs, none of them one that nobody has there.
fn some_jobs(
    text: &Text<'_>,
    words: &Words,
    place: Place,
) -> Result<BTreeSet<JobType>, SharingError> {
    let (list, is_here): (_, fn(JobType) -> bool) = match place {
        Place::Insurer => ("job of an insurer", JobType::is_of_insurer),
        Place::Office => ("job of an office", JobType::is_of_office),
        Place::Both => {
            ("job of an office or insurer", |job| job.is_of_insurer() || job.is_of_office())
        }
    };
    for word in words {
        if !is_here(text.word(word, "job")?) {
            return Err(text.unknown(word, list));
        }
    }
    text.words(words, "job")
}

fn function(text: &Text<'_>, raw: &RawFunction) -> Result<Function, SharingError> {
    let lists = [
        (Column::Insurer, &raw.insurer),
        (Column::CareManagement, &raw.care_management),
        (Column::Provider, &raw.provider),
        (Column::Medical, &raw.medical),
        (Column::MedicalWithCare, &raw.medical_with_care),
    ];
    let mut jobs = BTreeMap::new();
    for (column, words) in lists {
        let place = if column == Column::Insurer { Place::Insurer } else { Place::Office };
        jobs.insert(column, some_jobs(text, words, place)?);
    }
    let mut by_service = BTreeMap::new();
    for raw in &raw.service {
        let jobs = some_jobs(text, &raw.jobs, Place::Office)?;
        for code in &raw.codes {
            if by_service.insert(text.service(code)?, jobs.clone()).is_some() {
                return Err(text.named_twice(code));
            }
        }
    }
    Ok(Function { jobs, by_service })
}
