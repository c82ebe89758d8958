//! The router called in process: statuses, headers, bodies, and the events that they leave.

#![cfg(test)]

mod api;
mod audited;
mod house;
mod office;
mod pages;
mod sign_in;
mod townhall;
mod unauthorised;
