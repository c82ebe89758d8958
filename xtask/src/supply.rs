//! What the workspace is built from: licences, banned crates and sources, by `xtask/supply.toml`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use cargo_metadata::Package;
use serde::Deserialize;

use crate::cargo;
use crate::workspace::Workspace;

/// The data file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    /// Licences that we accept, by SPDX name.
    licences: Vec<String>,
    /// Crates that may not come in, and why.
    banned: BTreeMap<String, String>,
}

/// Reports every package that breaks a rule.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let rules: Rules = toml::from_str(&workspace.read("xtask/supply.toml")?)?;
    let packages = cargo::metadata(workspace)?.packages;
    let built = built(workspace)?;
    let mut found: Vec<String> = built.iter().filter_map(|name| banned(&rules, name)).collect();
    found.extend(packages.iter().flat_map(|package| faults(&rules, package)));
    if found.is_empty() {
        println!("{} packages, {} of them built", packages.len(), built.len());
        return Ok(());
    }
    bail!("packages that xtask/supply.toml does not allow:\n{}", found.join("\n"))
}

/// Names of the packages that some target really builds.
///
/// `cargo metadata` and the lock file also hold packages that an optional feature could bring;
/// `cargo tree` knows better.
fn built(workspace: &Workspace) -> Result<BTreeSet<String>> {
    let words = [
        "tree",
        "--locked",
        "--workspace",
        "--all-features",
        "--target",
        "all",
        "--prefix",
        "none",
    ];
    let output = cargo::cargo(workspace, &words).output()?;
    if !output.status.success() {
        bail!("cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}

fn banned(rules: &Rules, name: &str) -> Option<String> {
    rules.banned.get(name).map(|why| format!("{name} is banned: {why}"))
}

fn faults(rules: &Rules, package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let source = package.source.as_ref().map(|source| source.repr.as_str());
    let licence = package.license.as_deref();
    [foreign(name, source), unlicensed(rules, name, licence)].into_iter().flatten().collect()
}

/// A package comes from this repository or from a registry, never from somebody's branch.
fn foreign(name: &str, source: Option<&str>) -> Option<String> {
    let source = source?;
    let known = source.starts_with("registry+") || source.starts_with("sparse+");
    (!known).then(|| format!("{name} does not come from a registry"))
}

fn unlicensed(rules: &Rules, name: &str, licence: Option<&str>) -> Option<String> {
    let Some(licence) = licence else { return Some(format!("{name} names no licence")) };
    (!accepts(&rules.licences, licence)).then(|| format!("{name}: licence {licence}"))
}

/// Whether an SPDX expression can be met with `allowed` licences alone.
///
/// `AND` binds closer than `OR`; the slash of old manifests means `OR`. An expression that does
/// not parse is not accepted.
fn accepts(allowed: &[String], expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(allowed, &mut rest).is_some_and(|met| met && rest.is_empty())
}

fn either(allowed: &[String], rest: &mut &[&str]) -> Option<bool> {
    let mut met = both(allowed, rest)?;
    while let ["OR", tail @ ..] = *rest {
        *rest = tail;
        met |= both(allowed, rest)?;
    }
    Some(met)
}

fn both(allowed: &[String], rest: &mut &[&str]) -> Option<bool> {
    let mut met = one(allowed, rest)?;
    while let ["AND", tail @ ..] = *rest {
        *rest = tail;
        met &= one(allowed, rest)?;
    }
    Some(met)
}

fn one(allowed: &[String], rest: &mut &[&str]) -> Option<bool> {
    match *rest {
        ["(", tail @ ..] => {
            *rest = tail;
            let met = either(allowed, rest)?;
            let [")", tail @ ..] = *rest else { return None };
            *rest = tail;
            Some(met)
        }
        [name, "WITH", exception, tail @ ..] => {
            *rest = tail;
            Some(allowed.contains(&format!("{name} WITH {exception}")))
        }
        [name, tail @ ..] => {
            *rest = tail;
            Some(allowed.iter().any(|licence| licence == name))
        }
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        toml::from_str("licences = ['MIT', 'ISC']\n[banned]\nring = 'no'").unwrap()
    }

    #[test]
    fn a_banned_crate_is_a_fault() {
        assert_eq!(banned(&rules(), "ring").unwrap(), "ring is banned: no");
        assert_eq!(banned(&rules(), "rings"), None);
    }

    #[test]
    fn a_branch_of_somebody_is_a_fault() {
        assert!(foreign("x", Some("git+https://example.org/x#1")).is_some());
        assert_eq!(foreign("x", Some("registry+https://example.org/index")), None);
        assert_eq!(foreign("ours", None), None);
    }

    #[test]
    fn a_package_without_a_licence_is_a_fault() {
        assert!(unlicensed(&rules(), "x", None).is_some());
        assert!(unlicensed(&rules(), "x", Some("GPL-3.0")).is_some());
    }

    #[test]
    fn expressions_are_met_by_allowed_licences_alone() {
        let allowed = ["MIT".to_owned(), "ISC".to_owned(), "A WITH B".to_owned()];
        let accepts = |expression| accepts(&allowed, expression);
        assert!(accepts("MIT"));
        assert!(accepts("GPL-3.0 OR MIT"));
        assert!(accepts("MIT/GPL-3.0"));
        assert!(accepts("ISC AND (MIT OR GPL-3.0)"));
        assert!(accepts("A WITH B AND MIT"));
        assert!(!accepts("MIT AND GPL-3.0"));
        assert!(!accepts("ISC AND (GPL-2.0 OR GPL-3.0)"));
        assert!(!accepts("A WITH C"));
        assert!(!accepts("(MIT"));
        assert!(!accepts(""));
    }
}
