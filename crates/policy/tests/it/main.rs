//! Integration tests of the policy.

mod published_table;
mod tables;
