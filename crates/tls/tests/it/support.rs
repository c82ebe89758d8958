//! A platform with an authority, a listener and clients; everything in it is invented.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::routing::get;
use axum::{Extension, Router};
use http::{Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::{CertificateRevocationListDer, ServerName};
use tasuki_tls::authority::{Authority, Issued, Reason, Revocation, Validity};
use tasuki_tls::client::{client_config, connect};
use tasuki_tls::server::{ClientCertificates, HotConfig, Limits, Tls, serve_tls, server_config};
use tasuki_tls::{ClientSubject, Clock, Identity, Peer, Revoked};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::client::TlsStream;

/// 2026-11-20T00:00Z.
pub(crate) const NOW_MS: i64 = 1_795_132_800_000;
pub(crate) const DAY_MS: i64 = 86_400_000;

pub(crate) const TODAY: Validity =
    Validity { not_before_ms: NOW_MS - DAY_MS, not_after_ms: NOW_MS + DAY_MS };

pub(crate) fn authority() -> Authority {
    let ten_years =
        Validity { not_before_ms: NOW_MS - DAY_MS, not_after_ms: NOW_MS + 3_650 * DAY_MS };
    Authority::create("Tasuki Test CA", ten_years).unwrap()
}

pub(crate) fn subject() -> ClientSubject {
    ClientSubject {
        organisation: "架空居宅介護支援事業所".to_owned(),
        organisation_number: "1399999999".to_owned(),
        device_id: "device-1".to_owned(),
    }
}

pub(crate) fn client(authority: &Authority) -> Issued {
    authority.issue_client(&subject(), TODAY).unwrap()
}

/// A list with one revoked certificate.
pub(crate) fn list(authority: &Authority, serial: &str) -> CertificateRevocationListDer<'static> {
    let revocation = Revocation {
        serial_hex: serial.to_owned(),
        revoked_at_ms: NOW_MS - 1,
        reason: Reason::KeyCompromise,
    };
    authority.revocation_list(&[revocation], 1, NOW_MS, NOW_MS + DAY_MS).unwrap().der
}

pub(crate) fn required(
    authority: &Authority,
    revocation_lists: Vec<CertificateRevocationListDer<'static>>,
) -> ClientCertificates {
    let authorities = vec![authority.certificate_der().clone()];
    ClientCertificates::Required { authorities, revocation_lists }
}

pub(crate) fn config(
    authority: &Authority,
    clients: ClientCertificates,
) -> Arc<rustls::ServerConfig> {
    let server = authority.issue_server(&["localhost", "127.0.0.1"], TODAY).unwrap();
    server_config(&server.identity(), clients, Clock::fixed(NOW_MS)).unwrap()
}

pub(crate) fn tls(authority: &Authority, clients: ClientCertificates) -> Tls {
    Tls {
        config: HotConfig::new(config(authority, clients)),
        revoked: Revoked::default(),
        clock: Clock::fixed(NOW_MS),
    }
}

/// A listener that serves; ends with [`Server::stop`] or with the test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) task: JoinHandle<()>,
    pub(crate) stop: oneshot::Sender<()>,
}

pub(crate) async fn start(tls: Tls, router: Router, limits: Limits) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let shutdown = async {
        let _ = stopped.await;
    };
    let task = tokio::spawn(serve_tls(listener, tls, router, limits, shutdown));
    Server { address, task, stop }
}

/// Answers with the peer's number and device, or `nobody`, and whether the address is known.
pub(crate) fn who() -> Router {
    async fn answer(
        ConnectInfo(remote): ConnectInfo<SocketAddr>,
        peer: Option<Extension<Peer>>,
    ) -> String {
        assert!(remote.ip().is_loopback());
        match peer {
            Some(Extension(peer)) => {
                format!("{} {} {}", peer.organisation, peer.organisation_number, peer.device_id)
            }
            None => "nobody".to_owned(),
        }
    }
    Router::new().route("/", get(answer))
}

pub(crate) fn trusting(authority: &Authority, identity: Option<Identity>) -> Arc<ClientConfig> {
    let roots = [authority.certificate_der().clone()];
    Arc::new(client_config(&roots, identity.as_ref(), Clock::fixed(NOW_MS)).unwrap())
}

pub(crate) async fn dial(
    server: &Server,
    config: &Arc<ClientConfig>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from("localhost").unwrap();
    connect(server.address, name, Arc::clone(config)).await
}

/// One kept-alive HTTP/1.1 connection.
pub(crate) struct Line {
    pub(crate) sender: SendRequest<Empty<&'static [u8]>>,
    pub(crate) ended: JoinHandle<()>,
}

impl Line {
    pub(crate) async fn open(stream: TlsStream<TcpStream>) -> Self {
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        let ended = tokio::spawn(async {
            let _ = connection.await;
        });
        Self { sender, ended }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Response<String> {
        read(self.sender.send_request(request(path)).await.unwrap()).await
    }
}

pub(crate) fn request(path: &str) -> Request<Empty<&'static [u8]>> {
    Request::get(path).header("host", "localhost").body(Empty::new()).unwrap()
}

pub(crate) async fn read(response: Response<Incoming>) -> Response<String> {
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Response::from_parts(head, String::from_utf8(bytes.to_vec()).unwrap())
}
