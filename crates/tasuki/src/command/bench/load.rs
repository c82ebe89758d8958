//! The load generator: kept connections over TLS, in one thread of its own beside the server.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tasuki_tls::client::connect;

use super::cost;

/// One open connection.
type Connection = SendRequest<Empty<Bytes>>;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// What is measured: the look, or the page.
    Whole,
    /// The same bytes from memory.
    Memory,
    /// One indexed read and one append.
    Reference,
}

/// The address of a random person's request.
pub(super) type Path = Box<dyn Fn(Target) -> String + Send + Sync>;

/// Where and how the generator asks.
pub(super) struct Generator {
    pub(super) address: SocketAddr,
    pub(super) tls: Arc<ClientConfig>,
    pub(super) connections: usize,
    /// Name and value of the header that says who asks.
    pub(super) credentials: (header::HeaderName, String),
    pub(super) path: Path,
    /// Processor milliseconds and commits so far, the generator's own included.
    pub(super) reading: Box<dyn Fn() -> (u64, u64) + Send + Sync>,
}

/// What was measured of one target.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// Microseconds of each answer.
    pub(super) latencies: Vec<u32>,
    /// Answers that were not 200, and connections that broke.
    pub(super) errors: u64,
    pub(super) took: Duration,
    /// Of the server, without the generator.
    pub(super) cpu_ms: u64,
    pub(super) commits: u64,
}

impl Measured {
    /// Answers that came.
    pub(super) fn answers(&self) -> usize {
        self.latencies.len()
    }

    /// Answers a second.
    #[expect(clippy::as_conversions, reason = "counts are far below 2^52")]
    pub(super) fn per_s(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64().max(f64::EPSILON)
    }

    /// `what` for each answer.
    #[expect(clippy::as_conversions, reason = "counts are far below 2^52")]
    pub(super) fn per_answer(&self, what: u64) -> f64 {
        what as f64 / (self.latencies.len().max(1) as f64)
    }

    /// Milliseconds within which `thousandths` of the answers came; call [`Self::sort`] first.
    pub(super) fn within_ms(&self, thousandths: usize) -> f64 {
        let place = self.latencies.len().saturating_sub(1) * thousandths / 1_000;
        self.latencies.get(place).map_or(0.0, |us| f64::from(*us) / 1_000.0)
    }

    /// Adds what was measured elsewhere or later.
    pub(super) fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.errors += other.errors;
        self.took += other.took;
        self.cpu_ms += other.cpu_ms;
        self.commits += other.commits;
    }

    /// Counts an answer to what was asked, or was due, at `asked`.
    fn count(&mut self, asked: Instant, good: bool) {
        if good {
            let took = asked.elapsed().as_micros();
            self.latencies.push(u32::try_from(took).unwrap_or(u32::MAX));
        } else {
            self.errors += 1;
        }
    }

    /// Puts the latencies into order.
    pub(super) fn sort(&mut self) {
        self.latencies.sort_unstable();
    }
}

/// Opens a connection.
pub(super) async fn open<B>(
    address: SocketAddr,
    tls: &Arc<ClientConfig>,
) -> anyhow::Result<SendRequest<B>>
where
    B: hyper::body::Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let name = rustls_pki_types::ServerName::try_from("localhost")?;
    let stream = connect(address, name, Arc::clone(tls)).await?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // How a connection ended shows at its requests.
    tokio::spawn(connection);
    Ok(sender)
}

/// Runs `work` in a thread of its own, so that it can be told from the server's; what came of it,
/// and the milliseconds of the processor that it took.
pub(super) async fn apart<T: Send + 'static>(
    work: impl AsyncFnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<(T, u64)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let run = move || {
        let before = cost::thread_ms();
        let came = runtime.block_on(work())?;
        Ok((came, cost::thread_ms().saturating_sub(before)))
    };
    tokio::task::spawn_blocking(run).await?
}

impl Generator {
    /// Asks for each target in turn, `rounds` times, `slice` each; the first round only warms up.
    pub(super) async fn run(
        self,
        targets: &[Target],
        rounds: u32,
        slice: Duration,
    ) -> anyhow::Result<Vec<Measured>> {
        let mut open = Vec::with_capacity(self.connections);
        for _ in 0..self.connections {
            open.push(self.connect().await?);
        }
        let mut measured: Vec<Measured> = targets.iter().map(|_| Measured::default()).collect();
        for round in 0..=rounds {
            for (target, total) in targets.iter().zip(&mut measured) {
                let found = self.slice(*target, &mut open, slice).await?;
                if round > 0 {
                    total.add(found);
                }
            }
        }
        measured.iter_mut().for_each(Measured::sort);
        Ok(measured)
    }

    /// The body of one answer.
    pub(super) async fn once(&self, target: Target) -> anyhow::Result<Bytes> {
        let mut connection = self.connect().await?;
        let response = connection.send_request(self.request(target)?).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        anyhow::ensure!(status == StatusCode::OK, "the first answer has status {status}");
        Ok(body)
    }

    async fn connect(&self) -> anyhow::Result<Connection> {
        open(self.address, &self.tls).await
    }

    /// Asks `per_s` times a second as long as `goes_on` says of the number of a request, however
    /// long the answers take: each counts from the moment at which it was due.
    pub(super) async fn paced(
        &self,
        per_s: f64,
        goes_on: impl Fn(u64) -> bool,
    ) -> anyhow::Result<Measured> {
        let mut open = Vec::with_capacity(self.connections);
        for _ in 0..self.connections {
            open.push(self.connect().await?);
        }
        let (next, begin) = (AtomicU32::new(0), Instant::now());
        let asking = open.iter_mut().map(async |connection| {
            let mut found = Measured::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if !goes_on(u64::from(number)) {
                    return anyhow::Ok(found);
                }
                let due = begin + Duration::from_secs_f64(f64::from(number) / per_s);
                tokio::time::sleep_until(due.into()).await;
                found.count(due, self.one(Target::Whole, connection).await?);
            }
        });
        let mut total = Measured::default();
        for found in futures_util::future::join_all(asking).await {
            total.add(found?);
        }
        total.took = begin.elapsed();
        total.sort();
        Ok(total)
    }

    async fn slice(
        &self,
        target: Target,
        open: &mut [Connection],
        slice: Duration,
    ) -> anyhow::Result<Measured> {
        let (cpu, commits) = (self.reading)();
        let own = cost::thread_ms();
        let begin = Instant::now();
        let asking = open.iter_mut().map(|connection| self.ask(target, connection, begin, slice));
        let answers = futures_util::future::join_all(asking).await;
        let mut found = Measured { took: begin.elapsed(), ..Measured::default() };
        for answer in answers {
            let answer = answer?;
            found.latencies.extend(answer.latencies);
            found.errors += answer.errors;
        }
        let (cpu_after, commits_after) = (self.reading)();
        let generator = cost::thread_ms() - own;
        found.cpu_ms = cpu_after.saturating_sub(cpu).saturating_sub(generator);
        found.commits = commits_after.saturating_sub(commits);
        Ok(found)
    }

    async fn ask(
        &self,
        target: Target,
        connection: &mut Connection,
        begin: Instant,
        slice: Duration,
    ) -> anyhow::Result<Measured> {
        let mut found = Measured::default();
        while begin.elapsed() < slice {
            let asked = Instant::now();
            found.count(asked, self.one(target, connection).await?);
        }
        Ok(found)
    }

    /// Asks once; whether the answer was good.
    async fn one(&self, target: Target, connection: &mut Connection) -> anyhow::Result<bool> {
        match connection.send_request(self.request(target)?).await {
            Ok(response) => {
                let good = response.status() == StatusCode::OK;
                Ok(good & response.into_body().collect().await.is_ok())
            }
            Err(_) => {
                *connection = self.connect().await?;
                Ok(false)
            }
        }
    }

    fn request(&self, target: Target) -> anyhow::Result<Request<Empty<Bytes>>> {
        let (name, value) = &self.credentials;
        let request = Request::get((self.path)(target)).header(header::HOST, "localhost");
        request.header(name, value).body(Empty::new()).context("a request of the generator")
    }
}
