//! `tasuki bench handshake`: a new connection with its first look, against what the TLS library
//! alone does with the same certificates, in turns within one run; full handshakes and resumed.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rustls::ServerConfig;
use serde::Serialize;
use tasuki_store::session::Kind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::house::{Answer, House};
use super::knock::{Knocking, Measured, Way};
use super::look::{self, What};
use super::{Engine, cost, seed};
use crate::{clock, figures};

/// Arguments of `tasuki bench handshake`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Engine; for PostgreSQL, a cluster of its own that is thrown away.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// Connections that are opened at the same time.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Seconds for each of the four: full and resumed, the platform and the library alone.
    #[arg(long, default_value_t = 6)]
    seconds: u32,
    /// Persons with six papers each.
    #[arg(long, default_value_t = 10_000)]
    persons: u64,
    /// Print JSON instead of a sentence.
    #[arg(long)]
    json: bool,
}

/// Rounds that count; one more comes first, to warm up.
const ROUNDS: u32 = 3;

/// What was measured of one kind of handshake.
#[derive(Debug, Serialize)]
struct Half {
    /// Connections with their first look, a second.
    per_s: f64,
    /// Of the library alone, with the same bytes.
    library_per_s: f64,
    ratio: f64,
    p50_ms: f64,
    p99_ms: f64,
    library_p50_ms: f64,
    library_p99_ms: f64,
    /// Of this process without the generator, and of the database's server.
    cpu_ms_per_op: f64,
    library_cpu_ms_per_op: f64,
    /// Connections whose session was resumed, of all.
    resumed: f64,
    errors: u64,
}

#[derive(Debug, Serialize)]
struct Figures {
    bench: &'static str,
    engine: &'static str,
    connections: usize,
    persons: u64,
    /// Length of one answer with its head.
    bytes: usize,
    fsync_ms: f64,
    full: Half,
    resumed: Half,
}

/// Runs the benchmark.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(super) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let figures = measure(arguments).await?;
    if arguments.json {
        println!("{}", serde_json::to_string(&figures)?);
        return Ok(());
    }
    for (name, half) in [("full", &figures.full), ("resumed", &figures.resumed)] {
        println!(
            "{name:<8} {:.0}/s over {} connections: {:.2} of the TLS library alone ({:.0}/s); \
             p50 {:.1} ms, p99 {:.1} ms; {} errors",
            half.per_s,
            figures.connections,
            half.ratio,
            half.library_per_s,
            half.p50_ms,
            half.p99_ms,
            half.errors,
        );
    }
    Ok(())
}

async fn measure(arguments: &Arguments) -> anyhow::Result<Figures> {
    let now = clock::now();
    figures::start()?;
    let house = House::make(arguments.engine, now).await?;
    let pattern = seed::Pattern::of_town(&tasuki_town::Options::new(2_000, 1, now.date()))?;
    let persons = arguments.persons.max(1);
    seed::persons(&house.app, &house.insurer, &house.office, &pattern, persons, now).await?;
    let token = house.sign_in(Kind::Software, now).await?;
    let platform = house.serve(Arc::new(Answer::new())).await?;
    let knocking = Knocking {
        tls: house.client()?,
        connections: arguments.connections,
        authorization: format!("Bearer {}", token.expose()),
        path: look::path(&house, What::Look, persons),
        database: house.server,
    };
    let answer = knocking.once(platform).await?;
    let bytes = answer.len();
    let library = library(house.server()?, answer.into()).await?;
    let fsync_ms = cost::fsync_ms(&house.folder)?;
    let slice = Duration::from_secs(u64::from(arguments.seconds.max(1))) / ROUNDS;
    let turns = [
        (platform, Way::Full),
        (library, Way::Full),
        (platform, Way::Resumed),
        (library, Way::Resumed),
    ];
    let knocking = Arc::new(knocking);
    let measured = knocking.run(turns, ROUNDS, slice).await?;
    let [full, full_library, resumed, resumed_library] = &measured;
    Ok(Figures {
        bench: "handshake",
        engine: arguments.engine.word(),
        connections: arguments.connections,
        persons,
        bytes,
        fsync_ms,
        full: Half::of(full, full_library),
        resumed: Half::of(resumed, resumed_library),
    })
}

impl Half {
    fn of(platform: &Measured, library: &Measured) -> Self {
        let (own, other) = (&platform.answers, &library.answers);
        Self {
            per_s: own.per_s(),
            library_per_s: other.per_s(),
            ratio: own.per_s() / other.per_s(),
            p50_ms: own.within_ms(500),
            p99_ms: own.within_ms(990),
            library_p50_ms: other.within_ms(500),
            library_p99_ms: other.within_ms(990),
            cpu_ms_per_op: own.per_answer(own.cpu_ms),
            library_cpu_ms_per_op: other.per_answer(other.cpu_ms),
            resumed: own.per_answer(platform.resumed),
            errors: own.errors + other.errors,
        }
    }
}

/// The TLS library alone: shakes hands, reads a request, writes `answer`, closes.
async fn library(config: Arc<ServerConfig>, answer: Bytes) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let acceptor = TlsAcceptor::from(config);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, answer) = (acceptor.clone(), answer.clone());
            tokio::spawn(async move { answered(&acceptor, stream, &answer).await });
        }
    });
    Ok(address)
}

async fn answered(acceptor: &TlsAcceptor, tcp: TcpStream, answer: &[u8]) -> std::io::Result<()> {
    tcp.set_nodelay(true)?;
    let mut stream = acceptor.accept(tcp).await?;
    // The request is shorter than one record.
    let mut request = [0; 4_096];
    let _ = stream.read(&mut request).await?;
    stream.write_all(answer).await?;
    stream.shutdown().await
}
