//! Use cases on a real database, with fixed times: the result and the events.

#![cfg(test)]

mod account;
mod device;
mod health;
mod house;
mod ingestion;
mod ingestion_difference;
mod ingestion_faults;
mod ingestion_request;
mod ingestion_service;
mod limit;
mod municipality;
mod own;
mod session;
mod sign_in;
mod smtp;
mod software;
mod spool;
mod sweep;
