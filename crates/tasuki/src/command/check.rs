//! `tasuki check`: everything an installation needs, each with a plain verdict and what to do.

pub(crate) mod certificates;
mod database;

use std::path::Path;

use anyhow::bail;
use tasuki_app::health::{Check, Verdict};

use super::ConfigFile;
use crate::config::Config;
use crate::{clock, install, machine};

/// Arguments of `tasuki check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
}

/// Free space below which the answer is a warning, in bytes: about a day of a busy prefecture.
pub(crate) const SPACE_SOON: u64 = 10 << 30;

/// Free space below which the answer is bad, in bytes.
const SPACE_BAD: u64 = 1 << 30;

/// Runs the command; it fails when one thing is bad.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.file.config)?;
    let now = clock::now();
    let mut lines = vec![Check::new(Verdict::Ok, "settings", "no faults")];
    lines.extend(keys(&config));
    lines.extend(certificates::check(&config, now));
    lines.extend(space(&config));
    lines.push(schema(&config).await);
    let bad = |line: &Check| line.verdict == Verdict::Bad;
    let closed = lines.iter().any(|line| bad(line) && matches!(line.name, "schema" | "key"));
    if closed {
        lines.push(Check::new(Verdict::Bad, "log", "not looked at: mend schema and keys first"));
    } else {
        lines.extend(database::check(&config, now).await?);
    }
    lines.iter().for_each(say);
    let count = lines.iter().filter(|line| bad(line)).count();
    if count > 0 {
        bail!("{count} thing(s) do not work");
    }
    Ok(())
}

fn keys(config: &Config) -> Vec<Check> {
    let check = |file: &Path| match install::read_key(file) {
        Ok(_) => Check::new(Verdict::Ok, "key", format!("{} is readable", file.display())),
        Err(error) => Check::new(Verdict::Bad, "key", format!("{error:#}")),
    };
    vec![check(&config.keys.master), check(&config.keys.log_head)]
}

async fn schema(config: &Config) -> Check {
    let line = |verdict, text: &str| Check::new(verdict, "schema", text);
    let options = match config.database() {
        Ok(options) => options,
        Err(error) => return line(Verdict::Bad, &error.to_string()),
    };
    match tasuki_store::schema(&options).await {
        Ok(schema) if schema.applied < schema.known => {
            line(Verdict::Bad, "older than this version: run `tasuki migrate`")
        }
        Ok(schema) if !schema.is_usable() => {
            line(Verdict::Bad, "newer than this version can work with: run the newer `tasuki`")
        }
        Ok(schema) if schema.applied > schema.known => {
            line(Verdict::Soon, "newer than this version, which still works: bring in the next one")
        }
        Ok(_) => line(Verdict::Ok, "up to date"),
        Err(error) => line(Verdict::Bad, &format!("the database cannot be reached: {error}")),
    }
}

/// Free space where the database lies, and where transfers wait.
fn space(config: &Config) -> Vec<Check> {
    let uploads = config.keys.master.parent().map(Path::to_owned);
    let database = machine::database_folder(config);
    let folders = [database, uploads, Some(std::env::temp_dir())].into_iter().flatten();
    folders.map(|folder| space_line(&folder)).collect()
}

fn space_line(folder: &Path) -> Check {
    let Some(free) = machine::free_bytes(folder) else {
        let text = format!("{} is not there: make the folder", folder.display());
        return Check::new(Verdict::Bad, "disk", text);
    };
    let text = format!("{} GB free at {}", free >> 30, folder.display());
    match free {
        ..SPACE_BAD => Check::new(Verdict::Bad, "disk", format!("{text}: make room now")),
        SPACE_BAD..SPACE_SOON => Check::new(Verdict::Soon, "disk", format!("{text}: make room")),
        _ => Check::new(Verdict::Ok, "disk", text),
    }
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn say(line: &Check) {
    let word = match line.verdict {
        Verdict::Ok => "ok  ",
        Verdict::Soon => "soon",
        Verdict::Bad => "BAD ",
    };
    println!("{word}  {:<12} {}", line.name, line.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_is_bad() {
        assert_eq!(space_line(Path::new("/nowhere/at/all")).verdict, Verdict::Bad);
    }
}
