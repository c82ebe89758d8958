//! Integration tests of the policy.

mod differential;
mod oracle;
mod published_table;
mod space;
mod tables;
