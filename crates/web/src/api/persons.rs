//! Persons (利用者): list, find, register, look, why, log.

pub mod look;
