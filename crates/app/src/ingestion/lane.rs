//! The lane to the store: batches are committed one after the other while the next are decided.

use tasuki_store::{Bulk, Db, StoreError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::AppError;

/// Batches that wait for the one being committed, so that a commit that takes long does not stop
/// the reading, and one that is quick finds the next ready.
const WAITING: usize = 3;

/// Commits in the order in which batches came; the first that fails stops those after it.
pub(super) struct Lane {
    bulks: mpsc::Sender<Bulk>,
    committing: JoinHandle<Result<(), StoreError>>,
}

impl Lane {
    /// A lane into `db`.
    pub(super) fn open(db: Db) -> Self {
        let (bulks, mut waiting) = mpsc::channel(WAITING);
        let committing = tokio::spawn(async move {
            while let Some(bulk) = waiting.recv().await {
                db.store(bulk).await?;
            }
            Ok(())
        });
        Self { bulks, committing }
    }

    /// Sends a batch on its way; waits when too many wait already.
    pub(super) async fn store(&mut self, bulk: Bulk) -> Result<(), AppError> {
        if self.bulks.send(bulk).await.is_err() {
            return self.end().await;
        }
        Ok(())
    }

    /// Waits until every batch is committed.
    pub(super) async fn close(mut self) -> Result<(), AppError> {
        let (closed, _) = mpsc::channel(1);
        self.bulks = closed;
        self.end().await
    }

    async fn end(&mut self) -> Result<(), AppError> {
        Ok((&mut self.committing).await.map_err(AppError::internal)??)
    }
}

impl Drop for Lane {
    /// Whoever gave the transfer up wants nothing more of it stored.
    fn drop(&mut self) {
        self.committing.abort();
    }
}
