//! `tasuki bench country`: the peak hour of the country, scaled to this machine and squeezed into
//! seconds: looks at their pace, and every municipality sending what happened in a day. It says
//! what an installation of the country's size needs, with the arithmetic.

mod need;
mod peak;
mod sending;
mod towns;

use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use tasuki_core::account::Organisation;
use tasuki_store::session::Kind;

use super::house::{Answer, House};
use super::knock::Knocking;
use super::load::{self, Generator, Measured, Path, apart};
use super::{Engine, cost, rss};
use crate::{clock, figures};

use need::{Costs, Needs};
use peak::Share;
use sending::{Sender, Sent};
use towns::Town;

/// Arguments of `tasuki bench country`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Engine; for PostgreSQL, a cluster of its own that is thrown away.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// Insured persons of the simulated part of the country; the country has 36,000,000.
    #[arg(long, default_value_t = 36_000)]
    persons: u64,
    /// Seconds into which the hour is squeezed.
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// Connections of offices; a look waits for a free one.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Print JSON instead of sentences.
    #[arg(long)]
    json: bool,
}

/// Answers whose mean length counts.
const ANSWERS: usize = 32;

/// What was measured of the squeezed hour.
#[derive(Debug, Serialize)]
struct Hour {
    looks: u64,
    looks_per_s: f64,
    /// Of the country's looks a second in its peak hour.
    pace: f64,
    p50_ms: f64,
    p99_ms: f64,
    uploads: usize,
    lines: u64,
    progress_lines: u64,
    /// The longest upload, from its first request until readers see it.
    upload_seconds: f64,
    /// Of the server and the database, the generator taken off.
    cpu_seconds: f64,
    /// What the parts cost alone, for the same looks and lines.
    cpu_seconds_of_parts: f64,
    /// Commits of the writer: each flushes once.
    commits: u64,
}

#[derive(Debug, Serialize)]
struct Figures {
    bench: &'static str,
    engine: &'static str,
    persons: u64,
    insurers: u64,
    seconds: u32,
    connections: usize,
    fsync_ms: f64,
    hour: Hour,
    costs: Costs,
    needs: Needs,
    rss_mb: Option<u64>,
    errors: u64,
}

/// Runs the benchmark.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(super) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let figures = measure(arguments).await?;
    if arguments.json {
        println!("{}", serde_json::to_string(&figures)?);
        return Ok(());
    }
    let Figures { hour, needs, .. } = &figures;
    println!(
        "the peak hour of {} persons in {} s: {:.0} looks/s ({:.3} of the country's), p50 {:.1} ms, \
         p99 {:.1} ms; {} uploads with {} lines, the longest {:.1} s; {} errors",
        figures.persons,
        figures.seconds,
        hour.looks_per_s,
        hour.pace,
        hour.p50_ms,
        hour.p99_ms,
        hour.uploads,
        hour.lines,
        hour.upload_seconds,
        figures.errors,
    );
    println!("the country needs:");
    needs.arithmetic.iter().for_each(|line| println!("  {line}"));
    Ok(())
}

/// A house with its towns, asked through its own listener.
struct Ground {
    house: House,
    metrics: PrometheusHandle,
    generator: Arc<Generator>,
    senders: Vec<Sender>,
    /// Length of an answer with its head, mean.
    answer_bytes: usize,
    /// What an insured person takes in the database, mean.
    person_stored_bytes: f64,
    /// Insured persons of each town.
    persons_of_each: u64,
}

/// What one stretch of the run took.
#[derive(Debug, Clone, Copy)]
struct Spent {
    cpu_ms: u64,
    written_bytes: u64,
    stored_bytes: u64,
    commits: u64,
}

async fn measure(arguments: &Arguments) -> anyhow::Result<Figures> {
    let share = Share::of(arguments.persons.max(1));
    let folder = super::folder::Folder::make()?;
    let mut ground = Ground::make(arguments, &share, &folder.0).await?;
    let fsync_ms = cost::fsync_ms(&ground.house.folder)?;
    let hour = Duration::from_secs(u64::from(arguments.seconds.max(1)));
    // One municipality more than the hour has: it tells what a line costs alone.
    let alone = ground.senders.split_off(share.insurers());
    let (looks, look_spent) = ground.stretch(share.looks().div_ceil(3), hour / 3, vec![]).await?;
    let (lines, line_spent) = ground.stretch(0, hour, alone).await?;
    let senders = std::mem::take(&mut ground.senders);
    let (all, spent) = ground.stretch(share.looks(), hour, senders).await?;
    let costs = Costs::of(&ground, (&looks, look_spent), (&lines, line_spent));
    let needs = Needs::of(&costs, share.of_country(all.progress_lines()));
    let parts_ms = costs.look_cpu_ms * count(all.looks.answers())
        + costs.line_cpu_ms * count(usize::try_from(all.lines())?);
    let looks_per_s = all.looks.per_s();
    Ok(Figures {
        bench: "country",
        engine: arguments.engine.word(),
        persons: arguments.persons,
        insurers: share.insurers,
        seconds: arguments.seconds,
        connections: arguments.connections,
        fsync_ms,
        hour: Hour {
            looks: u64::try_from(all.looks.answers())?,
            looks_per_s,
            pace: looks_per_s / peak::LOOKS_PER_S,
            p50_ms: all.looks.within_ms(500),
            p99_ms: all.looks.within_ms(990),
            uploads: all.sent.len(),
            lines: all.lines(),
            progress_lines: all.progress_lines(),
            upload_seconds: all.longest().as_secs_f64(),
            cpu_seconds: Duration::from_millis(spent.cpu_ms).as_secs_f64(),
            cpu_seconds_of_parts: parts_ms / 1_000.0,
            commits: spent.commits,
        },
        costs,
        needs,
        rss_mb: rss::peak_mb(),
        errors: looks.looks.errors + all.looks.errors,
    })
}

/// What came of one stretch.
struct Came {
    looks: Measured,
    sent: Vec<Sent>,
}

impl Came {
    fn lines(&self) -> u64 {
        self.sent.iter().map(|sent| sent.lines).sum()
    }

    fn progress_lines(&self) -> u64 {
        self.sent.iter().map(|sent| sent.progress_lines).sum()
    }

    fn longest(&self) -> Duration {
        self.sent.iter().map(|sent| sent.took).max().unwrap_or_default()
    }
}

impl Ground {
    async fn make(
        arguments: &Arguments,
        share: &Share,
        folder: &std::path::Path,
    ) -> anyhow::Result<Self> {
        let now = clock::now();
        let metrics = figures::start()?;
        let house = House::make(arguments.engine, now).await?;
        let empty = house.scratch.bytes().await?;
        let mut towns = Vec::new();
        for place in 0..=share.insurers {
            towns.push(towns::make(&house, folder, place, share.persons_of_each(), now).await?);
        }
        let stored = house.scratch.bytes().await?.saturating_sub(empty);
        let persons: u64 = towns.iter().map(|town| town.persons).sum();
        let address = house.serve(Arc::new(Answer::new())).await?;
        let token = house.sign_in(Kind::Software, now).await?;
        let authorization = format!("Bearer {}", token.expose());
        let knocking = Knocking {
            tls: house.client()?,
            connections: 1,
            authorization: authorization.clone(),
            path: path(&house, &towns),
            database: house.server,
        };
        let mut answers_bytes = 0;
        for _ in 0..ANSWERS {
            answers_bytes += knocking.once(address).await?.len();
        }
        let answer_bytes = answers_bytes / ANSWERS;
        let generator = Generator {
            address,
            tls: house.client()?,
            connections: arguments.connections,
            credentials: (http::header::AUTHORIZATION, authorization),
            path: path(&house, &towns),
            reading: Box::new(|| (0, 0)),
        };
        let mut senders = Vec::new();
        for town in towns {
            let (tls, token) = house.municipality(&town.insurer, now).await?;
            let authorization = format!("Bearer {}", token.expose());
            senders.push(Sender { address, tls, authorization, folder: town.difference });
        }
        let person_stored_bytes = ratio(stored, persons);
        let generator = Arc::new(generator);
        let persons_of_each = share.persons_of_each();
        Ok(Self {
            house,
            metrics,
            generator,
            senders,
            answer_bytes,
            person_stored_bytes,
            persons_of_each,
        })
    }

    /// So many looks, evenly spread over `within`, and uploads that begin evenly spread.
    async fn stretch(
        &self,
        looks: u64,
        within: Duration,
        senders: Vec<Sender>,
    ) -> anyhow::Result<(Came, Spent)> {
        let before = self.reading().await?;
        let generator = Arc::clone(&self.generator);
        let (came, own_ms) = apart(async move || {
            let per_s = count(usize::try_from(looks)?) / within.as_secs_f64();
            let looking = generator.paced(per_s, |number| number < looks);
            let (looks, sent) = tokio::join!(looking, sending::all(&senders, within));
            anyhow::Ok(Came { looks: looks?, sent: sent? })
        })
        .await?;
        let after = self.reading().await?;
        let spent = Spent {
            cpu_ms: after.cpu_ms.saturating_sub(before.cpu_ms).saturating_sub(own_ms),
            written_bytes: after.written_bytes.saturating_sub(before.written_bytes),
            stored_bytes: after.stored_bytes.saturating_sub(before.stored_bytes),
            commits: after.commits.saturating_sub(before.commits),
        };
        Ok((came, spent))
    }

    async fn reading(&self) -> anyhow::Result<Spent> {
        self.metrics.run_upkeep();
        Ok(Spent {
            cpu_ms: cost::cpu_ms(self.house.server),
            written_bytes: cost::written_bytes(self.house.server),
            stored_bytes: self.house.scratch.bytes().await?,
            commits: cost::commits(&self.metrics.render()),
        })
    }
}

/// The address of the look at a random certified person of any town.
fn path(house: &House, towns: &[Town]) -> Path {
    let certified: Vec<_> = towns.iter().flat_map(|town| town.certified.iter().cloned()).collect();
    let handles = house.app.keyring.handles().clone();
    let audience = Organisation::Provider(house.office.clone()).to_string();
    Box::new(move |_: load::Target| {
        let place = rand::random_range(0..certified.len().max(1));
        let handle = certified.get(place).map(|person| handles.seal(&audience, person));
        format!("/api/v1/persons/{}", handle.unwrap_or_default())
    })
}

#[expect(clippy::as_conversions, reason = "counts are far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

/// `what` for each of `number`; nothing for none.
#[expect(clippy::as_conversions, reason = "counts are far below 2^52")]
fn ratio(what: u64, number: u64) -> f64 {
    what as f64 / (number.max(1) as f64)
}
