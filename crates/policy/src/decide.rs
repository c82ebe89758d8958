//! The decision: five gates over the tables, total and pure.
//!
//! Source: spec of the five gates in `docs/rules/sharing.md`, one rule card per branch.

use tasuki_core::account::{AccountLevel, JobType};
use tasuki_core::event::Gate;
use tasuki_core::insured::PersonKey;

use crate::column::Access;
use crate::decision::{Decision, GateAnswer, Permit, Reason, State};
use crate::reader::{Office, Reader, Staff};
use crate::request::{Block, Relation, Request};
use crate::sharing::Sharing;

/// Decides one request. Total: every request has exactly one answer.
pub fn decide(sharing: &Sharing, request: &Request<'_>) -> Decision {
    let Request { person, reader, kind, made_it, consent, relation } = *request;
    let way = if made_it {
        way_to_own_paper(sharing, request)
    } else {
        match reader {
            Reader::InsuredPerson { .. } => shared_with_person(sharing, request),
            Reader::Insurer { staff, .. } => {
                let job = sharing.insurer_job_may_open(kind, staff.job);
                as_staff(reader, *staff, job, sharing.access_of_insurer(kind))
            }
            Reader::Provider { office, staff } => {
                let with_job = sharing.access_of_office(kind, office, *staff);
                let cell = sharing.access_of_any_job(kind, office, *staff);
                as_staff(reader, *staff, with_job > Access::Never, cell)
                    .map(|_| Way::Open(with_job))
            }
            Reader::ReviewBoard | Reader::Operator => Err(Reason::NoPersonHere),
        }
    };
    let emergency = relation.emergency
        && staff_of_office(reader).is_some_and(|(_, staff)| {
            sharing.break_glass_job(staff.job) && sharing.break_glass_kind(kind)
        });
    Case { person, reader, relation, way, consent, emergency }.decide()
}

/// Decides whether a reader may see the person's basics (氏名・生年月日・住所など): no paper, so no
/// cell of the table and no consent, but all other gates.
pub fn decide_basics(
    sharing: &Sharing,
    person: &PersonKey,
    reader: &Reader,
    relation: Relation,
) -> Decision {
    let way = by_job(reader, |job| sharing.basics_job(job));
    let emergency = relation.emergency
        && staff_of_office(reader).is_some_and(|(_, staff)| sharing.break_glass_job(staff.job));
    Case { person, reader, relation, way, consent: false, emergency }.decide()
}

/// Decides whether a reader may read who looked at the person (アクセス記録): the person, a delegate
/// unless the person is protected, and the insurer.
pub fn decide_log(
    sharing: &Sharing,
    person: &PersonKey,
    reader: &Reader,
    relation: Relation,
) -> Decision {
    let way = match reader {
        Reader::Provider { .. } => Err(Reason::NotShared),
        _ => by_job(reader, |job| sharing.access_log_job(job)),
    };
    Case { person, reader, relation, way, consent: false, emergency: false }.decide()
}

/// Decides whether a reader may search for a person by card or matching items (本人確認): any active
/// staff of an office, or of an insurer, whose job may search.
pub fn decide_search(sharing: &Sharing, reader: &Reader, block: Option<Block>) -> Decision {
    of_nobody(reader, by_job(reader, |job| sharing.search_job(job)), block)
}

/// Decides whether a reader may list the persons of their own organisation (わたしの利用者).
pub fn decide_list(sharing: &Sharing, reader: &Reader, block: Option<Block>) -> Decision {
    of_nobody(reader, by_job(reader, |job| sharing.basics_job(job)), block)
}

/// How the first gate opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The reader's organisation made the paper.
    Own,
    /// The table opens it; never [`Access::Never`].
    Open(Access),
}

/// An author reads what it made itself, whatever the cell says; only the job is still asked.
fn way_to_own_paper(sharing: &Sharing, request: &Request<'_>) -> Result<Way, Reason> {
    let kind = request.kind;
    match request.reader {
        Reader::InsuredPerson { .. } => Ok(Way::Own),
        Reader::Insurer { staff, .. } => {
            let job = sharing.insurer_job_may_open(kind, staff.job);
            as_staff(request.reader, *staff, job, Access::Shared).map(|_| Way::Own)
        }
        Reader::Provider { office, staff } => {
            let job = sharing.office_job_may_open(kind, office, *staff);
            as_staff(request.reader, *staff, job, Access::Shared).map(|_| Way::Own)
        }
        Reader::ReviewBoard | Reader::Operator => Err(Reason::NoPersonHere),
    }
}

fn shared_with_person(sharing: &Sharing, request: &Request<'_>) -> Result<Way, Reason> {
    match sharing.access_of_person(request.kind) {
        Access::Never => Err(Reason::NotShared),
        open => Ok(Way::Open(open)),
    }
}

/// Staff pass the first gate when their account works with persons, the cell is open at all, and
/// it is open for their job; the first of these that fails is the reason. A job that this kind of
/// organisation does not have fits nowhere, whatever the tables say.
fn as_staff(reader: &Reader, staff: Staff, job_fits: bool, cell: Access) -> Result<Way, Reason> {
    if staff.level == AccountLevel::Office {
        Err(Reason::LevelSeesNoPerson)
    } else if cell == Access::Never {
        Err(Reason::NotShared)
    } else if !job_fits || !reader.has_job(staff.job) {
        Err(Reason::JobNotAllowed)
    } else {
        Ok(Way::Open(cell))
    }
}

/// The first gate where no paper is asked for: the job alone decides.
fn by_job(reader: &Reader, may: impl Fn(JobType) -> bool) -> Result<Way, Reason> {
    match reader {
        Reader::InsuredPerson { .. } => Ok(Way::Open(Access::Shared)),
        Reader::Insurer { staff, .. } | Reader::Provider { staff, .. } => {
            as_staff(reader, *staff, may(staff.job), Access::Shared)
        }
        Reader::ReviewBoard | Reader::Operator => Err(Reason::NoPersonHere),
    }
}

fn staff_of_office(reader: &Reader) -> Option<(&Office, Staff)> {
    match reader {
        Reader::Provider { office, staff } if reader.has_job(staff.job) => Some((office, *staff)),
        _ => None,
    }
}

/// Gates of an act that is about no person yet: the role, and the stops of account and device.
fn of_nobody(reader: &Reader, way: Result<Way, Reason>, block: Option<Block>) -> Decision {
    let way = match reader {
        Reader::InsuredPerson { .. } => Err(Reason::NotShared),
        _ => way,
    };
    let nothing = not_needed(Reason::NotAsked);
    let block = stopped(block).unwrap_or_else(|| passed(Reason::NotBlocked));
    assemble(role(way), nothing, nothing, nothing, block, Permit::Shared)
}

/// One request with its first gate answered.
struct Case<'a> {
    person: &'a PersonKey,
    reader: &'a Reader,
    relation: Relation,
    way: Result<Way, Reason>,
    consent: bool,
    /// Break-glass is in force and covers this request.
    emergency: bool,
}

/// Answer of a gate before it is given its name.
type Answer = (State, Reason);

fn passed(reason: Reason) -> Answer {
    (State::Passed, reason)
}

fn failed(reason: Reason) -> Answer {
    (State::Failed, reason)
}

fn not_needed(reason: Reason) -> Answer {
    (State::NotNeeded, reason)
}

fn holds(answer: Answer) -> bool {
    answer.0 != State::Failed
}

fn role(way: Result<Way, Reason>) -> Answer {
    match way {
        Ok(_) => passed(Reason::RoleFits),
        Err(reason) => failed(reason),
    }
}

/// Stops of account, organisation and device stand above everything, authorship included.
fn stopped(block: Option<Block>) -> Option<Answer> {
    match block? {
        Block::AccountStopped => Some(failed(Reason::AccountStopped)),
        Block::OfficeStopped => Some(failed(Reason::OfficeStopped)),
        Block::DeviceStopped => Some(failed(Reason::DeviceStopped)),
        Block::Withdrawn | Block::Protection => None,
    }
}

fn assemble(
    role: Answer,
    assignment: Answer,
    consent: Answer,
    continuity: Answer,
    block: Answer,
    permit: Permit,
) -> Decision {
    let name = |gate, (state, reason)| GateAnswer { gate, state, reason };
    let answers = [
        name(Gate::Role, role),
        name(Gate::Assignment, assignment),
        name(Gate::Consent, consent),
        name(Gate::Continuity, continuity),
        name(Gate::Block, block),
    ];
    Decision::new(answers, permit)
}

impl Case<'_> {
    fn decide(&self) -> Decision {
        let role = role(self.way);
        let assignment = self.assignment();
        // INVARIANT: whoever has no relation to the person learns nothing about the person: the
        // gates below answer for them as if there were nothing to say.
        let related = holds(assignment);
        let asked = |ask: bool, answer: Answer| match ask {
            true => answer,
            false => not_needed(Reason::NotAsked),
        };
        let consent = asked(holds(role) && related, self.consent());
        let continuity = asked(related, self.continuity());
        let permit = self.permit(&[assignment, consent, continuity]);
        assemble(role, assignment, consent, continuity, self.block(related), permit)
    }

    fn open_by_disaster(&self) -> bool {
        self.relation.disaster_open && self.way == Ok(Way::Open(Access::Shared))
    }

    fn assignment(&self) -> Answer {
        match self.reader {
            Reader::InsuredPerson { .. } => not_needed(Reason::OwnInformation),
            Reader::ReviewBoard | Reader::Operator => not_needed(Reason::NotAsked),
            _ if self.way == Ok(Way::Own) => not_needed(Reason::OwnPaper),
            Reader::Insurer { number, .. } if *number == self.person.insurer => {
                passed(Reason::OwnInsurer)
            }
            Reader::Insurer { .. } => failed(Reason::OtherInsurer),
            Reader::Provider { .. } if self.relation.assigned => passed(Reason::Assigned),
            Reader::Provider { .. } if self.open_by_disaster() => not_needed(Reason::Disaster),
            Reader::Provider { .. } if self.emergency => not_needed(Reason::Emergency),
            Reader::Provider { .. } => failed(Reason::NotAssigned),
        }
    }

    /// Asked only where the first two gates hold.
    fn consent(&self) -> Answer {
        match (self.way, self.reader) {
            (Ok(Way::Own), _) => not_needed(Reason::OwnPaper),
            (Ok(Way::Open(Access::Shared)), _) => not_needed(Reason::SharedAnyway),
            (_, Reader::InsuredPerson { .. }) => not_needed(Reason::OwnRequest),
            _ if self.consent => passed(Reason::Consented),
            _ if self.emergency => not_needed(Reason::Emergency),
            _ => failed(Reason::NoConsent),
        }
    }

    /// Asked only where the reader is related to the person.
    fn continuity(&self) -> Answer {
        let Relation { assigned, continuing, .. } = self.relation;
        match self.reader {
            Reader::InsuredPerson { .. } => not_needed(Reason::OwnInformation),
            Reader::ReviewBoard | Reader::Operator => not_needed(Reason::NotAsked),
            _ if self.way == Ok(Way::Own) => not_needed(Reason::OwnPaper),
            Reader::Insurer { .. } => not_needed(Reason::InsurerDuty),
            Reader::Provider { .. } if assigned && continuing => passed(Reason::Continuing),
            Reader::Provider { .. } if self.open_by_disaster() => not_needed(Reason::Disaster),
            Reader::Provider { .. } if self.emergency => not_needed(Reason::Emergency),
            Reader::Provider { .. } => failed(Reason::Lapsed),
        }
    }

    fn block(&self, related: bool) -> Answer {
        if let Some(answer) = stopped(self.relation.block) {
            return answer;
        }
        let delegate = self.reader.is_delegate();
        let office =
            matches!(self.reader, Reader::Provider { .. }) && related && self.way != Ok(Way::Own);
        let closed = self.relation.block.is_some() && (delegate || office);
        if closed || (delegate && self.relation.protected) {
            failed(Reason::Closed)
        } else {
            passed(Reason::NotBlocked)
        }
    }

    /// Why, when every gate holds. What replaced a gate is named before what is usual.
    fn permit(&self, answers: &[Answer; 3]) -> Permit {
        let because = |reason| answers.iter().any(|(_, why)| *why == reason);
        match self.reader {
            _ if self.way == Ok(Way::Own) => Permit::WroteIt,
            Reader::InsuredPerson { .. } if because(Reason::OwnRequest) => Permit::OwnRequest,
            Reader::InsuredPerson { .. } => Permit::OwnInformation,
            _ if because(Reason::Emergency) => Permit::Emergency,
            _ if because(Reason::Disaster) => Permit::Disaster,
            _ if because(Reason::Consented) => Permit::Consented,
            _ => Permit::Shared,
        }
    }
}
