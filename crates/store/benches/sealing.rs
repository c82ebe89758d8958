//! Bodies sealed and opened, and events that join the Merkle tree.

#![expect(clippy::unwrap_used, reason = "a bench that cannot start must stop")]

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use tasuki_store::event_log::Verifying;
use tasuki_store::seal::SealKey;

/// Bytes of a certificate and of a long survey sheet.
const BODIES: [usize; 2] = [700, 6_000];

/// An event as the log stores it, of usual length.
const EVENT: &str = r#"{"at":1795132800000,"actor":{"staff":{"organisation":
"provider:9970000001","account":"0199f0a0-0000-7000-8000-000000000001","job":"care_manager",
"device":"0000000000000000000000000000000000000000000000000000000000000000"}},"person":
{"insurer":"990010","insured":"0000000001"},"action":"look","purpose":"care_planning","outcome":
"allowed","touched":[{"kind":"insured_certificate","shown":["1",1],"outcome":"allowed"}]}"#;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    bodies(&mut criterion);
    tree(&mut criterion);
    criterion.final_summary();
}

fn bodies(criterion: &mut Criterion) {
    let key = SealKey::new(&[7; 32]);
    let place = b"990010/0000000001/survey_sheet/1/1";
    let mut group = criterion.benchmark_group("seal");
    for length in BODIES {
        let text = vec![b'a'; length];
        let sealed = key.seal(place, &text).unwrap();
        group.throughput(Throughput::Bytes(u64::try_from(length).unwrap()));
        group.bench_function(format!("seal {length} bytes"), |bench| {
            bench.iter(|| key.seal(place, black_box(&text)).unwrap());
        });
        group.bench_function(format!("open {length} bytes"), |bench| {
            bench.iter(|| key.open(place, black_box(&sealed)).unwrap());
        });
    }
    group.finish();
}

fn tree(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("event log");
    group.throughput(Throughput::Elements(1));
    group.bench_function("append one leaf", |bench| {
        let (mut tree, mut seq) = (Verifying::default(), 0);
        bench.iter(|| {
            tree.next(seq, black_box(EVENT)).unwrap();
            seq += 1;
        });
    });
    group.finish();
}
