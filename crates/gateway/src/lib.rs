//! Calls to neighbouring systems: online eligibility, the citizen's sign-in, mail.
//!
//! Each neighbour is one client here and one server in `tasuki-sandbox` that behaves like it. No
//! clock and no random number is drawn here: both come in as parameters. HTTP clients come in as
//! well, built by `tasuki_tls::client::http_client` (HTTPS only, no redirects, no proxy).

pub mod atomic_file;
pub mod card;
mod error;
mod http;
pub mod identity;
pub mod mail;
pub mod online_eligibility;
pub mod reader;

pub use error::{GatewayError, Refusal};
