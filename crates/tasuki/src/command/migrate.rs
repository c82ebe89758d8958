//! `tasuki migrate`: brings the database's schema up to date, and cuts it by insurer when asked.

use anyhow::Context;
use tasuki_app::App;
use tasuki_app::caller::By;
use tasuki_app::maintenance;

use super::ConfigFile;
use crate::config::Config;
use crate::{clock, install};

/// Arguments of `tasuki migrate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    /// Cut the tables of persons into so many partitions by insurer (PostgreSQL).
    #[arg(long, value_parser = clap::value_parser!(u16).range(2..=1024))]
    partitions: Option<u16>,
    /// Distribute the tables of persons by insurer over many machines (PostgreSQL with Citus).
    #[arg(long, conflicts_with = "partitions")]
    distribute: bool,
}

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.file.config)?;
    let app = install::open(&config).await?;
    println!("the schema is up to date");
    let options = config.database()?;
    if let Some(parts) = arguments.partitions {
        let tell = |table: &'static str, rows| println!("{table}: {rows} row(s)");
        let cut = async { Ok(tasuki_store::partition(&options, parts, tell).await?) };
        closed_for(&app, "partitions", cut).await.context("nothing was partitioned")?;
        println!("cut by insurer into {parts} partitions");
    }
    if arguments.distribute {
        let spread = async { Ok(tasuki_store::distribute(&options).await?) };
        let count = closed_for(&app, "distribution", spread);
        let count = count.await.context("nothing was distributed")?;
        println!("{count} tables were distributed");
    }
    Ok(())
}

/// Does `work` while the house is closed; one that was closed before stays so.
async fn closed_for<T>(
    app: &App,
    why: &str,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    if maintenance::closed_because(app).await?.is_some() {
        return work.await;
    }
    maintenance::begin(app, By::Console, why, clock::now()).await?;
    let done = work.await;
    maintenance::end(app, By::Console, clock::now()).await?;
    done
}
