//! Certificates and TLS: the certificate authority, the server loop, client configurations.
//!
//! Nothing here knows an office or a device as more than a text. TLS is version 1.3 and nothing
//! else; the cryptography is `aws-lc-rs` and nothing else. Time never comes from the machine: it
//! arrives as a parameter, or through the [`Clock`] that a caller hands in.

pub mod authority;
pub mod client;
mod clock;
mod identity;
mod peer;
mod provider;
mod revoked;
pub mod server;
mod subject;

pub use clock::Clock;
pub use identity::{Identity, IdentityError, certificates_from_pem};
pub use peer::{Peer, PeerError, not_after_ms};
pub use provider::install_provider;
pub use revoked::{Revoked, canonical_serial};
pub use subject::{ClientSubject, SubjectError};

/// Why a TLS configuration could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A certificate of the authority to trust is not a usable trust anchor.
    #[error("a trusted certificate is unusable")]
    Trust(#[source] rustls::Error),
    /// The client-certificate check could not be set up: no trusted authority, or a bad CRL.
    #[error("the client certificate check cannot be set up")]
    ClientCheck(#[source] rustls::server::VerifierBuilderError),
    /// Certificate and private key do not belong together, or the key is of an unknown kind.
    #[error("certificate and key do not fit")]
    Identity(#[source] rustls::Error),
}
