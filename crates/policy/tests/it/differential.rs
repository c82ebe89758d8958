//! The policy against a second definition, over every request there is.

use std::sync::Mutex;

use tasuki_core::document::DocumentKind;
use tasuki_core::event::Gate;
use tasuki_core::word::Word;
use tasuki_policy::{Decision, Permit, Relation, Request, Sharing, State, Verdict, decide};
use toml::{Table, Value};

use crate::space::{every_reader, every_service, for_each_of_kind, for_each_request};
use crate::{oracle, space};

#[test]
fn every_request_has_the_answer_of_the_written_rules() {
    let sharing = Sharing::published().unwrap();
    for_each_request(&every_reader(), |request| {
        let decision = decide(&sharing, request);
        assert_eq!(verdict(&decision), oracle::answer(request), "{request:?}");
        // The verdict is the first gate that failed, and a permit has none.
        let failed = decision.answers.iter().find(|answer| answer.state == State::Failed);
        assert_eq!(verdict(&decision).err(), failed.map(|answer| answer.gate), "{request:?}");
    });
}

#[test]
fn every_service_of_the_list_stands_where_the_written_rules_put_it() {
    let sharing = Sharing::published().unwrap();
    let person = space::person();
    let in_charge = Relation { assigned: true, continuing: true, ..Default::default() };
    for reader in &every_service() {
        for kind in DocumentKind::ALL.iter().copied() {
            let made_it = false;
            let request = Request {
                person: &person,
                reader,
                kind,
                made_it,
                consent: true,
                relation: in_charge,
            };
            assert_eq!(
                verdict(&decide(&sharing, &request)),
                oracle::answer(&request),
                "{request:?}"
            );
            assert_eq!(
                sharing.may_make(kind, reader),
                oracle::may_make(kind, reader),
                "{kind:?} {reader:?}"
            );
        }
    }
}

/// Whichever cell an operator, or a slip of the hand, changes: the comparison above notices.
#[test]
fn a_change_of_any_one_cell_is_caught() {
    let readers = every_reader();
    let columns = [
        "insured_person",
        "insurer",
        "care_management",
        "provider",
        "medical",
        "medical_with_care",
    ];
    let mut escaped = Vec::new();
    let mut caught = 0;
    for place in 0..DocumentKind::ALL.len() {
        for column in columns {
            for sign in ["★", "○", "◎", "–"] {
                let mut table: Table = Sharing::PUBLISHED_TABLE.parse().unwrap();
                if !change_cell(&mut table, place, column, sign) {
                    continue;
                }
                // A table that says one thing twice is caught earlier: the server does not start.
                let Ok(sharing) = Sharing::parse(&table.to_string(), Sharing::PUBLISHED_JOBS)
                else {
                    continue;
                };
                let kind = DocumentKind::ALL[place];
                let made = readers
                    .iter()
                    .any(|reader| sharing.may_make(kind, reader) != oracle::may_make(kind, reader));
                match made || differs(&sharing, kind, &readers) {
                    true => caught += 1,
                    false => escaped.push(format!("{kind:?} {column} {sign}")),
                }
            }
        }
    }
    assert_eq!(escaped, [""; 0]);
    assert!(caught > 300, "only {caught} changes were tried");
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

fn differs(sharing: &Sharing, kind: DocumentKind, readers: &[tasuki_policy::Reader]) -> bool {
    let mut found = false;
    for_each_of_kind(kind, readers, |request| {
        found = verdict(&decide(sharing, request)) != oracle::answer(request);
        !found
    });
    found
}

fn verdict(decision: &Decision) -> Result<Permit, Gate> {
    match decision.verdict {
        Verdict::Permit(permit) => Ok(permit),
        Verdict::Deny { gate, .. } => Err(gate),
    }
}

#[test]
fn the_comparison_was_not_empty() {
    let count = Mutex::new(0u64);
    for_each_of_kind(DocumentKind::SurveySheet, &every_reader(), |_| {
        *count.lock().unwrap() += 1;
        true
    });
    assert_eq!(*count.lock().unwrap(), (2 + 2 + 66 * (2 + 16)) * 32 * 6 * 4);
}
