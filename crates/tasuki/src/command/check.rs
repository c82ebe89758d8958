//! `tasuki check`: everything an installation needs, each with a plain verdict and what to do.

pub(crate) mod certificates;

use std::path::Path;

use anyhow::bail;
use tasuki_app::health::{Check, Verdict};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_store::event_log::{self, HeadKey};

use super::ConfigFile;
use crate::config::Config;
use crate::{clock, install, machine};

/// Arguments of `tasuki check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
}

/// Events at the end of the log that are checked; the whole log is for `tasuki audit verify`.
const NEWEST: u64 = 100_000;

/// Free space below which the answer is a warning, in bytes: about a day of a busy prefecture.
pub(crate) const SPACE_SOON: u64 = 10 << 30;

/// Free space below which the answer is bad, in bytes.
const SPACE_BAD: u64 = 1 << 30;

/// A clock may be this far behind the newest event: two machines are never quite equal.
const CLOCK_MS: i64 = 60_000;

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
        lines.extend(opened(&config, now).await?);
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

/// What only an open database tells: the log, the clock against it, the devices.
async fn opened(config: &Config, now: AtMs) -> anyhow::Result<Vec<Check>> {
    let app = install::open(config).await?;
    let public = HeadKey::from_seed(install::read_key(&config.keys.log_head)?).public();
    let log = match event_log::verify_newest(&app.db, &public, NEWEST).await? {
        None => Check::new(Verdict::Ok, "log", "no events yet"),
        Some(Ok(count)) => {
            let text = format!("signature good, the newest {count} event(s) verified");
            Check::new(Verdict::Ok, "log", text)
        }
        Some(Err(error)) => {
            let text =
                format!("{error}: keep a copy of the database and run `tasuki audit verify`");
            Check::new(Verdict::Bad, "log", text)
        }
    };
    let newest = event_log::head(&app.db).await?.map_or(AtMs(0), |head| head.at);
    let devices = certificates::devices(&app, now).await?;
    Ok(vec![log, clock_line(now, newest), devices])
}

fn clock_line(now: AtMs, newest: AtMs) -> Check {
    let behind = newest.0 - now.0;
    if behind > CLOCK_MS {
        let text = format!(
            "{} s behind the newest event of the log: set the clock, and let NTP keep it",
            behind / 1_000
        );
        return Check::new(Verdict::Bad, "clock", text);
    }
    // A machine without a battery wakes up in 1970, and its certificates with it.
    if now < AtMs(BUILT_MS) {
        return Check::new(Verdict::Bad, "clock", "before this version was made: set the clock");
    }
    Check::new(Verdict::Ok, "clock", format!("{} (UTC+9)", now.date_time()))
}

/// 2026-01-01: no release is older.
const BUILT_MS: i64 = 20_454 * DAY_MS;

/// Free space where the database lies, and where transfers wait.
fn space(config: &Config) -> Vec<Check> {
    let folders = machine::database_folder(config).into_iter().chain([std::env::temp_dir()]);
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
    fn a_clock_behind_the_log_is_bad() {
        let now = AtMs(BUILT_MS + DAY_MS);
        assert_eq!(clock_line(now, AtMs(now.0 + CLOCK_MS)).verdict, Verdict::Ok);
        assert_eq!(clock_line(now, AtMs(now.0 + CLOCK_MS + 1)).verdict, Verdict::Bad);
        assert_eq!(clock_line(AtMs(BUILT_MS - 1), AtMs(0)).verdict, Verdict::Bad);
    }

    #[test]
    fn a_folder_that_is_not_there_is_bad() {
        assert_eq!(space_line(Path::new("/nowhere/at/all")).verdict, Verdict::Bad);
    }
}
