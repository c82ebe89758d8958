//! The one executable: serve, demo, ingest, town, ca, audit, explain, migrate, bench.
fn main() {}
