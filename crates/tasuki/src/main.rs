//! The one executable: serve, demo, ingest, town, ca, audit, explain, migrate, bench.
//!
//! The only crate that reads the machine's clock and draws its randomness; everything below takes
//! them as parameters.

mod clock;
mod command;
mod config;
mod install;
mod log;
mod neighbours;

use clap::Parser;

fn main() -> anyhow::Result<()> {
    tasuki_tls::install_provider();
    command::run(command::Line::parse())
}
