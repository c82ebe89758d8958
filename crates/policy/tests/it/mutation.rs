//! Whichever cell an operator, or a slip of the hand, changes: the comparison with the second
//! definition notices. Part of the requests is enough here: what they notice, all of them do.

use std::sync::{LazyLock, Mutex};

use tasuki_core::account::{AccountLevel, JobType};
use tasuki_core::document::DocumentKind;
use tasuki_core::provider::ServiceType;
use tasuki_core::word::Word;
use tasuki_policy::{Column, Reader, Relation, Sharing, Staff, decide};
use toml::{Table, Value};

use crate::differential::{answer, other_acts};
use crate::space::{every_reader, every_relation, for_each_asked};
use crate::{oracle, space};

/// One change of one cell.
struct Change {
    what: String,
    table: String,
    jobs: String,
    /// Kinds that it may tell of; empty for the acts about no paper.
    kinds: Vec<DocumentKind>,
}

#[test]
fn a_change_of_any_one_cell_of_the_published_table_is_caught() {
    let mut changes = Vec::new();
    for (place, kind) in DocumentKind::ALL.iter().copied().enumerate() {
        let mut add = |what: &str, table: &Table| {
            let what = format!("{kind:?} {what}");
            let jobs = Sharing::PUBLISHED_JOBS.to_owned();
            changes.push(Change { what, table: table.to_string(), jobs, kinds: vec![kind] });
        };
        for column in Column::ALL.iter().map(|column| column.word()) {
            for sign in ["★", "○", "◎", "–"] {
                let mut table = published_table();
                if change_cell(&mut table, place, column, sign) {
                    add(&format!("{column} {sign}"), &table);
                }
            }
        }
        for (what, table) in changes_of_services(place) {
            add(&what, &table);
        }
    }
    all_are_caught(&changes, 450);
}

#[test]
fn a_change_of_any_one_cell_of_the_table_of_jobs_is_caught() {
    let mut changes = toggled_words();
    changes.extend(moved_kinds());
    changes.extend(narrowed_services());
    all_are_caught(&changes, 700);
}

fn published_table() -> Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Sharing::PUBLISHED_TABLE.parse().unwrap());
    TABLE.clone()
}

fn published_jobs() -> Table {
    static JOBS: LazyLock<Table> = LazyLock::new(|| Sharing::PUBLISHED_JOBS.parse().unwrap());
    JOBS.clone()
}

/// A change of `function_jobs.toml`.
fn of_jobs(what: String, jobs: &Table, kinds: Vec<DocumentKind>) -> Change {
    Change { what, table: Sharing::PUBLISHED_TABLE.to_owned(), jobs: jobs.to_string(), kinds }
}

/// Changes one cell: turns ★ on or off, or makes the rest of the cell ○, ◎ or –. `false` when the
/// cell already says so.
fn change_cell(table: &mut Table, place: usize, column: &str, sign: &str) -> bool {
    let row = table["document"][place].as_table_mut().unwrap();
    let mut turn = |list: &str, on: bool| {
        let list = row[list].as_array_mut().unwrap();
        let names = |word: &Value| word.as_str().unwrap().split(':').next() == Some(column);
        let was_on = list.iter().any(names);
        list.retain(|word| !names(word));
        if on {
            list.push(Value::from(column));
        }
        was_on != on
    };
    if sign == "★" {
        return turn("author", false) || turn("author", true);
    }
    let shared = turn("shared", sign == "○");
    let consent = turn("consent", sign == "◎");
    shared || consent
}

/// Each ★ of a column with services: one more or one fewer among those that it names; where it
/// names none, one named alone.
fn changes_of_services(place: usize) -> Vec<(String, Table)> {
    let mut all = Vec::new();
    let makers = published_table()["document"][place]["author"].as_array().unwrap().clone();
    for (at, maker) in makers.iter().enumerate() {
        let maker = maker.as_str().unwrap();
        let (column, named) = maker.split_once(':').unwrap_or((maker, ""));
        if !["care_management", "provider", "medical_with_care"].contains(&column) {
            continue;
        }
        let named: Vec<_> = named.split(',').filter(|code| !code.is_empty()).collect();
        for code in ServiceType::all().map(ServiceType::code) {
            let mut codes = named.clone();
            codes.retain(|known| *known != code);
            if codes.len() == named.len() {
                codes.push(code);
            }
            let maker = format!("{column}:{}", codes.join(","));
            let mut table = published_table();
            table["document"][place]["author"][at] = Value::from(maker.as_str());
            all.push((maker, table));
        }
    }
    all
}

/// Every list of `function_jobs.toml` with each word turned on or off.
fn toggled_words() -> Vec<Change> {
    let mut changes = Vec::new();
    for (place, (path, _)) in lists(&mut published_jobs()).iter().enumerate() {
        let words: Vec<_> = match path.ends_with("kinds") {
            true => DocumentKind::ALL.iter().map(|kind| kind.word()).collect(),
            false => JobType::ALL.iter().map(|job| job.word()).collect(),
        };
        for word in words {
            let mut jobs = published_jobs();
            let mut found = lists(&mut jobs);
            let list = &mut found[place].1;
            let before = list.len();
            list.retain(|known| known.as_str() != Some(word));
            if list.len() == before {
                list.push(Value::from(word));
            }
            let kinds = match path.strip_prefix("function ") {
                Some(rest) => kinds_of(rest.split(' ').next().unwrap().parse().unwrap()),
                None => DocumentKind::from_word(word).into_iter().collect(),
            };
            changes.push(of_jobs(format!("{path} {word}"), &jobs, kinds));
        }
    }
    changes
}

/// Every list of words in the file, with where it stands.
fn lists(table: &mut Table) -> Vec<(String, &mut Vec<Value>)> {
    let inner = table.iter_mut().map(|(key, value)| (key.clone(), value));
    inner.flat_map(|(key, value)| lists_of(&key, value)).collect()
}

fn lists_of<'a>(at: &str, value: &'a mut Value) -> Vec<(String, &'a mut Vec<Value>)> {
    let words = value.as_array().is_some_and(|list| list.iter().all(Value::is_str));
    match value {
        Value::Array(list) => match words {
            true => vec![(at.to_owned(), list)],
            false => {
                let inner = list.iter_mut().enumerate();
                inner.flat_map(|(place, value)| lists_of(&format!("{at} {place}"), value)).collect()
            }
        },
        Value::Table(table) => {
            let inner = table.iter_mut();
            inner.flat_map(|(key, value)| lists_of(&format!("{at} {key}"), value)).collect()
        }
        _ => vec![],
    }
}

/// Every kind put under every other function, unless both say the same.
fn moved_kinds() -> Vec<Change> {
    let mut changes = Vec::new();
    let functions = published_jobs()["function"].as_array().unwrap().clone();
    let columns = |function: &Value| {
        Column::ALL.iter().map(|column| function.get(column.word()).cloned()).collect::<Vec<_>>()
    };
    for (from, here) in functions.iter().enumerate() {
        for (to, there) in functions.iter().enumerate() {
            if columns(here) == columns(there) {
                continue;
            }
            for kind in kinds_of(from) {
                let mut jobs = published_jobs();
                let mut list = |function: usize, change: &dyn Fn(&mut Vec<Value>)| {
                    change(jobs["function"][function]["kinds"].as_array_mut().unwrap());
                };
                list(from, &|list| list.retain(|word| word.as_str() != Some(kind.word())));
                list(to, &|list| list.push(Value::from(kind.word())));
                changes.push(of_jobs(format!("{kind:?} to function {to}"), &jobs, vec![kind]));
            }
        }
    }
    changes
}

/// Every function closed for each of the services that stand for all.
fn narrowed_services() -> Vec<Change> {
    let mut changes = Vec::new();
    let count = published_jobs()["function"].as_array().unwrap().len();
    for function in 0..count {
        for code in ["11", "43", "52"] {
            let mut jobs = published_jobs();
            let closed = format!("codes = [\"{code}\"]\njobs = []").parse::<Table>().unwrap();
            let row = jobs["function"][function].as_table_mut().unwrap();
            row.insert("service".to_owned(), Value::Array(vec![Value::Table(closed)]));
            changes.push(of_jobs(format!("{function} not {code}"), &jobs, kinds_of(function)));
        }
    }
    changes
}

fn kinds_of(function: usize) -> Vec<DocumentKind> {
    let words = &published_jobs()["function"][function]["kinds"];
    let words = words.as_array().unwrap().iter();
    words.map(|word| DocumentKind::from_word(word.as_str().unwrap()).unwrap()).collect()
}

/// Part of the requests: general accounts, and relations without blocks.
struct Part {
    readers: Vec<Reader>,
    makers: Vec<Reader>,
    relations: Vec<Relation>,
}

impl Part {
    fn new() -> Self {
        let level = |reader: &Reader| match reader {
            Reader::Insurer { staff, .. } | Reader::Provider { staff, .. } => {
                staff.level == AccountLevel::General
            }
            _ => true,
        };
        let plain = |one: &Relation| one.block.is_none() && !one.protected && !one.disaster_open;
        Self {
            readers: every_reader().into_iter().filter(level).collect(),
            makers: every_maker(),
            relations: every_relation().into_iter().filter(plain).collect(),
        }
    }

    /// The two definitions differ somewhere, or the server does not start with the change.
    fn notices(&self, change: &Change) -> bool {
        let Ok(sharing) = Sharing::parse(&change.table, &change.jobs) else { return true };
        let papers = change.kinds.iter().copied().any(|kind| {
            let mut differs = self
                .makers
                .iter()
                .any(|one| sharing.may_make(kind, one) != oracle::may_make(kind, one));
            for_each_asked(kind, &self.readers, &self.relations, |request| {
                differs |= answer(&decide(&sharing, request)) != oracle::paper(request);
                !differs
            });
            differs
        });
        papers
            || self.readers.iter().any(|reader| {
                let breaks = sharing.may_break_glass(reader) != oracle::may_break_glass(reader);
                breaks
                    || self.relations.iter().any(|one| other_acts(&sharing, reader, *one).is_err())
            })
    }
}

/// Readers who may make different papers: offices with each service, alone and beside another.
fn every_maker() -> Vec<Reader> {
    let (job, level, writes_care_plans) = (JobType::Clerk, AccountLevel::General, false);
    let staff = Staff { job, level, writes_care_plans };
    let mut all = every_reader();
    for service in ServiceType::all() {
        for codes in [&[service.code()][..], &["11", service.code()]] {
            all.extend([false, true].map(|is_medical| {
                let office = space::office(is_medical, codes);
                Reader::Provider { office, staff }
            }));
        }
    }
    all
}

/// `least` is how many changes there must be, so that an empty list does not pass.
fn all_are_caught(changes: &[Change], least: usize) {
    assert!(changes.len() >= least, "only {} changes were tried", changes.len());
    let part = Part::new();
    let escaped = Mutex::new(Vec::new());
    space::shared_out(changes, |change| {
        if !part.notices(change) {
            escaped.lock().unwrap().push(change.what.clone());
        }
    });
    assert_eq!(*escaped.lock().unwrap(), [""; 0]);
}

#[test]
fn the_published_tables_themselves_are_not_caught() {
    let published = Change {
        kinds: DocumentKind::ALL.to_vec(),
        ..of_jobs(String::new(), &published_jobs(), vec![])
    };
    assert!(!Part::new().notices(&published));
}
