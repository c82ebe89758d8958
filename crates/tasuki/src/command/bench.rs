//! `tasuki bench`: measures this machine; one JSON object a line.

mod ingest;
mod rss;

/// Arguments of `tasuki bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Taking a municipality's files, against plain inserts of the same rows.
    Ingest(ingest::Arguments),
}

/// Engine that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Engine {
    /// SQLite in a folder that is thrown away.
    Sqlite,
    /// PostgreSQL: databases of their own on the server of --server.
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
        What::Ingest(arguments) => ingest::run(&arguments).await,
    }
}
