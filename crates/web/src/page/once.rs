//! What is shown once and kept nowhere (一度だけの画面): codes, first passwords, certificates.

use askama::Template;
use tasuki_core::date::AtMs;

use super::{Link, Shell, filters};

/// Something done that is shown once: recovery codes, a first password.
#[derive(Debug, Clone, Template)]
#[template(path = "plain_once.html")]
pub struct OncePage {
    /// Frame.
    pub shell: Shell,
    /// What it is and what to do with it, one paragraph each.
    pub intro: Vec<String>,
    /// What is shown, one line each.
    pub lines: Vec<String>,
    /// How it goes on.
    pub next: Link,
}

/// A new certificate, shown once.
#[derive(Clone, Template)]
#[template(path = "plain_issued.html")]
pub struct IssuedPage {
    /// Frame.
    pub shell: Shell,
    /// Name of the device.
    pub device: String,
    /// Last moment of its validity.
    pub not_after: AtMs,
    /// PKCS#12, Base64.
    pub p12: String,
    /// Its password.
    pub password: String,
    /// Key and chain, Base64 of PEM.
    pub pem: String,
    /// Beginning of the file names.
    pub name: String,
    /// The way on.
    pub next: Link,
}
