//! Words that do not belong where they stand; the rows are in `xtask/tidy.toml`.

use serde::Deserialize;

use super::{Finding, Repository};
use crate::source::SourceFile;

/// Words that Rust code may not hold, within the folders of `only` (all, when there are none) and
/// outside those of `except`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeRow {
    words: Vec<String>,
    #[serde(default)]
    only: Vec<String>,
    except: Vec<String>,
    scope: Scope,
    why: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "a sample for the test of the row"))]
    bad: String,
}

/// Which lines a row looks at.
#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Scope {
    Product,
    Tests,
    All,
}

impl Scope {
    fn covers(self, is_test: bool) -> bool {
        match self {
            Self::Product => !is_test,
            Self::Tests => is_test,
            Self::All => true,
        }
    }
}

impl CodeRow {
    fn looks_at(&self, file: &SourceFile) -> bool {
        (self.only.is_empty() || is_under(file, &self.only)) && !is_under(file, &self.except)
    }
}

/// Words that a string in Rust code may not hold, outside the folders of `except`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StringRow {
    words: Vec<String>,
    except: Vec<String>,
    why: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "a sample for the test of the row"))]
    bad: String,
}

/// Words that no file may hold, each in pieces.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnywhereRow {
    pieces: Vec<Vec<String>>,
    why: String,
}

/// Code that holds a word of a row.
pub(super) fn code(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in repository.files.iter().filter(|file| file.is_rust()) {
        let tests = file.test_lines();
        for row in repository.settings.code.iter().filter(|row| row.looks_at(file)) {
            let covers = |at: usize| row.scope.covers(tests.get(at) == Some(&true));
            let found = hits(&file.code, &row.words).filter(|(at, _)| covers(*at));
            findings.extend(found.map(|hit| finding(file, hit, &row.why)));
        }
    }
    findings
}

/// Strings that hold a word of a row.
pub(super) fn strings(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in repository.files.iter().filter(|file| file.is_rust()) {
        let rows = &repository.settings.string;
        for row in rows.iter().filter(|row| !is_under(file, &row.except)) {
            let found = hits(&file.strings, &row.words);
            findings.extend(found.map(|hit| finding(file, hit, &row.why)));
        }
    }
    findings
}

/// Files of any kind that hold a word of a row.
pub(super) fn anywhere(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &repository.files {
        for row in &repository.settings.anywhere {
            let words: Vec<String> = row.pieces.iter().map(|pieces| pieces.concat()).collect();
            findings.extend(hits(&file.text, &words).map(|hit| finding(file, hit, &row.why)));
        }
    }
    findings
}

/// Marks of unfinished work in comments, unless they name an issue.
pub(super) fn unowned_marks(repository: &Repository) -> Vec<Finding> {
    const MARKS: [&str; 3] = ["TODO", "FIXME", "XXX"];
    let mut findings = Vec::new();
    for file in repository.files.iter().filter(|file| file.is_rust()) {
        for (at, line) in file.comments.lines().enumerate() {
            let owned = line.replace("TODO(#", "");
            if MARKS.iter().any(|mark| holds(&owned, mark)) {
                findings.push(Finding::new(file, at + 1, "name the issue: TODO(#123)"));
            }
        }
    }
    findings
}

fn finding(file: &SourceFile, (at, word): (usize, &str), why: &str) -> Finding {
    Finding::new(file, at + 1, format!("`{}`: {why}", word.trim()))
}

fn is_under(file: &SourceFile, folders: &[String]) -> bool {
    folders.iter().any(|folder| file.path.starts_with(folder.as_str()))
}

/// Line (from 0) and word of each place where one of `words` stands.
fn hits<'a>(text: &'a str, words: &'a [String]) -> impl Iterator<Item = (usize, &'a str)> {
    text.lines().enumerate().flat_map(|(at, line)| {
        let words = words.iter().map(String::as_str);
        words.filter(|word| holds(line, word)).map(move |word| (at, word))
    })
}

/// Whether `word` stands in `line`, and not as the end of a longer name.
pub(crate) fn holds(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let named = word.chars().next().is_some_and(is_name);
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().last());
        !(named && before.is_some_and(is_name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check;

    const ELSEWHERE: &str = "crates/core/src/lib.rs";

    #[test]
    fn each_row_catches_its_own_bad_sample() {
        let settings = Repository::sample(&[]).settings;
        for row in &settings.code {
            let tests = row.scope == Scope::Tests;
            let path = if tests { "crates/core/tests/it/main.rs" } else { ELSEWHERE };
            let found = code(&Repository::sample(&[(path, &row.bad)]));
            assert!(found.iter().any(|finding| finding.message.ends_with(&row.why)), "{}", row.bad);
        }
        for row in &settings.string {
            let found = strings(&Repository::sample(&[(ELSEWHERE, &row.bad)]));
            assert!(found.iter().any(|finding| finding.message.ends_with(&row.why)), "{}", row.bad);
        }
        for row in &settings.anywhere {
            for pieces in &row.pieces {
                check(anywhere, "README.md", &format!("see {}", pieces.concat()), &[1]);
            }
        }
    }

    #[test]
    fn a_clock_in_a_test_or_in_the_executable_is_fine() {
        let clock = "let now = jiff::Timestamp::now();";
        check(code, ELSEWHERE, clock, &[1]);
        check(code, "crates/tasuki/src/main.rs", clock, &[]);
        check(code, ELSEWHERE, &format!("#[cfg(test)]\nmod tests {{\n{clock}\n}}"), &[]);
        check(code, ELSEWHERE, "// Timestamp::now is not for us", &[]);
    }

    #[test]
    fn a_test_that_sleeps_is_found() {
        let nap = "std::thread::sleep(x);";
        check(code, "crates/store/src/lib.rs", nap, &[]);
        check(
            code,
            "crates/store/src/lib.rs",
            &format!("#[cfg(test)]\nmod tests {{\n{nap}\n}}"),
            &[3],
        );
    }

    #[test]
    fn only_the_pure_crates_are_held_to_purity() {
        let read = "std::fs::read(path);";
        check(code, "crates/policy/src/lib.rs", read, &[1]);
        check(code, "crates/store/src/lib.rs", read, &[]);
    }

    #[test]
    fn a_longer_name_is_another_name() {
        check(code, ELSEWHERE, "my_dbg!(x); reprint!(y);", &[]);
    }

    #[test]
    fn sql_outside_the_store_is_found() {
        check(strings, "crates/web/src/lib.rs", "let x = \"\n  UPDATE a SET b = 1\";", &[2]);
        check(strings, "crates/store/src/lib.rs", "let x = \"UPDATE a SET b = 1\";", &[]);
        check(strings, "crates/web/src/lib.rs", "// SELECT a person\nlet x = \"Select \";", &[]);
    }

    #[test]
    fn unfinished_work_names_its_issue() {
        check(unowned_marks, ELSEWHERE, "// TODO(#12): widen", &[]);
        check(unowned_marks, ELSEWHERE, "a();\n// TODO: widen\n/* FIXME */", &[2, 3]);
        check(unowned_marks, ELSEWHERE, "let x = \"TODO\";", &[]);
    }
}
