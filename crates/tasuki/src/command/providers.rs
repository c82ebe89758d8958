//! `tasuki providers`: offices from the public register (介護サービス情報公表システム).

use std::fs::File;
use std::path::PathBuf;

use anyhow::Context;
use tasuki_app::caller::By;
use tasuki_app::office;
use tasuki_formats::providers::Importer;

use super::ConfigFile;
use crate::config::Config;
use crate::{clock, install};

/// Arguments of `tasuki providers`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Take offices from files of the register (`jigyosho_*.csv`); again changes nothing.
    Import {
        /// Files of the register.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// Findings that are shown one by one; a wrong file would fill the terminal.
const SHOWN: usize = 20;

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let What::Import { files } = &arguments.what;
    let app = install::open(&Config::read(&arguments.file.config)?).await?;
    let mut importer = Importer::default();
    for file in files {
        let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
        importer.read(opened).with_context(|| format!("cannot read {}", file.display()))?;
    }
    let report = office::import(&app, By::Console, importer.finish(), clock::now())
        .await
        .context("the import broke off; the same command goes on")?;
    for finding in report.findings.iter().take(SHOWN) {
        let column = finding.column.as_deref().unwrap_or_default();
        println!("line {}: {column} {}", finding.line, finding.mend);
    }
    if report.findings.len() > SHOWN {
        println!("… and {} findings more", report.findings.len() - SHOWN);
    }
    println!(
        "{} lines: {} offices added, {} changed, {} as they were",
        report.lines, report.added, report.changed, report.unchanged
    );
    Ok(())
}
