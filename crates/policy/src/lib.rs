//! Who may read what: the sharing table as data, and one pure decision over it.
//!
//! [`Sharing`] is the published table with the table of jobs, read from two files that a civil
//! servant can hold beside the original. [`decide()`] answers one [`Request`] through five gates,
//! and [`explain()`] says the answer in plain Japanese. A [`Grant`] is what a store function
//! demands before it reads a personal paper, and only [`authorise`] can make one.
//!
//! Nothing here reads a clock, a database or a setting: the facts come in with the request.

mod column;
mod decide;
mod decision;
mod explain;
mod grant;
mod reader;
mod request;
mod sharing;

pub use column::{Access, Column};
pub use decide::{decide, decide_basics, decide_list, decide_log, decide_search};
pub use decision::{Decision, GateAnswer, Permit, Reason, State, Verdict};
pub use explain::{Line, explain, may_know_exists};
pub use grant::{
    BasicsGrant, Denied, Grant, ListGrant, LogGrant, SearchGrant, authorise, authorise_basics,
    authorise_head, authorise_list, authorise_log, authorise_search,
};
pub use reader::{Office, Reader, Staff};
pub use request::{Block, Relation, Request};
pub use sharing::{Sharing, SharingError, SharingFile, SharingProblem};
