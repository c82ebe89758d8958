//! The load generator of `tasuki bench handshake`: each request on a connection of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::Resumption;
use rustls::{ClientConfig, HandshakeKind};
use tasuki_tls::client::connect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::cost;
use super::load::{self, Path, Target};

/// How a connection begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// With a full handshake: both sides show their certificate.
    Full,
    /// With the ticket of the connection before.
    Resumed,
}

/// Where and how it knocks.
pub(super) struct Knocking {
    pub(super) tls: Arc<ClientConfig>,
    pub(super) connections: usize,
    /// Value of the header that says who asks.
    pub(super) authorization: String,
    pub(super) path: Path,
    /// Process of the database's server.
    pub(super) database: Option<u32>,
}

/// What was measured of one turn.
#[derive(Debug, Default)]
pub(super) struct Measured {
    pub(super) answers: load::Measured,
    /// Connections whose session was resumed.
    pub(super) resumed: u64,
}

impl Measured {
    fn add(&mut self, other: Self) {
        self.resumed += other.resumed;
        self.answers.add(other.answers);
    }
}

impl Knocking {
    /// Takes each turn `rounds` times, `slice` each; the first round only warms up.
    pub(super) async fn run<const N: usize>(
        self: Arc<Self>,
        turns: [(SocketAddr, Way); N],
        rounds: u32,
        slice: Duration,
    ) -> anyhow::Result<[Measured; N]> {
        let mut measured: [Measured; N] = std::array::from_fn(|_| Measured::default());
        for round in 0..=rounds {
            for ((address, way), total) in turns.iter().zip(&mut measured) {
                let found = self.slice(*address, *way, slice).await?;
                if round > 0 {
                    total.add(found);
                }
            }
        }
        measured.iter_mut().for_each(|it| it.answers.sort());
        Ok(measured)
    }

    /// One turn, in as many threads as the machine has cores: a handshake costs the client as
    /// much as the server, so that one thread would be the narrow place.
    async fn slice(
        self: &Arc<Self>,
        address: SocketAddr,
        way: Way,
        slice: Duration,
    ) -> anyhow::Result<Measured> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = cores.min(self.connections).max(1);
        let cpu = cost::cpu_ms(self.database);
        let begin = Instant::now();
        let each = (0..threads).map(|thread| {
            let knocking = Arc::clone(self);
            let lines = (self.connections + threads - 1 - thread) / threads;
            tokio::task::spawn_blocking(move || {
                let own = cost::thread_ms();
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                let found = runtime.block_on(knocking.lines(address, way, lines, begin, slice));
                anyhow::Ok((found, cost::thread_ms().saturating_sub(own)))
            })
        });
        let mut total = Measured::default();
        let mut generator = 0;
        for thread in futures_util::future::join_all(each).await {
            let (found, own) = thread??;
            total.add(found);
            generator += own;
        }
        total.answers.took = begin.elapsed();
        let spent = cost::cpu_ms(self.database).saturating_sub(cpu);
        total.answers.cpu_ms = spent.saturating_sub(generator);
        Ok(total)
    }

    /// Some lines at once, each opening one connection after the other.
    async fn lines(
        &self,
        address: SocketAddr,
        way: Way,
        lines: usize,
        begin: Instant,
        slice: Duration,
    ) -> Measured {
        let each = (0..lines).map(|_| self.line(address, way, begin, slice));
        let mut total = Measured::default();
        futures_util::future::join_all(each).await.into_iter().for_each(|it| total.add(it));
        total
    }

    async fn line(
        &self,
        address: SocketAddr,
        way: Way,
        begin: Instant,
        slice: Duration,
    ) -> Measured {
        let mut config = ClientConfig::clone(&self.tls);
        config.resumption = match way {
            Way::Full => Resumption::disabled(),
            Way::Resumed => Resumption::in_memory_sessions(8),
        };
        let config = Arc::new(config);
        let mut found = Measured::default();
        while begin.elapsed() < slice {
            let asked = Instant::now();
            match self.knock(address, &config).await {
                Ok((answer, kind)) if is_good(&answer) => {
                    let took = asked.elapsed().as_micros();
                    found.answers.latencies.push(u32::try_from(took).unwrap_or(u32::MAX));
                    found.resumed += u64::from(kind == Some(HandshakeKind::Resumed));
                }
                _ => found.answers.errors += 1,
            }
        }
        found
    }

    /// The whole answer on one new connection, head and body.
    pub(super) async fn once(&self, address: SocketAddr) -> anyhow::Result<Vec<u8>> {
        let (answer, _) = self.knock(address, &self.tls).await?;
        anyhow::ensure!(is_good(&answer), "the first answer is no answer");
        Ok(answer)
    }

    async fn knock(
        &self,
        address: SocketAddr,
        config: &Arc<ClientConfig>,
    ) -> anyhow::Result<(Vec<u8>, Option<HandshakeKind>)> {
        let name = rustls_pki_types::ServerName::try_from("localhost")?;
        let mut stream = connect(address, name, Arc::clone(config)).await?;
        let (path, who) = ((self.path)(Target::Whole), &self.authorization);
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: {who}\r\n\
             connection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::with_capacity(16 * 1_024);
        stream.read_to_end(&mut answer).await?;
        Ok((answer, stream.get_ref().1.handshake_kind()))
    }
}

fn is_good(answer: &[u8]) -> bool {
    answer.starts_with(b"HTTP/1.1 200")
}
