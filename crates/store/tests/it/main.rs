//! Store functions on both engines.

#![cfg(test)]

mod account;
mod average;
mod citizen;
mod commit;
mod consents;
mod faults;
mod fixture;
mod idempotency;
mod limits;
mod many;
mod partition;
mod places;
mod protection;
mod session;
mod slow;
mod tables;
mod townhall;
