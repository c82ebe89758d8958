//! A sandbox of the neighbouring systems (連携先の練習用環境): a server process of its own.
//!
//! It plays the citizen's sign-in (デジタル認証アプリ) with virtual cards, the online eligibility system
//! (オンライン資格確認等システム), and a mail server, each with state of its own on disk. Nothing
//! in it is true: persons, cards and the card authority are invented.

mod admin;
mod certificate;
mod clients;
mod eligibility;
mod error;
mod home;
mod issue;
mod jpki;
mod mailbox;
mod once;
mod pages;
mod provider;
mod run;
mod smtp;

pub use clients::ClientRegistration;
pub use eligibility::EligibilityEntry;
pub use error::SandboxError;
pub use home::{Home, RegisteredCard};
pub use issue::{CardHolder, CardKey, IssuedCard};
pub use mailbox::ReceivedMail;
pub use run::{Options, Running, run};
