//! Store functions on both engines.

mod account;
mod commit;
mod fixture;
mod limits;
mod places;
mod session;
