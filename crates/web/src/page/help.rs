//! ヘルプ: questions with answers, and hard words in plain words.

use askama::Template;

use super::{Shell, Term, filters};

/// The help page.
#[derive(Debug, Clone, Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    /// Frame.
    pub shell: Shell,
    /// Hard words.
    pub terms: Vec<Term>,
}
