//! The protocol document and the code say the same: columns, fields, code lists, rules.
//!
//! The tables stand between `<!-- table:NAME -->` and `<!-- /table -->`; run the tests with
//! `UPDATE_EXPECT=1` to write them anew.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::survey::survey_items;
use tasuki_core::word::Word;
use tasuki_core::{care_level, certification, eligibility, opinion, survey};
use tasuki_formats::municipal::*;

use crate::samples::{example, insurer, name};

fn document() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocols/1-municipal-files.md"))
}

/// A full line of a nested kind.
fn full_line(kind: RecordKind) -> Value {
    let insured = InsuredNumber::parse("0000123456").unwrap();
    let person = PersonKey { insurer: insurer(), insured };
    let change = Change::Put(example(kind));
    let mut line = Vec::new();
    layout::encode(kind, &Record { person, history: "1".to_owned(), change }, &mut line).unwrap();
    serde_json::from_slice(&line).unwrap()
}

/// Findings about a line.
fn findings(kind: RecordKind, line: &Value) -> Vec<Finding> {
    let layout = Layout::json(&name(kind, Scope::Full));
    layout.parse_line(1, line.to_string().as_bytes()).err().unwrap_or_default()
}

/// Every path of a value; the answers of the survey are one field.
fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) if !path.ends_with(".answers") => {
            for (key, inner) in map {
                let inner_path = format!("{path}.{key}");
                found.insert(inner_path.clone());
                paths(inner, &inner_path, found);
            }
        }
        Value::Array(list) => {
            list.iter().for_each(|inner| paths(inner, &format!("{path}[]"), found));
        }
        _ => {}
    }
}

/// The place of a path in a value: the first element stands for the list.
fn pointer(path: &str) -> String {
    format!("/{}", path.replace("[]", ".0").replace('.', "/"))
}

/// A line without a field is refused.
fn is_required(kind: RecordKind, path: &str) -> bool {
    let mut line = full_line(kind);
    let pointer = pointer(path);
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    line.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
    !findings(kind, &line).is_empty()
}

fn field_table(kind: RecordKind) -> String {
    let line = full_line(kind);
    let mut table = String::from(
        "| field | 日本語 | type | required | rule | example |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for Field { path, japanese, kind: shape, rule } in fields(kind) {
        let required = if is_required(kind, path) { "yes" } else { "" };
        let value = line.pointer(&pointer(path)).unwrap();
        let plain = !value.is_object() && !value.is_array();
        let value = if plain { format!("`{value}`") } else { String::new() };
        table.push_str(&format!(
            "| `{path}` | {japanese} | {shape} | {required} | {rule} | {value} |\n"
        ));
    }
    table
}

fn list<T: Word>(name: &str, japanese: fn(T) -> &'static str) -> String {
    let words: Vec<String> =
        T::ALL.iter().map(|word| format!("`{}` {}", word.word(), japanese(*word))).collect();
    format!("| {name} | {} |\n", words.join(", "))
}

macro_rules! lists {
    ($($path:path as $name:ident),+ $(,)?) => {
        [$(list(stringify!($name), <$path>::japanese)),+].concat()
    };
}

/// Every list that a field or column names.
fn code_lists() -> String {
    let lists = lists! {
        certification::ApplicationKind as ApplicationKind, certification::EndKind as EndKind,
        certification::Care1State as Care1State, care_level::CareLevel as CareLevel,
        survey::PhysicalIndependence as PhysicalIndependence,
        survey::CognitiveIndependence as CognitiveIndependence,
        survey::SurveyService as SurveyService, survey::SurveyFacilityKind as SurveyFacilityKind,
        opinion::OpinionEdition as OpinionEdition, opinion::Stability as Stability,
        opinion::MedicalDepartment as MedicalDepartment,
        opinion::SpecialTreatment as SpecialTreatment,
        opinion::DecisionAbility as DecisionAbility,
        opinion::CommunicationAbility as CommunicationAbility, opinion::Behaviour as Behaviour,
        opinion::body::HandSide as HandSide, opinion::body::WeightChange as WeightChange,
        opinion::body::BodyFinding as BodyFinding, opinion::body::Severity as Severity,
        opinion::living::OutdoorWalking as OutdoorWalking,
        opinion::living::Wheelchair as Wheelchair, opinion::living::WalkingAid as WalkingAid,
        opinion::living::Eating as Eating, opinion::living::Nutrition as Nutrition,
        opinion::living::RiskState as RiskState, opinion::living::Prospect as Prospect,
        opinion::living::MedicalService as MedicalService,
        opinion::living::CarePointKind as CarePointKind, opinion::living::Infection as Infection,
        eligibility::RestrictionKind as RestrictionKind, eligibility::FacilityKind as FacilityKind,
        eligibility::ReductionKind as ReductionKind,
        tasuki_core::benefit_use::HomeModificationKind as HomeModificationKind,
        tasuki_core::benefit_use::EquipmentKind as EquipmentKind,
        tasuki_core::document::DocumentKind as DocumentKind,
    };
    format!("| list | words |\n| --- | --- |\n{lists}")
}

fn survey_table() -> String {
    let mut table =
        String::from("| item | 日本語 | several | choices |\n| --- | --- | --- | --- |\n");
    for item in survey_items() {
        let choices: Vec<String> =
            item.choices.iter().zip(1..).map(|(text, code)| format!("{code} {text}")).collect();
        let several = if item.multiple { "yes" } else { "" };
        let choices = choices.join(", ");
        table.push_str(&format!("| {} | {} | {several} | {choices} |\n", item.number, item.label));
    }
    table
}

fn rule_table() -> String {
    let mut table = String::from("| rule | what to do |\n| --- | --- |\n");
    for rule in Rule::ALL {
        table.push_str(&format!("| `{}` | {} |\n", rule.word(), rule.japanese()));
    }
    table
}

fn kind_table() -> String {
    let mut table = String::from("| kind | 日本語 | form | becomes |\n| --- | --- | --- | --- |\n");
    for kind in RecordKind::ALL {
        let form = if kind.is_json() { "JSON Lines" } else { "CSV" };
        let becomes = kind.document_kind().map_or("", |kind| kind.word());
        let (word, japanese) = (kind.word(), kind.japanese());
        table.push_str(&format!("| `{word}` | {japanese} | {form} | {becomes} |\n"));
    }
    table
}

fn table(name: &str) -> String {
    match name {
        "kinds" => kind_table(),
        "key" => column_table(KEY_COLUMNS),
        "rules" => rule_table(),
        "lists" => code_lists(),
        "survey_items" => survey_table(),
        name => match RecordKind::from_word(name).unwrap() {
            kind if kind.is_json() => field_table(kind),
            kind => column_table(kind.columns()),
        },
    }
}

#[test]
fn the_tables_of_the_document_are_those_of_the_code() {
    let path = document();
    let text = std::fs::read_to_string(&path).unwrap();
    let mut anew = String::new();
    let mut names = BTreeSet::new();
    let mut parts = text.split("<!-- table:");
    anew.push_str(parts.next().unwrap());
    for part in parts {
        let (name, rest) = part.split_once(" -->").unwrap();
        let (_, after) = rest.split_once("<!-- /table -->").unwrap();
        names.insert(name.to_owned());
        anew.push_str(&format!("<!-- table:{name} -->\n\n{}\n<!-- /table -->{after}", table(name)));
    }
    for kind in RecordKind::ALL {
        assert!(names.contains(kind.word()), "{} has no table", kind.word());
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &anew).unwrap();
    } else {
        assert!(anew == text, "the tables differ; run again with UPDATE_EXPECT=1");
    }
}

#[test]
fn every_field_of_a_nested_kind_is_described() {
    for kind in RecordKind::ALL.iter().filter(|kind| kind.is_json()) {
        let mut found = BTreeSet::new();
        let line = full_line(*kind);
        paths(&line["body"], "body", &mut found);
        let described: BTreeSet<String> =
            fields(*kind).iter().map(|field| field.path.to_owned()).collect();
        assert_eq!(described, found, "{kind:?}");
        let lists = code_lists();
        for field in fields(*kind) {
            let named = field.kind.trim_start_matches("list of ");
            let is_list = named.starts_with(|c: char| c.is_ascii_uppercase());
            assert!(!is_list || lists.contains(&format!("| {named} |")), "{named}");
        }
    }
}

#[test]
fn the_examples_of_the_columns_make_a_sound_line() {
    for kind in RecordKind::ALL.iter().filter(|kind| !kind.is_json()) {
        let columns: Vec<&Column> = KEY_COLUMNS.iter().chain(kind.columns()).collect();
        let cells: Vec<&str> = columns.iter().map(|column| column.example).collect();
        let header = header_line(*kind);
        let layout = Layout::of_header(&name(*kind, Scope::Full), header.as_bytes()).unwrap();
        let line = layout.parse_line(2, cells.join(",").as_bytes()).unwrap();
        assert_eq!(line.warnings, []);
    }
}
