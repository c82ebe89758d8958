//! The one executable: serve, demo, ingest, town, ca, audit, explain, migrate, bench.
//!
//! The only crate that reads the machine's clock and draws its randomness; everything below takes
//! them as parameters.

mod clock;
mod command;
mod config;
mod figures;
mod install;
mod log;
mod machine;
mod neighbours;
mod process;
#[cfg(feature = "opentelemetry")]
mod traces;

use std::process::ExitCode;

use clap::Parser;

/// A look asks for memory some hundred times; the system's own allocator is its dearest part.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tasuki_tls::install_provider();
    match command::run(command::Line::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error);
            ExitCode::FAILURE
        }
    }
}

/// The error with its causes in one line; where in the code it arose helps nobody at a terminal.
#[expect(clippy::print_stderr, reason = "the answer of a command that failed")]
fn say(error: &anyhow::Error) {
    eprintln!("tasuki: {error:#}");
}
