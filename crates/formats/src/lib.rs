//! Bytes to types and back: municipal files, open data, characters.

pub mod municipal;
