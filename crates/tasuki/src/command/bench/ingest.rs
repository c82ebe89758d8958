//! `tasuki bench ingest`: an invented town taken in, the day after it, then the same rows by plain
//! inserts.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde::Serialize;
use tasuki_app::ingestion::{self, Options, Outcome, Report, Source};
use tasuki_app::{App, Settings};
use tasuki_cluster::{Cluster, Durability};
use tasuki_core::event::Actor;
use tasuki_core::insurer::Insurer;
use tasuki_policy::Sharing;
use tasuki_store::reference;
use tasuki_store::scratch::{self, Scratch};
use tasuki_store::seal::Keyring;
use tasuki_town::TownDir;

use super::folder::Folder;
use super::{Engine, cost, rss};
use crate::clock;

/// Arguments of `tasuki bench ingest`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Engine.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// Insured persons of the town.
    #[arg(long, default_value_t = 100_000)]
    persons: u64,
    /// Persons, of a hundred, to whom something happens the day after.
    #[arg(long, default_value_t = 1, value_parser = crate::command::percent())]
    difference: u32,
    /// Print JSON instead of a sentence.
    #[arg(long)]
    json: bool,
}

/// However long the files: a run that holds as much, in megabytes, fails.
const RSS_MB: u64 = 300;

/// What was measured.
#[derive(Debug, Serialize)]
struct Figures {
    bench: &'static str,
    engine: &'static str,
    persons: u64,
    /// Lines of the files.
    lines: u64,
    /// Rows stored.
    rows: u64,
    /// Bytes of the files.
    bytes: u64,
    seconds: f64,
    rows_per_s: f64,
    reference_rows_per_s: f64,
    /// Of the reference's rows a second.
    ratio: f64,
    /// Processor seconds, the database's server included.
    cpu_seconds: f64,
    difference_lines: u64,
    difference_seconds: f64,
    /// Seconds a line of the difference, of those a line of the full set.
    difference_cost_per_line: f64,
    /// The most this process held until the full set was taken.
    rss_mb: Option<u64>,
    /// Making the town's files.
    town_seconds: f64,
    /// Lines that were refused.
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
            "{} rows of {} persons in {:.1} s: {:.0} rows/s, {:.2} of plain inserts, {} MB; \
             the day after, {} lines, in {:.1} s; {} errors",
            figures.rows,
            figures.persons,
            figures.seconds,
            figures.rows_per_s,
            figures.ratio,
            figures.rss_mb.unwrap_or_default(),
            figures.difference_lines,
            figures.difference_seconds,
            figures.errors,
        );
    }
    Ok(())
}

/// A transfer taken: what came of it, in which time, for how much of the processors.
struct Taken {
    report: Report,
    took: Duration,
    cpu_ms: u64,
}

async fn measure(arguments: &Arguments) -> anyhow::Result<Figures> {
    let folder = Folder::make()?;
    let begin = Instant::now();
    let (town, written) = town(arguments, &folder.0)?;
    let town_seconds = begin.elapsed().as_secs_f64();
    let cluster = match arguments.engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(Cluster::start(Durability::Full)?),
    };
    let server = cluster.as_ref().map(Cluster::process);
    let scratch = database(cluster.as_ref()).await?;
    let app = app(&scratch, &town).await?;
    let full = take(&app, &written.transfer, server).await?;
    let rss_mb = rss::peak_mb();
    ensure!(rss_mb.is_none_or(|mb| mb < RSS_MB), "taking files held {rss_mb:?} MB");
    let second = database(cluster.as_ref()).await?;
    let plain = reference::copy(&scratch.options, &second.options).await?;
    let later = match &written.difference {
        Some(difference) => Some(take(&app, difference, server).await?),
        None => None,
    };
    drop(app);
    scratch.discard().await?;
    second.discard().await?;
    let (lines, seconds) = (full.report.summary().lines, full.took.as_secs_f64());
    let difference_lines = later.as_ref().map_or(0, |later| later.report.summary().lines);
    let difference_took = later.as_ref().map_or(Duration::ZERO, |later| later.took);
    let rows_per_s = per_second(plain.rows, full.took);
    let reference_rows_per_s = per_second(plain.rows, plain.took);
    let errors = |taken: &Taken| taken.report.summary().refused;
    Ok(Figures {
        bench: "ingest",
        engine: arguments.engine.word(),
        persons: arguments.persons,
        lines,
        rows: plain.rows,
        bytes: written.bytes,
        seconds,
        rows_per_s,
        reference_rows_per_s,
        ratio: rows_per_s / reference_rows_per_s,
        cpu_seconds: Duration::from_millis(full.cpu_ms).as_secs_f64(),
        difference_lines,
        difference_seconds: difference_took.as_secs_f64(),
        difference_cost_per_line: per_second(lines, full.took)
            / per_second(difference_lines, difference_took),
        rss_mb,
        town_seconds,
        errors: errors(&full) + later.as_ref().map_or(0, errors),
    })
}

fn town(arguments: &Arguments, folder: &Path) -> anyhow::Result<(tasuki_town::Options, TownDir)> {
    let mut town = tasuki_town::Options::new(arguments.persons, 1, clock::now().date());
    town.difference_percent = arguments.difference;
    let written = tasuki_town::write_dir(&town, folder)?;
    Ok((town, written))
}

/// The platform over a database that knows the town's insurer.
async fn app(scratch: &Scratch, town: &tasuki_town::Options) -> anyhow::Result<App> {
    let keyring = Keyring::new(&clock::random_key());
    let sharing = Sharing::published().context("the sharing table")?;
    let app = App::new(scratch.db.clone(), keyring, sharing, Settings::default());
    let insurer = Insurer {
        number: town.insurer.clone(),
        name: tasuki_town::TOWN_NAME.to_owned(),
        connected_since: None,
        not_connected_because: None,
        takes_consent: true,
    };
    app.db.commit(tasuki_store::insurer::add(&insurer)).await?;
    Ok(app)
}

async fn take(app: &App, folder: &Path, server: Option<u32>) -> anyhow::Result<Taken> {
    let actor = Actor::System { part: "bench".to_owned() };
    let (source, options) = (Source::Folder(folder.to_owned()), Options::default());
    let (begin, before) = (Instant::now(), cost::cpu_ms(server));
    let report = ingestion::take(app, &source, &options, &actor, clock::now(), &|_| {}).await?;
    let took = begin.elapsed();
    let cpu_ms = cost::cpu_ms(server).saturating_sub(before);
    ensure!(report.outcome == Outcome::Published, "a transfer of the town was not taken");
    Ok(Taken { report, took, cpu_ms })
}

async fn database(cluster: Option<&Cluster>) -> anyhow::Result<Scratch> {
    Ok(match cluster {
        None => scratch::sqlite().await?,
        Some(cluster) => scratch::postgres(&cluster.url()).await?,
    })
}

#[expect(clippy::as_conversions, reason = "counts of rows are far below 2^52")]
fn per_second(rows: u64, took: Duration) -> f64 {
    rows as f64 / took.as_secs_f64().max(f64::EPSILON)
}
