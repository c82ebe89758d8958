//! Dependencies that a manifest names and no code of the crate does.

use std::path::Path;

use anyhow::{Result, bail};
use cargo_metadata::{Dependency, DependencyKind, Package};

use crate::cargo;
use crate::source::SourceFile;
use crate::tidy::holds;
use crate::workspace::Workspace;

/// Reports every dependency of a crate of ours that its code does not name.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let files = workspace.files(&workspace.paths()?)?;
    let metadata = cargo::metadata(workspace)?;
    let mut found = Vec::new();
    for package in metadata.workspace_packages() {
        let folder = folder(workspace, package);
        let mine: Vec<&SourceFile> =
            files.iter().filter(|file| file.is_rust() && file.path.starts_with(&folder)).collect();
        let unused = package.dependencies.iter().filter(|dependency| !is_used(dependency, &mine));
        found.extend(unused.map(|dependency| format!("{folder}Cargo.toml: {}", dependency.name)));
    }
    if found.is_empty() {
        return Ok(());
    }
    bail!("dependencies that no code names:\n{}", found.join("\n"))
}

fn folder(workspace: &Workspace, package: &Package) -> String {
    let folder = package.manifest_path.parent().map(|path| path.as_std_path().to_owned());
    let folder = folder.unwrap_or_default();
    let relative = folder.strip_prefix(&workspace.root).unwrap_or(Path::new(""));
    format!("{}/", relative.to_string_lossy())
}

/// Whether the code of the crate names it; a dependency of tests may be named anywhere.
fn is_used(dependency: &Dependency, files: &[&SourceFile]) -> bool {
    let name = dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_");
    let for_tests = dependency.kind == DependencyKind::Development;
    files.iter().any(|file| {
        let tests = file.test_lines();
        let lines = file.code.lines().zip(tests);
        lines.filter(|(_, test)| for_tests || !test).any(|(line, _)| names(line, &name))
    })
}

/// Whether the word stands alone in the line.
fn names(line: &str, name: &str) -> bool {
    let mut ends = line.match_indices(name).map(|(at, _)| line.get(at + name.len()..));
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    holds(line, name) && ends.any(|rest| !rest.is_some_and(|rest| rest.starts_with(is_name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_alone() {
        assert!(names("use rand::Rng;", "rand"));
        assert!(names("#[derive(serde::Serialize)]", "serde"));
        assert!(!names("use operand::X;", "rand"));
        assert!(!names("use serde_json::Value;", "serde"));
    }
}
