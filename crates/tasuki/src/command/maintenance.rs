//! `tasuki maintenance`: closes the house for every process, and opens it again.

use anyhow::bail;
use tasuki_app::caller::By;
use tasuki_app::{AppError, maintenance};

use super::ConfigFile;
use crate::config::Config;
use crate::{clock, install};

/// Arguments of `tasuki maintenance`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Take no writes: looks, changes and files are answered that maintenance is going on.
    Begin {
        /// Why, for the operator's own records.
        #[arg(long, default_value = "maintenance")]
        why: String,
    },
    /// Take writes again.
    End,
    /// Say whether the house is closed.
    Show,
}

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let app = install::open(&Config::read(&arguments.file.config)?).await?;
    let now = clock::now();
    match arguments.what {
        What::Begin { why } => match maintenance::begin(&app, By::Console, &why, now).await {
            Err(AppError::Conflict) => bail!("it is closed already"),
            other => other?,
        },
        What::End => match maintenance::end(&app, By::Console, now).await {
            Err(AppError::Conflict) => bail!("it is open"),
            other => other?,
        },
        What::Show => {}
    }
    match maintenance::closed_because(&app).await? {
        Some(because) => println!("closed: {because}"),
        None => println!("open"),
    }
    Ok(())
}
