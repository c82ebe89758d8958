//! The API for software: each route, each way to be refused, and what it promises about retries.

mod administration;
mod examples;
mod guarded;
mod look;
mod paging;
mod software;
mod tokens;
mod transfers;
mod writes;
