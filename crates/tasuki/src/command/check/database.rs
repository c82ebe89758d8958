//! The open database of `tasuki check`: log, clock, key of keys, maintenance, devices.

use tasuki_app::health::{Check, Verdict};
use tasuki_app::{App, maintenance};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_store::event_log::{self, HeadKey};

use super::certificates;
use crate::config::Config;
use crate::{install, machine};

/// Events at the end of the log that are checked; the whole log is for `tasuki audit verify`.
const NEWEST: u64 = 100_000;

/// A clock may be this far off another machine's: two are never quite equal.
const CLOCK_MS: i64 = 60_000;

/// 2026-01-01: no release is older.
const BUILT_MS: i64 = 20_454 * DAY_MS;

/// What only an open database tells.
pub(super) async fn check(config: &Config, now: AtMs) -> anyhow::Result<Vec<Check>> {
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
    let mut lines = vec![log, clock(now, newest, app.db.server_time().await?)];
    lines.push(master(&app).await?);
    lines.extend(disk(&app).await?);
    lines.push(house(&app).await?);
    lines.extend(tasuki_app::health::replica(&app).await);
    lines.push(certificates::devices(&app, now).await?);
    Ok(lines)
}

/// This machine's clock against the newest event and the clock of the database's machine.
fn clock(now: AtMs, newest: AtMs, server: Option<AtMs>) -> Check {
    let bad = |text: String| Check::new(Verdict::Bad, "clock", text);
    let behind = newest.0 - now.0;
    if behind > CLOCK_MS {
        let seconds = behind / 1_000;
        return bad(format!(
            "{seconds} s behind the newest event of the log: set the clock, and let NTP keep it"
        ));
    }
    // A machine without a battery wakes up in 1970, and its certificates with it.
    if now < AtMs(BUILT_MS) {
        return bad("before this version was made: set the clock".to_owned());
    }
    let off = server.map_or(0, |server| now.0 - server.0);
    if off.abs() > CLOCK_MS {
        let seconds = off / 1_000;
        return bad(format!("{seconds} s off the database's clock: let NTP keep both"));
    }
    Check::new(Verdict::Ok, "clock", format!("{} (UTC+9)", now.date_time()))
}

/// Whether the key of keys opens what the database holds.
async fn master(app: &App) -> anyhow::Result<Check> {
    Ok(match app.keyring.fits(&app.db).await? {
        true => Check::new(Verdict::Ok, "key", "the key of keys opens the insurers' keys"),
        false => {
            let text = "the key of keys is of another installation: sealed papers cannot be read";
            Check::new(Verdict::Bad, "key", text)
        }
    })
}

/// The disk of a database server, if it is one of this machine.
async fn disk(app: &App) -> anyhow::Result<Option<Check>> {
    let Some((folder, bytes)) = app.db.server_disk().await? else { return Ok(None) };
    // The same path may be somebody else's on this machine: the line names it.
    if let Some(folder) = folder.filter(|folder| machine::free_bytes(folder).is_some()) {
        return Ok(Some(super::space_line(&folder)));
    }
    let size = bytes >> 20;
    let text = format!(
        "of the database's machine cannot be measured from here (the database takes {size} MB): \
         look there, `df -h \"$(psql -Atc 'SHOW data_directory')\"`"
    );
    Ok(Some(Check::new(Verdict::Soon, "disk", text)))
}

async fn house(app: &App) -> anyhow::Result<Check> {
    Ok(match maintenance::closed_because(app).await? {
        None => Check::new(Verdict::Ok, "house", "open"),
        Some(because) => {
            let text = format!("closed ({because}): `tasuki maintenance end` opens it");
            Check::new(Verdict::Bad, "house", text)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_behind_the_log_or_off_the_databases_is_bad() {
        let now = AtMs(BUILT_MS + DAY_MS);
        let verdict = |newest, server| clock(now, AtMs(newest), server).verdict;
        assert_eq!(verdict(now.0 + CLOCK_MS, None), Verdict::Ok);
        assert_eq!(verdict(now.0 + CLOCK_MS + 1, None), Verdict::Bad);
        assert_eq!(clock(AtMs(BUILT_MS - 1), AtMs(0), None).verdict, Verdict::Bad);
        for (off, expected) in [(CLOCK_MS, Verdict::Ok), (CLOCK_MS + 1, Verdict::Bad)] {
            assert_eq!(verdict(0, Some(now.plus_ms(off))), expected);
            assert_eq!(verdict(0, Some(now.plus_ms(-off))), expected);
        }
    }
}
