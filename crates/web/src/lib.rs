//! Pages and REST over TLS.

pub mod assets;
pub mod page;
pub mod problem;
pub mod paper;
pub mod view;
