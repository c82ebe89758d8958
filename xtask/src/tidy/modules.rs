//! The shape of crates: roots that say what they are, no file left out, drivers in one place.

use super::{Finding, Repository};

/// The root of each crate begins with a sentence about it.
pub(super) fn roots(repository: &Repository) -> Vec<Finding> {
    let is_root = |path: &str| path.ends_with("src/lib.rs") || path.ends_with("src/main.rs");
    let files = repository.files.iter().filter(|file| is_root(&file.path));
    files
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| Finding::new(file, 1, "a crate begins with `//!` and a sentence about it"))
        .collect()
}

/// Every Rust file is named by a `mod` of its parent, and no file is called `mod.rs`.
pub(super) fn dead_files(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in repository.files.iter().filter(|file| file.is_rust()) {
        let Some((folder, name)) = file.path.rsplit_once('/') else { continue };
        let name = name.trim_end_matches(".rs");
        if name == "mod" {
            findings.push(Finding::new(file, 1, "write `foo.rs` beside `foo/`, not `mod.rs`"));
        } else if !is_target(folder, name) && !is_named(repository, folder, name) {
            findings.push(Finding::new(file, 1, "no `mod` names this file"));
        }
    }
    findings
}

/// Whether cargo itself looks for a file of this place and name.
fn is_target(folder: &str, name: &str) -> bool {
    let last = folder.rsplit('/').next().unwrap_or(folder);
    name == "main"
        || name == "lib"
        || name == "build"
        || ["bin", "benches", "examples", "tests", "fuzz_targets"].contains(&last)
}

/// Whether a `mod` of the parent, or a `#[path]` of a neighbour, names the file.
fn is_named(repository: &Repository, folder: &str, name: &str) -> bool {
    let is_neighbour = |path: &str| path.rsplit_once('/').is_some_and(|(place, _)| place == folder);
    let neighbours = repository.files.iter().filter(|file| is_neighbour(&file.path));
    let line = format!("#[path = \"{name}.rs\"]");
    if neighbours.into_iter().any(|file| file.text.lines().any(|text| text.trim() == line)) {
        return true;
    }
    let parents = [format!("{folder}.rs"), format!("{folder}/lib.rs"), format!("{folder}/main.rs")];
    let word = format!("mod {name}");
    repository.files.iter().filter(|file| parents.contains(&file.path)).any(|file| {
        file.code.split(['\n', ';', '{']).any(|line| {
            line.trim_end().strip_suffix(&word).is_some_and(|rest| !rest.ends_with(is_name))
        })
    })
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Only the manifest of `crates/store` (and the root's) names a database driver.
pub(super) fn drivers(repository: &Repository) -> Vec<Finding> {
    const DRIVERS: [&str; 4] = ["rusqlite", "tokio-postgres", "deadpool-postgres", "sqlx"];
    let mut findings = Vec::new();
    let others = repository.files.iter().filter(|file| {
        file.path.ends_with("/Cargo.toml") && !file.path.starts_with("crates/store/")
    });
    for file in others {
        for (at, line) in file.text.lines().enumerate() {
            if DRIVERS.iter().any(|driver| line.starts_with(driver)) {
                findings.push(Finding::new(file, at + 1, "only crates/store names a driver"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check;

    #[test]
    fn a_root_without_its_sentence_is_found() {
        check(roots, "crates/x/src/lib.rs", "//! Values.\n", &[]);
        check(roots, "crates/x/src/lib.rs", "mod a;\n", &[1]);
        check(roots, "crates/x/src/main.rs", "fn main() {}\n", &[1]);
    }

    #[test]
    fn a_file_that_nobody_names_is_found() {
        let dead = |root: &str| {
            let files = [("crates/x/src/lib.rs", root), ("crates/x/src/care.rs", "//! Care.\n")];
            dead_files(&Repository::sample(&files)).len()
        };
        assert_eq!(dead("//! X.\npub mod care;\n"), 0);
        assert_eq!(dead("//! X.\n#[cfg(test)] mod care;\n"), 0);
        assert_eq!(dead("//! X.\nmod careful;\n// mod care;\n"), 1);
    }

    #[test]
    fn a_file_that_a_neighbour_names_by_its_path_is_not_dead() {
        let tests = ("x/src/care_tests.rs", "");
        let dead = |care: &str| {
            let files = [("x/src/lib.rs", "mod care;"), ("x/src/care.rs", care), tests];
            dead_files(&Repository::sample(&files)).len()
        };
        assert_eq!(dead("#[cfg(test)]\n#[path = \"care_tests.rs\"]\nmod tests;\n"), 0);
        assert_eq!(dead("// care_tests.rs\n"), 1);
    }

    #[test]
    fn a_file_in_a_folder_is_named_by_the_file_beside_it() {
        let files = [("a/src/x.rs", "mod y;"), ("a/src/x/y.rs", ""), ("a/src/lib.rs", "mod x;")];
        assert_eq!(dead_files(&Repository::sample(&files)), []);
        check(dead_files, "crates/x/tests/it.rs", "", &[]);
        check(dead_files, "crates/x/src/a/mod.rs", "", &[1]);
    }

    #[test]
    fn a_driver_outside_the_store_is_found() {
        check(
            drivers,
            "crates/web/Cargo.toml",
            "[dependencies]\nrusqlite.workspace = true\n",
            &[2],
        );
        check(drivers, "crates/store/Cargo.toml", "rusqlite.workspace = true\n", &[]);
    }
}
