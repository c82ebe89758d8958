//! `tasuki migrate`: brings the database's schema up to date.

use super::ConfigFile;
use crate::config::Config;
use crate::install;

/// Arguments of `tasuki migrate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
}

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.file.config)?;
    install::open_database(&config).await?;
    println!("the schema is up to date");
    Ok(())
}
