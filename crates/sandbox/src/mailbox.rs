//! Received mail, one file each.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use mail_parser::MessageParser;
use serde::{Deserialize, Serialize};
use tasuki_core::date::AtMs;
use tasuki_gateway::atomic_file;

use crate::SandboxError;

/// Mails that are kept; the oldest go first.
const MAILS_MAX: usize = 1000;

/// A mail that the sandbox received (届いたメール).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedMail {
    /// When.
    pub received_at_ms: AtMs,
    /// Sender of the envelope.
    pub from: String,
    /// Recipients of the envelope.
    pub to: Vec<String>,
    /// Subject, decoded.
    pub subject: String,
    /// Text, decoded.
    pub text: String,
}

/// The mails in one directory.
pub(crate) struct Mailbox {
    dir: PathBuf,
    received: AtomicU64,
}

impl Mailbox {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir, received: AtomicU64::new(0) }
    }

    /// Reads and keeps a mail as it came over the line.
    pub(crate) fn receive(
        &self,
        from: String,
        to: Vec<String>,
        raw: &[u8],
        now: AtMs,
    ) -> Result<(), SandboxError> {
        let message = MessageParser::default().parse(raw);
        let subject = message.as_ref().and_then(|message| message.subject()).unwrap_or_default();
        let text = message.as_ref().and_then(|message| message.body_text(0)).unwrap_or_default();
        let mail = ReceivedMail {
            received_at_ms: now,
            from,
            to,
            subject: subject.to_owned(),
            text: text.into_owned(),
        };
        // Names sort by time; the number tells apart mails of one moment and of one process.
        let number = self.received.fetch_add(1, Ordering::Relaxed);
        let name = format!("{:015}-{:05}-{number:06}.json", now.0, std::process::id());
        let text = serde_json::to_vec_pretty(&mail)
            .map_err(|_| SandboxError::Corrupt { file: name.clone() })?;
        atomic_file::write(&self.dir.join(name), &text)?;
        self.forget_oldest()
    }

    /// All mails, newest first.
    pub(crate) fn all(&self) -> Result<Vec<ReceivedMail>, SandboxError> {
        let read = |path: PathBuf| {
            let text = std::fs::read(&path)?;
            serde_json::from_slice(&text)
                .map_err(|_| SandboxError::Corrupt { file: path.display().to_string() })
        };
        self.paths()?.into_iter().rev().map(read).collect()
    }

    fn forget_oldest(&self) -> Result<(), SandboxError> {
        let paths = self.paths()?;
        for path in paths.iter().take(paths.len().saturating_sub(MAILS_MAX)) {
            std::fs::remove_file(path)?;
        }
        Ok(())
    }

    fn paths(&self) -> Result<Vec<PathBuf>, SandboxError> {
        let entries: std::io::Result<Vec<_>> =
            std::fs::read_dir(&self.dir)?.map(|entry| Ok(entry?.path())).collect();
        let mut paths = entries?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        Ok(paths)
    }
}
