//! The second definition of who may see what: a list of sentences, each of which shuts or opens
//! gates, over the published table as it is printed.
//!
//! The sentences about papers were written from the document that states the rules, before the
//! first definition was read, and share no table and no step with it. Where that document is
//! silent, they follow `docs/divergences.md`. Searches, lists, basics and the log, of which it says
//! less, were added afterwards. The numbers are those of the cards in `docs/rules/sharing.md`.

use tasuki_core::account::{AccountLevel, JobType};
use tasuki_core::document::DocumentKind;
use tasuki_core::event::Gate;
use tasuki_core::insured::PersonKey;
use tasuki_policy::{Block, Permit, Reader, Relation, Request, Staff};

mod cells;

use cells::{
    CARE_MADE, CARE_MANAGEMENT, INSURER, MEDICAL_MADE, PERSON, cells, gives_care, manages_care,
    sign,
};

/// What the sentences say to one request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Why the reader may read, or the first gate that is shut.
    pub(crate) verdict: Result<Permit, Gate>,
    /// Every gate that is shut, in their order.
    pub(crate) shut: [bool; 5],
}

/// One request with what the tables say to it.
struct Case<'a> {
    person: &'a PersonKey,
    reader: &'a Reader,
    relation: Relation,
    consent: bool,
    /// The most open cell in which the reader stands with this job: '–', '◎' or '○'.
    cell: char,
    /// The reader's organisation made it, and this job may open what it made.
    authored: bool,
    /// Break-glass opens this for this job.
    for_danger: bool,
}

/// What a sentence does.
enum Effect {
    /// Shuts the gate; nothing opens it, and everybody is told.
    Bars(Gate),
    /// Shuts the gate, unless another sentence opens it.
    Shuts(Gate),
    /// Opens gates that are shut, and is then why the reader may read.
    Opens(&'static [Gate], Permit),
}
use Effect::{Bars, Opens, Shuts};

/// One sentence: what it says, when it holds, what it does.
struct Rule(&'static str, fn(&Case<'_>) -> bool, Effect);

const RULES: [Rule; 11] = [
    Rule(
        "1 – is not shared; 4 the kind of office and the job of the person: the table, narrowed",
        |case| case.cell == '–',
        Shuts(Gate::Role),
    ),
    Rule(
        "5 identity checked and office registered as in charge",
        |case| case.is_office() && !case.relation.assigned,
        Shuts(Gate::Assignment),
    ),
    Rule(
        "5 persons of other insurers are reachable only through their own assignment",
        |case| match case.reader {
            Reader::Insurer { number, .. } => *number != case.person.insurer,
            _ => false,
        },
        Shuts(Gate::Assignment),
    ),
    Rule(
        "6 consent for ◎ cells; without it the document is not displayed at all",
        |case| case.cell == '◎' && !case.is_person() && !case.consent,
        Shuts(Gate::Consent),
    ),
    Rule(
        "7 an assignment lives only while service continues",
        |case| case.is_office() && !case.relation.continuing,
        Shuts(Gate::Continuity),
    ),
    Rule(
        "8 no stopped account, office or device",
        |case| case.relation.block.is_some_and(is_stop),
        Bars(Gate::Block),
    ),
    Rule(
        "8 no protected-person rule, no withdrawal, for an office or a medical institution",
        |case| case.is_office() && case.relation.block.is_some(),
        Shuts(Gate::Block),
    ),
    Rule(
        "8, 10 delegates lose access when the flag is set, and when the person withdraws it",
        |case| {
            let closed = case.relation.protected || case.relation.block.is_some();
            case.reader.is_delegate() && closed
        },
        Bars(Gate::Block),
    ),
    Rule(
        "9 an author may always read what it made itself, also after the relation ended",
        |case| case.authored,
        Opens(&ALL, Permit::WroteIt),
    ),
    Rule(
        "12 in a disaster an operator can open a region: ○ cells, for offices",
        |case| case.is_office() && case.relation.disaster_open && case.cell == '○',
        Opens(&[Gate::Assignment, Gate::Continuity], Permit::Disaster),
    ),
    Rule(
        "11 a person with the right job may open a person for danger to life",
        |case| case.is_office() && case.relation.emergency && case.for_danger,
        Opens(&[Gate::Assignment, Gate::Consent, Gate::Continuity], Permit::Emergency),
    ),
];

/// The gates that an author need not ask: all, but for what bars them.
const ALL: [Gate; 5] = [Gate::Role, Gate::Assignment, Gate::Consent, Gate::Continuity, Gate::Block];

/// May this reader read papers of this kind?
pub(crate) fn paper(ask: &Request<'_>) -> Answer {
    case_of_paper(ask).answer()
}

/// The sentences that hold for a request about papers, for whoever looks into a difference.
pub(crate) fn sentences(ask: &Request<'_>) -> Vec<&'static str> {
    let case = case_of_paper(ask);
    RULES.iter().filter(|Rule(_, holds, _)| holds(&case)).map(|Rule(says, ..)| *says).collect()
}

fn case_of_paper<'a>(ask: &Request<'a>) -> Case<'a> {
    let (cell, authored) = match ask.reader {
        Reader::InsuredPerson { .. } => (read_or_made(ask.kind, PERSON), ask.made_it),
        Reader::Insurer { staff, .. } if is_officer(*staff) => {
            (read_or_made(ask.kind, INSURER), ask.made_it)
        }
        Reader::Provider { office, staff } if works_in_office(*staff) => {
            let cells = cells(ask.kind, office, *staff);
            let opens = |sign| cells.contains(&(sign, true));
            let open = ['○', '◎'].into_iter().find(|sign| opens(*sign));
            (open.unwrap_or('–'), ask.made_it && cells.iter().any(|(_, fits)| *fits))
        }
        _ => ('–', false),
    };
    // "It opens certificates, allergies-like warnings and contact."
    let for_danger = ask.kind.table_row() == 3 && may_break_glass(ask.reader);
    let Request { person, reader, consent, relation, .. } = *ask;
    Case { person, reader, relation, consent, cell, authored, for_danger }
}

/// May this reader see name, birth date, address and telephone?
pub(crate) fn basics(person: &PersonKey, reader: &Reader, relation: Relation) -> Answer {
    let cell = if works_here(reader) || is_person(reader) { '○' } else { '–' };
    let for_danger = may_break_glass(reader);
    Case { person, reader, relation, consent: false, cell, authored: false, for_danger }.answer()
}

/// May this reader see who looked? The person and the insurer.
pub(crate) fn log(person: &PersonKey, reader: &Reader, relation: Relation) -> Answer {
    let officer = matches!(reader, Reader::Insurer { staff, .. } if is_officer(*staff));
    let cell = if officer || is_person(reader) { '○' } else { '–' };
    let (authored, for_danger) = (false, false);
    Case { person, reader, relation, consent: false, cell, authored, for_danger }.answer()
}

/// May this reader search for persons, or list those of its own organisation?
pub(crate) fn search_or_list(reader: &Reader, block: Option<Block>) -> Answer {
    let role = !works_here(reader);
    let stopped = block.is_some_and(is_stop);
    let verdict = match (role, stopped) {
        (true, _) => Err(Gate::Role),
        (_, true) => Err(Gate::Block),
        (false, false) => Ok(Permit::Shared),
    };
    Answer { verdict, shut: [role, false, false, false, stopped] }
}

/// Has this reader the right job to open a person for danger to life?
pub(crate) fn may_break_glass(reader: &Reader) -> bool {
    use JobType::{CareManager, CareWorker, Nurse, Physician};
    let right = [CareManager, Physician, Nurse, CareWorker];
    matches!(reader, Reader::Provider { staff, .. } if right.contains(&staff.job))
}

/// ★ in a column of the reader.
pub(crate) fn may_make(kind: DocumentKind, reader: &Reader) -> bool {
    let makes = |column| sign(kind, column) == '★';
    match reader {
        Reader::InsuredPerson { .. } => makes(PERSON),
        Reader::Insurer { .. } => makes(INSURER),
        Reader::Provider { office, staff } => {
            // "Kind 2 is made by those two facility types only."
            let facility = |code: &str| kind.table_row() != 2 || ["52", "55"].contains(&code);
            let is_care = gives_care(office)
                && office.services.iter().any(|service| facility(service.code()));
            // "A care-management office that sends kind 7 is its author."
            let plans = makes(CARE_MANAGEMENT) || kind.table_row() == 7;
            (plans && manages_care(office, *staff))
                || (makes(CARE_MADE) && is_care)
                || (makes(MEDICAL_MADE) && office.is_medical)
        }
        Reader::ReviewBoard | Reader::Operator => false,
    }
}

impl Case<'_> {
    fn answer(&self) -> Answer {
        let mut shut = [false; 5];
        let mut way = self.authored.then_some(Permit::WroteIt);
        for (place, gate) in ALL.into_iter().enumerate() {
            // 13: a reader without relation gets the same answer whatever is true of the person.
            let silent = match gate {
                Gate::Role | Gate::Assignment => false,
                Gate::Consent => shut[0] || shut[1],
                Gate::Continuity | Gate::Block => shut[1],
            };
            let bars = self.hold(|effect| matches!(effect, Bars(barred) if *barred == gate));
            let shuts = self.hold(|effect| matches!(effect, Shuts(one) if *one == gate));
            let opener = self.first(|effect| match effect {
                Opens(gates, permit) if gates.contains(&gate) => Some(*permit),
                _ => None,
            });
            shut[place] = bars || (shuts && !silent && opener.is_none());
            if shuts && way.is_none() {
                way = opener;
            }
        }
        let first = ALL.into_iter().zip(shut).find_map(|(gate, shut)| shut.then_some(gate));
        let verdict = first.map_or_else(|| Ok(way.unwrap_or_else(|| self.usual())), Err);
        Answer { verdict, shut }
    }

    /// Why the reader may read when no gate had to be opened.
    fn usual(&self) -> Permit {
        match (self.is_person(), self.cell) {
            // "◎ in the citizen's own column: the person's own request is the consent."
            (true, '◎') => Permit::OwnRequest,
            (true, _) => Permit::OwnInformation,
            (false, '◎') => Permit::Consented,
            (false, _) => Permit::Shared,
        }
    }

    fn hold(&self, named: impl Fn(&Effect) -> bool) -> bool {
        self.first(|effect| named(effect).then_some(())).is_some()
    }

    /// What the first sentence says of those that hold.
    fn first<T>(&self, says: impl Fn(&Effect) -> Option<T>) -> Option<T> {
        RULES.iter().find_map(|Rule(_, holds, effect)| says(effect).filter(|_| holds(self)))
    }

    fn is_person(&self) -> bool {
        is_person(self.reader)
    }

    fn is_office(&self) -> bool {
        matches!(self.reader, Reader::Provider { .. })
    }
}

/// The person and the insurer have one cell each, so what one of them makes is theirs to read.
fn read_or_made(kind: DocumentKind, column: usize) -> char {
    match sign(kind, column) {
        '★' => '○',
        sign => sign,
    }
}

fn is_person(reader: &Reader) -> bool {
    matches!(reader, Reader::InsuredPerson { .. })
}

/// Staff of an office or an insurer, at work with persons.
fn works_here(reader: &Reader) -> bool {
    match reader {
        Reader::Insurer { staff, .. } => is_officer(*staff),
        Reader::Provider { staff, .. } => works_in_office(*staff),
        Reader::InsuredPerson { .. } | Reader::ReviewBoard | Reader::Operator => false,
    }
}

/// Town halls, boards and the operator have jobs of their own, which no office has.
fn works_in_office(staff: Staff) -> bool {
    let elsewhere = [JobType::MunicipalOfficer, JobType::BoardMember, JobType::Operator];
    works_with_persons(staff) && !elsewhere.contains(&staff.job)
}

fn is_officer(staff: Staff) -> bool {
    works_with_persons(staff) && staff.job == JobType::MunicipalOfficer
}

/// An organisation's first account makes administrators and sees no person.
fn works_with_persons(staff: Staff) -> bool {
    staff.level != AccountLevel::Office
}

fn is_stop(block: Block) -> bool {
    matches!(block, Block::AccountStopped | Block::OfficeStopped | Block::DeviceStopped)
}
