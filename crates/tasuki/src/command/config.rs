//! `tasuki config`: checks and prints the settings.

use super::ConfigFile;
use crate::config::Config;

/// Arguments of `tasuki config`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Report every fault with its line.
    Check,
    /// Print the settings in force; addresses of databases without their password.
    Print,
}

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut config = Config::read(&arguments.file.config)?;
    match arguments.what {
        What::Check => println!("{} has no faults", arguments.file.config.display()),
        What::Print => {
            config.database = redacted(&config.database);
            config.replica = config.replica.as_deref().map(redacted);
            println!("{config:#?}");
        }
    }
    Ok(())
}

/// The address without its password.
pub(super) fn redacted(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, rest)), Some((_, place))) => {
            let user = rest.split([':', '@']).next().unwrap_or_default();
            format!("{scheme}://{user}:***@{place}")
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_printed() {
        assert_eq!(redacted("postgres://u:secret@h:5/d"), "postgres://u:***@h:5/d");
        assert_eq!(redacted("sqlite:/a/b.db"), "sqlite:/a/b.db");
    }
}
