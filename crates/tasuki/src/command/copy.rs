//! `tasuki copy`: moves a whole installation into another database, and loses nothing on the way.

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use tasuki_app::caller::By;
use tasuki_app::maintenance;
use tasuki_store::event_log::HeadKey;
use tasuki_store::{Copied, CopyError};

use super::ConfigFile;
use super::config::redacted;
use crate::config::{Config, database};
use crate::{clock, install};

/// Arguments of `tasuki copy`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Settings file; its keys verify the log.
    #[command(flatten)]
    file: ConfigFile,
    /// The installation: sqlite:FILE or postgres://…
    #[arg(long)]
    from: String,
    /// An empty database: sqlite:FILE or postgres://…
    #[arg(long)]
    to: String,
}

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { file, from, to } = arguments;
    let config = Config::read(&file.config)?;
    let source = Config { database: from, ..config };
    let target = database(&to, source.connections)?;
    let schema = tasuki_store::schema(&source.database()?).await.context("the source")?;
    if schema.applied == 0 {
        bail!("there is no installation at {}", redacted(&source.database));
    }
    if schema.applied != schema.known {
        return Err(CopyError::Schema.into());
    }
    let app = install::open(&source).await?;
    let was_closed = maintenance::closed_because(&app).await?.is_some();
    if !was_closed {
        let why = format!("copied to {}", redacted(&to));
        maintenance::begin(&app, By::Console, &why, clock::now()).await?;
        println!("the source is closed: looks and changes are answered with 保守作業中");
    }
    match copied(&source, &target).await {
        Ok(Copied { tables, rows, events }) => {
            println!("{rows} rows of {tables} tables arrived as they were sent");
            println!("the log of {events} event(s) verifies in the new database");
            println!("Now set `database` to {} and restart every process.", redacted(&to));
            println!("The source stays closed. To stay with it: `tasuki maintenance end`.");
            Ok(())
        }
        Err(error) => {
            if !was_closed {
                maintenance::end(&app, By::Console, clock::now()).await?;
                println!("nothing was copied; the source is open again");
            }
            Err(error)
        }
    }
}

async fn copied(source: &Config, target: &tasuki_store::Options) -> anyhow::Result<Copied> {
    let public = HeadKey::from_seed(install::read_key(&source.keys.log_head)?).public();
    let bar = ProgressBar::new_spinner();
    let shown = bar.clone();
    let tell = move |table: &'static str, rows| {
        shown.set_message(format!("{table}: {rows}"));
        shown.tick();
    };
    let copied = tasuki_store::copy(&source.database()?, target, &public, tell).await;
    bar.finish_and_clear();
    Ok(copied?)
}
