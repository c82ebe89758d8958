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
        search: text.words(&raw.search.jobs, "job")?,
        basics: text.words(&raw.basics.jobs, "job")?,
        access_log: text.words(&raw.access_log.jobs, "job")?,
        break_glass: BreakGlass {
            jobs: text.words(&raw.break_glass.jobs, "job")?,
            kinds: text.words(&raw.break_glass.kinds, "kind of document")?,
        },
    })
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
        jobs.insert(column, text.words(words, "job")?);
    }
    let mut by_service = BTreeMap::new();
    for raw in &raw.service {
        let jobs: BTreeSet<JobType> = text.words(&raw.jobs, "job")?;
        for code in &raw.codes {
            if by_service.insert(text.service(code)?, jobs.clone()).is_some() {
                return Err(text.named_twice(code));
            }
        }
    }
    Ok(Function { jobs, by_service })
}
