//! The release before (前の版).
//!
//! `cargo xtask former COMMIT` tests its executable beside this one's. `cargo xtask freeze`, to be
//! run once on the commit that is released, keeps what a release sends to its database and what it
//! leaves there, so that tests of later versions can hold their schema against both.

use std::process::Command;

use anyhow::{Context, Result};

use crate::cargo::{cargo, run};
use crate::source::SourceFile;
use crate::workspace::Workspace;

/// Where both lie.
const FOLDER: &str = "crates/store/former";

/// Parts of the store whose statements no running server sends: commands that an operator runs
/// alone, and what only tests and benchmarks use.
const APART: [&str; 8] = [
    "/copy",
    "/partition.rs",
    "/distribute.rs",
    "/migrate",
    "/scratch",
    "/yardstick.rs",
    "tests.rs",
    "/tests/",
];

/// Words that only PostgreSQL knows.
const POSTGRES: [&str; 4] = ["FOR NO KEY UPDATE", "FOR KEY SHARE", "FOR UPDATE", "clock_timestamp"];

/// Writes both anew.
pub(crate) fn freeze(workspace: &Workspace) -> Result<()> {
    let paths = workspace.paths()?;
    let ours = |path: &&String| {
        path.starts_with("crates/store/src/") && !APART.iter().any(|part| path.contains(part))
    };
    let paths: Vec<String> = paths.iter().filter(ours).cloned().collect();
    let mut statements = Vec::new();
    for file in workspace.files(&paths)? {
        statements.extend(statements_of(&file));
    }
    statements.sort();
    statements.dedup();
    let folder = workspace.root.join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("statements.sql"), statements.join("\n\n") + "\n")?;
    println!("{} statements", statements.len());
    let test = ["test", "--locked", "--workspace", "--test", "it", "what_this_version_leaves"];
    let rows = folder.join("rows.jsonl");
    run(cargo(workspace, &test).env("TASUKI_FREEZE", &rows))?;
    println!("{} bytes of rows", std::fs::metadata(&rows).context("no rows were written")?.len());
    Ok(())
}

/// Builds the executable of `commit` in a tree of its own and tests it beside this one's, on one
/// database. The products are shared, so that only our own crates are built again.
pub(crate) fn beside(workspace: &Workspace, commit: &str) -> Result<()> {
    let (tree, kept) = (workspace.root.join("target/former/tree"), "target/former/tasuki");
    let kept = workspace.root.join(kept);
    let git = |words: &[&str]| {
        let mut command = Command::new("git");
        command.args(words).current_dir(&workspace.root);
        command
    };
    let place = tree.to_string_lossy();
    run(&mut git(&["worktree", "add", "--force", "--detach", &place, commit]))?;
    let mut build = cargo(workspace, &["build", "--locked", "--bin", "tasuki"]);
    build.current_dir(&tree).env("CARGO_TARGET_DIR", workspace.root.join("target"));
    let built = run(&mut build)
        .and_then(|()| Ok(std::fs::copy(workspace.root.join("target/debug/tasuki"), &kept)?));
    run(&mut git(&["worktree", "remove", "--force", &place]))?;
    built?;
    let test = ["test", "--locked", "--workspace", "--test", "it", "the_former_release_serves"];
    run(cargo(workspace, &test).env("TASUKI_FORMER", &kept))
}

/// Every statement of a file, each with its semicolon.
fn statements_of(file: &SourceFile) -> Vec<String> {
    let tests = file.test_lines();
    let literals: Vec<Literal> = literals(file)
        .into_iter()
        .filter(|literal| tests.get(literal.line) != Some(&true))
        .collect();
    let after = |at: usize| literals.iter().filter(move |literal| at < literal.at);
    let mut found: Vec<String> =
        literals.iter().filter(|it| is_statement(&it.text)).map(|it| marked(&it.text)).collect();
    for (at, _) in file.code.match_indices("by_keys!(") {
        let at = file.code.get(..at).unwrap_or_default().chars().count();
        let four: Vec<&str> = after(at).take(4).map(|literal| literal.text.as_str()).collect();
        if let [columns, table, key, condition] = four.as_slice() {
            found.push(format!(
                "SELECT {columns} FROM {table} d WHERE d.{key} = $2 AND {condition};"
            ));
        }
    }
    for (at, _) in file.code.match_indices(" Table = Table::new(") {
        let begin = file.code.get(..at).unwrap_or_default().chars().count();
        let length = file.code.get(at..).and_then(|rest| rest.find(");")).unwrap_or(0);
        let words: Vec<&str> = after(begin)
            .take_while(|literal| literal.at < begin + length)
            .map(|literal| literal.text.as_str())
            .collect();
        if let [table, columns @ ..] = words.as_slice() {
            let places: Vec<_> = (1..=columns.len()).map(|n| format!("${n}")).collect();
            let (columns, places) = (columns.join(", "), places.join(", "));
            found.push(format!("INSERT INTO {table} ({columns}) VALUES ({places});"));
        }
    }
    found
}

/// A text between quotes.
struct Literal {
    /// Its place among the characters of the file.
    at: usize,
    /// Its first line, from 0.
    line: usize,
    text: String,
}

fn literals(file: &SourceFile) -> Vec<Literal> {
    let (text, code): (Vec<char>, Vec<char>) =
        (file.text.chars().collect(), file.code.chars().collect());
    let quotes: Vec<usize> =
        code.iter().enumerate().filter(|(_, c)| **c == '"').map(|(at, _)| at).collect();
    let literal = |pair: &[usize]| {
        let [open, close] = *pair else { return None };
        let inside: String = text.get(open + 1..close)?.iter().collect();
        let line = text.get(..open)?.iter().filter(|c| **c == '\n').count();
        let text = inside.replace("\\\n", "\n").replace("\\\"", "\"");
        Some(Literal { at: open, line, text })
    };
    quotes.chunks(2).filter_map(literal).collect()
}

fn is_statement(text: &str) -> bool {
    let begins = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH "];
    let is_whole = [" FROM ", "FROM ", " VALUES", " SET "].iter().any(|word| text.contains(word));
    // Pieces of `by_keys!` and texts with places for names are no statements yet.
    let is_piece = text.contains('{') || text.contains("d.*");
    begins.iter().any(|word| text.starts_with(word)) && is_whole && !is_piece
}

fn marked(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let statement = lines.join("\n");
    let mark = if POSTGRES.iter().any(|word| text.contains(word)) { "-- postgres\n" } else { "" };
    format!("{mark}{statement};")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_found_whole_and_those_of_tests_are_left_out() {
        let text = r#"
pub static X: Table = Table::new("x", Conflict::Fail, &[("a", Column::Text), ("b", Column::Int)]);
const KEYS: ByKeys = by_keys!("d.a", "x", "a", "d.b = $1");
fn f() {
    db.rows("SELECT a
               FROM x", vec![]);
    format!("SELECT {n} FROM x");
    error("SELECT nothing");
    db.rows("SELECT b FROM x FOR UPDATE", vec![]);
}
#[cfg(test)]
mod tests {
    const SQL: &str = "SELECT c FROM x";
}
"#;
        let file = SourceFile::new("crates/store/src/x.rs", text.to_owned());
        let found = statements_of(&file);
        assert_eq!(
            found,
            [
                "SELECT a\nFROM x;",
                "-- postgres\nSELECT b FROM x FOR UPDATE;",
                "SELECT d.a FROM x d WHERE d.a = $2 AND d.b = $1;",
                "INSERT INTO x (a, b) VALUES ($1, $2);",
            ]
        );
    }
}
