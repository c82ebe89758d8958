//! Checks of the repository: `cargo xtask ci` runs them all, `cargo xtask STEP` one of them.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]

mod cargo;
mod curves;
mod e2e;
mod edges;
mod former;
mod glossary;
mod install;
mod openapi;
mod source;
mod steps;
mod supply;
mod tidy;
mod unused;
mod workspace;

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::steps::STEPS;
use crate::workspace::Workspace;
use tasuki_cluster::{Cluster, Durability};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let workspace = Workspace::find()?;
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["ci"] => steps::run_all(&workspace),
        ["measure", engine @ ("sqlite" | "postgres"), persons @ ..] => {
            curves::measure(&workspace, engine, persons)
        }
        ["draw"] => curves::draw(&workspace),
        ["former", commit] => former::beside(&workspace, commit),
        ["freeze"] => former::freeze(&workspace),
        ["unused"] => unused::run(&workspace),
        ["postgres", rest @ ..] => with_postgres(rest),
        [name] if STEPS.iter().any(|step| step.name == *name) => steps::run_one(&workspace, name),
        _ => {
            print!("{}", usage());
            bail!("no such command")
        }
    }
}

/// Runs a command of the developer with `PG_URL` naming a cluster that lives as long as it does.
fn with_postgres(words: &[&str]) -> Result<()> {
    let words = words.strip_prefix(&["--"]).unwrap_or(words);
    let [program, arguments @ ..] = words else {
        bail!("usage: cargo xtask postgres -- COMMAND…")
    };
    let cluster = Cluster::start(Durability::None)?;
    println!("PG_URL={}", cluster.url());
    let mut command = Command::new(program);
    command.args(arguments).env("PG_URL", cluster.url());
    cargo::run(&mut command)
}

fn usage() -> String {
    let mut text = String::from("cargo xtask ci                     every step below, in order\n");
    for step in STEPS {
        text.push_str(&format!("cargo xtask {:<22} {}\n", step.name, step.title));
    }
    text.push_str("cargo xtask measure ENGINE [N…]    measures growth curves, keeps and draws\n");
    text.push_str("cargo xtask draw                   draws the curves from their lines\n");
    text.push_str("cargo xtask former COMMIT          its executable beside this one's, tested\n");
    text.push_str("cargo xtask freeze                 keeps what this release sends and leaves\n");
    text.push_str("cargo xtask unused                 dependencies that no code names\n");
    text.push_str("cargo xtask postgres -- COMMAND…   runs COMMAND with PG_URL set\n");
    text
}
