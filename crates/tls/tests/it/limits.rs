//! What a stranger cannot hold open. Each test waits for the server to hang up; none measures time.

use std::sync::Arc;
use std::time::Duration;

use tasuki_tls::server::{ClientCertificates, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::*;

const SHORT: Duration = Duration::from_millis(20);

async fn server(limits: Limits) -> (Server, Arc<rustls::ClientConfig>) {
    let authority = authority();
    let tls = tls(&authority, ClientCertificates::NotAsked);
    (start(tls, who(), limits).await, trusting(&authority, None))
}

#[tokio::test]
async fn a_client_that_never_shakes_hands_is_cut_off() {
    let (server, _) = server(Limits { handshake: SHORT, ..Limits::default() }).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_client_that_never_ends_its_request_head_is_cut_off() {
    let (server, config) = server(Limits { head: SHORT, ..Limits::default() }).await;
    let mut stream = dial(&server, &config).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn an_http_2_client_that_says_nothing_is_cut_off() {
    let (server, config) = server(Limits { idle: SHORT, ..Limits::default() }).await;
    let mut config = (*config).clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let mut stream = dial(&server, &Arc::new(config)).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
}

#[tokio::test]
async fn connections_beyond_the_cap_wait_for_a_place() {
    let (server, config) = server(Limits { connections: 1, ..Limits::default() }).await;
    let mut first = Line::open(dial(&server, &config).await.unwrap()).await;
    let waiting = dial(&server, &config);
    tokio::pin!(waiting);
    tokio::select! {
        biased;
        _ = &mut waiting => panic!("two connections at one time"),
        answer = first.get("/") => assert_eq!(answer.status(), 200),
    }
    drop(first);
    let mut second = Line::open(waiting.await.unwrap()).await;
    assert_eq!(second.get("/").await.status(), 200);
}
