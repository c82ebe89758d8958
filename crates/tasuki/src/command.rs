//! The command line: one file per command.

mod account;
mod audit;
mod bench;
mod ca;
pub(crate) mod check;
mod config;
mod copy;
mod demo;
mod explain;
mod ingest;
mod maintenance;
mod migrate;
mod openapi;
mod providers;
mod reader;
mod sandbox;
pub(crate) mod serve;
mod town;

use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Parser, Subcommand};
use tasuki_app::AppError;
use tasuki_core::word::Word;

/// Tasuki (襷): an open platform for long-term-care information (介護情報基盤).
#[derive(Debug, Parser)]
#[command(name = "tasuki", version, about, propagate_version = true)]
pub(crate) struct Line {
    #[command(subcommand)]
    command: Command,
}

/// Where the settings are.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ConfigFile {
    /// Settings file.
    #[arg(long, env = "TASUKI_CONFIG", default_value = "tasuki.toml")]
    pub(crate) config: PathBuf,
}

/// A share in percent, as an argument.
fn percent() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(..=100)
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check or print the settings.
    Config(config::Arguments),
    /// Bring the database's schema up to date.
    Migrate(migrate::Arguments),
    /// Move the whole installation into another database.
    Copy(copy::Arguments),
    /// Close the house to writes for a while, or open it again.
    Maintenance(maintenance::Arguments),
    /// Say of everything an installation needs whether it is in order.
    Check(check::Arguments),
    /// Make accounts, the operator's first one above all.
    Account(account::Arguments),
    /// The certificate authority: certificates of devices and servers.
    Ca(ca::Arguments),
    /// Take offices from the public register.
    Providers(providers::Arguments),
    /// Say why an account sees a person's papers, or does not.
    Explain(explain::Arguments),
    /// Verify or export the access log.
    Audit(audit::Arguments),
    /// Print the description of the API (OpenAPI 3.1).
    Openapi(openapi::Arguments),
    /// Show everything on this machine, with an invented town.
    Demo(demo::Arguments),
    /// Play the neighbouring systems.
    Sandbox(sandbox::Arguments),
    /// Serve pages and the API until asked to stop.
    Serve(serve::Arguments),
    /// Take the files of a municipality.
    Ingest(ingest::Arguments),
    /// Make the files of an invented municipality.
    Town(town::Arguments),
    /// Let the cards on this device's reader answer the pages of the platform.
    Reader(reader::Arguments),
    /// Measure this machine.
    Bench(bench::Arguments),
}

/// Runs the command of a line.
pub(crate) fn run(line: Line) -> anyhow::Result<()> {
    match line.command {
        Command::Config(arguments) => config::run(&arguments),
        Command::Migrate(arguments) => wait(migrate::run(&arguments)),
        Command::Copy(arguments) => wait(copy::run(arguments)),
        Command::Maintenance(arguments) => wait(maintenance::run(arguments)),
        Command::Check(arguments) => wait(check::run(&arguments)),
        Command::Account(arguments) => wait(account::run(arguments)),
        Command::Ca(arguments) => wait(ca::run(&arguments)),
        Command::Providers(arguments) => wait(providers::run(&arguments)),
        Command::Explain(arguments) => wait(explain::run(&arguments)),
        Command::Audit(arguments) => wait(audit::run(&arguments)),
        Command::Openapi(arguments) => openapi::run(&arguments),
        Command::Demo(arguments) => wait(demo::run(&arguments)),
        Command::Sandbox(arguments) => wait(sandbox::run(&arguments)),
        Command::Serve(arguments) => wait(serve::run(&arguments)),
        Command::Ingest(arguments) => wait(ingest::run(arguments)),
        Command::Town(arguments) => town::run(&arguments),
        Command::Reader(arguments) => wait(reader::run(arguments)),
        Command::Bench(arguments) => wait(bench::run(arguments)),
    }
}

/// Runs `work` to its end on a runtime of all cores.
pub(crate) fn wait<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// A word of a fixed list, as an argument names it.
pub(crate) fn word<T: Word>(text: &str) -> Result<T, String> {
    T::from_word(text).ok_or_else(|| {
        let words: Vec<&str> = T::ALL.iter().map(|value| value.word()).collect();
        format!("one of {}", words.join(", "))
    })
}

/// A refusal with what to do about it; a broken rule is named with its field.
pub(crate) fn told(error: AppError, not_found: &str) -> anyhow::Error {
    match error {
        AppError::NotFound => anyhow!("{not_found}"),
        AppError::Invalid(fields) => {
            let text = |rule| tasuki_web::problem::messages().rule(rule);
            let fields =
                fields.iter().map(|error| format!("{}: {}", error.field, text(error.rule)));
            anyhow!("{}", fields.collect::<Vec<_>>().join("\n"))
        }
        other => anyhow::Error::new(other),
    }
}
