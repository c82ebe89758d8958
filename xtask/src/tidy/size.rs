//! Sizes: columns of a line, lines of a function, lines of a file.

use super::{Finding, Repository};
use crate::source::{SourceFile, item_length};

/// Lines of code are at most so many characters wide.
///
/// A literal that has its line to itself, or is a row of a table of words (`Name = "…", "…";`), may
/// be wider: broken up, nobody finds it by searching.
pub(super) fn lines(repository: &Repository) -> Vec<Finding> {
    let limit = repository.settings.limits.line_columns;
    let is_code = |file: &&SourceFile| file.is_rust() || file.path.ends_with(".mjs");
    let mut findings = Vec::new();
    for file in repository.files.iter().filter(is_code) {
        let mut code = file.code.lines();
        for (at, line) in file.text.lines().enumerate() {
            let is_literal = code.next().is_some_and(|code| is_literal(line, code));
            let columns = line.chars().count();
            if columns > limit && !is_literal {
                let message = format!("{columns} columns, at most {limit}");
                findings.push(Finding::new(file, at + 1, message));
            }
        }
    }
    findings
}

/// Whether a line holds no code but a row's name, quotes and what closes a call, and is no comment.
fn is_literal(line: &str, code: &str) -> bool {
    let frame = |c: char| c.is_whitespace() || "\"r#,;()".contains(c);
    let row = code.split_once(" = ").filter(|(name, _)| name.trim().chars().all(is_name));
    let literals = row.map_or(code, |(_, literals)| literals);
    literals.chars().all(frame) && !line.trim_start().starts_with('/')
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Functions are at most so many lines long, from their name to their last brace.
pub(super) fn functions(repository: &Repository) -> Vec<Finding> {
    let limit = repository.settings.limits.function_lines;
    let mut findings = Vec::new();
    for file in repository.files.iter().filter(|file| file.is_rust()) {
        for (at, line) in file.code.lines().enumerate() {
            let Some(name) = function_name(line) else { continue };
            let length = item_length(file.code.lines().skip(at));
            if length > limit {
                let message = format!("function {name} has {length} lines, at most {limit}");
                findings.push(Finding::new(file, at + 1, message));
            }
        }
    }
    findings
}

/// Files of code are at most so many lines long.
pub(super) fn files(repository: &Repository) -> Vec<Finding> {
    let limit = repository.settings.limits.file_lines;
    let mut findings = Vec::new();
    for file in repository.files.iter().filter(|file| file.is_rust()) {
        let length = file.text.lines().count();
        if length > limit {
            findings.push(Finding::new(file, limit, format!("{length} lines, at most {limit}")));
        }
    }
    findings
}

/// The name after the word `fn`, if this line begins a function.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let begins = before.chars().last().is_none_or(char::is_whitespace);
    let name = after.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    (begins && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check;

    #[test]
    fn a_wide_line_is_found_by_characters_not_bytes() {
        check(lines, "crates/x/src/lib.rs", &format!("//! {}\n", "介".repeat(96)), &[]);
        check(lines, "crates/x/src/lib.rs", &format!("a\n//! {}\n", "介".repeat(97)), &[2]);
        check(lines, "codes.tsv", &"x".repeat(300), &[]);
    }

    #[test]
    fn a_literal_alone_may_be_wide() {
        let long = "x".repeat(100);
        check(lines, "crates/x/src/lib.rs", &format!("f(\n    r#\"{long}\"#,\n);"), &[]);
        check(lines, "crates/x/src/lib.rs", &format!("let x = \"{long}\";\n// {long}"), &[1, 2]);
        check(lines, "crates/x/src/lib.rs", &format!("    Name = \"name\", \"{long}\";"), &[]);
    }

    #[test]
    fn a_long_function_is_found() {
        let function = |lines| format!("//! x\npub fn f() {{\n{}}}\n", "    g();\n".repeat(lines));
        check(functions, "crates/x/src/lib.rs", &function(58), &[]);
        check(functions, "crates/x/src/lib.rs", &function(59), &[2]);
    }

    #[test]
    fn a_signature_over_many_lines_counts() {
        let body = "    g();\n".repeat(58);
        let text = format!("const fn f(\n    a: [u8; 3],\n) -> u8 {{\n{body}}}\n");
        check(functions, "crates/x/src/lib.rs", &text, &[1]);
        check(functions, "crates/x/src/lib.rs", "type F = fn (u8);\ntrait T { fn g(&self); }", &[]);
    }

    #[test]
    fn a_long_file_is_found() {
        check(files, "crates/x/src/lib.rs", &"\n".repeat(500), &[]);
        check(files, "crates/x/src/lib.rs", &"\n".repeat(501), &[500]);
    }
}
