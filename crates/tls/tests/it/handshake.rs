//! Who gets a connection at all.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rustls::{AlertDescription, ClientConfig, HandshakeKind};
use tasuki_tls::authority::{Authority, Validity};
use tasuki_tls::server::{ClientCertificates, Limits, Tls};
use tasuki_tls::{Clock, Identity};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::*;

/// The alert with which the server refuses a client. TLS 1.3 tells it at the first read.
async fn refusal(server: &Server, config: &Arc<ClientConfig>) -> AlertDescription {
    let error = match dial(server, config).await {
        Err(error) => error,
        Ok(mut stream) => stream.read_u8().await.unwrap_err(),
    };
    assert_eq!(error.kind(), ErrorKind::InvalidData, "{error:?}");
    match error.get_ref().and_then(|error| error.downcast_ref()) {
        Some(rustls::Error::AlertReceived(alert)) => *alert,
        _ => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn the_certificates_subject_reaches_the_handler() {
    let authority = authority();
    let server = start(tls(&authority, required(&authority, vec![])), who(), Limits::default());
    let server = server.await;
    let config = trusting(&authority, Some(client(&authority).identity()));
    let mut line = Line::open(dial(&server, &config).await.unwrap()).await;
    assert_eq!(line.get("/").await.body(), "架空居宅介護支援事業所 1399999999 device-1");
}

#[tokio::test]
async fn where_no_certificate_is_asked_there_is_no_peer() {
    let authority = authority();
    let tls = tls(&authority, ClientCertificates::NotAsked);
    let server = start(tls, who(), Limits::default()).await;
    // Even a client that has one is not asked to show it.
    let config = trusting(&authority, Some(client(&authority).identity()));
    let mut line = Line::open(dial(&server, &config).await.unwrap()).await;
    assert_eq!(line.get("/").await.body(), "nobody");
}

#[tokio::test]
async fn no_wrong_expired_early_or_misused_certificate_is_let_in() {
    let (ours, theirs) = (authority(), authority());
    let server = start(tls(&ours, required(&ours, vec![])), who(), Limits::default()).await;
    let past = Validity { not_before_ms: NOW_MS - DAY_MS, not_after_ms: NOW_MS - 1000 };
    let future = Validity { not_before_ms: NOW_MS + 1000, not_after_ms: NOW_MS + DAY_MS };
    let expired = ours.issue_client(&subject(), past).unwrap().identity();
    let early = ours.issue_client(&subject(), future).unwrap().identity();
    let server_own = ours.issue_server(&["localhost"], TODAY).unwrap().identity();
    let stranger = Authority::create("Another Test CA", TODAY).unwrap();
    let cases: [(&str, Option<Identity>, AlertDescription); 6] = [
        ("none", None, AlertDescription::CertificateRequired),
        // `theirs` bears the same name as `ours`; only the signature tells them apart.
        ("CA of the same name", Some(client(&theirs).identity()), AlertDescription::DecryptError),
        (
            "wrong CA",
            Some(stranger.issue_client(&subject(), TODAY).unwrap().identity()),
            AlertDescription::UnknownCA,
        ),
        ("expired", Some(expired), AlertDescription::CertificateExpired),
        ("early", Some(early), AlertDescription::CertificateExpired),
        ("server's", Some(server_own), AlertDescription::UnsupportedCertificate),
    ];
    for (case, identity, alert) in cases {
        assert_eq!(refusal(&server, &trusting(&ours, identity)).await, alert, "{case}");
    }
    assert!(dial(&server, &trusting(&ours, Some(client(&ours).identity()))).await.is_ok());
}

#[tokio::test]
async fn a_certificate_on_the_list_is_refused_and_its_neighbour_is_not() {
    let authority = authority();
    let (lost, kept) = (client(&authority), client(&authority));
    let list = list(&authority, &lost.certificate.serial_hex);
    let tls = tls(&authority, required(&authority, vec![list]));
    let server = start(tls, who(), Limits::default()).await;
    let alert = refusal(&server, &trusting(&authority, Some(lost.identity()))).await;
    assert_eq!(alert, AlertDescription::CertificateRevoked);
    let config = trusting(&authority, Some(kept.identity()));
    let mut line = Line::open(dial(&server, &config).await.unwrap()).await;
    assert_eq!(line.get("/").await.status(), 200);
}

#[tokio::test]
async fn a_client_that_only_speaks_tls_1_2_is_refused() {
    let authority = authority();
    let tls = tls(&authority, ClientCertificates::NotAsked);
    let server = start(tls, who(), Limits::default()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&client_hello_of_tls_1_2()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    // One record: alert (21), length 2: fatal (2), protocol_version (70).
    assert_eq!(answer, [21, 3, 3, 0, 2, 2, 70]);
}

/// RFC 5246, section 7.4.1.2, with the two usual suites and the extensions these need.
fn client_hello_of_tls_1_2() -> Vec<u8> {
    let mut hello = vec![3, 3];
    hello.extend([7; 32]);
    hello.push(0);
    hello.extend([0, 4, 0xC0, 0x2B, 0xC0, 0x2F]);
    hello.extend([1, 0]);
    let extensions: [&[u8]; 3] = [
        &[0, 10, 0, 6, 0, 4, 0, 23, 0, 29], // supported_groups: P-256, X25519
        &[0, 11, 0, 2, 1, 0],               // ec_point_formats: uncompressed
        &[0, 13, 0, 6, 0, 4, 4, 3, 8, 4],   // signature_algorithms: ECDSA P-256, RSA-PSS
    ];
    let extensions = extensions.concat();
    hello.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    hello.extend(extensions);
    let length = u8::try_from(hello.len()).unwrap();
    let record = [22, 3, 1, 0, length + 4, 1, 0, 0, length];
    [&record[..], &hello].concat()
}

#[tokio::test]
async fn a_second_handshake_resumes_the_first_and_still_knows_the_peer() {
    let authority = authority();
    let server = start(tls(&authority, required(&authority, vec![])), who(), Limits::default());
    let server = server.await;
    let config = trusting(&authority, Some(client(&authority).identity()));
    for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
        let stream = dial(&server, &config).await.unwrap();
        assert_eq!(stream.get_ref().1.handshake_kind(), Some(kind));
        // The answer brings the tickets along.
        let mut line = Line::open(stream).await;
        assert!(line.get("/").await.body().ends_with("1399999999 device-1"));
    }
}

#[tokio::test]
async fn a_new_configuration_serves_the_next_handshake_and_forgets_sessions() {
    let authority = authority();
    let device = client(&authority);
    let tls = tls(&authority, required(&authority, vec![]));
    let hot = tls.config.clone();
    let server = start(tls, who(), Limits::default()).await;
    let config = trusting(&authority, Some(device.identity()));
    let mut before = Line::open(dial(&server, &config).await.unwrap()).await;
    assert_eq!(before.get("/").await.status(), 200);

    let list = list(&authority, &device.certificate.serial_hex);
    hot.replace(crate::support::config(&authority, required(&authority, vec![list])));

    // The client has a ticket; were it honoured, the list would not be looked at.
    assert_eq!(refusal(&server, &config).await, AlertDescription::CertificateRevoked);
    assert_eq!(before.get("/").await.status(), 200, "an open connection keeps its own");
}

#[tokio::test]
async fn a_resumed_session_of_a_revoked_certificate_is_refused() {
    let authority = authority();
    let device = client(&authority);
    let tls = tls(&authority, required(&authority, vec![]));
    let revoked = tls.revoked.clone();
    let server = start(tls, who(), Limits::default()).await;
    let config = trusting(&authority, Some(device.identity()));
    let mut line = Line::open(dial(&server, &config).await.unwrap()).await;
    assert_eq!(line.get("/").await.status(), 200);

    revoked.insert(&device.certificate.serial_hex);

    // Nothing of the certificate is checked in a resumed handshake; the gate does it.
    let stream = dial(&server, &config).await.unwrap();
    assert_eq!(stream.get_ref().1.handshake_kind(), Some(HandshakeKind::Resumed));
    let refused = Line::open(stream).await.get("/").await;
    assert_eq!(refused.status(), 403);
    assert!(refused.body().contains("certificate-revoked"), "{}", refused.body());
}

#[tokio::test]
async fn a_resumed_session_of_a_certificate_that_has_ended_is_refused() {
    let authority = authority();
    let moment = Arc::new(AtomicI64::new(NOW_MS));
    let read = Arc::clone(&moment);
    let clock = Clock::new(move || read.load(Ordering::Relaxed));
    let tls = Tls { clock, ..tls(&authority, required(&authority, vec![])) };
    let server = start(tls, who(), Limits::default()).await;
    let config = trusting(&authority, Some(client(&authority).identity()));
    let mut line = Line::open(dial(&server, &config).await.unwrap()).await;
    assert_eq!(line.get("/").await.status(), 200);

    moment.store(TODAY.not_after_ms + 1_000, Ordering::Relaxed);

    let stream = dial(&server, &config).await.unwrap();
    assert_eq!(stream.get_ref().1.handshake_kind(), Some(HandshakeKind::Resumed));
    let refused = Line::open(stream).await.get("/").await;
    assert_eq!(refused.status(), 403);
    assert!(refused.body().contains("certificate-expired"), "{}", refused.body());
}
