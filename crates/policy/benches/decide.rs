//! The gates of one look: every kind of paper, asked by the reader who looks most.

#![expect(clippy::unwrap_used, reason = "a bench that cannot start must stop")]

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use tasuki_core::account::{AccountLevel, JobType};
use tasuki_core::document::DocumentKind;
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::{ProviderNumber, ServiceType};
use tasuki_core::word::Word;
use tasuki_policy::{Office, Reader, Relation, Request, Sharing, Staff, decide};

fn main() {
    let sharing = Sharing::published().unwrap();
    let insurer = InsurerNumber::with_check_digit("99001").unwrap();
    let person = PersonKey { insurer, insured: InsuredNumber::parse("0000000001").unwrap() };
    let office = Office {
        number: ProviderNumber::parse("9970000001").unwrap(),
        is_medical: false,
        services: vec![ServiceType::parse("43").unwrap()],
    };
    let staff =
        Staff { job: JobType::CareManager, level: AccountLevel::General, writes_care_plans: false };
    let reader = Reader::Provider { office, staff };
    let relation = Relation { assigned: true, continuing: true, ..Relation::default() };
    let kinds = DocumentKind::ALL;
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("policy");
    group.throughput(Throughput::Elements(u64::try_from(kinds.len()).unwrap()));
    group.bench_function("decide, every kind", |bench| {
        bench.iter(|| {
            for kind in kinds.iter().copied() {
                let (person, reader) = (&person, &reader);
                let consent = true;
                let request = Request { person, reader, kind, made_it: false, consent, relation };
                black_box(decide(&sharing, black_box(&request)));
            }
        });
    });
    group.finish();
    criterion.final_summary();
}
