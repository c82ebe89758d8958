//! Why the sandbox does not start or does not do what it was asked.

use tasuki_gateway::card::CardError;

/// Why the sandbox failed. Its own requests answer with [`tasuki_gateway::Refusal`] instead.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A file cannot be read or written, or an address cannot be bound.
    #[error("files or addresses of the sandbox")]
    Io(#[from] std::io::Error),
    /// A file of the sandbox's state cannot be understood.
    #[error("{file} cannot be read by this version")]
    Corrupt {
        /// Name within the sandbox's directory.
        file: String,
    },
    /// No such card.
    #[error("no such card")]
    NoCard,
    /// A card file cannot be written.
    #[error("a card")]
    Card(#[from] CardError),
    /// A key or a certificate could not be made.
    #[error("a key or certificate could not be made")]
    Crypto(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The TLS configuration is unusable.
    #[error("TLS of the sandbox")]
    Tls(#[from] tasuki_tls::ConfigError),
    /// The administration must stay on this machine.
    #[error("{listener} must listen on a loopback address")]
    NotLoopback {
        /// Which listener.
        listener: &'static str,
    },
}

impl From<rcgen::Error> for SandboxError {
    fn from(error: rcgen::Error) -> Self {
        Self::Crypto(error.into())
    }
}

impl From<jsonwebtoken::errors::Error> for SandboxError {
    fn from(error: jsonwebtoken::errors::Error) -> Self {
        Self::Crypto(error.into())
    }
}

impl From<tasuki_gateway::card::CardReferenceError> for SandboxError {
    fn from(error: tasuki_gateway::card::CardReferenceError) -> Self {
        Self::Crypto(error.into())
    }
}
