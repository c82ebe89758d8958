//! `tasuki bench`: measures this machine; one JSON object a line.

mod beside;
mod cost;
mod country;
mod folder;
mod handshake;
mod house;
mod ingest;
mod knock;
mod load;
mod look;
mod rss;
mod seed;
#[cfg(all(test, feature = "opentelemetry"))]
mod traced;

/// Arguments of `tasuki bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Looks at a steady pace, idle and while a full set is taken.
    Beside(beside::Arguments),
    /// The peak hour of the country, scaled to this machine, and what the country needs.
    Country(country::Arguments),
    /// A new connection with its first look, against the TLS library alone.
    Handshake(handshake::Arguments),
    /// Taking a municipality's files, against plain inserts of the same rows.
    Ingest(ingest::Arguments),
    /// Opening a person over mutual TLS, recorded, as the API answers.
    Look(look::Arguments),
    /// The same as a page of the staff.
    Page(look::Arguments),
}

/// Engine that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Engine {
    /// SQLite in a folder that is thrown away.
    Sqlite,
    /// PostgreSQL: databases or a cluster that are thrown away.
    Postgres,
}

impl Engine {
    fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Runs the command.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.what {
        What::Beside(arguments) => beside::run(&arguments).await,
        What::Country(arguments) => country::run(&arguments).await,
        What::Handshake(arguments) => handshake::run(&arguments).await,
        What::Ingest(arguments) => ingest::run(&arguments).await,
        What::Look(arguments) => look::run(&arguments, look::What::Look).await,
        What::Page(arguments) => look::run(&arguments, look::What::Page).await,
    }
}
