//! Every rule of a line is seen, at its line and column, and mends are Japanese.

use crate::samples::{example, insurer, name};
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_formats::municipal::*;

/// Rule and column of the first finding about `cells` put into the file's columns.
fn first(kind: RecordKind, change: &[(&str, &str)]) -> (Rule, Option<String>) {
    let names = header_line(kind);
    let columns: Vec<&Column> = KEY_COLUMNS.iter().chain(kind.columns()).collect();
    let cells: Vec<&str> = columns
        .iter()
        .map(|column| {
            let changed = change.iter().find(|(name, _)| *name == column.name);
            changed.map_or(column.example, |(_, value)| *value)
        })
        .collect();
    let layout = Layout::of_header(&name(kind, Scope::Diff), names.as_bytes()).unwrap();
    match layout.parse_line(2, cells.join(",").as_bytes()) {
        Ok(line) => {
            let warning = line.warnings.first().expect("the line is sound");
            (warning.rule, warning.column.clone())
        }
        Err(findings) => {
            assert_eq!(findings[0].line, 2);
            (findings[0].rule, findings[0].column.clone())
        }
    }
}

fn check(kind: RecordKind, column: &str, value: &str, rule: Rule) {
    assert_eq!(first(kind, &[(column, value)]), (rule, Some(column.to_owned())), "{value}");
}

#[test]
fn every_rule_of_a_key_is_seen() {
    let kind = RecordKind::ServiceUse;
    check(kind, "op", "update", Rule::Op);
    check(kind, "op", "", Rule::Required);
    check(kind, "insurer", "990011", Rule::InsurerNumber);
    check(kind, "insurer", "435073", Rule::OtherInsurer);
    check(kind, "insured", "123456789", Rule::InsuredNumber);
    check(kind, "history", "1 2", Rule::History);
}

#[test]
fn every_rule_of_a_person_is_seen() {
    let kind = RecordKind::InsuredPerson;
    check(kind, "name_kana", "ﾀｶﾊｼ", Rule::Kana);
    check(kind, "name_kana", "", Rule::Required);
    check(kind, "birth_date", "1942-02-30", Rule::Date);
    check(kind, "birth_date", "1642-02-03", Rule::DateRange);
    check(kind, "sex", "3", Rule::Code);
    check(kind, "postal_code", "999-0001", Rule::PostalCode);
    check(kind, "phone", "099（000）0001", Rule::Phone);
    check(kind, "address", "123456789018", Rule::MyNumber);
    check(kind, "address", "\u{e001}町", Rule::PrivateUse);
    check(kind, "address", "\u{fffd}町", Rule::LostCharacter);
    check(kind, "address", "緑町\u{1}", Rule::ControlCharacter);
    check(kind, "address", &"長".repeat(301), Rule::TextTooLong);
    let moved = first(kind, &[("moved_to_on", "2026-04-01")]);
    assert_eq!(moved, (Rule::Incomplete, Some("moved_to_insurer".to_owned())));
    let lost = first(kind, &[("lost_on", "1900-01-01")]);
    assert_eq!(lost, (Rule::Period, Some("lost_on".to_owned())));
}

#[test]
fn every_rule_of_the_other_flat_kinds_is_seen() {
    check(RecordKind::InsuredCertificate, "valid_until", "2026-01-31", Rule::Period);
    check(RecordKind::InsuredCertificate, "certified_on", "", Rule::Incomplete);
    check(RecordKind::InsuredCertificate, "care_level", "01", Rule::Code);
    check(RecordKind::InsuredCertificate, "limit_units", "19705単位", Rule::Number);
    check(RecordKind::InsuredCertificate, "office_1_number", "997000001", Rule::ProviderNumber);
    check(RecordKind::BurdenRatio, "ratio_1", "4", Rule::Code);
    check(RecordKind::BurdenReduction, "share_percent", "101", Rule::NumberRange);
    check(RecordKind::HomeModificationUse, "paid_yen", "99999", Rule::Contradiction);
    check(RecordKind::HomeModificationUse, "dwelling", "0", Rule::NumberRange);
    check(RecordKind::ServiceUse, "month", "202610", Rule::Month);
    check(RecordKind::ServiceUse, "services", "11 99", Rule::Code);
    let proxy = first(RecordKind::Consent, &[("basis", "family_proxy")]);
    assert_eq!(proxy, (Rule::Incomplete, Some("proxy_name".to_owned())));
}

#[test]
fn a_wrong_check_digit_of_an_office_is_a_warning() {
    check(RecordKind::ServiceUse, "provider", "9970000010", Rule::ProviderCheckDigit);
}

#[test]
fn a_full_file_only_puts_and_a_deletion_needs_only_its_key() {
    let kind = RecordKind::ServiceUse;
    let header = header_line(kind);
    let layout = |scope| Layout::of_header(&name(kind, scope), header.as_bytes()).unwrap();
    let line = format!("delete,{},0000000001,1,,,", insurer());
    let deleted = layout(Scope::Diff).parse_line(2, line.as_bytes()).unwrap();
    assert_eq!(deleted.record.change, Change::Delete);
    let findings = layout(Scope::Full).parse_line(2, line.as_bytes()).unwrap_err();
    assert_eq!(findings[0].rule, Rule::OpInFull);
}

#[test]
fn a_header_is_sound_or_refused_as_a_whole() {
    let kind = RecordKind::ServiceUse;
    let rules = |header: &[u8]| -> Vec<Rule> {
        let findings =
            Layout::of_header(&name(kind, Scope::Full), header).err().unwrap_or_default();
        findings.into_iter().map(|finding| finding.rule).collect()
    };
    assert_eq!(rules(b"month,provider,history,insured,insurer,op"), []);
    assert_eq!(rules(b""), [Rule::EmptyFile]);
    assert_eq!(rules(b"op,insurer,insured,history,provider"), [Rule::HeaderLacks]);
    let twice = b"op,insurer,insured,history,provider,month,month";
    assert_eq!(rules(twice), [Rule::HeaderRepeated]);
    let unknown = b"op,insurer,insured,history,provider,month,memo";
    assert_eq!(rules(unknown), [Rule::HeaderUnknown]);
    assert_eq!(rules(b"\xff\xfe"), [Rule::Encoding]);
}

#[test]
fn a_line_is_split_before_it_is_read() {
    let kind = RecordKind::ServiceUse;
    let layout = Layout::of_header(&name(kind, Scope::Full), header_line(kind).as_bytes()).unwrap();
    let rule = |line: &[u8]| layout.parse_line(2, line).unwrap_err()[0].rule;
    assert_eq!(rule(b"put,990010"), Rule::ColumnCount);
    assert_eq!(rule(b"put,\"990010"), Rule::Quote);
    assert_eq!(rule(b"put,\xff,3"), Rule::Encoding);
}

/// A nested line with one piece of its text replaced.
fn nested(kind: RecordKind, from: &str, to: &str) -> Vec<(Rule, Option<String>)> {
    let person =
        PersonKey { insurer: insurer(), insured: InsuredNumber::parse("0000123456").unwrap() };
    let change = Change::Put(example(kind));
    let record = Record { person, history: "1".to_owned(), change };
    let mut bytes = Vec::new();
    layout::encode(kind, &record, &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(from), "{from}");
    let layout = Layout::json(&name(kind, Scope::Full));
    let findings = layout.parse_line(1, text.trim().replacen(from, to, 1).as_bytes());
    let findings = findings.err().unwrap_or_default();
    findings.into_iter().map(|finding| (finding.rule, finding.column)).collect()
}

#[test]
fn findings_in_json_name_the_field() {
    let at = |rule, path: &str| vec![(rule, Some(path.to_owned()))];
    let progress = RecordKind::CertificationProgress;
    assert_eq!(nested(progress, "{", "{"), []);
    assert_eq!(nested(progress, "{", ""), [(Rule::Json, None)]);
    let filed = "\"filed_on\":\"2026-11-02\",";
    assert_eq!(nested(progress, filed, ""), at(Rule::Required, "body.filed_on"));
    assert_eq!(nested(progress, "2026-11-02", "R8"), at(Rule::JsonValue, "body.filed_on"));
    let unknown = nested(progress, filed, &format!("{filed}\"memo\":1,"));
    assert_eq!(unknown, at(Rule::JsonUnknown, "body.memo"));
    assert_eq!(nested(progress, "990010", "990011"), at(Rule::InsurerNumber, "insurer"));
    assert_eq!(
        nested(progress, "2028-01-31", "2026-01-31"),
        at(Rule::Period, "body.result.period.until")
    );
    assert_eq!(nested(progress, "\"put\"", "\"add\""), at(Rule::Op, "op"));
    let survey = RecordKind::SurveySheet;
    assert_eq!(nested(survey, "\"3-4\":[1],", ""), at(Rule::JsonValue, "body.answers.3-4"));
    assert_eq!(
        nested(survey, "\"3-4\":[1]", "\"3-4\":[3]"),
        at(Rule::JsonValue, "body.answers.3-4")
    );
    assert_eq!(nested(survey, "調査　一郎", "\\ue000"), [(Rule::PrivateUse, None)]);
    assert_eq!(nested(survey, "調査　一郎", "123456789018"), [(Rule::MyNumber, None)]);
    let opinion = RecordKind::PhysicianOpinion;
    assert_eq!(
        nested(opinion, "until_2026_03", "from_2026_04"),
        at(Rule::Contradiction, "body.edition")
    );
}
