//! `tasuki ingest`: takes the files of a municipality.

mod screen;

use std::path::PathBuf;

use anyhow::{Context, bail};
use tasuki_app::ingestion::{self, FileReport, Options, Outcome, Report};
use tasuki_app::{App, AppError};
use tasuki_core::event::Actor;
use tasuki_core::insurer::{Insurer, InsurerNumber};

use super::ConfigFile;
use crate::config::{self, Config};
use crate::{clock, install};
use screen::Screen;

/// Arguments of `tasuki ingest`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A folder with manifest.json, or single files.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Check everything, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Folder for the reports of what is wrong, JSON and CSV, one pair for each file with findings.
    #[arg(long, default_value = "tasuki-report")]
    report: PathBuf,
    /// Name under which an insurer is added that the platform does not know yet.
    #[arg(long)]
    register: Option<String>,
    /// Another database than the settings name: `sqlite:FILE` or `postgres://…`.
    #[arg(long)]
    database: Option<String>,
    #[command(flatten)]
    file: ConfigFile,
}

/// Runs the command.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut settings = Config::read(&arguments.file.config)?;
    if let Some(database) = arguments.database {
        config::database(&database, settings.connections)?;
        settings.database = database;
    }
    let app = install::open(&settings).await?;
    let source = ingestion::source_of(arguments.paths)?;
    let insurer = source.insurer()?;
    if let Some(name) = arguments.register {
        register(&app, &insurer, name).await?;
    }
    let options = Options { dry_run: arguments.dry_run, ..Options::default() };
    let actor = Actor::System { part: "ingest".to_owned() };
    let screen = Screen::new(arguments.report);
    let tell = screen.clone();
    let taken = ingestion::take(&app, &source, &options, &actor, clock::now(), &move |progress| {
        tell.show(&progress);
    })
    .await;
    screen.finish()?;
    match taken {
        Ok(report) => answer(&report, &screen),
        Err(AppError::NotFound) => {
            bail!("insurer {insurer} is not known; --register NAME adds it")
        }
        Err(error) => Err(error).context("the transfer broke off; the same command goes on"),
    }
}

/// Adds an insurer that is not known.
async fn register(app: &App, number: &InsurerNumber, name: String) -> anyhow::Result<()> {
    if tasuki_store::insurer::get(&app.db, number).await?.is_some() {
        return Ok(());
    }
    let insurer = Insurer {
        number: number.clone(),
        name,
        connected_since: None,
        not_connected_because: Some("最初のデータを待っています。".to_owned()),
        takes_consent: true,
    };
    app.db.commit(tasuki_store::insurer::add(&insurer)).await?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn answer(report: &Report, screen: &Screen) -> anyhow::Result<()> {
    for FileReport { name, summary, .. } in &report.files {
        println!(
            "{name}: {} taken, {} unchanged, {} refused",
            summary.taken, summary.unchanged, summary.refused
        );
    }
    if 0 < report.ended {
        println!("{} records ended that the full set does not name", report.ended);
    }
    if let Some(folder) = screen.reports() {
        println!("what is wrong stands in {}", folder.display());
    }
    match report.outcome {
        Outcome::Published => println!("published: readers see transfer {}", report.sequence),
        Outcome::TakenBefore => println!("taken before: nothing changed"),
        Outcome::Checked => println!("checked: nothing was written"),
        Outcome::Refused => bail!("the transfer was refused as a whole; nothing of it is kept"),
    }
    Ok(())
}
