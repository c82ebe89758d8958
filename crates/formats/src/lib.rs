//! Bytes to types and back: municipal files, open data, characters.

pub mod characters;
pub mod municipal;
pub mod providers;
