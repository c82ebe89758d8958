//! Use cases on a real database, with fixed times: the result and the events.

#![cfg(test)]

mod account;
mod device;
mod house;
mod session;
mod sign_in;
mod software;
