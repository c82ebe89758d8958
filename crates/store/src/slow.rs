//! Statements that take long (遅い文), named in the log: their text and never a parameter.
//!
//! INVARIANT: what is logged is `&'static str`: the statement as it stands in the source. Values
//! of this run cannot get into it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// No statement is slow.
const OFF: u64 = u64::MAX;

/// Microseconds from which a statement of this process is slow.
static SLOW_FROM_US: AtomicU64 = AtomicU64::new(OFF);

/// Characters of a statement that the log shows at most.
const SHOWN: usize = 120;

/// Logs statements that take `limit` or longer, from now on; `None`: none.
pub fn log_from(limit: Option<Duration>) {
    let us = limit.map_or(OFF, |limit| u64::try_from(limit.as_micros()).unwrap_or(OFF));
    SLOW_FROM_US.store(us, Ordering::Relaxed);
}

/// The time that a statement takes.
pub(crate) struct Watch {
    begun: Instant,
    limit_us: u64,
}

impl Watch {
    /// A statement begins.
    pub(crate) fn begin() -> Self {
        Self { begun: Instant::now(), limit_us: SLOW_FROM_US.load(Ordering::Relaxed) }
    }

    /// The statement has ended, with `rows` read or touched.
    pub(crate) fn end(self, statement: &'static str, rows: usize) {
        let took = self.begun.elapsed();
        if self.is_slow(took) {
            tell(statement, took, rows);
        }
    }

    fn is_slow(&self, took: Duration) -> bool {
        u64::try_from(took.as_micros()).is_ok_and(|us| us >= self.limit_us)
    }
}

#[cold]
fn tell(statement: &'static str, took: Duration, rows: usize) {
    metrics::counter!("tasuki_store_slow_statements_total").increment(1);
    let (statement, duration_ms) = (first_words(statement), took.as_secs_f64() * 1_000.0);
    tracing::warn!(statement, duration_ms, rows, "slow statement");
}

/// A statement in one line, cut where it gets long.
fn first_words(statement: &'static str) -> String {
    let words: Vec<&str> = statement.split_whitespace().collect();
    words.join(" ").chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_slow_from_the_limit_on() {
        let slow = |limit_us, took| {
            Watch { begun: Instant::now(), limit_us }.is_slow(Duration::from_micros(took))
        };
        assert_eq!([slow(500, 499), slow(500, 500), slow(OFF, 1 << 50)], [false, true, false]);
    }

    #[test]
    fn a_statement_is_shown_in_one_line_and_not_whole() {
        let text = "SELECT number, name\n       FROM insurer\n      WHERE number = $1";
        assert_eq!(first_words(text), "SELECT number, name FROM insurer WHERE number = $1");
        let long = "SELECT kind, series, version, author, dated_at, valid_from, valid_until, body,
                           generation, received_at_ms, withdrawn FROM document";
        assert_eq!(first_words(long).len(), SHOWN);
    }
}
