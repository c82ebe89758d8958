//! Values, rules and state machines of long-term-care insurance (介護保険).
//!
//! Nothing here does I/O, reads a clock or draws a random number: time and identity come in as
//! parameters, so every rule can be tried with the law's own examples.

pub mod account;
pub mod assignment;
pub mod benefit_use;
pub mod care_level;
pub mod certification;
pub mod consent;
pub mod date;
pub mod document;
pub mod eligibility;
pub mod event;
mod fixed;
pub mod insured;
pub mod insurer;
pub mod opinion;
pub mod protection;
pub mod provider;
pub mod schema;
pub mod survey;
pub mod word;
