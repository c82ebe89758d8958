//! The log of the process (動作の記録): one JSON line for each message, without personal data.

use tracing::Subscriber;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// Starts the log. `RUST_LOG` narrows it; without it, information and above.
///
/// What a panic says may hold personal data, so only its place is written.
pub(crate) fn start() {
    // A second start in one process (a test, the demo) keeps the first log.
    let _ = Registry::default().with(lines()).try_init();
    watch_panics();
}

/// Starts the log, and traces to `collector` beside it.
#[cfg(feature = "opentelemetry")]
pub(crate) fn start_with_traces(collector: &str) -> anyhow::Result<crate::traces::Traces> {
    let (layer, traces) = crate::traces::layer(collector)?;
    Registry::default().with(lines()).with(layer).try_init()?;
    watch_panics();
    Ok(traces)
}

fn lines<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true);
    lines.with_writer(std::io::stderr).with_filter(filter)
}

fn watch_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}
