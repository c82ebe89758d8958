//! `tasuki check`: everything an installation needs, each with a plain verdict and what to do.

mod certificates;

use std::path::Path;

use anyhow::bail;
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_store::Options;
use tasuki_store::event_log::{self, HeadKey};

use super::ConfigFile;
use crate::config::Config;
use crate::{clock, install};

/// Arguments of `tasuki check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
}

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// In order.
    Good,
    /// Works, but not for long.
    Soon,
    /// Does not work.
    Bad,
}

/// One line of the answer.
#[derive(Debug)]
struct Line {
    verdict: Verdict,
    what: &'static str,
    text: String,
}

impl Line {
    fn new(verdict: Verdict, what: &'static str, text: impl Into<String>) -> Self {
        Self { verdict, what, text: text.into() }
    }
}

/// Events at the end of the log that are checked; the whole log is for `tasuki audit verify`.
const NEWEST: u64 = 100_000;

/// Free space below which the answer is a warning, in bytes: about a day of a busy prefecture.
const SPACE_SOON: u64 = 10 << 30;

/// Free space below which the answer is bad, in bytes.
const SPACE_BAD: u64 = 1 << 30;

/// A clock may be this far behind the newest event: two machines are never quite equal.
const CLOCK_MS: i64 = 60_000;

/// Runs the command; it fails when one thing is bad.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.file.config)?;
    let now = clock::now();
    let mut lines = vec![Line::new(Verdict::Good, "settings", "no faults")];
    lines.extend(keys(&config));
    lines.extend(certificates::check(&config, now));
    lines.extend(space(&config));
    lines.push(schema(&config).await);
    let bad = |line: &Line| line.verdict == Verdict::Bad;
    let closed = lines.iter().any(|line| bad(line) && matches!(line.what, "schema" | "key"));
    if closed {
        lines.push(Line::new(Verdict::Bad, "log", "not looked at: mend schema and keys first"));
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

fn keys(config: &Config) -> Vec<Line> {
    let check = |file: &Path| match install::read_key(file) {
        Ok(_) => Line::new(Verdict::Good, "key", format!("{} is readable", file.display())),
        Err(error) => Line::new(Verdict::Bad, "key", format!("{error:#}")),
    };
    vec![check(&config.keys.master), check(&config.keys.log_head)]
}

async fn schema(config: &Config) -> Line {
    let line = |verdict, text: &str| Line::new(verdict, "schema", text);
    let options = match config.database() {
        Ok(options) => options,
        Err(error) => return line(Verdict::Bad, &error.to_string()),
    };
    match tasuki_store::schema(&options).await {
        Ok(schema) if schema.applied == schema.known => line(Verdict::Good, "up to date"),
        Ok(schema) if schema.applied < schema.known => {
            line(Verdict::Bad, "older than this version: run `tasuki migrate`")
        }
        Ok(_) => line(Verdict::Bad, "newer than this version: run the newer `tasuki`"),
        Err(error) => line(Verdict::Bad, &format!("the database cannot be reached: {error}")),
    }
}

/// What only an open database tells: the log, the clock against it, the devices.
async fn opened(config: &Config, now: AtMs) -> anyhow::Result<Vec<Line>> {
    let app = install::open(config).await?;
    let public = HeadKey::from_seed(install::read_key(&config.keys.log_head)?).public();
    let log = match event_log::verify_newest(&app.db, &public, NEWEST).await? {
        None => Line::new(Verdict::Good, "log", "no events yet"),
        Some(Ok(count)) => {
            let text = format!("signature good, the newest {count} event(s) verified");
            Line::new(Verdict::Good, "log", text)
        }
        Some(Err(error)) => {
            let text =
                format!("{error}: keep a copy of the database and run `tasuki audit verify`");
            Line::new(Verdict::Bad, "log", text)
        }
    };
    let newest = event_log::head(&app.db).await?.map_or(AtMs(0), |head| head.at);
    let devices = certificates::devices(&app, now).await?;
    Ok(vec![log, clock_line(now, newest), devices])
}

fn clock_line(now: AtMs, newest: AtMs) -> Line {
    let behind = newest.0 - now.0;
    if behind > CLOCK_MS {
        let text = format!(
            "{} s behind the newest event of the log: set the clock, and let NTP keep it",
            behind / 1_000
        );
        return Line::new(Verdict::Bad, "clock", text);
    }
    // A machine without a battery wakes up in 1970, and its certificates with it.
    if now < AtMs(BUILT_MS) {
        return Line::new(Verdict::Bad, "clock", "before this version was made: set the clock");
    }
    Line::new(Verdict::Good, "clock", format!("{} (UTC+9)", now.date_time()))
}

/// 2026-01-01: no release is older.
const BUILT_MS: i64 = 20_454 * DAY_MS;

/// Free space where the database lies, and where transfers wait.
fn space(config: &Config) -> Vec<Line> {
    let mut folders = vec![std::env::temp_dir()];
    if let Ok(Options::Sqlite { path }) = config.database() {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        folders.insert(0, folder.unwrap_or(Path::new(".")).to_owned());
    }
    folders.iter().map(|folder| space_line(folder)).collect()
}

#[cfg(unix)]
fn space_line(folder: &Path) -> Line {
    let Ok(found) = rustix::fs::statvfs(folder) else {
        let text = format!("{} is not there: make the folder", folder.display());
        return Line::new(Verdict::Bad, "disk", text);
    };
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let text = format!("{} GB free at {}", free >> 30, folder.display());
    match free {
        ..SPACE_BAD => Line::new(Verdict::Bad, "disk", format!("{text}: make room now")),
        SPACE_BAD..SPACE_SOON => Line::new(Verdict::Soon, "disk", format!("{text}: make room")),
        _ => Line::new(Verdict::Good, "disk", text),
    }
}

#[cfg(not(unix))]
fn space_line(folder: &Path) -> Line {
    Line::new(Verdict::Soon, "disk", format!("{} was not measured here", folder.display()))
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn say(line: &Line) {
    let word = match line.verdict {
        Verdict::Good => "ok  ",
        Verdict::Soon => "soon",
        Verdict::Bad => "BAD ",
    };
    println!("{word}  {:<12} {}", line.what, line.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_behind_the_log_is_bad() {
        let now = AtMs(BUILT_MS + DAY_MS);
        assert_eq!(clock_line(now, AtMs(now.0 + CLOCK_MS)).verdict, Verdict::Good);
        assert_eq!(clock_line(now, AtMs(now.0 + CLOCK_MS + 1)).verdict, Verdict::Bad);
        assert_eq!(clock_line(AtMs(BUILT_MS - 1), AtMs(0)).verdict, Verdict::Bad);
    }

    #[test]
    fn a_folder_that_is_not_there_is_bad() {
        assert_eq!(space_line(Path::new("/nowhere/at/all")).verdict, Verdict::Bad);
    }
}
