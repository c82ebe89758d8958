//! The API in words (APIの説明): for people who build the other side.

use askama::Template;

use super::{Shell, filters};

/// Every route of the API.
#[derive(Debug, Clone, Template)]
#[template(path = "api.html")]
pub struct ApiPage {
    /// Frame.
    pub shell: Shell,
    /// Parts of the API.
    pub groups: Vec<Group>,
}

/// Routes of one part.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its routes.
    pub routes: Vec<Described>,
}

/// One route in words.
#[derive(Debug, Clone)]
pub struct Described {
    /// Method.
    pub verb: &'static str,
    /// Template of the address.
    pub path: String,
    /// What it does.
    pub summary: String,
    /// More about it.
    pub text: String,
    /// Status and what it means.
    pub answers: Vec<(String, String)>,
}
