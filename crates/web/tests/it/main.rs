//! The router called in process: statuses, headers, bodies, and the events that they leave.

#![cfg(test)]

mod api;
mod audited;
mod audited_citizen;
mod author;
mod card;
mod citizen;
mod closed;
mod consent_card;
mod desk;
mod files;
mod former;
mod health;
mod house;
mod jobs;
mod neighbours;
mod offers;
mod office;
mod operator;
mod pages;
mod partitions;
mod protected;
mod sign_in;
mod time;
mod townhall;
mod transfers;
mod unauthorised;
mod uploads;
