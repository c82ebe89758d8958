//! Sealing at rest: bodies are AES-256-GCM under one key per insurer, wrapped by a key of keys.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use tasuki_core::insurer::InsurerNumber;
use zeroize::Zeroizing;

use crate::db::{Change, Db};
use crate::error::StoreError;
use crate::params;

/// First byte of every sealed text; a new scheme is a new number.
const SCHEME: u8 = 1;

/// Where the body begins: after scheme and nonce.
const BODY_FROM: usize = 1 + NONCE_LEN;

/// Nonces that are drawn together: a call of the generator costs more than a seal.
const DRAWN: usize = 64;

thread_local! {
    /// Random bytes of this thread that no seal has used, and where they begin.
    static NONCES: RefCell<([u8; NONCE_LEN * DRAWN], usize)> =
        const { RefCell::new(([0; NONCE_LEN * DRAWN], NONCE_LEN * DRAWN)) };
}

/// A nonce that was not used before.
fn random_nonce() -> Result<[u8; NONCE_LEN], SealError> {
    NONCES.with_borrow_mut(|(bytes, from)| {
        if bytes.len() <= *from {
            SystemRandom::new().fill(bytes).map_err(|_| SealError)?;
            *from = 0;
        }
        let nonce = bytes.get(*from..).and_then(<[u8]>::first_chunk).ok_or(SealError)?;
        *from += NONCE_LEN;
        Ok(*nonce)
    })
}

/// A text could not be sealed or opened: wrong key, wrong place or changed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed text cannot be opened here")]
pub struct SealError;

/// One AES-256-GCM key.
pub struct SealKey {
    aead: LessSafeKey,
    digest: hmac::Key,
}

impl SealKey {
    /// A key of 32 bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        // An AES-256 key of 32 bytes is never refused; a failing library must stop the process.
        #[expect(clippy::expect_used, reason = "the length is fixed by the type")]
        let key = UnboundKey::new(&AES_256_GCM, bytes).expect("32 bytes are an AES-256 key");
        let digest = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, bytes), b"tasuki digest 1");
        let digest = hmac::Key::new(hmac::HMAC_SHA256, digest.as_ref());
        Self { aead: LessSafeKey::new(key), digest }
    }

    /// Seals `text` for `place` (table, row, column): it opens nowhere else.
    ///
    /// # Errors
    ///
    /// [`SealError`] when the system has no randomness.
    pub fn seal(&self, place: &[u8], text: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = random_nonce()?;
        let mut out = Vec::with_capacity(BODY_FROM + text.len() + AES_256_GCM.tag_len());
        out.push(SCHEME);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(text);
        let body = out.get_mut(BODY_FROM..).ok_or(SealError)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.aead.seal_in_place_separate_tag(nonce, Aad::from(place), body);
        out.extend_from_slice(tag.map_err(|_| SealError)?.as_ref());
        Ok(out)
    }

    /// Opens a secret that [`Self::seal`] made for the same `place`; it is wiped after use.
    ///
    /// # Errors
    ///
    /// [`SealError`] when key, place or bytes are not those it was sealed with.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.open_body(place, sealed).map(Zeroizing::new)
    }

    /// Opens a body that [`Self::seal`] made for the same `place`. It is parsed and shown, so
    /// wiping this copy of it would keep nothing secret.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub(crate) fn open_body(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (scheme, rest) = sealed.split_first().ok_or(SealError)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError)?;
        if *scheme != SCHEME {
            return Err(SealError);
        }
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.aead.open_in_place(nonce, Aad::from(place), &mut body);
        let length = opened.map_err(|_| SealError)?.len();
        body.truncate(length);
        Ok(body)
    }

    /// A short keyed digest, to tell whether a text is the same without opening it.
    pub fn digest(&self, text: &[u8]) -> Vec<u8> {
        let digest = hmac::sign(&self.digest, text);
        digest.as_ref().iter().take(16).copied().collect()
    }
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey(***)")
    }
}

/// The keys of all insurers, opened as they are needed.
#[derive(Clone)]
pub struct Keyring {
    master: Arc<SealKey>,
    handles: crate::HandleKey,
    insurers: Arc<RwLock<HashMap<InsurerNumber, Arc<SealKey>>>>,
}

impl Keyring {
    /// A ring under the key of keys.
    pub fn new(master: &[u8; 32]) -> Self {
        let handles = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, master), b"tasuki handle 1");
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(handles.as_ref());
        let handles = crate::HandleKey::new(&bytes);
        Self { master: Arc::new(SealKey::new(master)), handles, insurers: Arc::default() }
    }

    /// Makes and opens the handles of persons.
    pub fn handles(&self) -> &crate::HandleKey {
        &self.handles
    }

    /// The key of keys itself, for what belongs to no insurer (secrets of accounts).
    pub fn platform(&self) -> &SealKey {
        &self.master
    }

    /// The key of `insurer`; made, wrapped and stored when it has none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database fails or the wrapped key does not open.
    pub async fn insurer(
        &self,
        db: &Db,
        insurer: &InsurerNumber,
    ) -> Result<Arc<SealKey>, StoreError> {
        let known =
            self.insurers.read().unwrap_or_else(PoisonError::into_inner).get(insurer).cloned();
        if let Some(key) = known {
            return Ok(key);
        }
        let wrapped = match self.stored(db, insurer).await? {
            Some(wrapped) => wrapped,
            None => self.make(db, insurer).await?,
        };
        let corrupt = StoreError::Corrupt { table: "insurer_key", column: "wrapped" };
        let place = place(insurer);
        let Ok(opened) = self.master.open(place.as_bytes(), &wrapped) else { return Err(corrupt) };
        let Ok(bytes) = <&[u8; 32]>::try_from(opened.as_slice()) else { return Err(corrupt) };
        let key = Arc::new(SealKey::new(bytes));
        let mut insurers = self.insurers.write().unwrap_or_else(PoisonError::into_inner);
        insurers.insert(insurer.clone(), key.clone());
        Ok(key)
    }

    /// Whether the key of keys is the one that wrapped the keys in `db`; yes when there are none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database fails.
    pub async fn fits(&self, db: &Db) -> Result<bool, StoreError> {
        let sql = "SELECT insurer_number, wrapped
                     FROM insurer_key
                    ORDER BY insurer_number
                    LIMIT 1";
        let Some(row) = db.row(sql, vec![]).await? else { return Ok(true) };
        let mut row = row.of("insurer_key");
        let insurer = row.parsed("insurer_number", InsurerNumber::parse)?;
        let wrapped = row.bytes("wrapped")?;
        Ok(self.master.open(place(&insurer).as_bytes(), &wrapped).is_ok())
    }

    async fn stored(
        &self,
        db: &Db,
        insurer: &InsurerNumber,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT wrapped FROM insurer_key WHERE insurer_number = $1 LIMIT 1";
        match db.row(sql, params![insurer]).await? {
            Some(row) => row.of("insurer_key").bytes("wrapped").map(Some),
            None => Ok(None),
        }
    }

    async fn make(&self, db: &Db, insurer: &InsurerNumber) -> Result<Vec<u8>, StoreError> {
        let unmade = || StoreError::Unavailable("no randomness for a new key");
        let mut bytes = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(&mut *bytes).map_err(|_| unmade())?;
        let wrapped = self.master.seal(place(insurer).as_bytes(), &*bytes).map_err(|_| unmade())?;
        let change = Change::new().with(
            "INSERT INTO insurer_key (insurer_number, wrapped)
             VALUES ($1, $2)
                 ON CONFLICT (insurer_number) DO NOTHING",
            params![insurer, wrapped.clone()],
        );
        db.commit(change).await?;
        // Another process may have been first: what the database has is the key.
        Ok(self.stored(db, insurer).await?.unwrap_or(wrapped))
    }
}

fn place(insurer: &InsurerNumber) -> String {
    format!("insurer_key/{insurer}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_nonce_comes_twice() {
        let draw = || (0..10 * DRAWN).map(|_| random_nonce().unwrap()).collect::<Vec<_>>();
        let mut nonces = draw();
        nonces.extend(std::thread::spawn(draw).join().unwrap());
        nonces.sort_unstable();
        nonces.dedup();
        assert_eq!(nonces.len(), 20 * DRAWN);
    }

    #[tokio::test]
    async fn the_key_of_keys_of_another_installation_does_not_fit() {
        crate::scratch::for_each_database(async |db| {
            let (own, other) = (Keyring::new(&[7; 32]), Keyring::new(&[8; 32]));
            assert!(other.fits(db).await.unwrap());
            let insurer = InsurerNumber::with_check_digit("99001").unwrap();
            own.insurer(db, &insurer).await.unwrap();
            assert!(own.fits(db).await.unwrap() && !other.fits(db).await.unwrap());
        })
        .await;
    }

    proptest! {
        #[test]
        fn opens_only_with_its_key_in_its_place(text: Vec<u8>, flip in 0usize..1_000) {
            let key = SealKey::new(&[7; 32]);
            let mut sealed = key.seal(b"here", &text).unwrap();
            prop_assert_eq!(&*key.open(b"here", &sealed).unwrap(), &text);
            prop_assert!(key.open(b"there", &sealed).is_err());
            prop_assert!(SealKey::new(&[8; 32]).open(b"here", &sealed).is_err());
            let at = flip % sealed.len();
            sealed[at] ^= 1;
            prop_assert!(key.open(b"here", &sealed).is_err());
        }
    }
}
