//! The two files are read strictly: whatever is missing, doubled or unknown is refused, with its
//! line, and the server does not start.

use expect_test::{Expect, expect};
use tasuki_policy::{Sharing, SharingError};

const TABLE: &str = Sharing::PUBLISHED_TABLE;
const JOBS: &str = Sharing::PUBLISHED_JOBS;

#[test]
fn a_kind_that_is_missing_is_named() {
    let (head, _) = TABLE.split_once("# 認定の進み具合と結果").unwrap();
    check_table(head, expect!["sharing table, line 198: certification_progress is missing"]);
    check_jobs(
        &JOBS.replace(r#"kinds = ["opinion"]"#, "kinds = []"),
        expect!["table of jobs, line 248: opinion is missing"],
    );
}

#[test]
fn a_row_that_stands_twice_is_named() {
    let (_, tail) = TABLE.split_once("# 認定の進み具合と結果").unwrap();
    check_table(
        &format!("{TABLE}{tail}"),
        expect!["sharing table, line 211: certification_progress stands here a second time"],
    );
    check_jobs(
        &JOBS.replace(r#"["opinion"]"#, r#"["opinion", "survey_sheet"]"#),
        expect!["table of jobs, line 105: survey_sheet stands here a second time"],
    );
}

#[test]
fn an_unknown_word_is_named() {
    check_table(
        &TABLE.replacen("survey_sheet", "survey", 1),
        expect![[r#"sharing table, line 25: "survey" is not a kind of document"#]],
    );
    check_table(
        &TABLE.replacen(r#"["care_management"]"#, r#"["everyone"]"#, 1),
        expect![[r#"sharing table, line 29: "everyone" is not a column"#]],
    );
    check_table(
        &TABLE.replace("provider:52,55", "provider:52,5X"),
        expect![[r#"sharing table, line 36: "provider:52,5X" is not a service type"#]],
    );
    check_table(
        &TABLE.replace("provider:52,55", "everyone:52"),
        expect![[r#"sharing table, line 36: "everyone" is not a column"#]],
    );
    check_jobs(
        &JOBS.replacen("    \"clerk\",", "    \"janitor\",", 1),
        expect![[r#"table of jobs, line 28: "janitor" is not a job"#]],
    );
    check_jobs(
        &JOBS.replacen("    \"clerk\",", "    \"operator\",", 1),
        expect![[r#"table of jobs, line 28: "operator" is not a job of an office"#]],
    );
    check_jobs(
        &JOBS.replacen(r#"insurer = ["municipal_officer"]"#, r#"insurer = ["nurse"]"#, 1),
        expect![[r#"table of jobs, line 19: "nurse" is not a job of an insurer"#]],
    );
}

#[test]
fn an_unknown_or_missing_key_is_named() {
    check_table(
        &TABLE.replacen("consent =", "agreed =", 1),
        expect!["sharing table, line 29: unknown field `agreed`"],
    );
    check_table(
        &TABLE.replacen("source =", "default = \"open\"\nsource =", 1),
        expect!["sharing table, line 26: unknown field `default`"],
    );
    check_jobs(
        &JOBS.replacen("provider = [", "everyone = [", 1),
        expect!["table of jobs, line 30: unknown field `everyone`"],
    );
    check_jobs(
        &JOBS.replace("[basics]", "[basic]"),
        expect!["table of jobs, line 223: unknown field `basic`"],
    );
    check_table("document = 1", expect!["sharing table, line 1: invalid type: integer `1`"]);
    check_table("", expect!["sharing table, line 1: missing field `document`"]);
}

#[test]
fn a_cell_has_one_sign_only() {
    let both = TABLE.replacen(r#"shared = []"#, r#"shared = ["care_management"]"#, 1);
    check_table(&both, expect![[r#"sharing table, line 29: "care_management" is named twice"#]]);
    let made = TABLE.replacen(r#"shared = []"#, r#"shared = ["insurer"]"#, 1);
    check_table(&made, expect![[r#"sharing table, line 27: "insurer" is named twice"#]]);
    let twice = TABLE.replacen(r#"author = ["insurer"]"#, r#"author = ["insurer", "insurer"]"#, 1);
    check_table(&twice, expect![[r#"sharing table, line 27: "insurer" is named twice"#]]);
}

#[test]
fn the_number_of_the_row_is_held_against_the_kind() {
    check_table(
        &TABLE.replacen("row = 1\n", "row = 2\n", 1),
        expect!["sharing table, line 24: survey_sheet is row 1 of the published table"],
    );
}

#[test]
fn only_columns_with_services_are_restricted_to_services() {
    check_table(
        &TABLE.replace(r#""medical", "#, r#""medical:52", "#),
        expect!["sharing table, line 36: this column cannot be restricted to services"],
    );
}

/// The list of expected keys that `toml` adds is left out.
fn check(error: &SharingError, expected: &Expect) {
    expected.assert_eq(error.to_string().split(", expected").next().unwrap());
}

fn check_table(table: &str, expected: Expect) {
    check(&Sharing::parse(table, JOBS).unwrap_err(), &expected);
}

fn check_jobs(jobs: &str, expected: Expect) {
    check(&Sharing::parse(TABLE, jobs).unwrap_err(), &expected);
}
