//! A digest of many rows that does not depend on their order.

use sha2::{Digest as _, Sha256};

use crate::row::Value;

/// How many rows, and the sum of their hashes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) rows: u64,
    sum: [u64; 4],
}

impl Digest {
    /// Takes a row in; values in the order of the columns.
    pub(super) fn take(&mut self, row: &[Value]) {
        let mut hash = Sha256::new();
        for value in row {
            match value {
                Value::Null => hash.update([0]),
                Value::Int(number) => {
                    hash.update([1]);
                    hash.update(number.to_be_bytes());
                }
                Value::Text(text) => update(&mut hash, 2, text.as_bytes()),
                Value::Bytes(bytes) => update(&mut hash, 3, bytes),
            }
        }
        self.rows += 1;
        let hash: [u8; 32] = hash.finalize().into();
        for (sum, part) in self.sum.iter_mut().zip(hash.as_chunks::<8>().0) {
            *sum = sum.wrapping_add(u64::from_be_bytes(*part));
        }
    }
}

/// Length first, so that two values never read as one.
fn update(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params;

    fn of(rows: &[Vec<Value>]) -> Digest {
        let mut digest = Digest::default();
        rows.iter().for_each(|row| digest.take(row));
        digest
    }

    #[test]
    fn the_order_of_rows_does_not_count_and_everything_else_does() {
        let (a, b) = (params!["ab", "c", 1_i64], params!["a", "bc", 1_i64]);
        assert_eq!(of(&[a.clone(), b.clone()]), of(&[b.clone(), a.clone()]));
        assert_ne!(of(std::slice::from_ref(&a)), of(std::slice::from_ref(&b)));
        assert_ne!(of(&[a.clone(), a.clone()]), of(&[b.clone(), b]));
        let null = params!["ab", Value::Null, 1_i64];
        assert_ne!(of(&[null]), of(&[params!["ab", "", 1_i64]]));
    }
}
