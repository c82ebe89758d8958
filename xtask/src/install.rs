//! Installs what the other steps need and the machine lacks: programs by apt, modules by npm.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::{self, succeeds};
use crate::e2e;
use crate::workspace::Workspace;

/// A package of the distribution, with how to see that it is there.
struct Need {
    what: &'static str,
    present: fn() -> bool,
    /// Names to try in turn; Debian and Ubuntu differ.
    packages: &'static [&'static str],
}

const NEEDS: [Need; 6] = [
    Need {
        what: "PostgreSQL",
        present: || tasuki_cluster::find().is_some(),
        packages: &["postgresql-15", "postgresql"],
    },
    Need {
        what: "Chromium",
        present: || e2e::chromium().is_some(),
        packages: &["chromium", "chromium-browser"],
    },
    Need {
        what: "Japanese fonts",
        present: has_japanese_font,
        packages: &["fonts-noto-cjk fontconfig"],
    },
    Need {
        what: "NSS's tools: certificates into Chromium's store",
        present: || is_there("certutil") && is_there("pk12util"),
        packages: &["libnss3-tools"],
    },
    Need {
        what: "Poppler's tools: the words of a printed page",
        present: || is_there("pdftotext"),
        packages: &["poppler-utils"],
    },
    Need {
        what: "Node.js 18.19 or newer, with npm",
        present: || has_node() && succeeds("npm", &["--version"]),
        packages: &["nodejs npm"],
    },
];

/// Installs what is missing; does nothing, and quickly so, when nothing is.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    components()?;
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.present)()).collect();
    if !missing.is_empty() {
        cargo::run(as_root("apt-get").args(["update", "-qq"]))?;
    }
    for need in missing {
        println!("installing {}", need.what);
        apt(need)?;
    }
    modules(&workspace.root.join("tests/e2e"))
}

fn components() -> Result<()> {
    for (probe, component) in [("clippy", "clippy"), ("fmt", "rustfmt")] {
        if !succeeds("cargo", &[probe, "--version"]) {
            cargo::run(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

fn apt(need: &Need) -> Result<()> {
    for packages in need.packages {
        let mut command = as_root("apt-get");
        command.args(["install", "-y", "-qq", "--no-install-recommends"]);
        command.args(packages.split(' ')).env("DEBIAN_FRONTEND", "noninteractive");
        if cargo::run(&mut command).is_ok() && (need.present)() {
            return Ok(());
        }
    }
    bail!("{} is missing and apt could not install it", need.what)
}

/// npm's modules for the browser tests, when the lock file is newer than what is installed.
fn modules(folder: &Path) -> Result<()> {
    let age = |path: &str| fs::metadata(folder.join(path)).and_then(|file| file.modified());
    let lock = age("package-lock.json").context("tests/e2e/package-lock.json is missing")?;
    if age("node_modules/.package-lock.json").is_ok_and(|installed| installed >= lock) {
        return Ok(());
    }
    let words = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
    cargo::run(Command::new("npm").args(words).current_dir(folder))
}

/// The program is on the path. Asked of the path itself: these programs know no `--version`.
fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn has_node() -> bool {
    let output = Command::new("node").arg("--version").output();
    output.is_ok_and(|output| is_new_enough(&String::from_utf8_lossy(&output.stdout)))
}

/// Whether `v20.1.2` has the test runner that we use.
fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (18, 19),
        _ => false,
    }
}

fn has_japanese_font() -> bool {
    let listed = Command::new("fc-list").arg(":lang=ja").output();
    listed.is_ok_and(|output| !output.stdout.is_empty())
}

fn as_root(program: &str) -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout == b"0\n");
    if root {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_node_counts_as_missing() {
        assert!(is_new_enough("v18.19.0\n"));
        assert!(is_new_enough("v20.1.0"));
        assert!(!is_new_enough("v18.18.2"));
        assert!(!is_new_enough("v12.22.9"));
        assert!(!is_new_enough(""));
    }
}
