//! Store functions on both engines.

#![cfg(test)]

mod account;
mod citizen;
mod commit;
mod fixture;
mod limits;
mod many;
mod places;
mod protection;
mod session;
mod slow;
mod townhall;
