//! What holds for every request, said once each and tried on all of them.

use tasuki_core::event::Gate;
use tasuki_policy::{
    Block, Decision, Permit, Reader, Relation, Request, Sharing, State, Verdict, decide, explain,
    may_know_exists,
};

use crate::space::{every_reader, for_each_request};

#[test]
fn every_request_keeps_the_promises() {
    let sharing = Sharing::published().unwrap();
    for_each_request(&every_reader(), |request| {
        let decision = decide(&sharing, request);
        consent_only_ever_adds(&sharing, request, &decision);
        strangers_read_nothing_they_did_not_make(request, &decision);
        authors_read_what_they_made(request, &decision);
        strangers_learn_nothing_about_the_person(&sharing, request, &decision);
        only_a_missing_consent_is_told(request, &decision);
    });
}

/// No reader loses a paper by the person agreeing.
fn consent_only_ever_adds(sharing: &Sharing, request: &Request<'_>, decision: &Decision) {
    if !request.consent && decision.is_permitted() {
        assert!(decide(sharing, &Request { consent: true, ..*request }).is_permitted());
    }
}

fn strangers_read_nothing_they_did_not_make(request: &Request<'_>, decision: &Decision) {
    let Relation { assigned, emergency, disaster_open, .. } = request.relation;
    let stranger = match request.reader {
        Reader::InsuredPerson { .. } => false,
        Reader::Insurer { number, .. } => *number != request.person.insurer,
        Reader::Provider { .. } => !assigned && !emergency && !disaster_open,
        Reader::ReviewBoard | Reader::Operator => true,
    };
    if stranger && decision.is_permitted() {
        assert!(request.made_it, "{request:?}");
        assert_eq!(decision.verdict, Verdict::Permit(Permit::WroteIt));
    }
}

/// Whatever became of the relation; only the job and the stops of account, office and device count.
fn authors_read_what_they_made(request: &Request<'_>, decision: &Decision) {
    let stopped =
        !matches!(request.relation.block, None | Some(Block::Withdrawn) | Some(Block::Protection));
    let staff = matches!(request.reader, Reader::Provider { .. } | Reader::Insurer { .. });
    if request.made_it && staff {
        let [role, ..] = decision.answers;
        assert_eq!(decision.is_permitted(), role.state == State::Passed && !stopped, "{request:?}");
    }
}

/// The answer to an office without relation is the same whatever is true of the person.
fn strangers_learn_nothing_about_the_person(
    sharing: &Sharing,
    request: &Request<'_>,
    decision: &Decision,
) {
    let [_, assignment, ..] = decision.answers;
    let about_person = matches!(request.relation.block, Some(Block::Withdrawn | Block::Protection));
    if assignment.state == State::Failed
        && (request.consent || request.relation.protected || about_person)
    {
        let block = request.relation.block.filter(|_| !about_person);
        let relation = Relation { protected: false, block, ..request.relation };
        let plain = Request { consent: false, relation, ..*request };
        assert_eq!(*decision, decide(sharing, &plain), "{request:?}");
    }
}

/// Nobody hears of a missing consent unless the consent is the only thing that is missing.
fn only_a_missing_consent_is_told(request: &Request<'_>, decision: &Decision) {
    let lines_tell = || explain(decision).iter().any(|line| line.text.contains("同意がまだ"));
    let denied_by = match decision.verdict {
        Verdict::Permit(_) => None,
        Verdict::Deny { gate, .. } => Some(gate),
    };
    if denied_by == Some(Gate::Consent) {
        let others = [0, 1, 3, 4].map(|place: usize| decision.answers[place].state);
        let alone = !others.contains(&State::Failed);
        assert_eq!(may_know_exists(decision), alone, "{request:?}");
        assert_eq!(lines_tell(), alone, "{request:?}");
    } else {
        assert_eq!(may_know_exists(decision), denied_by.is_none(), "{request:?}");
    }
}
