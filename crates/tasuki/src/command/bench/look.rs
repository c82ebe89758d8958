//! `tasuki bench look` and `tasuki bench page`: one person opened over mutual TLS, against the same
//! bytes from memory and against one bare read with one bare append, in turns within one run.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use tasuki_core::account::Organisation;
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_store::session::Kind;
use tasuki_store::yardstick;

use super::house::{Answer, House};
use super::load::{Generator, Path, Target, apart};
use super::{Engine, cost, rss, seed};
use crate::{clock, figures};

/// Arguments of `tasuki bench look` and `tasuki bench page`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Engine; for PostgreSQL, a cluster of its own that is thrown away.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// Connections that ask at the same time; several numbers by commas: one after the other.
    #[arg(long, value_delimiter = ',', default_value = "64")]
    connections: Vec<usize>,
    /// Seconds for each of the three: the look and its two references.
    #[arg(long, default_value_t = 6)]
    seconds: u32,
    /// Persons with six papers each.
    #[arg(long, default_value_t = 10_000)]
    persons: u64,
    /// Print JSON instead of a sentence.
    #[arg(long)]
    json: bool,
}

/// What is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// `GET /api/v1/persons/{handle}`, as software.
    Look,
    /// `GET /persons/{handle}`, as a member of staff.
    Page,
}

/// Rounds that count, each with a slice of every target; one more comes first, to warm up.
const ROUNDS: u32 = 3;

/// Persons of the yardstick at most: its rows are whole answers.
const YARDSTICK: u64 = 10_000;

/// What was measured.
#[derive(Debug, Serialize)]
struct Figures {
    bench: &'static str,
    engine: &'static str,
    connections: usize,
    persons: u64,
    /// Length of one answer.
    bytes: usize,
    per_s: f64,
    memory_route_per_s: f64,
    reference_per_s: f64,
    /// Of the reference's answers a second.
    ratio: f64,
    /// Of the memory route's answers a second.
    memory_ratio: f64,
    p50_ms: f64,
    p99_ms: f64,
    p999_ms: f64,
    reference_p50_ms: f64,
    reference_p99_ms: f64,
    fsync_ms: f64,
    fsyncs_per_op: f64,
    reference_fsyncs_per_op: f64,
    /// Of this process without the generator, and of the database's server.
    cpu_ms_per_op: f64,
    reference_cpu_ms_per_op: f64,
    /// Of this process, the generator included.
    rss_mb: Option<u64>,
    errors: u64,
}

/// Runs the benchmark.
pub(super) async fn run(arguments: &Arguments, what: What) -> anyhow::Result<()> {
    let ground = Ground::make(arguments, what).await?;
    for connections in arguments.connections.iter().copied() {
        say(&ground.measure(connections).await?, arguments.json)?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn say(figures: &Figures, json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(figures)?);
    } else {
        println!(
            "{:.0}/s over {} connections: {:.2} of the reference ({:.0}/s), {:.3} of memory \
             ({:.0}/s); p50 {:.1} ms, p99 {:.1} ms; {} errors",
            figures.per_s,
            figures.connections,
            figures.ratio,
            figures.reference_per_s,
            figures.memory_ratio,
            figures.memory_route_per_s,
            figures.p50_ms,
            figures.p99_ms,
            figures.errors,
        );
    }
    Ok(())
}

/// The figures of this process, folded each second.
fn recorder() -> anyhow::Result<PrometheusHandle> {
    let metrics = figures::start()?;
    let upkeep = metrics.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            upkeep.run_upkeep();
        }
    });
    Ok(metrics)
}

/// A house with its persons, ready to be asked again and again.
struct Ground {
    house: House,
    what: What,
    engine: Engine,
    persons: u64,
    metrics: PrometheusHandle,
    address: SocketAddr,
    credentials: (http::HeaderName, String),
    /// Length of one answer.
    bytes: usize,
    slice: Duration,
}

impl Ground {
    async fn make(arguments: &Arguments, what: What) -> anyhow::Result<Self> {
        let now = clock::now();
        let metrics = recorder()?;
        let house = House::make(arguments.engine, now).await?;
        let pattern = seed::Pattern::of_town(&tasuki_town::Options::new(2_000, 1, now.date()))?;
        let persons = arguments.persons.max(1);
        seed::persons(&house.app, &house.insurer, &house.office, &pattern, persons, now).await?;
        let answer: Arc<Answer> = Arc::default();
        let address = house.serve(Arc::clone(&answer)).await?;
        let credentials = credentials(&house, what).await?;
        let slice = Duration::from_secs(u64::from(arguments.seconds.max(1))) / ROUNDS;
        let engine = arguments.engine;
        let mut ground =
            Self { house, what, engine, persons, metrics, address, credentials, bytes: 0, slice };
        let body = ground.generator(1)?.once(Target::Whole).await?;
        let numbers =
            (0..persons.min(YARDSTICK)).map(seed::number).collect::<Result<Vec<_>, _>>()?;
        let (db, text) = (&ground.house.app.db, std::str::from_utf8(&body)?);
        yardstick::fill(db, &ground.house.insurer, &numbers, text).await?;
        ground.bytes = body.len();
        // Set here and nowhere else.
        let _ = answer.set(body);
        Ok(ground)
    }

    fn generator(&self, connections: usize) -> anyhow::Result<Generator> {
        let (server, metrics) = (self.house.server, self.metrics.clone());
        Ok(Generator {
            address: self.address,
            tls: self.house.client()?,
            connections,
            credentials: self.credentials.clone(),
            path: path(&self.house, self.what, self.persons),
            reading: Box::new(move || (cost::cpu_ms(server), cost::commits(&metrics.render()))),
        })
    }

    async fn measure(&self, connections: usize) -> anyhow::Result<Figures> {
        let fsync_ms = cost::fsync_ms(&self.house.folder)?;
        let (generator, slice) = (self.generator(connections)?, self.slice);
        let targets = [Target::Whole, Target::Memory, Target::Reference];
        let run = async move || generator.run(&targets, ROUNDS, slice).await;
        let (measured, _) = apart(run).await?;
        let [whole, memory, reference] = measured.as_slice() else {
            anyhow::bail!("a target was not measured");
        };
        Ok(Figures {
            bench: if self.what == What::Look { "look" } else { "page" },
            engine: self.engine.word(),
            connections,
            persons: self.persons,
            bytes: self.bytes,
            per_s: whole.per_s(),
            memory_route_per_s: memory.per_s(),
            reference_per_s: reference.per_s(),
            ratio: whole.per_s() / reference.per_s(),
            memory_ratio: whole.per_s() / memory.per_s(),
            p50_ms: whole.within_ms(500),
            p99_ms: whole.within_ms(990),
            p999_ms: whole.within_ms(999),
            reference_p50_ms: reference.within_ms(500),
            reference_p99_ms: reference.within_ms(990),
            fsync_ms,
            fsyncs_per_op: whole.per_answer(whole.commits),
            reference_fsyncs_per_op: reference.per_answer(reference.commits),
            cpu_ms_per_op: whole.per_answer(whole.cpu_ms),
            reference_cpu_ms_per_op: reference.per_answer(reference.cpu_ms),
            rss_mb: rss::peak_mb(),
            errors: measured.iter().map(|target| target.errors).sum(),
        })
    }
}

/// Name and value of the header that says who asks.
pub(super) async fn credentials(
    house: &House,
    what: What,
) -> anyhow::Result<(http::HeaderName, String)> {
    let now = clock::now();
    Ok(match what {
        What::Look => {
            let token = house.sign_in(Kind::Software, now).await?;
            (http::header::AUTHORIZATION, format!("Bearer {}", token.expose()))
        }
        What::Page => {
            let token = house.sign_in(Kind::Staff, now).await?;
            let name = tasuki_web::session::COOKIE;
            (http::header::COOKIE, format!("{name}={}", token.expose()))
        }
    })
}

pub(super) fn path(house: &House, what: What, persons: u64) -> Path {
    let (handles, insurer) = (house.app.keyring.handles().clone(), house.insurer.clone());
    let audience = Organisation::Provider(house.office.clone()).to_string();
    Box::new(move |target| match target {
        Target::Memory => "/bench/memory".to_owned(),
        Target::Reference => {
            format!("/bench/reference/{:010}", rand::random_range(0..persons.min(YARDSTICK)))
        }
        Target::Whole => {
            let number = format!("{:010}", rand::random_range(0..persons));
            let Ok(insured) = InsuredNumber::parse(&number) else { return String::new() };
            let person = PersonKey { insurer: insurer.clone(), insured };
            let handle = handles.seal(&audience, &person);
            match what {
                What::Look => format!("/api/v1/persons/{handle}"),
                What::Page => format!("/persons/{handle}"),
            }
        }
    })
}
