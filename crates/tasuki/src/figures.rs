//! Figures of this process for Prometheus (計測値): collected, described, refreshed.
//!
//! The list of all figures is in `catalogue`; tests hold it against the code, the page, the
//! dashboard and the alerts.

mod catalogue;
#[cfg(test)]
mod tests;

use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tasuki_app::App;
use tasuki_app::health::{self, Verdict};
use tasuki_core::date::AtMs;
use tasuki_tls::Clock;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::machine::Watched;
use crate::{clock, process};
use catalogue::{FIGURES, Kind};

/// How often figures are folded and those of the machine read anew.
const EVERY: Duration = Duration::from_secs(5);

/// How often the platform asks itself how it is, in rounds of [`EVERY`].
const HEALTH_ROUNDS: u64 = 3;

/// Starts collecting in this process.
///
/// # Errors
///
/// When this process collects already.
pub(crate) fn start() -> anyhow::Result<PrometheusHandle> {
    let mut builder = PrometheusBuilder::new();
    for figure in FIGURES {
        if let Kind::Histogram(bounds) = figure.kind {
            builder = builder.set_buckets_for_metric(Matcher::Full(figure.name.into()), bounds)?;
        }
    }
    let handle = builder.install_recorder()?;
    FIGURES.iter().for_each(describe);
    let version = env!("CARGO_PKG_VERSION");
    metrics::gauge!("tasuki_build_info", "version" => version).set(1.0);
    metrics::gauge!("process_start_time_seconds").set(seconds(clock::now()));
    Ok(handle)
}

fn describe(figure: &catalogue::Figure) {
    let text = format!("{} ({})", figure.meaning, figure.unit);
    match figure.kind {
        Kind::Counter => {
            metrics::describe_counter!(figure.name, text);
            // A counter that begins with its first count hides that count from `increase`.
            if figure.labels.is_empty() {
                metrics::counter!(figure.name).absolute(0);
            }
        }
        Kind::Gauge => metrics::describe_gauge!(figure.name, text),
        Kind::Histogram(_) => metrics::describe_histogram!(figure.name, text),
    }
}

/// Keeps the figures fresh until it is told to stop.
pub(crate) async fn keep(
    handle: PrometheusHandle,
    app: App,
    watched: Watched,
    clock: Clock,
    stop: CancellationToken,
) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for round in 0_u64.. {
        tokio::select! { () = stop.cancelled() => return, _ = ticks.tick() => {} }
        let (waiting, _) = app.db.queue();
        metrics::gauge!("tasuki_store_queue_length").set(value(waiting));
        own();
        watched.tell();
        if round % HEALTH_ROUNDS == 0 {
            ask(&app, &watched, AtMs(clock.now_ms())).await;
        }
        handle.run_upkeep();
    }
}

/// What `/health` would say now.
async fn ask(app: &App, watched: &Watched, now: AtMs) {
    let mut checks = health::checks(app).await;
    checks.extend(watched.checks(now));
    for check in checks {
        let level = match check.verdict {
            Verdict::Ok => 0.0,
            Verdict::Soon => 1.0,
            Verdict::Bad => 2.0,
        };
        metrics::gauge!("tasuki_health", "check" => check.name).set(level);
    }
    if let Ok(Some(head)) = tasuki_store::event_log::head(&app.db).await {
        metrics::gauge!("tasuki_log_events").set(value(head.size));
    }
}

/// This process.
fn own() {
    metrics::counter!("process_cpu_seconds_total").absolute(process::cpu_ms() / 1_000);
    if let Some(bytes) = process::resident_bytes() {
        metrics::gauge!("process_resident_memory_bytes").set(value(bytes));
    }
    if let Some((open, most)) = process::files() {
        metrics::gauge!("process_open_fds").set(value(open));
        metrics::gauge!("process_max_fds").set(value(most));
    }
}

fn seconds(at: AtMs) -> f64 {
    value(u64::try_from(at.0 / 1_000).unwrap_or(0))
}

/// A count as a figure.
#[expect(clippy::as_conversions, reason = "a figure may be rounded beyond 2^52")]
pub(crate) fn value(count: impl TryInto<u64>) -> f64 {
    count.try_into().unwrap_or(u64::MAX) as f64
}
