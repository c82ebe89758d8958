//! No bytes make a reader panic, and no finding repeats what it found.

use crate::samples::{name, record};
use proptest::prelude::*;
use tasuki_core::word::Word;
use tasuki_formats::municipal::*;

/// Reads to the end; whatever is there must become a line or findings.
fn read(kind: RecordKind, bytes: &[u8]) -> usize {
    let Ok(mut reader) = Reader::open(bytes, &name(kind, Scope::Full)) else { return 0 };
    let mut lines = 0;
    while let Some(line) = reader.next_line().unwrap() {
        if let Err(findings) = line {
            assert!(!findings.is_empty());
        }
        lines += 1;
    }
    lines
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for kind in RecordKind::ALL {
            read(*kind, &bytes);
            let mut with_header = header_line(*kind).into_bytes();
            with_header.push(b'\n');
            with_header.extend_from_slice(&bytes);
            read(*kind, &with_header);
        }
    }

    #[test]
    fn a_broken_record_never_panics_and_is_never_repeated(
        kind in proptest::sample::select(RecordKind::ALL),
        seed in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        record in proptest::sample::select(RecordKind::ALL).prop_flat_map(record),
    ) {
        let mut bytes = Vec::new();
        if layout::encode(kind, &record, &mut bytes).is_ok() {
            let at = seed.index(bytes.len());
            bytes[at] = byte;
            let layout = if kind.is_json() {
                Layout::json(&name(kind, Scope::Diff))
            } else {
                Layout::of_header(&name(kind, Scope::Diff), header_line(kind).as_bytes()).unwrap()
            };
            if let Err(findings) = layout.parse_line(2, &bytes) {
                let shown = format!("{findings:?}");
                let number = record.person.insured.expose();
                prop_assert!(!shown.contains(number), "{shown}");
            }
        }
    }
}

#[test]
fn an_endless_line_is_refused_and_the_next_is_read() {
    let mut bytes = header_line(RecordKind::ServiceUse).into_bytes();
    bytes.push(b'\n');
    bytes.extend(std::iter::repeat_n(b'x', 1_000_000));
    bytes.extend_from_slice(b"\nput,990010,0000000001,1,9970000015,2026-10,\n");
    let mut reader =
        Reader::open(bytes.as_slice(), &name(RecordKind::ServiceUse, Scope::Full)).unwrap();
    let findings = reader.next_line().unwrap().unwrap().unwrap_err();
    assert_eq!((findings[0].line, findings[0].rule), (2, Rule::LineTooLong));
    assert_eq!(reader.next_line().unwrap().unwrap().unwrap().number, 3);
}
