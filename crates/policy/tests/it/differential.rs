//! The policy against a second definition, over every request there is: the verdict and the answer
//! of each gate.

use std::sync::Mutex;

use tasuki_core::document::DocumentKind;
use tasuki_core::word::Word;
use tasuki_policy::{
    Decision, Reader, Relation, Request, Sharing, State, Verdict, decide, decide_basics,
    decide_list, decide_log, decide_search,
};

use crate::oracle::Answer;
use crate::space::{every_reader, every_service, for_each_of_kind, for_each_request};
use crate::{oracle, space};

#[test]
fn every_request_has_the_answer_of_the_written_rules() {
    let sharing = Sharing::published().unwrap();
    for_each_request(&every_reader(), |request| {
        let decision = decide(&sharing, request);
        let sentences = || oracle::sentences(request);
        assert_eq!(answer(&decision), oracle::paper(request), "{request:?}: {:?}", sentences());
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
            let decision = decide(&sharing, &request);
            assert_eq!(answer(&decision), oracle::paper(&request), "{request:?}");
            assert_eq!(
                sharing.may_make(kind, reader),
                oracle::may_make(kind, reader),
                "{kind:?} {reader:?}"
            );
        }
    }
}

#[test]
fn basics_log_search_and_list_have_the_answer_of_the_written_rules() {
    let sharing = Sharing::published().unwrap();
    for reader in every_reader() {
        for relation in space::every_relation() {
            other_acts(&sharing, &reader, relation).unwrap();
        }
        assert_eq!(
            sharing.may_break_glass(&reader),
            oracle::may_break_glass(&reader),
            "{reader:?}"
        );
    }
}

/// The acts about no paper, compared; the first that differs is the error.
pub(crate) fn other_acts(
    sharing: &Sharing,
    reader: &Reader,
    relation: Relation,
) -> Result<(), String> {
    let person = space::person();
    let person = &person;
    let block = relation.block;
    let acts = [
        ("basics", decide_basics(sharing, person, reader, relation)),
        ("log", decide_log(sharing, person, reader, relation)),
        ("search", decide_search(sharing, reader, block)),
        ("list", decide_list(sharing, reader, block)),
    ];
    let written = [
        oracle::basics(person, reader, relation),
        oracle::log(person, reader, relation),
        oracle::search_or_list(reader, block),
        oracle::search_or_list(reader, block),
    ];
    for ((act, decision), written) in acts.into_iter().zip(written) {
        let read = answer(&decision);
        if read != written {
            return Err(format!("{act}: {read:?}, written {written:?}: {reader:?} {relation:?}"));
        }
    }
    Ok(())
}

/// What the policy answered, in the terms of the second definition.
pub(crate) fn answer(decision: &Decision) -> Answer {
    let verdict = match decision.verdict {
        Verdict::Permit(permit) => Ok(permit),
        Verdict::Deny { gate, .. } => Err(gate),
    };
    Answer { verdict, shut: decision.answers.map(|answer| answer.state == State::Failed) }
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
