//! `tasuki bench ingest`: an invented town taken in, then the same rows by plain inserts.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::Serialize;
use tasuki_app::ingestion::{self, Options, Outcome, Source};
use tasuki_app::{App, Settings};
use tasuki_core::event::Actor;
use tasuki_core::insurer::Insurer;
use tasuki_policy::Sharing;
use tasuki_store::reference;
use tasuki_store::scratch::{self, Scratch};
use tasuki_store::seal::Keyring;

use super::{Engine, rss};
use crate::clock;

/// Arguments of `tasuki bench ingest`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Engine.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// A PostgreSQL server, as a role that may create databases.
    #[arg(long, env = "PG_URL", hide_env_values = true)]
    server: Option<String>,
    /// Insured persons of the town.
    #[arg(long, default_value_t = 100_000)]
    persons: u64,
    /// Print JSON instead of a sentence.
    #[arg(long)]
    json: bool,
}

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
    seconds: f64,
    rows_per_s: f64,
    reference_rows_per_s: f64,
    /// Of the reference's rows a second.
    ratio: f64,
    rss_mb: Option<u64>,
}

/// Runs the benchmark.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(super) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let figures = measure(arguments).await?;
    if arguments.json {
        println!("{}", serde_json::to_string(&figures)?);
    } else {
        println!(
            "{} rows of {} persons in {:.1} s: {:.0} rows/s, {:.2} of plain inserts, {} MB",
            figures.rows,
            figures.persons,
            figures.seconds,
            figures.rows_per_s,
            figures.ratio,
            figures.rss_mb.unwrap_or_default(),
        );
    }
    Ok(())
}

async fn measure(arguments: &Arguments) -> anyhow::Result<Figures> {
    let folder = Folder::make()?;
    let town = tasuki_town::Options::new(arguments.persons, 1, clock::now().date());
    let transfer = tasuki_town::write_dir(&town, &folder.0)?.transfer;
    let scratch = database(arguments).await?;
    let app = App::new(
        scratch.db.clone(),
        Keyring::new(&clock::random_key()),
        Sharing::published().context("the sharing table")?,
        Settings::default(),
    );
    let insurer = Insurer {
        number: town.insurer.clone(),
        name: tasuki_town::TOWN_NAME.to_owned(),
        connected_since: None,
        not_connected_because: None,
        takes_consent: true,
    };
    app.db.commit(tasuki_store::insurer::add(&insurer)).await?;
    let actor = Actor::System { part: "bench".to_owned() };
    let (source, options) = (Source::Folder(transfer), Options::default());
    let begin = Instant::now();
    let report = ingestion::take(&app, &source, &options, &actor, clock::now(), &|_| {}).await?;
    let took = begin.elapsed();
    let rss_mb = rss::peak_mb();
    if report.outcome != Outcome::Published {
        bail!("the town was not taken");
    }
    let second = database(arguments).await?;
    let plain = reference::copy(&scratch.options, &second.options).await?;
    drop(app);
    scratch.discard().await?;
    second.discard().await?;
    let rows_per_s = per_second(plain.rows, took);
    let reference_rows_per_s = per_second(plain.rows, plain.took);
    Ok(Figures {
        bench: "ingest",
        engine: arguments.engine.word(),
        persons: arguments.persons,
        lines: report.summary().lines,
        rows: plain.rows,
        seconds: took.as_secs_f64(),
        rows_per_s,
        reference_rows_per_s,
        ratio: rows_per_s / reference_rows_per_s,
        rss_mb,
    })
}

async fn database(arguments: &Arguments) -> anyhow::Result<Scratch> {
    Ok(match arguments.engine {
        Engine::Sqlite => scratch::sqlite().await?,
        Engine::Postgres => {
            let server = arguments.server.as_deref().context("--server or PG_URL is needed")?;
            scratch::postgres(server).await?
        }
    })
}

#[expect(clippy::as_conversions, reason = "counts of rows are far below 2^52")]
fn per_second(rows: u64, took: Duration) -> f64 {
    rows as f64 / took.as_secs_f64().max(f64::EPSILON)
}

/// A folder that goes away with this value.
struct Folder(std::path::PathBuf);

impl Folder {
    fn make() -> std::io::Result<Self> {
        let name = format!("tasuki-bench-{}", uuid::Uuid::new_v4());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the folder for temporary files, the system removes.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
