//! The log of the process (動作の記録): one JSON line for each message, without personal data.

use tracing_subscriber::EnvFilter;

/// Starts the log. `RUST_LOG` narrows it; without it, information and above.
///
/// What a panic says may hold personal data, so only its place is written.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter);
    // A second start in one process (a test, the demo) keeps the first log.
    let _ = log.with_writer(std::io::stderr).try_init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}
