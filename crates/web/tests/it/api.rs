//! The API for software: each route, each way to be refused, and what it promises about retries.

mod administration;
mod examples;
mod guarded;
mod look;
mod paging;
pub(crate) mod software;
mod tokens;
mod transfers;
mod writes;
