//! Persons (利用者): list, find, register, look, why, log.

pub mod card;
pub mod find;
pub mod list;
pub mod log;
pub mod look;
pub mod why;
