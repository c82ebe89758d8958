//! `tasuki town`: files of an invented municipality.

use std::path::PathBuf;

use anyhow::Context;
use jiff::civil::Date;
use tasuki_core::insurer::InsurerNumber;
use tasuki_town::{Options, town_insurer};

use crate::clock;

/// Arguments of `tasuki town`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Insured persons.
    #[arg(long, default_value_t = 2_000)]
    persons: u64,
    /// Another seed, another town.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder to write.
    #[arg(long)]
    out: PathBuf,
    /// Insurer's number with its check digit, in prefecture 99; あおば市 when it is left out.
    #[arg(long)]
    insurer: Option<String>,
    /// The day on which the town is seen, YYYY-MM-DD; today when it is left out.
    #[arg(long)]
    today: Option<Date>,
    /// Sprinkle every kind of error between the good lines.
    #[arg(long)]
    flawed: bool,
    /// Persons, of a hundred, to whom something happens the day after: a second transfer, with
    /// what changed only, says what.
    #[arg(long, default_value_t = 0, value_name = "PERCENT", value_parser = super::percent())]
    difference: u32,
}

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let insurer = match &arguments.insurer {
        Some(text) => InsurerNumber::parse(text).context("--insurer")?,
        None => town_insurer(),
    };
    let options = Options {
        persons: arguments.persons,
        seed: arguments.seed,
        insurer,
        today: arguments.today.unwrap_or_else(|| clock::now().date()),
        flawed: arguments.flawed,
        difference_percent: arguments.difference,
    };
    let written = tasuki_town::write_dir(&options, &arguments.out)?;
    println!("{} persons, {} bytes", options.persons, written.bytes);
    println!("tasuki ingest {}", written.transfer.display());
    if let Some(difference) = &written.difference {
        println!("tasuki ingest {}", difference.display());
    }
    if options.flawed {
        println!("{} flaws are listed in flaws.json", written.flaws.len());
    }
    Ok(())
}
