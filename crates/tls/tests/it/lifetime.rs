//! Stopping a listener.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tasuki_tls::server::{ClientCertificates, Limits};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::support::*;

#[tokio::test]
async fn a_running_request_is_answered_before_the_listener_ends() {
    let authority = authority();
    let (begun, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inner_begun, inner_finish) = (Arc::clone(&begun), Arc::clone(&finish));
    let router = Router::new().route(
        "/",
        get(move || async move {
            inner_begun.notify_one();
            inner_finish.notified().await;
            "done"
        }),
    );
    let server =
        start(tls(&authority, ClientCertificates::NotAsked), router, Limits::default()).await;
    let config = trusting(&authority, None);
    let mut busy = Line::open(dial(&server, &config).await.unwrap()).await;
    let silent = Line::open(dial(&server, &config).await.unwrap()).await;
    let answer = tokio::spawn(async move { busy.get("/").await });
    begun.notified().await;

    server.stop.send(()).unwrap();
    // The silent connection ends at once, which also shows that the shutdown has begun.
    silent.ended.await.unwrap();
    assert!(!server.task.is_finished());
    finish.notify_one();

    assert_eq!(answer.await.unwrap().body(), "done");
    server.task.await.unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_hold_up_the_end() {
    let authority = authority();
    let begun = Arc::new(Notify::new());
    let inner_begun = Arc::clone(&begun);
    let router = Router::new().route(
        "/",
        get(move || async move {
            inner_begun.notify_one();
            pending::<()>().await
        }),
    );
    let limits = Limits { drain: Duration::from_millis(20), ..Limits::default() };
    let server = start(tls(&authority, ClientCertificates::NotAsked), router, limits).await;
    let stream = dial(&server, &trusting(&authority, None)).await.unwrap();
    let mut line = Line::open(stream).await;
    let answer = tokio::spawn(async move { line.sender.send_request(request("/")).await });
    begun.notified().await;
    server.stop.send(()).unwrap();
    server.task.await.unwrap();
    assert!(answer.await.unwrap().is_err());
}
