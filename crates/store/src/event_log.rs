//! The event log (アクセス記録): a Merkle tree (RFC 6962) with a signed head.
//!
//! Each event is a leaf: SHA-256 of a zero byte and the event's JSON as stored. The writer keeps
//! the peaks of the tree, so that a commit costs a few hashes whatever the log's size; anybody
//! with the leaves can compute the same root.

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use sha2::{Digest, Sha256};
use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_core::event::{Actor, Event};
use tasuki_core::word::Word;

use crate::dialect::{Column, Conflict, Table};
use crate::error::StoreError;
use crate::row::{Row, Value};

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// Rows of the log.
pub(crate) static EVENT: Table = Table::new(
    "event",
    Conflict::Fail,
    &[
        ("insurer_number", Column::Text),
        ("seq", Column::Int),
        ("insured_number", Column::Text),
        ("at_ms", Column::Int),
        ("organisation", Column::Text),
        ("action", Column::Text),
        ("payload", Column::Text),
    ],
);

pub(crate) const LOAD_HEAD: &str = "SELECT size, peaks, root, at_ms, signature, closed_because,
            oldest_schema
       FROM event_head
      WHERE id = 1";

pub(crate) const STORE_HEAD: &str = "UPDATE event_head
        SET size = $1, peaks = $2, root = $3, at_ms = $4, signature = $5
      WHERE id = 1";

/// The row is there from the first migration on.
pub(crate) const NO_HEAD: StoreError = StoreError::Corrupt { table: "event_head", column: "id" };

/// The key that signs heads (Ed25519).
#[derive(Clone)]
pub struct HeadKey(SigningKey);

impl HeadKey {
    /// The key of a 32-byte seed.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// The public half, which auditors keep.
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }
}

impl std::fmt::Debug for HeadKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HeadKey(***)")
    }
}

/// One numbered event on its way into the log.
#[derive(Debug)]
pub(crate) struct Leaf {
    seq: i64,
    event: (String, String, String, &'static str),
    at: AtMs,
    payload: String,
}

impl Leaf {
    /// The values of [`EVENT`].
    pub(crate) fn params(self) -> Vec<Value> {
        let (insurer, insured, organisation, action) = self.event;
        vec![
            Value::from(insurer),
            Value::from(self.seq),
            Value::from(insured),
            Value::from(self.at),
            Value::from(organisation),
            Value::from(action),
            Value::from(self.payload),
        ]
    }
}

/// The head of the log while the writer works: how many leaves, and the peaks of their tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    size: u64,
    peaks: Vec<Hash>,
    at: AtMs,
    stored: u64,
    closed: bool,
    oldest_schema: i64,
}

impl Head {
    /// Reads the head back.
    pub(crate) fn from_row(row: Row) -> Result<Self, StoreError> {
        let mut row = row.of("event_head");
        let size = u64::try_from(row.int("size")?).map_err(|_| row.corrupt("size"))?;
        let bytes = row.bytes("peaks")?;
        let (peaks, rest) = bytes.as_chunks::<32>();
        let expected = usize::try_from(size.count_ones()).unwrap_or(usize::MAX);
        if !rest.is_empty() || peaks.len() != expected {
            return Err(row.corrupt("peaks"));
        }
        row.bytes("root")?;
        let at = row.at("at_ms")?;
        row.bytes("signature")?;
        let closed = row.optional_text("closed_because")?.is_some();
        let oldest_schema = row.int("oldest_schema")?;
        Ok(Self { size, peaks: peaks.to_vec(), at, stored: size, closed, oldest_schema })
    }

    /// The house takes `change` from this program.
    ///
    /// # Errors
    ///
    /// [`StoreError::Closed`] while the house is closed, [`StoreError::Newer`] when the schema has
    /// left this program behind.
    pub(crate) fn admits(&self, change: &crate::Change) -> Result<(), StoreError> {
        crate::migrate::admits(self.oldest_schema)?;
        if self.closed && !change.even_closed { Err(StoreError::Closed) } else { Ok(()) }
    }

    /// Numbers `event` and adds it as the next leaf.
    pub(crate) fn append(&mut self, event: &Event) -> Result<Leaf, StoreError> {
        let unwritable = StoreError::Corrupt { table: "event", column: "payload" };
        let Ok(payload) = serde_json::to_string(event) else { return Err(unwritable) };
        let Ok(seq) = i64::try_from(self.size) else { return Err(unwritable) };
        push(&mut self.peaks, self.size, leaf_hash(payload.as_bytes()));
        self.size += 1;
        self.at = self.at.max(event.at);
        Ok(Leaf { seq, event: keys(event), at: event.at, payload })
    }

    /// Events were added since the head was stored.
    pub(crate) fn grew(&self) -> bool {
        self.size != self.stored
    }

    /// The values of [`STORE_HEAD`].
    pub(crate) fn params(&self, key: &HeadKey) -> Vec<Value> {
        let root = root_of(&self.peaks);
        let signature = key.0.sign(&statement(self.size, &root, self.at));
        vec![
            Value::Int(i64::try_from(self.size).unwrap_or(i64::MAX)),
            Value::from(self.peaks.concat()),
            Value::from(root.to_vec()),
            Value::from(self.at),
            Value::from(signature.to_bytes().to_vec()),
        ]
    }
}

/// Insurer, person, organisation and action of an event, as the table indexes them; empty where
/// the event is about nobody or by nobody of an organisation.
fn keys(event: &Event) -> (String, String, String, &'static str) {
    let person = event.person.as_ref();
    let organisation = match &event.actor {
        Actor::Staff { organisation, .. } => Organisation::to_string(organisation),
        Actor::Person | Actor::Delegate { .. } | Actor::System { .. } => String::new(),
    };
    (
        person.map(|person| person.insurer.to_string()).unwrap_or_default(),
        person.map(|person| person.insured.expose().to_owned()).unwrap_or_default(),
        organisation,
        event.action.word(),
    )
}

/// Hash of a leaf (RFC 6962 §2.1).
pub fn leaf_hash(payload: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(payload).finalize().into()
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Adds a leaf to the peaks of a tree of `size` leaves: equal subtrees merge.
fn push(peaks: &mut Vec<Hash>, size: u64, leaf: Hash) {
    let mut hash = leaf;
    for _ in 0..size.trailing_ones() {
        if let Some(left) = peaks.pop() {
            hash = node_hash(&left, &hash);
        }
    }
    peaks.push(hash);
}

/// The root over the peaks; of no leaves, the hash of nothing (RFC 6962 §2.1).
fn root_of(peaks: &[Hash]) -> Hash {
    peaks
        .iter()
        .rev()
        .copied()
        .reduce(|right, left| node_hash(&left, &right))
        .unwrap_or_else(|| Sha256::digest([]).into())
}

/// What a head's signature covers.
fn statement(size: u64, root: &Hash, at: AtMs) -> Vec<u8> {
    format!("tasuki event log head 1\n{size}\n{}\n{}\n", hex::encode(root), at.0).into_bytes()
}

/// A head as an auditor receives it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SignedHead {
    /// Number of events.
    pub size: u64,
    /// Root of the tree, hexadecimal.
    pub root: String,
    /// Time of the newest event.
    pub at: AtMs,
    /// Ed25519 signature, hexadecimal.
    pub signature: String,
}

/// Why a log does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The signature does not belong to the head and the key.
    #[error("the head's signature is wrong")]
    Signature,
    /// The events are fewer or more than the head says.
    #[error("the head speaks of {expected} events, there are {found}")]
    Count {
        /// What the head says.
        expected: u64,
        /// What was read.
        found: u64,
    },
    /// An event is missing or numbered twice.
    #[error("event {0} is missing or stands twice")]
    Gap(u64),
    /// The events do not give the head's root: one of them was changed.
    #[error("an event was changed: the root does not follow from the events")]
    Root,
}

/// Checks a log event by event, as they are read: for the database and for exported files alike.
#[derive(Debug, Default)]
pub struct Verifying {
    size: u64,
    peaks: Vec<Hash>,
}

impl Verifying {
    /// Takes the next event: its number and its stored text.
    ///
    /// # Errors
    ///
    /// [`LogError::Gap`] when `seq` is not the next number.
    pub fn next(&mut self, seq: i64, payload: &str) -> Result<(), LogError> {
        if u64::try_from(seq) != Ok(self.size) {
            return Err(LogError::Gap(self.size));
        }
        push(&mut self.peaks, self.size, leaf_hash(payload.as_bytes()));
        self.size += 1;
        Ok(())
    }

    /// Compares what was read with the signed head.
    ///
    /// # Errors
    ///
    /// [`LogError`] names what does not fit.
    pub fn finish(&self, head: &SignedHead, public: &[u8; 32]) -> Result<(), LogError> {
        let root = root_of(&self.peaks);
        let key = VerifyingKey::from_bytes(public).map_err(|_| LogError::Signature)?;
        let signature = hex::decode(&head.signature).unwrap_or_default();
        let signature = Signature::from_slice(&signature).map_err(|_| LogError::Signature)?;
        let claimed: Hash = hex::decode(&head.root)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(LogError::Signature)?;
        key.verify(&statement(head.size, &claimed, head.at), &signature)
            .map_err(|_| LogError::Signature)?;
        if head.size != self.size {
            return Err(LogError::Count { expected: head.size, found: self.size });
        }
        if claimed == root { Ok(()) } else { Err(LogError::Root) }
    }
}

/// The head of the log, as stored; `None` before the first event.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn head(db: &crate::Db) -> Result<Option<SignedHead>, StoreError> {
    let head = db.row(LOAD_HEAD, vec![]).await?.map(signed_head).transpose()?;
    Ok(head.filter(|head| head.size > 0))
}

pub(crate) fn signed_head(row: Row) -> Result<SignedHead, StoreError> {
    let mut row = row.of("event_head");
    let size = u64::try_from(row.int("size")?).map_err(|_| row.corrupt("size"))?;
    row.bytes("peaks")?;
    Ok(SignedHead {
        size,
        root: hex::encode(row.bytes("root")?),
        at: row.at("at_ms")?,
        signature: hex::encode(row.bytes("signature")?),
    })
}

/// Checks the signed head, and the newest events against it, without reading the whole log: the
/// number of events that were read again, at most `most`.
///
/// The peaks to the right stand for the newest events; those that fit into `most` are computed
/// anew, the others are taken as stored. `None`: the log has no events yet.
///
/// # Errors
///
/// [`StoreError`] when the database fails; within, [`LogError`] when head and events disagree.
pub async fn verify_newest(
    db: &crate::Db,
    public: &[u8; 32],
    most: u64,
) -> Result<Option<Result<u64, LogError>>, StoreError> {
    let Some(row) = db.row(LOAD_HEAD, vec![]).await? else { return Ok(None) };
    let signed = signed_head(row.clone())?;
    if signed.size == 0 {
        return Ok(None);
    }
    let Head { mut peaks, .. } = Head::from_row(row)?;
    let first = first_of_newest(signed.size, most);
    let kept = usize::try_from(first.count_ones()).unwrap_or(usize::MAX);
    peaks.truncate(kept);
    let mut verifying = Verifying { size: first, peaks };
    while verifying.size < signed.size {
        let limit = u32::try_from(signed.size - verifying.size).unwrap_or(10_000).min(10_000);
        let events = page(db, verifying.size, limit).await?;
        if events.is_empty() {
            break;
        }
        for (seq, payload) in events {
            if let Err(error) = verifying.next(seq, &payload) {
                return Ok(Some(Err(error)));
            }
        }
    }
    Ok(Some(verifying.finish(&signed, public).map(|()| signed.size - first)))
}

/// The first leaf under the peaks to the right that hold `most` leaves or fewer together.
fn first_of_newest(size: u64, most: u64) -> u64 {
    let mut first = size;
    while first > 0 && size - (first & (first - 1)) <= most {
        first &= first - 1;
    }
    first
}

/// The numbered events from `from` on, at most `limit`, as stored: for checking and export.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn page(db: &crate::Db, from: u64, limit: u32) -> Result<Vec<(i64, String)>, StoreError> {
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let rows = db
        .rows(
            "SELECT seq, payload
               FROM event
              WHERE seq >= $1
              ORDER BY seq
              LIMIT $2",
            crate::params![from, i64::from(limit)],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let mut row = row.of("event");
            Ok((row.int("seq")?, row.text("payload")?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 6962 §2.1 word for word: the largest power of two smaller than n splits the list.
    fn tree_hash(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(&tree_hash(&leaves[..split]), &tree_hash(&leaves[split..]))
            }
        }
    }

    proptest! {
        #[test]
        fn the_peaks_give_the_root_of_rfc_6962(count in 0u64..200) {
            let leaves: Vec<_> = (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            let mut peaks = Vec::new();
            for (size, leaf) in (0..).zip(&leaves) {
                push(&mut peaks, size, *leaf);
            }
            prop_assert_eq!(root_of(&peaks), tree_hash(&leaves));
        }
    }

    fn signed(payloads: &[&str], key: &HeadKey) -> SignedHead {
        let mut peaks = Vec::new();
        for (size, payload) in (0..).zip(payloads) {
            push(&mut peaks, size, leaf_hash(payload.as_bytes()));
        }
        let (size, root, at) = (u64::try_from(payloads.len()).unwrap(), root_of(&peaks), AtMs(7));
        let signature = hex::encode(key.0.sign(&statement(size, &root, at)).to_bytes());
        SignedHead { size, root: hex::encode(root), at, signature }
    }

    fn verify(payloads: &[&str], head: &SignedHead, key: &HeadKey) -> Result<(), LogError> {
        let mut verifying = Verifying::default();
        for (seq, payload) in (0..).zip(payloads) {
            verifying.next(seq, payload)?;
        }
        verifying.finish(head, &key.public())
    }

    #[test]
    fn the_newest_events_are_those_under_whole_peaks() {
        // 13 = 8 + 4 + 1 leaves: peaks begin at 0, 8 and 12.
        let firsts = [0, 1, 4, 5, 12, 13].map(|most| first_of_newest(13, most));
        assert_eq!(firsts, [13, 12, 12, 8, 8, 0]);
    }

    #[test]
    fn a_changed_a_missing_and_a_forged_event_are_each_found() {
        let key = HeadKey::from_seed([1; 32]);
        let head = signed(&["a", "b", "c"], &key);
        assert_eq!(verify(&["a", "b", "c"], &head, &key), Ok(()));
        assert_eq!(verify(&["a", "x", "c"], &head, &key), Err(LogError::Root));
        let fewer = Err(LogError::Count { expected: 3, found: 2 });
        assert_eq!(verify(&["a", "b"], &head, &key), fewer);
        let forged = signed(&["a", "x", "c"], &HeadKey::from_seed([2; 32]));
        assert_eq!(verify(&["a", "x", "c"], &forged, &key), Err(LogError::Signature));
        let mut verifying = Verifying::default();
        verifying.next(0, "a").unwrap();
        assert_eq!(verifying.next(2, "c"), Err(LogError::Gap(1)));
    }
}
