//! Which crate of ours may use which: `xtask/edges.toml` against `cargo metadata`.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use cargo_metadata::{DependencyKind, Metadata};

use crate::cargo;
use crate::workspace::Workspace;

/// For each crate, by its short name, those it may use or does use.
type Edges = BTreeMap<String, Vec<String>>;

/// Reports every edge that the file does not allow.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let allowed: Edges = toml::from_str(&workspace.read("xtask/edges.toml")?)?;
    let found = faults(&allowed, &actual(&cargo::metadata(workspace)?));
    if found.is_empty() {
        return Ok(());
    }
    bail!("edges that xtask/edges.toml does not allow:\n{}", found.join("\n"))
}

/// The edges between members, without those of tests.
fn actual(metadata: &Metadata) -> Edges {
    let members = metadata.workspace_packages();
    let is_member = |name: &str| members.iter().any(|package| package.name.as_str() == name);
    let mut edges = Edges::new();
    for package in &members {
        let used = package
            .dependencies
            .iter()
            .filter(|edge| edge.kind != DependencyKind::Development && is_member(&edge.name))
            .map(|edge| short(&edge.name))
            .collect();
        edges.insert(short(package.name.as_str()), used);
    }
    edges
}

fn short(package: &str) -> String {
    package.strip_prefix("tasuki-").unwrap_or(package).to_owned()
}

fn faults(allowed: &Edges, actual: &Edges) -> Vec<String> {
    let mut faults = Vec::new();
    for (from, used) in actual {
        let Some(targets) = allowed.get(from) else {
            faults.push(format!("{from} has no line"));
            continue;
        };
        let extra = used.iter().filter(|to| !targets.contains(to));
        faults.extend(extra.map(|to| format!("{from} → {to}")));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(text: &str) -> Edges {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn an_arrow_that_points_up_is_a_fault() {
        let allowed = edges("core = []\nstore = ['core']");
        assert_eq!(faults(&allowed, &edges("core = []\nstore = ['core']")), [""; 0]);
        assert_eq!(faults(&allowed, &edges("core = ['store']")), ["core → store"]);
    }

    #[test]
    fn a_crate_without_a_line_is_a_fault() {
        assert_eq!(faults(&edges(""), &edges("forms = []")), ["forms has no line"]);
    }
}
