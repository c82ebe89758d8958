//! The API for software: each route, each way to be refused, and what it promises about retries.

mod administration;
mod conform;
mod devices;
mod examples;
mod fuzz;
mod guarded;
mod look;
mod once;
mod operator;
mod own;
mod paging;
mod parity;
mod roles;
pub(crate) mod software;
mod tokens;
mod transfers;
mod writes;
