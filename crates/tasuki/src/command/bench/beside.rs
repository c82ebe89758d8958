//! `tasuki bench beside`: looks at a steady pace while nothing else happens, then while a
//! municipality's full set is taken by the same server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::ensure;
use serde::Serialize;
use tasuki_app::ingestion::{self, Outcome, Source};
use tasuki_core::event::Actor;
use tasuki_core::insurer::{Insurer, InsurerNumber};
use tasuki_store::insurer;

use super::folder::Folder;
use super::house::{Answer, House};
use super::load::{Generator, Measured, apart};
use super::look::{self, What};
use super::{Engine, seed};
use crate::clock;

/// Arguments of `tasuki bench beside`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Engine; for PostgreSQL, a cluster of its own that is thrown away.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// Insured persons of the full set.
    #[arg(long, default_value_t = 20_000)]
    persons: u64,
    /// Persons, with six papers each, who are looked at.
    #[arg(long, default_value_t = 10_000)]
    looked_at: u64,
    /// Looks a second.
    #[arg(long, default_value_t = 200)]
    looks: u32,
    /// Seconds without the transfer.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Connections; a look waits for a free one.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Print JSON instead of a sentence.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Figures {
    bench: &'static str,
    engine: &'static str,
    /// Insured persons of the full set, and its lines.
    persons: u64,
    lines: u64,
    looks_per_s: u32,
    connections: usize,
    idle_p50_ms: f64,
    idle_p99_ms: f64,
    p50_ms: f64,
    p99_ms: f64,
    p999_ms: f64,
    /// Of the idle p99.
    p99_ratio: f64,
    /// Looks that were answered during the transfer.
    looks: usize,
    seconds: f64,
    lines_per_s: f64,
    errors: u64,
}

/// Runs the benchmark.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(super) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let figures = measure(arguments).await?;
    if arguments.json {
        println!("{}", serde_json::to_string(&figures)?);
    } else {
        println!(
            "{} looks/s: p99 {:.1} ms idle, {:.1} ms while {} lines are taken in {:.1} s: {:.1} \
             times; {} errors",
            figures.looks_per_s,
            figures.idle_p99_ms,
            figures.p99_ms,
            figures.lines,
            figures.seconds,
            figures.p99_ratio,
            figures.errors,
        );
    }
    Ok(())
}

async fn measure(arguments: &Arguments) -> anyhow::Result<Figures> {
    let folder = Folder::make()?;
    let (number, transfer) = full_set(arguments, &folder)?;
    let (house, generator) = ground(arguments, &number).await?;
    let per_s = f64::from(arguments.looks.max(1));
    let until = u64::from(arguments.looks.max(1)) * u64::from(arguments.seconds.max(1));
    paced(&generator, per_s, move |place| place < until / 4).await?;
    let idle = paced(&generator, per_s, move |place| place < until).await?;
    let ended = Arc::new(AtomicBool::new(false));
    let goes_on = Arc::clone(&ended);
    let looking = paced(&generator, per_s, move |_| !goes_on.load(Ordering::Relaxed));
    let taking = async {
        let (source, actor) =
            (Source::Folder(transfer), Actor::System { part: "bench".to_owned() });
        let (app, now) = (house.app.clone(), clock::now());
        let report = ingestion::take_aside(app, source, actor, now).await;
        ended.store(true, Ordering::Relaxed);
        report
    };
    let (found, report) = tokio::join!(looking, taking);
    let (found, report) = (found?, report?);
    ensure!(report.outcome == Outcome::Published, "the full set was not taken");
    let lines = report.summary().lines;
    Ok(Figures {
        bench: "beside",
        engine: arguments.engine.word(),
        persons: arguments.persons,
        lines,
        looks_per_s: arguments.looks,
        connections: arguments.connections,
        idle_p50_ms: idle.within_ms(500),
        idle_p99_ms: idle.within_ms(990),
        p50_ms: found.within_ms(500),
        p99_ms: found.within_ms(990),
        p999_ms: found.within_ms(999),
        p99_ratio: found.within_ms(990) / idle.within_ms(990),
        looks: found.answers(),
        seconds: found.took.as_secs_f64(),
        lines_per_s: per_second(lines, found.took),
        errors: idle.errors + found.errors + report.summary().refused,
    })
}

/// The files of a town that is not the one looked at.
fn full_set(
    arguments: &Arguments,
    folder: &Folder,
) -> anyhow::Result<(InsurerNumber, std::path::PathBuf)> {
    let number = InsurerNumber::with_check_digit("99100");
    let number = number.ok_or_else(|| anyhow::anyhow!("five digits have a check digit"))?;
    let mut town = tasuki_town::Options::new(arguments.persons, 1, clock::now().date());
    town.insurer = number.clone();
    Ok((number, tasuki_town::write_dir(&town, &folder.0)?.transfer))
}

async fn ground(
    arguments: &Arguments,
    number: &InsurerNumber,
) -> anyhow::Result<(House, Arc<Generator>)> {
    let now = clock::now();
    let house = House::make(arguments.engine, now).await?;
    let sender = Insurer {
        number: number.clone(),
        name: tasuki_town::TOWN_NAME.to_owned(),
        connected_since: None,
        not_connected_because: None,
        takes_consent: true,
    };
    house.app.db.commit(insurer::add(&sender)).await?;
    let pattern = seed::Pattern::of_town(&tasuki_town::Options::new(2_000, 1, now.date()))?;
    let persons = arguments.looked_at.max(1);
    seed::persons(&house.app, &house.insurer, &house.office, &pattern, persons, now).await?;
    let generator = Generator {
        address: house.serve(Arc::new(Answer::new())).await?,
        tls: house.client()?,
        connections: arguments.connections.max(1),
        credentials: look::credentials(&house, What::Look).await?,
        path: look::path(&house, What::Look, persons),
        reading: Box::new(|| (0, 0)),
    };
    Ok((house, Arc::new(generator)))
}

/// Looks at a steady pace, asked in a thread of their own.
async fn paced(
    generator: &Arc<Generator>,
    per_s: f64,
    goes_on: impl Fn(u64) -> bool + Send + 'static,
) -> anyhow::Result<Measured> {
    let generator = Arc::clone(generator);
    let (found, _) = apart(async move || generator.paced(per_s, goes_on).await).await?;
    Ok(found)
}

#[expect(clippy::as_conversions, reason = "counts are far below 2^52")]
fn per_second(lines: u64, took: Duration) -> f64 {
    lines as f64 / took.as_secs_f64().max(f64::EPSILON)
}
