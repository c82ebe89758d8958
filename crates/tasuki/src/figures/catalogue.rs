//! The list of all figures (計測値の一覧).

/// One figure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figure {
    /// As Prometheus knows it; a histogram adds `_bucket`, `_sum` and `_count`.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) unit: &'static str,
    pub(super) labels: &'static [&'static str],
    /// What it counts, for whoever reads a dashboard.
    pub(super) meaning: &'static str,
}

/// How a figure moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts values below each of these bounds.
    Histogram(&'static [f64]),
}

/// Bounds of times, in seconds.
const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Bounds of the changes in one commit.
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// All figures, from the outside in.
pub(super) const FIGURES: &[Figure] = &[
    Figure {
        name: "tasuki_requests_total",
        kind: Kind::Counter,
        unit: "requests",
        labels: &["route", "method", "status"],
        meaning: "Requests answered, by the template of their address",
    },
    Figure {
        name: "tasuki_request_seconds",
        kind: Kind::Histogram(SECONDS),
        unit: "seconds",
        labels: &["route"],
        meaning: "Time from the head of a request to its answer",
    },
    Figure {
        name: "tasuki_panics_total",
        kind: Kind::Counter,
        unit: "panics",
        labels: &[],
        meaning: "Handlers that panicked; each was answered with 500",
    },
    Figure {
        name: "tasuki_look_seconds",
        kind: Kind::Histogram(SECONDS),
        unit: "seconds",
        labels: &[],
        meaning: "Time of opening a person, from the facts to the durable event",
    },
    Figure {
        name: "tasuki_events_total",
        kind: Kind::Counter,
        unit: "events",
        labels: &["action", "outcome"],
        meaning: "Access events made durable; outcome is allowed, refused (by a gate) or failed",
    },
    Figure {
        name: "tasuki_store_group_size",
        kind: Kind::Histogram(SIZES),
        unit: "changes",
        labels: &[],
        meaning: "Changes that shared one commit",
    },
    Figure {
        name: "tasuki_store_commit_seconds",
        kind: Kind::Histogram(SECONDS),
        unit: "seconds",
        labels: &[],
        meaning: "Time of one commit with all its changes",
    },
    Figure {
        name: "tasuki_store_commit_failures_total",
        kind: Kind::Counter,
        unit: "commits",
        labels: &[],
        meaning: "Commits that failed: nothing of them happened",
    },
    Figure {
        name: "tasuki_store_queue_length",
        kind: Kind::Gauge,
        unit: "changes",
        labels: &[],
        meaning: "Changes that wait for the writer; there are 8,192 places",
    },
    Figure {
        name: "tasuki_store_slow_statements_total",
        kind: Kind::Counter,
        unit: "statements",
        labels: &[],
        meaning: "Statements that took slow_statement_ms or longer; the log names them",
    },
    Figure {
        name: "tasuki_replica_reads_total",
        kind: Kind::Counter,
        unit: "reads",
        labels: &["outcome"],
        meaning: "Papers asked of the replica: answered, behind or away (then the primary answers)",
    },
    Figure {
        name: "tasuki_connections",
        kind: Kind::Gauge,
        unit: "connections",
        labels: &[],
        meaning: "Open connections of all listeners",
    },
    Figure {
        name: "tasuki_handshakes_total",
        kind: Kind::Counter,
        unit: "handshakes",
        labels: &["outcome"],
        meaning: "TLS handshakes: full, resumed, failed, or late (given up)",
    },
    Figure {
        name: "tasuki_handshake_seconds",
        kind: Kind::Histogram(SECONDS),
        unit: "seconds",
        labels: &["outcome"],
        meaning: "Time of a TLS handshake that came to its end, full or resumed",
    },
    Figure {
        name: "tasuki_certificates_refused_total",
        kind: Kind::Counter,
        unit: "requests",
        labels: &["why"],
        meaning: "Requests refused because the client certificate is revoked or has ended",
    },
    Figure {
        name: "tasuki_neighbour_answers_total",
        kind: Kind::Counter,
        unit: "answers",
        labels: &["answer", "outcome"],
        meaning: "Answers of neighbouring systems: good, refused, unreachable or malformed",
    },
    Figure {
        name: "tasuki_mails_total",
        kind: Kind::Counter,
        unit: "mails",
        labels: &["outcome"],
        meaning: "Mails sent, and dropped after the last try",
    },
    Figure {
        name: "tasuki_health",
        kind: Kind::Gauge,
        unit: "level",
        labels: &["check"],
        meaning: "Each check of /health: 0 ok, 1 soon, 2 bad",
    },
    Figure {
        name: "tasuki_log_events",
        kind: Kind::Gauge,
        unit: "events",
        labels: &[],
        meaning: "Events in the access log",
    },
    Figure {
        name: "tasuki_disk_free_bytes",
        kind: Kind::Gauge,
        unit: "bytes",
        labels: &[],
        meaning: "Free space where the database file lies; absent with PostgreSQL",
    },
    Figure {
        name: "tasuki_certificate_end_timestamp_seconds",
        kind: Kind::Gauge,
        unit: "seconds since 1970",
        labels: &["certificate"],
        meaning: "Last moment of a certificate in use: server, authority, neighbours",
    },
    Figure {
        name: "tasuki_build_info",
        kind: Kind::Gauge,
        unit: "1",
        labels: &["version"],
        meaning: "The version that runs",
    },
    Figure {
        name: "process_cpu_seconds_total",
        kind: Kind::Counter,
        unit: "seconds",
        labels: &[],
        meaning: "Processor time of this process",
    },
    Figure {
        name: "process_resident_memory_bytes",
        kind: Kind::Gauge,
        unit: "bytes",
        labels: &[],
        meaning: "Resident memory of this process",
    },
    Figure {
        name: "process_open_fds",
        kind: Kind::Gauge,
        unit: "files",
        labels: &[],
        meaning: "Open files and sockets of this process",
    },
    Figure {
        name: "process_max_fds",
        kind: Kind::Gauge,
        unit: "files",
        labels: &[],
        meaning: "How many there may be",
    },
    Figure {
        name: "process_start_time_seconds",
        kind: Kind::Gauge,
        unit: "seconds since 1970",
        labels: &[],
        meaning: "When this process began",
    },
];
