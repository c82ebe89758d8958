//! All SQL: one text for SQLite and PostgreSQL, group commit, the Merkle log, sealing.
