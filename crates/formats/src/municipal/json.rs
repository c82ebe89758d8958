//! Lines of JSON (調査票・意見書・認定の進み具合): `{"op":…,"insurer":…,"insured":…,"history":…,"body":{…}}`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tasuki_core::certification::CertificationProgress;
use tasuki_core::document::Body;
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::opinion::AttendingPhysicianOpinion;
use tasuki_core::survey::SurveySheet;

use super::finding::{Finding, Rule};
use super::row;
use super::text;
use super::write::EncodeError;
use super::{Change, Content, Op, Record, RecordKind};

/// A line as it is written.
#[derive(Serialize, Deserialize)]
struct Wire<T> {
    op: Op,
    insurer: InsurerNumber,
    insured: InsuredNumber,
    history: String,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    body: Option<T>,
}

/// `None`, for a deletion that leaves the body out.
fn none<T>() -> Option<T> {
    None
}

/// Reads one line; the record is `None` only when there are findings.
pub(crate) fn read(kind: RecordKind, line: u64, text: &str) -> (Option<Record>, Vec<Finding>) {
    let read = match kind {
        RecordKind::SurveySheet => {
            read_as(line, text, |body: SurveySheet| (Body::SurveySheet(Box::new(body)), None))
        }
        RecordKind::PhysicianOpinion => read_as(line, text, |body: AttendingPhysicianOpinion| {
            let finding = opinion_finding(line, &body);
            (Body::AttendingPhysicianOpinion(Box::new(body)), finding)
        }),
        _ => read_as(line, text, |body: CertificationProgress| {
            let finding = progress_finding(line, &body);
            (Body::CertificationProgress(Box::new(body)), finding)
        }),
    };
    match read {
        Ok((record, findings)) if findings.is_empty() => (Some(record), findings),
        Ok((_, findings)) | Err(findings) => (None, findings),
    }
}

type Read = Result<(Record, Vec<Finding>), Vec<Finding>>;

/// Reads a line whose body is a `T`; `finish` makes the paper and looks at its sense.
fn read_as<T: DeserializeOwned>(
    line: u64,
    text: &str,
    finish: impl FnOnce(T) -> (Body, Option<Finding>),
) -> Read {
    let mut unknown = Vec::new();
    let mut json = serde_json::Deserializer::from_str(text);
    let wire: Result<Wire<T>, _> = serde_ignored::deserialize(&mut json, |path| {
        unknown.push(path.to_string().replace(".?", ""));
    });
    let wire = match wire.and_then(|wire| json.end().map(|()| wire)) {
        Ok(wire) => wire,
        Err(_) => return Err(vec![refusal_of::<T>(line, text)]),
    };
    let mut findings: Vec<Finding> =
        unknown.iter().map(|path| finding(line, path, Rule::JsonUnknown)).collect();
    findings.extend(text_rule(text, &wire.history).map(|rule| Finding::line(line, rule)));
    let history = row::history(&wire.history).map_err(|rule| {
        findings.push(finding(line, "history", rule));
    });
    let body = wire.body.map(|body| {
        let (body, odd) = finish(body);
        findings.extend(odd);
        Content::Paper(body)
    });
    let change = Change::new(wire.op, body);
    if change.is_none() {
        findings.push(finding(line, "body", Rule::Required));
    }
    match (history, change) {
        (Ok(history), Some(change)) => {
            let person = PersonKey { insurer: wire.insurer, insured: wire.insured };
            Ok((Record { person, history, change }, findings))
        }
        _ => Err(findings),
    }
}

/// Reads a refused line once more, now keeping the path, which sound lines need not pay for.
fn refusal_of<T: DeserializeOwned>(line: u64, text: &str) -> Finding {
    let mut track = serde_path_to_error::Track::new();
    let mut json = serde_json::Deserializer::from_str(text);
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    match Wire::<T>::deserialize(tracked).and_then(|_| json.end()) {
        Ok(()) => Finding::line(line, Rule::Json),
        Err(error) => refusal(line, &track.path().to_string(), &error),
    }
}

/// A finding about a field; a path that is not made of our kind of names is not repeated.
fn finding(line: u64, path: &str, rule: Rule) -> Finding {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']');
    let path = if path.len() <= 100 && path.chars().all(plain) { path } else { "?" };
    let mend = rule.japanese().to_owned();
    Finding { line, column: Some(path.to_owned()), rule, value_class: String::new(), mend }
}

/// Person and history number of a line, whatever its body says.
pub(crate) fn key_of(text: &str) -> Option<(InsuredNumber, String)> {
    #[derive(Deserialize)]
    struct Key {
        insured: InsuredNumber,
        history: String,
    }
    let key: Key = serde_json::from_str(text).ok()?;
    Some((key.insured, key.history))
}

/// Turns the refusal of the JSON reader into a finding; its text may hold the value and stays here.
fn refusal(line: u64, path: &str, error: &serde_json::Error) -> Finding {
    use serde_json::error::Category;
    if matches!(error.classify(), Category::Syntax | Category::Eof | Category::Io) {
        return Finding::line(line, Rule::Json);
    }
    let text = error.to_string();
    let join = |field: &str| {
        if path == "." { field.to_owned() } else { format!("{path}.{field}") }
    };
    if let Some(field) =
        text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next())
    {
        return finding(line, &join(field), Rule::Required);
    }
    if path.ends_with("answers")
        && let Some(item) = text.strip_prefix("item ").and_then(|rest| rest.split(' ').next())
    {
        return finding(line, &join(item), Rule::JsonValue);
    }
    match path {
        "." => Finding::line(line, Rule::Json),
        "op" => finding(line, path, Rule::Op),
        "insurer" => finding(line, path, Rule::InsurerNumber),
        "insured" => finding(line, path, Rule::InsuredNumber),
        _ => finding(line, path, Rule::JsonValue),
    }
}

/// A rule that the texts of the line break: private use, lost characters, a My Number.
fn text_rule(line: &str, history: &str) -> Option<Rule> {
    if text::suspicious(line)
        && let Err(rule) = text::check(line)
    {
        return Some(rule);
    }
    let (mut begin, mut escapes, mut my_number) = (0, false, false);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => {
                // Between two quotes stands a text, or what parts two texts.
                if at - begin == MY_NUMBER_LENGTH {
                    let part = line.get(begin..at).unwrap_or_default();
                    my_number |= part != history && text::is_my_number(part);
                }
                begin = at + 1;
            }
            b'\\' => escapes = true,
            _ => {}
        }
    }
    let escaped = if escapes { escaped_rule(line) } else { None };
    escaped.or(my_number.then_some(Rule::MyNumber))
}

/// Digits of a My Number.
const MY_NUMBER_LENGTH: usize = 12;

/// A rule that a character breaks which is written as an escape.
fn escaped_rule(line: &str) -> Option<Rule> {
    line.match_indices("\\u").find_map(|(at, _)| {
        let code = line.get(at + 2..at + 6)?;
        let c = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
        text::check(&c.to_string()).err()
    })
}

/// An opinion of another edition than its day, or with too many diagnoses.
fn opinion_finding(line: u64, opinion: &AttendingPhysicianOpinion) -> Option<Finding> {
    if !opinion.edition_fits() {
        return Some(finding(line, "body.edition", Rule::Contradiction));
    }
    let diagnoses = opinion.diagnoses.len();
    (!(1..=3).contains(&diagnoses)).then(|| finding(line, "body.diagnoses", Rule::NumberRange))
}

/// A progress that contradicts itself.
fn progress_finding(line: u64, progress: &CertificationProgress) -> Option<Finding> {
    let period = progress.result.as_ref().and_then(|result| result.period);
    if period.is_some_and(|period| period.until < period.from) {
        return Some(finding(line, "body.result.period.until", Rule::Period));
    }
    if progress.result.is_some() && progress.decided_on.is_none() {
        return Some(finding(line, "body.decided_on", Rule::Contradiction));
    }
    let decided = progress.decided_on.is_some_and(|day| day < progress.filed_on);
    decided.then(|| finding(line, "body.decided_on", Rule::Period))
}

/// Appends the line of `record`, without its end.
pub(crate) fn write(
    kind: RecordKind,
    record: &Record,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    match (kind, record.change.content()) {
        (RecordKind::SurveySheet, Some(Content::Paper(Body::SurveySheet(body)))) => {
            write_as(record, Some(body), out)
        }
        (
            RecordKind::PhysicianOpinion,
            Some(Content::Paper(Body::AttendingPhysicianOpinion(body))),
        ) => write_as(record, Some(body), out),
        (
            RecordKind::CertificationProgress,
            Some(Content::Paper(Body::CertificationProgress(body))),
        ) => write_as(record, Some(body), out),
        (_, None) => write_as(record, None::<&()>, out),
        _ => Err(EncodeError::Content),
    }
}

fn write_as<T: Serialize>(
    record: &Record,
    body: Option<&T>,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let wire = Wire {
        op: record.change.op(),
        insurer: record.person.insurer.clone(),
        insured: record.person.insured.clone(),
        history: record.history.clone(),
        body,
    };
    serde_json::to_writer(out, &wire).map_err(|_| EncodeError::Json)
}
