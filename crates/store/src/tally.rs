//! What the writer has done (書込みの計測値): changes and time of each commit, events by kind.

use std::time::Instant;

use tasuki_core::event::{Event, Outcome};
use tasuki_core::word::Word;

/// One group on its way through the writer.
pub(crate) struct Tally {
    begun: Instant,
    /// Action and outcome, and how many events of the group have them: few pairs, many events.
    events: Vec<((&'static str, &'static str), u64)>,
}

impl Tally {
    /// A group of `changes` begins.
    pub(crate) fn begin(changes: usize) -> Self {
        metrics::histogram!("tasuki_store_group_size").record(count(changes));
        Self { begun: Instant::now(), events: Vec::new() }
    }

    /// The group has this event.
    pub(crate) fn event(&mut self, event: &Event) {
        let outcome = match event.outcome {
            Outcome::Allowed => "allowed",
            Outcome::Refused(_) => "refused",
            Outcome::Failed => "failed",
        };
        let kind = (event.action.word(), outcome);
        match self.events.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => self.events.push((kind, 1)),
        }
    }

    /// The group is durable.
    pub(crate) fn committed(self) {
        let seconds = self.begun.elapsed().as_secs_f64();
        metrics::histogram!("tasuki_store_commit_seconds").record(seconds);
        for ((action, outcome), count) in self.events {
            metrics::counter!("tasuki_events_total", "action" => action, "outcome" => outcome)
                .increment(count);
        }
    }

    /// Nothing of the group happened.
    pub(crate) fn failed() {
        metrics::counter!("tasuki_store_commit_failures_total").increment(1);
    }
}

/// A count as a metric's value.
#[expect(clippy::as_conversions, reason = "group sizes are far below 2^52")]
fn count(count: usize) -> f64 {
    count as f64
}
