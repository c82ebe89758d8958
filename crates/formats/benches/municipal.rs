//! Lines of a municipality's files read into records: flat ones, and nested ones in JSON.

#![expect(clippy::unwrap_used, reason = "a bench that cannot start must stop")]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, Throughput};
use tasuki_core::word::Word;
use tasuki_formats::municipal::{FileName, Layout, RecordKind, Scope};
use tasuki_town::Options;

/// Persons of the town whose lines are read.
const PERSONS: u64 = 300;

/// Kinds that make up most of a transfer, and the longest line.
const KINDS: [RecordKind; 4] = [
    RecordKind::InsuredPerson,
    RecordKind::InsuredCertificate,
    RecordKind::ServiceUse,
    RecordKind::SurveySheet,
];

fn main() {
    let town = Options::new(PERSONS, 1, jiff::civil::date(2026, 11, 20));
    let mut files: BTreeMap<&str, (RecordKind, Vec<Vec<u8>>)> = BTreeMap::new();
    tasuki_town::generate(&town, &mut |kind: RecordKind, line: &[u8]| {
        let file = files.entry(kind.word()).or_insert_with(|| (kind, Vec::new()));
        file.1.push(line.trim_ascii_end().to_vec());
        Ok(())
    })
    .unwrap();
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("municipal");
    for (word, (kind, lines)) in files.iter().filter(|(_, (kind, _))| KINDS.contains(kind)) {
        let name = FileName {
            insurer: town.insurer.clone(),
            kind: *kind,
            scope: Scope::Full,
            sequence: 1,
        };
        let (layout, lines) = match kind.is_json() {
            true => (Layout::json(&name), lines.as_slice()),
            false => {
                let (header, lines) = lines.split_first().unwrap();
                (Layout::of_header(&name, header).unwrap(), lines)
            }
        };
        let bytes: usize = lines.iter().map(Vec::len).sum();
        group.throughput(Throughput::ElementsAndBytes {
            elements: u64::try_from(lines.len()).unwrap(),
            bytes: u64::try_from(bytes).unwrap(),
        });
        group.bench_function(*word, |bench| {
            bench.iter(|| {
                for line in lines {
                    black_box(layout.parse_line(2, black_box(line)).unwrap());
                }
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
