//! House rules on the text of the repository; rows in `xtask/tidy.toml`, functions below here.

mod modules;
mod pages;
mod size;
mod words;

use anyhow::{Result, bail};
use serde::Deserialize;

use crate::source::SourceFile;
use crate::workspace::Workspace;

pub(crate) use words::holds;

/// A text that breaks a rule.
#[derive(Debug, PartialEq)]
struct Finding {
    path: String,
    /// From 1.
    line: usize,
    message: String,
}

impl Finding {
    fn new(file: &SourceFile, line: usize, message: impl Into<String>) -> Self {
        Self { path: file.path.clone(), line, message: message.into() }
    }
}

/// What the rules look at.
struct Repository {
    /// Of every file, also those that hold no text.
    paths: Vec<String>,
    files: Vec<SourceFile>,
    settings: Settings,
}

/// `xtask/tidy.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    limits: Limits,
    code: Vec<words::CodeRow>,
    string: Vec<words::StringRow>,
    anywhere: Vec<words::AnywhereRow>,
}

/// Largest sizes allowed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    line_columns: usize,
    function_lines: usize,
    file_lines: usize,
}

type Rule = fn(&Repository) -> Vec<Finding>;

const RULES: &[Rule] = &[
    size::lines,
    size::functions,
    size::files,
    words::code,
    words::strings,
    words::anywhere,
    words::unowned_marks,
    modules::roots,
    modules::dead_files,
    modules::drivers,
    pages::titles,
    pages::links,
];

/// Reports every finding of every rule.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let settings = toml::from_str(&workspace.read("xtask/tidy.toml")?)?;
    let paths = workspace.paths()?;
    let repository = Repository { files: workspace.files(&paths)?, paths, settings };
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&repository)).collect();
    findings.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    for Finding { path, line, message } in &findings {
        println!("{path}:{line}: {message}");
    }
    match findings.len() {
        0 => {
            println!("{} files", repository.files.len());
            Ok(())
        }
        count => bail!("{count} findings"),
    }
}

#[cfg(test)]
impl Repository {
    /// A repository of these files, under the real settings.
    fn sample(files: &[(&str, &str)]) -> Self {
        let settings = toml::from_str(include_str!("../tidy.toml")).unwrap();
        let paths = files.iter().map(|(path, _)| (*path).to_owned()).collect();
        let files = files.iter().map(|(path, text)| SourceFile::new(path, (*text).to_owned()));
        Self { paths, files: files.collect(), settings }
    }
}

/// Asserts that `rule` finds something at exactly these places of one file.
#[cfg(test)]
#[track_caller]
fn check(rule: Rule, path: &str, text: &str, lines: &[usize]) {
    let found = rule(&Repository::sample(&[(path, text)]));
    assert_eq!(found.iter().map(|finding| finding.line).collect::<Vec<_>>(), lines, "{found:?}");
}
