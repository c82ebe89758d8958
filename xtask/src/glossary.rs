//! `GLOSSARY.md` against the code: one term, one identifier, and none missing.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::source::SourceFile;
use crate::workspace::Workspace;

const PAGE: &str = "GLOSSARY.md";
const CORE: &str = "crates/core/src/";
/// Rows under this title are terms that the code does not know yet.
const AHEAD: &str = "Not yet in the code";
const COLUMNS: usize = 6;

/// One row: Japanese, identifier, reading, meaning, source, wire code.
#[derive(Debug)]
struct Row {
    /// From 1.
    line: usize,
    identifiers: Vec<String>,
    codes: Vec<String>,
    empty: bool,
    ahead: bool,
}

/// Reports every row and every core type for which page and code disagree.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let page = workspace.read(PAGE)?;
    let found = faults(&page, &workspace.files(&workspace.paths()?)?);
    if found.is_empty() {
        return Ok(());
    }
    bail!("{PAGE} and the code disagree:\n{}", found.join("\n"))
}

fn faults(page: &str, files: &[SourceFile]) -> Vec<String> {
    let (rows, mut faults) = rows(page);
    let known = words(files);
    let listed: BTreeSet<&str> = names(&rows, false).map(|(_, name)| name).collect();
    for (line, name) in names(&rows, false).filter(|(_, name)| !known.contains(*name)) {
        faults.push(format!("{PAGE}:{line}: the code has no `{name}`"));
    }
    for (line, name) in names(&rows, true).filter(|(_, name)| known.contains(*name)) {
        faults.push(format!("{PAGE}:{line}: the code has `{name}`: move the row up"));
    }
    for row in rows.iter().filter(|row| row.empty) {
        faults.push(format!("{PAGE}:{}: Japanese, identifier or meaning is empty", row.line));
    }
    for row in rows.iter().filter(|row| !row.ahead) {
        let missing = row.codes.iter().filter(|code| !is_written(code, row, files));
        faults.extend(missing.map(|code| format!("{PAGE}:{}: no wire code `{code}`", row.line)));
    }
    for (path, name) in core_types(files) {
        if !listed.contains(name.as_str()) {
            faults.push(format!("{path}: `{name}` has no row in {PAGE}"));
        }
    }
    faults
}

/// The rows of all tables, and a fault for each that has not six cells.
fn rows(page: &str) -> (Vec<Row>, Vec<String>) {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let mut ahead = false;
    for (at, text) in page.lines().enumerate() {
        if let Some(title) = text.strip_prefix("## ") {
            ahead = title.trim() == AHEAD;
        }
        let Some(inside) = text.strip_prefix('|').and_then(|text| text.strip_suffix('|')) else {
            continue;
        };
        if inside.starts_with(" ---") || inside.starts_with(" Japanese ") {
            continue;
        }
        match inside.split('|').map(str::trim).collect::<Vec<_>>().as_slice() {
            [japanese, identifier, _, meaning, _, code] => rows.push(Row {
                line: at + 1,
                identifiers: quoted(identifier),
                codes: quoted(code),
                empty: japanese.is_empty() || meaning.is_empty() || quoted(identifier).is_empty(),
                ahead,
            }),
            cells => {
                let count = cells.len();
                faults.push(format!("{PAGE}:{}: {count} cells, not {COLUMNS}", at + 1));
            }
        }
    }
    (rows, faults)
}

fn names(rows: &[Row], ahead: bool) -> impl Iterator<Item = (usize, &str)> {
    let chosen = rows.iter().filter(move |row| row.ahead == ahead);
    chosen.flat_map(|row| row.identifiers.iter().map(|name| (row.line, name.as_str())))
}

/// What stands in backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Every name in our Rust code (not in `xtask`, which only checks).
fn words(files: &[SourceFile]) -> BTreeSet<&str> {
    let ours = files.iter().filter(|file| file.path.starts_with("crates/") && file.is_rust());
    ours.flat_map(|file| file.code.split(|c: char| !c.is_alphanumeric() && c != '_')).collect()
}

/// A wire code is the identifier in snake case, or stands in a string of code or in a data file.
fn is_written(code: &str, row: &Row, files: &[SourceFile]) -> bool {
    let derived = row.identifiers.iter().any(|name| snake(name) == code);
    derived
        || files.iter().filter(|file| file.path.starts_with("crates/")).any(|file| {
            let text = if file.is_rust() { &file.strings } else { &file.text };
            text.contains(code)
        })
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}

/// Path and name of each public type of the core; error types speak for themselves.
fn core_types(files: &[SourceFile]) -> Vec<(String, String)> {
    let mut types = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with(CORE) && file.is_rust()) {
        for line in file.code.lines().map(str::trim_start) {
            let kinds = ["pub struct ", "pub enum "];
            let Some(rest) = kinds.iter().find_map(|kind| line.strip_prefix(kind)) else {
                continue;
            };
            let name = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            if !name.ends_with("Error") {
                types.push((file.path.clone(), name.to_owned()));
            }
        }
    }
    types
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "# Glossary\n\n\
                        | Japanese | identifier | reading | meaning | source | wire |\n\
                        | --- | --- | --- | --- | --- | --- |\n";

    #[track_caller]
    fn check(rows: &str, code: &str, expected: &[&str]) {
        let file = SourceFile::new("crates/core/src/x.rs", code.to_owned());
        assert_eq!(faults(&format!("{HEAD}{rows}"), &[file]), expected);
    }

    #[test]
    fn a_row_and_its_type_agree() {
        check(
            "| 同意 | `Consent` | どうい | Agreement. | law | `consent` |",
            "pub struct Consent;",
            &[],
        );
    }

    #[test]
    fn a_row_without_code_is_found() {
        let missing = "GLOSSARY.md:5: the code has no `Consent`";
        check("| 同意 | `Consent` | どうい | Agreement. | law | — |", "// Consent", &[missing]);
    }

    #[test]
    fn a_core_type_without_a_row_is_found() {
        let missing = "crates/core/src/x.rs: `Consent` has no row in GLOSSARY.md";
        check("", "pub enum Consent { A }\npub enum ConsentError { B }", &[missing]);
    }

    #[test]
    fn a_term_ahead_of_the_code_moves_up_when_the_code_has_it() {
        let row = "## Not yet in the code\n| 同意 | `Consent` | どうい | Agreement. | law | — |";
        check(row, "", &[]);
        check(
            row,
            "fn f(x: Consent) {}",
            &["GLOSSARY.md:6: the code has `Consent`: move the row up"],
        );
    }

    #[test]
    fn a_row_of_another_shape_is_found() {
        check("| 同意 | `Consent` |", "", &["GLOSSARY.md:5: 2 cells, not 6"]);
        let empty = "GLOSSARY.md:5: Japanese, identifier or meaning is empty";
        check("| 同意 | `Consent` | どうい |  | law | — |", "struct Consent;", &[empty]);
    }

    #[test]
    fn a_wire_code_that_nobody_writes_is_found() {
        let row = "| 同意 | `Consent` | どうい | Agreement. | law | `agreed` |";
        check(row, "pub struct Consent; const X: &str = \"agreed\";", &[]);
        check(row, "pub struct Consent;", &["GLOSSARY.md:5: no wire code `agreed`"]);
    }
}
