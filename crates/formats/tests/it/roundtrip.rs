//! What is written is read back, for every kind.

use crate::samples::{name, record};
use proptest::prelude::*;
use tasuki_core::word::Word;
use tasuki_formats::municipal::*;

fn file(kind: RecordKind, records: &[Record]) -> Vec<u8> {
    let mut bytes = header_line(kind).into_bytes();
    if !bytes.is_empty() {
        bytes.push(b'\n');
    }
    for record in records {
        layout::encode(kind, record, &mut bytes).unwrap();
    }
    bytes
}

fn read_back(kind: RecordKind, bytes: &[u8]) -> Vec<Record> {
    let mut reader = Reader::open(bytes, &name(kind, Scope::Diff)).unwrap();
    let mut records = Vec::new();
    while let Some(line) = reader.next_line().unwrap() {
        records.push(line.unwrap().record);
    }
    records
}

fn check(kind: RecordKind) {
    let records = proptest::collection::vec(record(kind), 0..4);
    proptest!(ProptestConfig::with_cases(64), |(records in records)| {
        let bytes = file(kind, &records);
        prop_assert_eq!(&read_back(kind, &bytes), &records);
        // Line ends of other systems and a byte order mark change nothing.
        let windows = String::from_utf8(bytes).unwrap().replace('\n', "\r\n");
        let marked = format!("\u{feff}{windows}");
        prop_assert_eq!(read_back(kind, marked.as_bytes()), records);
    });
}

#[test]
fn decode_of_encode_is_identity_for_flat_kinds() {
    RecordKind::ALL.iter().filter(|kind| !kind.is_json()).for_each(|kind| check(*kind));
}

#[test]
fn decode_of_encode_is_identity_for_nested_kinds() {
    RecordKind::ALL.iter().filter(|kind| kind.is_json()).for_each(|kind| check(*kind));
}

#[test]
fn batches_give_the_same_lines_with_the_same_numbers() {
    proptest!(ProptestConfig::with_cases(16), |(
        records in proptest::collection::vec(record(RecordKind::ServiceUse), 0..40),
        size in 1usize..400,
    )| {
        let bytes = file(RecordKind::ServiceUse, &records);
        let mut reader =
            Reader::open(bytes.as_slice(), &name(RecordKind::ServiceUse, Scope::Diff)).unwrap();
        let mut batch = Batch::default();
        let mut lines = Vec::new();
        while reader.read_batch(&mut batch, size).unwrap() {
            lines.extend(batch.parse(reader.layout()).map(|line| line.unwrap()));
        }
        for (place, line) in lines.iter().enumerate() {
            prop_assert_eq!(usize::try_from(line.number).unwrap(), place + 2);
        }
        let read: Vec<_> = lines.into_iter().map(|line| line.record).collect();
        prop_assert_eq!(read, records);
    });
}

#[test]
fn a_transfer_resumes_after_the_last_line() {
    proptest!(ProptestConfig::with_cases(16), |(
        records in proptest::collection::vec(record(RecordKind::ServiceUse), 3..6),
    )| {
        let bytes = file(RecordKind::ServiceUse, &records);
        let mut reader =
            Reader::open(bytes.as_slice(), &name(RecordKind::ServiceUse, Scope::Diff)).unwrap();
        reader.skip_to(3).unwrap();
        let line = reader.next_line().unwrap().unwrap().unwrap();
        prop_assert_eq!(line.number, 4);
        prop_assert_eq!(&line.record, &records[2]);
    });
}
