//! A second definition of who may read what, written from the published table and the written
//! rules, to be compared with the first. It shares no line and no file with it: the table stands
//! here in the ministry's signs, the jobs in letters, and the rules as sentences with early ends.

use tasuki_core::account::{AccountLevel, JobType};
use tasuki_core::document::DocumentKind;
use tasuki_core::event::Gate;
use tasuki_core::word::Word;
use tasuki_policy::{Block, Office, Permit, Reader, Request, Staff};

/// 利用者, 市区町村, 居宅介護支援, 介護事業所 made it and others, 医療機関 made it and others, and what an
/// institution that also gives care services makes and reads; then who may open it.
#[rustfmt::skip]
const TABLE: [(&str, &str, &str); 20] = [
    // kind                         citizen, insurer, managers, care, medical, medical with care
    ("survey_sheet",                 "– ★ –◎ –– –– ––", "survey"),
    ("opinion",                      "– ○ –◎ ★– ★– ★–", "opinion"),
    ("insured_certificate",          "○ ★ –○ –○ –○ –○", "everyday"),
    ("burden_ratio_certificate",     "○ ★ –○ –○ –– –○", "money"),
    ("burden_limit_certificate",     "○ ★ –○ –○ –– –○", "money"),
    ("burden_reduction_certificate", "○ ★ –○ –○ –– –○", "money"),
    ("certification_application",    "★ ○ –– –– –– ––", "application"),
    ("benefit_management_sheet",     "○ ○ ★– –– –– ––", "claims"),
    ("care_management_claim",        "○ ○ ★– –– –– ––", "claims"),
    ("care_claim_bill",              "○ ○ ★– ★– –– ★–", "claims"),
    ("community_program_bill",       "○ ○ –– ★– –– ★–", "claims"),
    ("home_service_claim",           "○ ○ –– ★– –– ★–", "claims"),
    ("preventive_service_claim",     "○ ○ –– ★– –– ★–", "claims"),
    ("community_program_claim",      "○ ○ –– ★– –– ★–", "claims"),
    ("facility_service_claim",       "○ ○ –– ★– –– ★–", "claims"),
    ("life_record",                  "◎ ◎ –◎ ★◎ –◎ ★◎", "care"),
    ("care_plan",                    "○ ◎ ★– –○ –◎ –◎", "care"),
    ("home_modification_use",        "◎ ★ –◎ –– –– ––", "balance"),
    ("equipment_purchase_use",       "◎ ★ –◎ –– –– ––", "balance"),
    ("certification_progress",       "○ ★ –○ –○ –○ –○", "everyday"),
];

/// Jobs at care-management offices, care offices, institutions, institutions with care:
/// C care manager, P physician, N nurse, W care worker, T therapist, S counsellor, D dietitian,
/// K clerk.
#[rustfmt::skip]
const JOBS: [(&str, &str); 8] = [
    ("everyday",    "CPNWTSDK CPNWTSDK CPNTSDK CPNWTSDK"),
    ("money",       "CPNWTSDK CPNWTSDK SK CPNWTSDK"),
    ("survey",      "C C PN PN"),
    ("opinion",     "C PN PN PN"),
    ("application", "CK CSK SK CSK"),
    ("claims",      "CK CK K CK"),
    ("care",        "C CPNWTSD PNTSD CPNWTSD"),
    ("balance",     "CK CSK SK CSK"),
];

/// What is read may be `Ok`, and why, or refused, and at which gate.
pub(crate) fn answer(ask: &Request<'_>) -> Result<Permit, Gate> {
    match ask.reader {
        Reader::ReviewBoard | Reader::Operator => Err(Gate::Role),
        Reader::InsuredPerson { delegate } => the_person(ask, *delegate),
        Reader::Insurer { number, staff } => {
            the_insurer(ask, *number == ask.person.insurer, *staff)
        }
        Reader::Provider { office, staff } => an_office(ask, office, *staff),
    }
}

fn the_person(ask: &Request<'_>, delegate: bool) -> Result<Permit, Gate> {
    if !ask.made_it && signs(ask.kind)[0] == "–" {
        return Err(Gate::Role);
    }
    // Delegates lose access when the person is protected.
    if delegate && (ask.relation.protected || ask.relation.block.is_some()) {
        return Err(Gate::Block);
    }
    if stopped(ask) {
        return Err(Gate::Block);
    }
    Ok(match signs(ask.kind)[0] {
        _ if ask.made_it => Permit::WroteIt,
        "◎" => Permit::OwnRequest,
        _ => Permit::OwnInformation,
    })
}

fn the_insurer(ask: &Request<'_>, own: bool, staff: Staff) -> Result<Permit, Gate> {
    let sign = signs(ask.kind)[1];
    if staff.level == AccountLevel::Office || staff.job != JobType::MunicipalOfficer {
        return Err(Gate::Role);
    }
    if ask.made_it {
        return if stopped(ask) { Err(Gate::Block) } else { Ok(Permit::WroteIt) };
    }
    if sign == "–" {
        return Err(Gate::Role);
    }
    if !own {
        return Err(Gate::Assignment);
    }
    if sign == "◎" && !ask.consent {
        return Err(Gate::Consent);
    }
    if stopped(ask) {
        return Err(Gate::Block);
    }
    Ok(if sign == "◎" { Permit::Consented } else { Permit::Shared })
}

fn an_office(ask: &Request<'_>, office: &Office, staff: Staff) -> Result<Permit, Gate> {
    if staff.level == AccountLevel::Office {
        return Err(Gate::Role);
    }
    // What the office may read of others, in each column where it stands and this job opens it.
    let mut read = Vec::new();
    for place in places(office, staff) {
        if jobs(ask.kind)[place - 2].contains(letter(staff.job)) {
            read.push(signs(ask.kind)[place].chars().last().unwrap());
        }
    }
    if ask.made_it {
        // An author reads what it made itself, also after the relation ended.
        return match (read.is_empty(), stopped(ask)) {
            (true, _) => Err(Gate::Role),
            (false, true) => Err(Gate::Block),
            (false, false) => Ok(Permit::WroteIt),
        };
    }
    let (circle, double) = (read.contains(&'○'), read.contains(&'◎'));
    if !circle && !double {
        return Err(Gate::Role);
    }
    let danger = ask.relation.emergency
        && "CPNW".contains(letter(staff.job))
        && [3, 17].contains(&ask.kind.table_row());
    let disaster = ask.relation.disaster_open && circle;
    let serving = ask.relation.assigned && ask.relation.continuing;
    if !ask.relation.assigned && !disaster && !danger {
        return Err(Gate::Assignment);
    }
    if !circle && !ask.consent && !danger {
        return Err(Gate::Consent);
    }
    if !serving && !disaster && !danger {
        return Err(Gate::Continuity);
    }
    if ask.relation.block.is_some() {
        return Err(Gate::Block);
    }
    Ok(match (circle, ask.consent, serving) {
        (true, _, true) => Permit::Shared,
        (true, _, false) if disaster => Permit::Disaster,
        (false, true, true) => Permit::Consented,
        _ => Permit::Emergency,
    })
}

/// Who may send in a paper of this kind: ★, of care offices for the opinion only 52 and 55.
pub(crate) fn may_make(kind: DocumentKind, reader: &Reader) -> bool {
    match reader {
        Reader::ReviewBoard | Reader::Operator => false,
        Reader::InsuredPerson { .. } => signs(kind)[0] == "★",
        Reader::Insurer { .. } => signs(kind)[1] == "★",
        Reader::Provider { office, staff } => places(office, *staff).into_iter().any(|place| {
            let is_facility = office.services.iter().any(|s| ["52", "55"].contains(&s.code()));
            let star = signs(kind)[place].starts_with('★');
            star && (kind != DocumentKind::AttendingPhysicianOpinion || place != 3 || is_facility)
        }),
    }
}

/// Columns of [`TABLE`] where an office stands: 2 care management, 3 care, 4 institution,
/// 5 institution with care.
fn places(office: &Office, staff: Staff) -> Vec<usize> {
    let codes: Vec<_> = office.services.iter().map(|service| service.code()).collect();
    let plans = ["43", "46", "AF"];
    let mut places = Vec::new();
    if codes.is_empty() && !office.is_medical {
        return places;
    }
    let note_1 = staff.job == JobType::CareManager && staff.writes_care_plans;
    if note_1 || codes.iter().any(|code| plans.contains(code)) {
        places.push(2);
    }
    match (office.is_medical, codes.is_empty()) {
        (true, true) => places.push(4),
        (true, false) => places.push(5),
        (false, _) if codes.iter().any(|code| !plans.contains(code)) => places.push(3),
        (false, _) => {}
    }
    places
}

/// Account, office or device stopped: nobody reads, the author included.
fn stopped(ask: &Request<'_>) -> bool {
    let stops = [Block::AccountStopped, Block::OfficeStopped, Block::DeviceStopped];
    ask.relation.block.is_some_and(|block| stops.contains(&block))
}

fn row(kind: DocumentKind) -> (&'static str, &'static str) {
    let (_, signs, jobs) = TABLE.iter().find(|(word, _, _)| *word == kind.word()).unwrap();
    (signs, jobs)
}

fn signs(kind: DocumentKind) -> [&'static str; 6] {
    let mut signs = row(kind).0.split(' ');
    [(); 6].map(|()| signs.next().unwrap())
}

fn jobs(kind: DocumentKind) -> [&'static str; 4] {
    let (_, lists) = JOBS.iter().find(|(name, _)| *name == row(kind).1).unwrap();
    let mut lists = lists.split(' ');
    [(); 4].map(|()| lists.next().unwrap())
}

fn letter(job: JobType) -> char {
    match job {
        JobType::CareManager => 'C',
        JobType::Physician => 'P',
        JobType::Nurse => 'N',
        JobType::CareWorker => 'W',
        JobType::Therapist => 'T',
        JobType::Counsellor => 'S',
        JobType::Dietitian => 'D',
        JobType::Clerk => 'K',
        JobType::MunicipalOfficer | JobType::BoardMember | JobType::Operator => '?',
    }
}
