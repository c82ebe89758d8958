//! The client's side: whom to trust, and what to show.

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::{TcpStream, ToSocketAddrs};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::provider::provider;
use crate::server::roots;
use crate::{Clock, ConfigError, Identity};

/// Builds a TLS 1.3 client that trusts `authorities` and nobody else, and shows `identity` to a
/// server that asks for it.
///
/// ALPN is left empty; set `alpn_protocols` where HTTP/2 is wanted. Sessions are resumed.
///
/// # Errors
///
/// [`ConfigError`] says which of the parameters is unusable.
pub fn client_config(
    authorities: &[CertificateDer<'static>],
    identity: Option<&Identity>,
    clock: Clock,
) -> Result<ClientConfig, ConfigError> {
    let builder = ClientConfig::builder_with_details(provider(), Arc::new(clock))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(ConfigError::Trust)?
        .with_root_certificates(roots(authorities.iter().cloned())?);
    match identity {
        None => Ok(builder.with_no_client_auth()),
        Some(identity) => builder
            .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())
            .map_err(ConfigError::Identity),
    }
}

/// An HTTP client over `config`: HTTPS only, no redirects, no proxy of the environment, and
/// `limit` for a whole exchange.
///
/// # Errors
///
/// The client's own error when it cannot be set up.
pub fn http_client(
    config: ClientConfig,
    limit: Duration,
) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .https_only(true)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(limit)
        .build()
}

/// Opens one TLS connection, to be driven by `hyper::client::conn` or by hand.
///
/// # Errors
///
/// The connection's error; a refused certificate of the server arrives as `InvalidData`. A server
/// that refuses *our* certificate says so only at the first read (TLS 1.3).
pub async fn connect(
    address: impl ToSocketAddrs,
    server: ServerName<'static>,
    config: Arc<ClientConfig>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    TlsConnector::from(config).connect(server, stream).await
}
