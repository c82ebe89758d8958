//! Municipalities that send what happened in a day, through the API, as their software does.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::SendRequest;
use rustls::ClientConfig;
use tasuki_formats::municipal::{FileName, MANIFEST_NAME, Manifest, RecordKind};

use super::super::load;

/// How long a sender waits before it asks again whether its transfer was taken.
const AGAIN: Duration = Duration::from_millis(20);

/// One municipality with the transfer it will send.
pub(super) struct Sender {
    pub(super) address: SocketAddr,
    pub(super) tls: Arc<ClientConfig>,
    /// Value of the header that says who asks.
    pub(super) authorization: String,
    /// Manifest and files.
    pub(super) folder: PathBuf,
}

/// A transfer that was sent and taken.
pub(super) struct Sent {
    pub(super) lines: u64,
    /// Of these, changes of progress.
    pub(super) progress_lines: u64,
    pub(super) bytes: u64,
    /// From the first request until readers see it.
    pub(super) took: Duration,
}

/// Sends every transfer; they begin evenly spread over `within`.
pub(super) async fn all(senders: &[Sender], within: Duration) -> anyhow::Result<Vec<Sent>> {
    let count = u32::try_from(senders.len())?.max(1);
    let sending = (0..).zip(senders).map(async |(place, sender)| {
        tokio::time::sleep(within / count * place).await;
        sender.send().await
    });
    futures_util::future::try_join_all(sending).await
}

impl Sender {
    async fn send(&self) -> anyhow::Result<Sent> {
        let text = std::fs::read(self.folder.join(MANIFEST_NAME))?;
        let manifest: Manifest = serde_json::from_slice(&text)?;
        let begin = Instant::now();
        let mut line = load::open(self.address, &self.tls).await?;
        let all = "/api/v1/transfers";
        self.ask(&mut line, Method::POST, all, text, StatusCode::CREATED).await?;
        let own = format!("{all}/{}", manifest.sequence);
        let (mut lines, mut progress_lines, mut bytes) = (0, 0, 0);
        for file in &manifest.files {
            let body = std::fs::read(self.folder.join(&file.name))?;
            let path = format!("{own}/files/{}", file.name);
            self.ask(&mut line, Method::PUT, &path, body, StatusCode::OK).await?;
            let kind = FileName::parse(&file.name).map(|name| name.kind).ok();
            // The first line of a flat file is its header.
            let header = u64::from(kind.is_some_and(|kind| !kind.is_json()));
            let records = file.lines.saturating_sub(header);
            lines += records;
            bytes += file.bytes;
            if kind == Some(RecordKind::CertificationProgress) {
                progress_lines += records;
            }
        }
        let finish = format!("{own}/finish");
        self.ask(&mut line, Method::POST, &finish, vec![], StatusCode::ACCEPTED).await?;
        while !self.is_published(&mut line, &own).await? {
            tokio::time::sleep(AGAIN).await;
        }
        Ok(Sent { lines, progress_lines, bytes, took: begin.elapsed() })
    }

    async fn is_published(
        &self,
        line: &mut SendRequest<Full<Bytes>>,
        own: &str,
    ) -> anyhow::Result<bool> {
        let (status, body) = self.answer(line, Method::GET, own, vec![]).await?;
        if status == StatusCode::NOT_FOUND {
            return Ok(false);
        }
        let report: serde_json::Value = serde_json::from_slice(&body)?;
        let state = report.get("state").and_then(|state| state.as_str()).unwrap_or_default();
        ensure!(status == StatusCode::OK && state != "failed", "a transfer was not taken");
        Ok(state == "published")
    }

    async fn ask(
        &self,
        line: &mut SendRequest<Full<Bytes>>,
        method: Method,
        path: &str,
        body: Vec<u8>,
        wanted: StatusCode,
    ) -> anyhow::Result<()> {
        let (status, _) = self.answer(line, method, path, body).await?;
        ensure!(status == wanted, "a request of a municipality was answered with {status}");
        Ok(())
    }

    async fn answer(
        &self,
        line: &mut SendRequest<Full<Bytes>>,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<(StatusCode, Bytes)> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::AUTHORIZATION, &self.authorization)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))
            .context("a request of a municipality")?;
        let response = line.send_request(request).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }
}
