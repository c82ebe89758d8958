//! Every kind of error once (`--flawed`), with what a reader must say about it.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use tasuki_core::word::Word;
use tasuki_formats::municipal::{
    Column, FileName, KEY_COLUMNS, MANIFEST_NAME, Manifest, RecordKind, Rule, Scope, header_line,
};

use crate::files::write_json;
use crate::{Emitter, Options, Sink, TownError, showcase};

/// An error that was put in, and where it must be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// File, from the folder of the town.
    pub file: String,
    /// Line; 0: the file as a whole.
    pub line: u64,
    /// Column or path, when the finding names one.
    pub column: Option<String>,
    /// Rule that is broken.
    pub rule: Rule,
}

use RecordKind as K;

/// Cells that break a rule: kind, column, value, rule.
const CELLS: [(RecordKind, &str, &str, Rule); 29] = [
    (K::ServiceUse, "op", "update", Rule::Op),
    (K::ServiceUse, "op", "delete", Rule::OpInFull),
    (K::ServiceUse, "insurer", "990011", Rule::InsurerNumber),
    (K::ServiceUse, "insurer", "435073", Rule::OtherInsurer),
    (K::ServiceUse, "insured", "12345", Rule::InsuredNumber),
    (K::ServiceUse, "history", "1 2", Rule::History),
    (K::ServiceUse, "month", "202610", Rule::Month),
    (K::ServiceUse, "provider", "997000001", Rule::ProviderNumber),
    (K::ServiceUse, "provider", "9970000010", Rule::ProviderCheckDigit),
    (K::ServiceUse, "services", "11 99", Rule::Code),
    (K::InsuredPerson, "name_kanji", "", Rule::Required),
    (K::InsuredPerson, "name_kana", "ﾀｶﾊｼ", Rule::Kana),
    (K::InsuredPerson, "birth_date", "S17.5.3", Rule::Date),
    (K::InsuredPerson, "birth_date", "1642-05-03", Rule::DateRange),
    (K::InsuredPerson, "lost_on", "1900-01-01", Rule::Period),
    (K::InsuredPerson, "sex", "女", Rule::Code),
    (K::InsuredPerson, "postal_code", "999-0001", Rule::PostalCode),
    (K::InsuredPerson, "phone", "099（000）0001", Rule::Phone),
    (K::InsuredPerson, "address", "123456789018", Rule::MyNumber),
    (K::InsuredPerson, "address", "\u{e000}町1番地", Rule::PrivateUse),
    (K::InsuredPerson, "address", "\u{fffd}町1番地", Rule::LostCharacter),
    (K::InsuredPerson, "address", "緑町\u{8}1番地", Rule::ControlCharacter),
    (K::InsuredCertificate, "certified_on", "", Rule::Incomplete),
    (K::InsuredCertificate, "limit_units", "19705単位", Rule::Number),
    (K::BurdenReduction, "share_percent", "250", Rule::NumberRange),
    (K::BurdenRatio, "ratio_1", "4", Rule::Code),
    (K::BurdenLimit, "stage", "3", Rule::Code),
    (K::HomeModificationUse, "paid_yen", "99999", Rule::Contradiction),
    (K::Consent, "given_on", "2026-02-30", Rule::Date),
];

/// Whole lines that break a rule.
const LINES: [(RecordKind, &[u8], Option<&str>, Rule); 6] = [
    (K::ServiceUse, b"put,990010\n", None, Rule::ColumnCount),
    (K::ServiceUse, b"put,\"990010\n", None, Rule::Quote),
    (K::ServiceUse, b"put,\x8d\x82\x8b\xb4\n", None, Rule::Encoding),
    (K::CertificationProgress, b"{\"op\":\"put\",\n", None, Rule::Json),
    (
        K::CertificationProgress,
        b"{\"op\":\"put\",\"insurer\":\"990010\",\"insured\":\"0000123456\",\"history\":\"9\",\
          \"body\":{\"filed_on\":\"2026-11-02\",\"kind\":\"new\",\"memo\":\"x\"}}\n",
        Some("body.memo"),
        Rule::JsonUnknown,
    ),
    (
        K::CertificationProgress,
        b"{\"op\":\"put\",\"insurer\":\"990010\",\"insured\":\"0000123456\",\"history\":\"9\",\
          \"body\":{\"filed_on\":\"R8.11.2\",\"kind\":\"new\"}}\n",
        Some("body.filed_on"),
        Rule::JsonValue,
    ),
];

/// The line of the protocol's own examples, with one column changed.
fn example_line(kind: RecordKind, options: &Options, changes: &[(&str, &str)]) -> Vec<u8> {
    let columns: Vec<&Column> = KEY_COLUMNS.iter().chain(kind.columns()).collect();
    let cells: Vec<&str> = columns
        .iter()
        .map(|column| {
            let changed = changes.iter().find(|(name, _)| *name == column.name);
            match (changed, column.name) {
                (Some((_, value)), _) => *value,
                (None, "insurer") => options.insurer.as_str(),
                (None, _) => column.example,
            }
        })
        .collect();
    let mut line = cells.join(",").into_bytes();
    line.push(b'\n');
    line
}

/// Puts every flaw of a line between the good ones.
pub(crate) fn sprinkle<S: Sink>(
    options: &Options,
    emitter: &mut Emitter<'_, S>,
) -> Result<Vec<Flaw>, TownError> {
    let mut flaws = Vec::new();
    let mut put = |kind: RecordKind, line: &[u8], column: Option<&str>, rule: Rule| {
        let line = emitter.raw(kind, line)?;
        let column = column.map(str::to_owned);
        flaws.push(Flaw { file: transfer_file(options, kind), line, column, rule });
        Ok::<(), TownError>(())
    };
    for (place, (kind, column, value, rule)) in CELLS.iter().enumerate() {
        let history = format!("F{place}");
        let mut changes = vec![(*column, *value)];
        if *column != "history" {
            changes.push(("history", &history));
        }
        put(*kind, &example_line(*kind, options, &changes), Some(*column), *rule)?;
    }
    for (kind, line, column, rule) in LINES {
        put(kind, line, column, rule)?;
    }
    let long = "長".repeat(301);
    let text = example_line(K::InsuredPerson, options, &[("address", &long)]);
    put(K::InsuredPerson, &text, Some("address"), Rule::TextTooLong)?;
    let endless = "長".repeat(30_000);
    let line = example_line(K::InsuredPerson, options, &[("address", &endless)]);
    put(K::InsuredPerson, &line, None, Rule::LineTooLong)?;
    // The line itself is sound; only the store sees that nobody has this number.
    let nobody = [("insured", "9999999999"), ("history", "1")];
    let stranger = example_line(K::BurdenRatio, options, &nobody);
    put(K::BurdenRatio, &stranger, Some("insured"), Rule::UnknownPerson)?;
    let first = showcase::showcase(options);
    let known = first.first().map(|person| person.insured.clone()).unwrap_or_default();
    let again = [("insured", known.as_str()), ("history", "2"), ("ratio_1", "3")];
    let repeated = example_line(K::BurdenRatio, options, &again);
    put(K::BurdenRatio, &repeated, Some("history"), Rule::RepeatedKey)?;
    Ok(flaws)
}

/// Name of a file of the transfer, from the folder of the town.
fn transfer_file(options: &Options, kind: RecordKind) -> String {
    format!("transfer/{}", name(options, kind, Scope::Full, 1))
}

fn name(options: &Options, kind: RecordKind, scope: Scope, sequence: u32) -> FileName {
    FileName { insurer: options.insurer.clone(), kind, scope, sequence }
}

/// Files that are broken as a whole, and a manifest that lies, in a folder of their own.
pub(crate) fn write_broken<W: Write>(
    options: &Options,
    good: &Manifest,
    create: &mut impl FnMut(&str) -> io::Result<W>,
) -> Result<Vec<Flaw>, TownError> {
    let mut flaws = Vec::new();
    let mut put = |file: &str, text: &str, line, column: Option<&str>, rule| {
        let column = column.map(str::to_owned);
        let file = format!("broken/{file}");
        create(&file)?.write_all(text.as_bytes())?;
        flaws.push(Flaw { file, line, column, rule });
        Ok::<(), io::Error>(())
    };
    let header = header_line(K::ServiceUse);
    let diff = |sequence| name(options, K::ServiceUse, Scope::Diff, sequence).to_string();
    put("service_use.csv", &header, 0, None, Rule::FileName)?;
    put(&diff(2), "", 0, None, Rule::EmptyFile)?;
    let twice = header.replace("services", "month");
    put(&diff(3), &twice, 1, Some("month"), Rule::HeaderRepeated)?;
    put(&diff(4), &format!("{header},memo"), 1, Some("8列目"), Rule::HeaderUnknown)?;
    let lacks = header.replace(",month", "");
    put(&diff(5), &lacks, 1, Some("month"), Rule::HeaderLacks)?;
    let gone = format!("{header}\ndelete,{},0000123456,Z-9,,,\n", options.insurer);
    put(&diff(9), &gone, 2, Some("history"), Rule::UnknownHistory)?;
    let mut push = |column: &str, rule| {
        let file = format!("broken/{MANIFEST_NAME}");
        flaws.push(Flaw { file, line: 0, column: Some(column.to_owned()), rule });
    };
    let mut manifest = Manifest { sequence: 9, scope: Scope::Diff, ..good.clone() };
    for file in &mut manifest.files {
        file.name = file.name.replace("full_000001", "diff_000009");
    }
    manifest.files.retain(|file| file.name.contains("service_use"));
    push("sha256", Rule::ManifestHash);
    push("lines", Rule::ManifestLines);
    push("sequence", Rule::SequenceGap);
    manifest.files.extend(good.files.first().cloned());
    push("files[1].name", Rule::ManifestFile);
    write_json(create(&format!("broken/{MANIFEST_NAME}"))?, &manifest)?;
    Ok(flaws)
}

/// Rules that no flaw breaks; the tests demand that there are none.
pub fn rules_without_flaw(flaws: &[Flaw]) -> Vec<Rule> {
    let broken = |rule: &&Rule| !flaws.iter().any(|flaw| flaw.rule == **rule);
    Rule::ALL.iter().filter(broken).copied().collect()
}
