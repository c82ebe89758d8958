//! Whether looks can happen now, and for how long (稼働の確認): each check with a plain verdict.
//!
//! What only the machine tells (its disk, the certificates in use) comes from the executable.

use std::sync::Arc;
use std::time::Duration;

use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_store::event_log::{self, SignedHead};
use tasuki_store::{Change, ReplicaState, StoreError, setting};
use tokio::time::timeout;

use crate::App;

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// In order.
    Ok,
    /// Works, but not for long.
    Soon,
    /// Does not work.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it stands.
    pub verdict: Verdict,
    /// The same in words, with what to do; for operators, never about a person.
    pub text: String,
}

impl Check {
    /// A check with its verdict.
    pub fn new(verdict: Verdict, name: &'static str, text: impl Into<String>) -> Self {
        Self { name, verdict, text: text.into() }
    }

    /// A certificate that ends at `end`; within `soon_days` it is time for the next one.
    pub fn certificate(name: &'static str, end: AtMs, now: AtMs, soon_days: i64) -> Self {
        let day = end.date();
        if end < now {
            return Self::new(Verdict::Bad, name, format!("ended on {day}: issue a new one"));
        }
        if end.0 - now.0 < soon_days * DAY_MS {
            let text = format!("valid until {day}: issue the next one");
            return Self::new(Verdict::Soon, name, text);
        }
        Self::new(Verdict::Ok, name, format!("valid until {day}"))
    }
}

/// Looks at what only the machine tells: its disk, the certificates in use.
pub type Machine = Arc<dyn Fn(AtMs) -> Vec<Check> + Send + Sync>;

/// What a probe found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// The database can be read.
    pub reads: bool,
    /// The writer, and with it the event log, answers.
    pub writes: bool,
}

/// Longest wait for an answer.
const WAIT: Duration = Duration::from_secs(2);

/// Hundredths of the writer's queue from which it is a warning, and from which it is bad.
const QUEUE_SOON: usize = 50;
const QUEUE_BAD: usize = 90;

/// Events at the end of the log that are read again at most.
const NEWEST: u64 = 64;

/// Reads one row and has the writer commit nothing.
pub async fn probe(app: &App) -> Probe {
    let (read, write) = tokio::join!(read(app), write(app));
    Probe { reads: read.is_ok(), writes: write.is_ok() }
}

/// The database reads; otherwise why not.
async fn read(app: &App) -> Result<(), String> {
    match timeout(WAIT, setting::newest(&app.db, "health")).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(reason(&error)),
        Err(_) => Err(format!("no answer within {} s: is the database running?", WAIT.as_secs())),
    }
}

/// The writer commits; otherwise why not.
async fn write(app: &App) -> Result<(), String> {
    match timeout(WAIT, app.db.commit(Change::new())).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(StoreError::Closed)) => {
            Err("closed for maintenance: `tasuki maintenance end` opens the house".to_owned())
        }
        Ok(Err(error)) => Err(reason(&error)),
        Err(_) => Err(format!(
            "no commit within {} s: is the disk full or slow, is another process holding the \
             database?",
            WAIT.as_secs()
        )),
    }
}

/// The error with its causes in one line.
fn reason(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Everything that a look needs of the database: reads, the writer and its queue, the log's head.
pub async fn checks(app: &App) -> Vec<Check> {
    let queue = queue(app.db.queue());
    let (read, write) = tokio::join!(read(app), write(app));
    let check = |name, answer: Result<(), String>, well| match answer {
        Ok(()) => Check::new(Verdict::Ok, name, well),
        Err(why) => Check::new(Verdict::Bad, name, why),
    };
    let (database, writer) = (check("database", read, "reads"), check("writer", write, "commits"));
    let mut checks = vec![database, writer, queue, log_head(app).await];
    checks.extend(replica(app).await);
    checks
}

/// Bytes that a replica may be behind: a quick transfer writes them in a few seconds.
const BEHIND_BYTES: i64 = 64 << 20;

/// The replica, when one is named. Without it the primary answers everything, so it never makes
/// the platform unready; a server that is no replica of ours is a fault of the settings.
pub async fn replica(app: &App) -> Option<Check> {
    let check = |verdict, text: String| Check::new(verdict, "replica", text);
    Some(match app.db.replica_state().await? {
        ReplicaState::Away => {
            check(Verdict::Soon, "away: the primary answers everything".to_owned())
        }
        ReplicaState::Stranger => check(
            Verdict::Bad,
            "is no replica of this database: name one that follows it, or take it out".to_owned(),
        ),
        ReplicaState::Paused => check(
            Verdict::Soon,
            "its replay is paused, the primary answers: pg_wal_replay_resume() there lets it go on"
                .to_owned(),
        ),
        ReplicaState::Follows { behind_bytes } => {
            let text = format!("follows, {behind_bytes} byte(s) behind");
            match behind_bytes {
                ..BEHIND_BYTES => check(Verdict::Ok, text),
                _ => check(Verdict::Soon, format!("{text}: the primary answers until it is there")),
            }
        }
    })
}

/// The writer's queue: a change that finds no place in it waits for one.
fn queue((waiting, places): (usize, usize)) -> Check {
    let text = format!("{waiting} of {places} places are taken");
    let verdict = match waiting * 100 / places.max(1) {
        QUEUE_BAD.. => Verdict::Bad,
        QUEUE_SOON.. => Verdict::Soon,
        _ => return Check::new(Verdict::Ok, "writer_queue", text),
    };
    Check::new(verdict, "writer_queue", format!("{text}: the disk is slower than the load"))
}

/// The head's signature, and the newest events against it.
async fn log_head(app: &App) -> Check {
    let bad = |text: String| Check::new(Verdict::Bad, "log_head", text);
    let advice = "keep a copy of the database and run `tasuki audit verify`";
    match timeout(WAIT, newest(app)).await {
        Err(_) | Ok(Err(_)) => bad("cannot be read".to_owned()),
        Ok(Ok(None)) => Check::new(Verdict::Ok, "log_head", "no events yet"),
        Ok(Ok(Some(Ok(head)))) => {
            let text = format!("{} event(s), signature good", head.size);
            Check::new(Verdict::Ok, "log_head", text)
        }
        Ok(Ok(Some(Err(error)))) => bad(format!("{error}: {advice}")),
    }
}

/// The head, once its signature and the newest events have been checked against each other.
pub(crate) async fn newest(
    app: &App,
) -> Result<Option<Result<SignedHead, event_log::LogError>>, StoreError> {
    let Some(head) = event_log::head(&app.db).await? else { return Ok(None) };
    let last = head.size.saturating_sub(1);
    if event_log::page(&app.db, last, 1).await?.is_empty() {
        return Ok(Some(Err(event_log::LogError::Gap(last))));
    }
    let verified = event_log::verify_newest(&app.db, app.db.log_key(), NEWEST).await?;
    Ok(verified.map(|found| found.map(|_| head)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_certificate_is_told_early() {
        let now = AtMs(1_000 * DAY_MS);
        let check = |days| Check::certificate("server", now.plus_ms(days * DAY_MS), now, 30);
        let verdicts = [30, 29, -1].map(|days| check(days).verdict);
        assert_eq!(verdicts, [Verdict::Ok, Verdict::Soon, Verdict::Bad]);
    }

    #[test]
    fn a_queue_that_fills_is_told_before_it_is_full() {
        let verdicts = [0, 49, 50, 89, 90, 100].map(|waiting| queue((waiting, 100)).verdict);
        let (ok, soon, bad) = (Verdict::Ok, Verdict::Soon, Verdict::Bad);
        assert_eq!(verdicts, [ok, ok, soon, soon, bad, bad]);
    }
}
