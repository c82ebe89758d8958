//! Every request that the policy can tell apart, one after the other.

use tasuki_core::account::{AccountLevel, JobType};
use tasuki_core::document::DocumentKind;
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::{ProviderNumber, ServiceType};
use tasuki_core::word::Word;
use tasuki_policy::{Block, Office, Reader, Relation, Request, Staff};

/// An invented person of an invented insurer.
pub(crate) fn person() -> PersonKey {
    PersonKey { insurer: insurer("99001"), insured: InsuredNumber::parse("0000000001").unwrap() }
}

pub(crate) fn insurer(body: &str) -> InsurerNumber {
    InsurerNumber::with_check_digit(body).unwrap()
}

pub(crate) fn office(is_medical: bool, services: &[&str]) -> Office {
    let services = services.iter().map(|code| ServiceType::parse(code).unwrap()).collect();
    Office { number: ProviderNumber::parse("9970000001").unwrap(), is_medical, services }
}

/// Every member of staff: job × level × writes plans.
pub(crate) fn every_staff() -> Vec<Staff> {
    let mut all = Vec::new();
    for job in JobType::ALL.iter().copied() {
        for level in AccountLevel::ALL.iter().copied() {
            for writes_care_plans in [false, true] {
                all.push(Staff { job, level, writes_care_plans });
            }
        }
    }
    all
}

/// Every reader. Of the services, care management (43), the facilities that write opinions (52) and
/// one other (11) stand for all in their combinations; `every_service` adds the rest one by one.
pub(crate) fn every_reader() -> Vec<Reader> {
    let mut all = vec![Reader::ReviewBoard, Reader::Operator];
    all.extend([false, true].map(|delegate| Reader::InsuredPerson { delegate }));
    for staff in every_staff() {
        let insurers = ["99001", "99002"].map(insurer);
        all.extend(insurers.map(|number| Reader::Insurer { number, staff }));
        for is_medical in [false, true] {
            for set in 0..8 {
                let named = [(1, "43"), (2, "52"), (4, "11")];
                let codes: Vec<_> =
                    named.iter().filter(|(bit, _)| set & bit != 0).map(|(_, code)| *code).collect();
                all.push(Reader::Provider { office: office(is_medical, &codes), staff });
            }
        }
    }
    all
}

/// Offices with each service of the published list alone.
pub(crate) fn every_service() -> Vec<Reader> {
    let mut all = Vec::new();
    for staff in every_staff() {
        for service in ServiceType::all() {
            for is_medical in [false, true] {
                let office = office(is_medical, &[service.code()]);
                all.push(Reader::Provider { office, staff });
            }
        }
    }
    all
}

/// Every relation: five facts and each block or none.
pub(crate) fn every_relation() -> Vec<Relation> {
    let blocks: Vec<_> =
        std::iter::once(None).chain(Block::ALL.iter().copied().map(Some)).collect();
    let mut all = Vec::new();
    for bits in 0..32 {
        let [assigned, continuing, protected, emergency, disaster_open] =
            [1, 2, 4, 8, 16].map(|bit| bits & bit != 0);
        for block in blocks.iter().copied() {
            all.push(Relation { assigned, continuing, protected, emergency, disaster_open, block });
        }
    }
    all
}

/// Calls `check` with every request about `kind` by one of `readers`, until it says `false`.
pub(crate) fn for_each_of_kind(
    kind: DocumentKind,
    readers: &[Reader],
    check: impl FnMut(&Request<'_>) -> bool,
) {
    for_each_asked(kind, readers, &every_relation(), check);
}

/// The same with these relations only.
pub(crate) fn for_each_asked(
    kind: DocumentKind,
    readers: &[Reader],
    relations: &[Relation],
    mut check: impl FnMut(&Request<'_>) -> bool,
) {
    let person = person();
    for reader in readers {
        for relation in relations.iter().copied() {
            for made_it in [false, true] {
                for consent in [false, true] {
                    let person = &person;
                    if !check(&Request { person, reader, kind, made_it, consent, relation }) {
                        return;
                    }
                }
            }
        }
    }
}

/// Calls `check` with every request there is.
pub(crate) fn for_each_request(readers: &[Reader], check: impl Fn(&Request<'_>) + Sync) {
    shared_out(DocumentKind::ALL, |kind| {
        for_each_of_kind(*kind, readers, |request| {
            check(request);
            true
        });
    });
}

/// Calls `work` with every item, shared out among the processors.
pub(crate) fn shared_out<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for first in 0..threads {
            let work = &work;
            scope.spawn(move || items.iter().skip(first).step_by(threads).for_each(work));
        }
    });
}
