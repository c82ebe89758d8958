//! `tasuki openapi`: the description of the API, as it is served and as `docs/openapi.json` has it.

use std::path::PathBuf;

use anyhow::Context;
use tasuki_web::api::description::openapi_json;

/// Arguments of `tasuki openapi`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write to this file instead of the terminal.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = openapi_json().context("the description")?;
    match &arguments.out {
        Some(file) => std::fs::write(file, text).context("the file cannot be written"),
        None => {
            print!("{text}");
            Ok(())
        }
    }
}
