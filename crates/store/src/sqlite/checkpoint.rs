//! The log before the data copied into the file (チェックポイント) by a thread beside the writer: it
//! flushes twice, and all who wait for the writer would wait for that, too.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use rusqlite::Connection;

use crate::error::StoreError;

/// Pages in the log from which it is copied: 16 MB.
const FROM: usize = 4_000;

/// Pages that come before it is tried again, when a reader still needed an older state.
const AGAIN: usize = 1_000;

/// Rounds of the helper: each finds what was committed during the one before, so the last is short.
const ROUNDS: usize = 2;

/// Pages at which the writer waits for the helper: 48 MB.
const LONGEST: usize = 3 * FROM;

/// The writer's end: it knows how long the log is.
pub(super) struct Checkpoints {
    /// Pages in the log after the newest commit.
    pages: Arc<AtomicUsize>,
    wanted: SyncSender<()>,
    /// The helper has copied what there was: only what came since is left.
    done: Receiver<()>,
    /// The helper is at work.
    called: bool,
    /// Pages from which the log is copied the next time.
    from: usize,
}

impl Checkpoints {
    /// Takes the copying over from the writer of `path`, and starts the helper.
    pub(super) fn beside(writer: &mut Connection, path: &Path) -> Result<Self, StoreError> {
        let pages = Arc::new(AtomicUsize::new(0));
        let ((wanted, calls), (answer, done)) = (sync_channel(1), sync_channel(1));
        let length = Arc::clone(&pages);
        // In place of SQLite's own hook, which copies within the commit.
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            length.store(usize::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        let helper = super::plain(path)?;
        std::thread::Builder::new()
            .name("tasuki-checkpoint".to_owned())
            .spawn(move || help(&helper, &calls, &answer))
            .map_err(|_| StoreError::Unavailable("the helper of the writer could not start"))?;
        Ok(Self { pages, wanted, done, called: false, from: FROM })
    }

    /// After a commit. The helper copies most of a long log; the writer the short rest, so that it
    /// begins the log anew: while commits follow each other, only the writer can reach its end.
    pub(super) fn after_commit(&mut self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < FROM {
            self.from = FROM;
        }
        if pages < self.from {
            return;
        }
        if !self.called {
            self.called = self.wanted.try_send(()).is_ok();
            return;
        }
        let done = match LONGEST <= pages {
            true => self.done.recv().map_err(|_| TryRecvError::Disconnected),
            false => self.done.try_recv(),
        };
        if done != Err(TryRecvError::Empty) {
            self.called = false;
            copy(writer);
            self.from = pages + AGAIN;
        }
    }
}

fn help(connection: &Connection, calls: &Receiver<()>, answer: &SyncSender<()>) {
    while calls.recv().is_ok() {
        (0..ROUNDS).for_each(|_| copy(connection));
        if answer.send(()).is_err() {
            return;
        }
    }
}

/// Copies as much as no reader still needs; what is left is copied the next time.
fn copy(connection: &Connection) {
    let copied = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = copied {
        let error: &dyn std::error::Error = &error;
        tracing::warn!(error, "the log could not be copied into the file");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_stays_short_while_commits_follow_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tasuki.db");
        let (_, mut writer) = super::super::open(&path, None).unwrap();
        let mut checkpoints = Checkpoints::beside(&mut writer, &path).unwrap();
        writer.pragma_update(None, "synchronous", "OFF").unwrap();
        writer.execute_batch("CREATE TABLE heap (body BLOB)").unwrap();
        for _ in 0..2 * LONGEST / 100 {
            for _ in 0..100 {
                writer.execute("INSERT INTO heap VALUES (zeroblob(4000))", []).unwrap();
            }
            checkpoints.after_commit(&writer);
        }
        let pages = |path: &Path| std::fs::metadata(path).unwrap().len() / 4_096;
        assert!(u64::try_from(FROM).unwrap() < pages(&path));
        let most = u64::try_from(LONGEST + AGAIN).unwrap();
        assert!(pages(&path.with_extension("db-wal")) < most);
    }
}
