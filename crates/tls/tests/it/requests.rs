//! A certificate that goes bad on an open connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo};
use tasuki_tls::Clock;
use tasuki_tls::client::{client_config, http_client};
use tasuki_tls::server::{ClientCertificates, Limits, serve_plain};
use tokio::net::TcpListener;

use crate::support::*;

#[tokio::test]
async fn a_revocation_takes_effect_on_the_next_request_and_closes_the_connection() {
    let authority = authority();
    let device = client(&authority);
    let tls = tls(&authority, required(&authority, vec![]));
    let revoked = tls.revoked.clone();
    let server = start(tls, who(), Limits::default()).await;
    let config = trusting(&authority, Some(device.identity()));
    let mut line = Line::open(dial(&server, &config).await.unwrap()).await;
    assert_eq!(line.get("/").await.status(), 200);

    revoked.insert(&device.certificate.serial_hex);

    let refused = line.get("/").await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert_eq!(refused.headers()["connection"], "close");
    assert!(refused.body().contains("certificate-revoked"));
    line.ended.await.unwrap();

    // A resumed session does not get around it either.
    let mut again = Line::open(dial(&server, &config).await.unwrap()).await;
    assert_eq!(again.get("/").await.status(), 403);
}

#[tokio::test]
async fn a_revocation_closes_an_http_2_connection_too() {
    let authority = authority();
    let device = client(&authority);
    let tls = tls(&authority, required(&authority, vec![]));
    let revoked = tls.revoked.clone();
    let server = start(tls, who(), Limits::default()).await;
    let mut config = (*trusting(&authority, Some(device.identity()))).clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = dial(&server, &Arc::new(config)).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    let ended = tokio::spawn(connection);
    let address = "https://localhost/";
    let first = sender.send_request(request(address)).await.unwrap();
    assert_eq!(read(first).await.body(), "架空居宅介護支援事業所 1399999999 device-1");

    revoked.insert(&device.certificate.serial_hex);

    let refused = read(sender.send_request(request(address)).await.unwrap()).await;
    assert_eq!(refused.status(), 403);
    ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_certificate_that_ends_while_the_connection_is_open_is_refused() {
    let authority = authority();
    let device = client(&authority);
    let mut tls = tls(&authority, required(&authority, vec![]));
    let now = Arc::new(AtomicI64::new(device.certificate.validity.not_after_ms));
    let hand = Arc::clone(&now);
    tls.clock = Clock::new(move || hand.load(Ordering::Relaxed));
    let server = start(tls, who(), Limits::default()).await;
    let config = trusting(&authority, Some(device.identity()));
    let mut line = Line::open(dial(&server, &config).await.unwrap()).await;
    assert_eq!(line.get("/").await.status(), 200, "the last millisecond still counts");

    now.fetch_add(1, Ordering::Relaxed);

    let refused = line.get("/").await;
    assert_eq!(refused.status(), 403);
    assert!(refused.body().contains("certificate-expired"));
}

#[tokio::test]
async fn the_http_client_reaches_the_server_and_trusts_nobody_else() {
    let (ours, theirs) = (authority(), authority());
    let server = start(tls(&ours, required(&ours, vec![])), who(), Limits::default()).await;
    let device = client(&ours).identity();
    let address = format!("https://{}/", server.address);
    let http = |authority: &tasuki_tls::authority::Authority| {
        let roots = [authority.certificate_der().clone()];
        let config = client_config(&roots, Some(&device), Clock::fixed(NOW_MS)).unwrap();
        http_client(config, Duration::from_secs(60)).unwrap()
    };
    let answer = http(&ours).get(&address).send().await.unwrap();
    assert!(answer.text().await.unwrap().ends_with("device-1"));
    assert!(http(&theirs).get(&address).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn plain_http_serves_without_a_peer_until_it_is_stopped() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async {
        let _ = stopped.await;
    };
    let task = tokio::spawn(serve_plain(listener, who(), Limits::default(), shutdown));
    tasuki_tls::install_provider();
    let answer = reqwest::Client::new().get(&address).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "nobody");
    stop.send(()).unwrap();
    task.await.unwrap();
}

#[tokio::test]
async fn a_client_does_not_talk_to_a_server_of_another_name() {
    let authority = authority();
    let tls = tls(&authority, ClientCertificates::NotAsked);
    let server = start(tls, who(), Limits::default()).await;
    let name = rustls_pki_types::ServerName::try_from("elsewhere.example").unwrap();
    let config = trusting(&authority, None);
    assert!(tasuki_tls::client::connect(server.address, name, config).await.is_err());
}
