//! From what a use case answers to what a page shows (画面に出す形).
//!
//! Handlers stay small because everything that turns a [`tasuki_app::look::Look`] into words is
//! here; staff's and citizens' pages share it.

pub mod citizen;
pub mod consent;
pub mod facts;
pub mod hidden;
pub mod looks;
pub mod person;
pub mod tab;
