//! The sandbox's directory: every file in it, and how it is read and written.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tasuki_core::date::AtMs;
use tasuki_core::insured::PersonName;
use tasuki_gateway::atomic_file;
use tasuki_gateway::card::{CardReference, VirtualCard};

use crate::{ClientRegistration, EligibilityEntry, SandboxError};

const REGISTER: &str = "cards.json";
const ELIGIBILITY: &str = "eligibility.json";
const CLIENTS: &str = "clients.json";

/// A card as its authority registers it (発行済みカード). Who the holder is insured with stands elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisteredCard {
    /// Identifies the virtual card; names its file.
    pub card_id: String,
    /// What sign-in and eligibility call the holder among themselves.
    pub card_reference: CardReference,
    /// Serial number of the certificate, as [`tasuki_tls::canonical_serial`] spells it.
    pub serial_hex: String,
    /// Name and reading, for the list on the sign-in page.
    pub name: PersonName,
    /// Date of birth, to tell namesakes apart.
    pub birth_date: Date,
    /// When the certificate was revoked.
    pub revoked_at_ms: Option<AtMs>,
}

/// The sandbox's directory (練習用環境の保存先). Clones share one writer.
#[derive(Debug, Clone)]
pub struct Home {
    dir: PathBuf,
    writing: Arc<Mutex<()>>,
}

impl Home {
    /// Opens `dir`, and makes it when it is not there.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Io`].
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, SandboxError> {
        let dir = dir.into();
        for part in ["cards", "mail"] {
            std::fs::create_dir_all(dir.join(part))?;
        }
        Ok(Self { dir, writing: Arc::default() })
    }

    /// All cards that were issued, in the order of issue.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Io`] or [`SandboxError::Corrupt`].
    pub fn cards(&self) -> Result<Vec<RegisteredCard>, SandboxError> {
        Ok(self.read_json(REGISTER)?.unwrap_or_default())
    }

    /// Where the file of a virtual card lies.
    pub fn card_path(&self, card_id: &str) -> PathBuf {
        self.dir.join("cards").join(format!("{card_id}.json"))
    }

    /// The registered card `card_id` with its file.
    pub(crate) fn card(
        &self,
        card_id: &str,
    ) -> Result<(RegisteredCard, VirtualCard), SandboxError> {
        // Only a registered id becomes a path: what a visitor types never does.
        let found = self.cards()?.into_iter().find(|card| card.card_id == card_id);
        let card = found.ok_or(SandboxError::NoCard)?;
        let file = VirtualCard::open(self.card_path(&card.card_id))?;
        Ok((card, file))
    }

    /// Who may use the sign-in.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Io`] or [`SandboxError::Corrupt`].
    pub fn clients(&self) -> Result<Vec<ClientRegistration>, SandboxError> {
        Ok(self.read_json(CLIENTS)?.unwrap_or_default())
    }

    /// Replaces the list of who may use the sign-in; takes effect at once.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Io`].
    pub fn save_clients(&self, clients: &[ClientRegistration]) -> Result<(), SandboxError> {
        self.write_json(CLIENTS, clients)
    }

    /// Which insured persons belong to which card.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Io`] or [`SandboxError::Corrupt`].
    pub fn eligibility(&self) -> Result<Vec<EligibilityEntry>, SandboxError> {
        Ok(self.read_json(ELIGIBILITY)?.unwrap_or_default())
    }

    /// Replaces the mapping from cards to insured persons; takes effect at once.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Io`].
    pub fn save_eligibility(&self, entries: &[EligibilityEntry]) -> Result<(), SandboxError> {
        self.write_json(ELIGIBILITY, entries)
    }

    /// Reads the register, lets `change` change it, and writes it, one caller at a time.
    pub(crate) fn change_cards<T>(
        &self,
        change: impl FnOnce(&mut Vec<RegisteredCard>) -> Result<T, SandboxError>,
    ) -> Result<T, SandboxError> {
        // A caller that panicked changed nothing: the files are replaced whole.
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut cards = self.cards()?;
        let result = change(&mut cards)?;
        self.write_json(REGISTER, &cards)?;
        Ok(result)
    }

    pub(crate) fn mail_dir(&self) -> PathBuf {
        self.dir.join("mail")
    }

    /// The text of a file, which `make` makes when it is not there yet.
    pub(crate) fn text_or(
        &self,
        file: &str,
        make: impl FnOnce() -> Result<String, SandboxError>,
    ) -> Result<String, SandboxError> {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.dir.join(file);
        match read(&path)? {
            Some(bytes) => String::from_utf8(bytes)
                .map_err(|_| SandboxError::Corrupt { file: file.to_owned() }),
            None => {
                let text = make()?;
                atomic_file::write(&path, text.as_bytes())?;
                Ok(text)
            }
        }
    }

    fn read_json<T: DeserializeOwned>(&self, file: &str) -> Result<Option<T>, SandboxError> {
        let Some(bytes) = read(&self.dir.join(file))? else { return Ok(None) };
        let parsed = serde_json::from_slice(&bytes);
        parsed.map(Some).map_err(|_| SandboxError::Corrupt { file: file.to_owned() })
    }

    fn write_json(
        &self,
        file: &str,
        value: &(impl Serialize + ?Sized),
    ) -> Result<(), SandboxError> {
        let text = serde_json::to_vec_pretty(value)
            .map_err(|_| SandboxError::Corrupt { file: file.to_owned() })?;
        Ok(atomic_file::write(&self.dir.join(file), &text)?)
    }
}

fn read(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
