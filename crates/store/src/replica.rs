//! A read replica (読み取り用の複製): papers may come from it, and nothing else.
//!
//! Sessions, consents, registrations, blocks and revocations are read on the primary in every
//! look, so that what is taken back is gone at once, and whoever wrote reads what they wrote.
//! Papers come into force by their insurer's generation alone, and their rows are written before
//! it: a snapshot of the replica with the very generation that the primary has just named holds
//! the same papers. Any other one is passed over, and the primary answers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool_postgres::Pool;
use tokio::time::timeout;

use crate::error::StoreError;
use crate::row::{Row, Value};
use crate::{Db, params, postgres};

/// How long a replica may take; the primary is asked afterwards.
const WAIT: Duration = Duration::from_millis(500);

/// How long a replica that failed is left alone.
const AWAY: Duration = Duration::from_secs(5);

/// How long a replica that is behind is left alone.
const BEHIND: Duration = Duration::from_secs(1);

/// Whether the server follows another one, stands still, how far it has come, and whom it follows.
const STATE: &str = "SELECT CAST(pg_is_in_recovery() AS TEXT),
            CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() END,
            CAST(pg_last_wal_replay_lsn() AS TEXT),
            CAST(system_identifier AS TEXT)
       FROM pg_control_system()";

/// The same house, and what it has written since.
const DISTANCE: &str = "SELECT CAST(system_identifier AS TEXT),
            CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), CAST(CAST($1 AS TEXT) AS pg_lsn)) AS BIGINT)
       FROM pg_control_system()";

/// Connections to a replica.
pub(crate) struct Replica {
    pool: Pool,
    left_until: Mutex<Option<Instant>>,
}

/// How a replica stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplicaState {
    /// It answers no question.
    Away,
    /// The server is no replica of the database.
    Stranger,
    /// Somebody stopped its replay.
    Paused,
    /// It follows.
    Follows {
        /// Bytes that the primary has written and it has not replayed.
        behind_bytes: i64,
    },
}

impl Replica {
    /// The rows of a read; `None`: it is away, and the primary has to be asked.
    async fn rows(&self, sql: &'static str, params: &[Value]) -> Option<Vec<Row>> {
        match timeout(WAIT, postgres::rows(&self.pool, sql, params)).await {
            Ok(Ok(rows)) => return Some(rows),
            Ok(Err(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "the replica is away, the primary answers");
            }
            Err(_) => tracing::warn!("the replica is slow, the primary answers"),
        }
        count("away");
        self.leave(AWAY);
        None
    }

    /// It failed or was behind a moment ago.
    fn is_left(&self) -> bool {
        let left = *self.left_until.lock().unwrap_or_else(PoisonError::into_inner);
        left.is_some_and(|until| Instant::now() < until)
    }

    fn leave(&self, long: Duration) {
        let until = Instant::now().checked_add(long);
        *self.left_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("tasuki_replica_reads_total", "outcome" => outcome).increment(1);
}

impl Db {
    /// The same database with a replica at `url` that may answer papers.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the address is none of a PostgreSQL server; it need not be there.
    pub fn with_replica(mut self, url: &str, connections: usize) -> Result<Self, StoreError> {
        let pool = postgres::pool(url, connections)?;
        self.replica = Some(Arc::new(Replica { pool, left_until: Mutex::new(None) }));
        Ok(self)
    }

    /// Papers out of the replica, when they are of the generation that `facts` have.
    ///
    /// Both are asked at once. `None`: no replica is named, or it cannot be taken: the primary has
    /// to be asked for all.
    pub(crate) async fn with_papers_of_replica(
        &self,
        facts: (&'static str, Vec<Value>),
        papers: (&'static str, Vec<Value>),
        generation: impl Fn(&[Row]) -> Option<i64>,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        let Some(replica) = self.replica.as_ref().filter(|it| !it.is_left()) else {
            return Ok(None);
        };
        let (facts, papers) =
            tokio::join!(self.rows(facts.0, facts.1), replica.rows(papers.0, &papers.1));
        let (mut rows, Some(papers)) = (facts?, papers) else { return Ok(None) };
        let published = generation(&rows);
        if published.is_none() || generation(&papers) != published {
            count("behind");
            replica.leave(BEHIND);
            return Ok(None);
        }
        count("answered");
        rows.extend(papers);
        Ok(Some(rows))
    }

    /// How the replica stands; `None` when none is named.
    pub async fn replica_state(&self) -> Option<ReplicaState> {
        let replica = self.replica.as_ref()?;
        let asked = timeout(WAIT * 4, self.state(replica)).await;
        Some(asked.ok().and_then(Result::ok).unwrap_or(ReplicaState::Away))
    }

    async fn state(&self, replica: &Replica) -> Result<ReplicaState, StoreError> {
        let nothing = || StoreError::Unavailable("the replica does not say how it stands");
        let row = postgres::rows(&replica.pool, STATE, &[]).await?.into_iter().next();
        let mut row = row.ok_or_else(nothing)?.of("replica");
        let follows = row.text("follows")? == "true";
        let (paused, reached) = (row.optional_text("paused")?, row.optional_text("reached")?);
        let house = row.text("house")?;
        let Some(reached) = reached.filter(|_| follows) else { return Ok(ReplicaState::Stranger) };
        let row = self.row(DISTANCE, params![reached]).await?;
        let mut row = row.ok_or_else(nothing)?.of("replica");
        if row.text("house")? != house {
            return Ok(ReplicaState::Stranger);
        }
        if paused.is_some_and(|paused| paused != "not paused") {
            return Ok(ReplicaState::Paused);
        }
        Ok(ReplicaState::Follows { behind_bytes: row.int("behind")? })
    }
}
