//! Pages and REST over TLS.

pub mod api;
mod arrival;
pub mod assets;
mod board;
pub mod citizen;
mod cookie;
mod desk;
pub mod fields;
pub mod flash;
mod hand_over;
pub mod municipality;
pub mod operator;
pub mod page;
pub mod paper;
pub mod problem;
pub mod server;
pub mod session;
pub mod staff;
pub mod view;
