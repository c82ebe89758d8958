//! ヘルプ: questions with answers, and hard words in plain words.

use askama::Template;

use super::{Shell, Term, filters};

/// The help page.
#[derive(Debug, Clone, Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    /// Frame.
    pub shell: Shell,
    /// The reader opens persons: what concerns that is told to nobody else.
    pub serves: bool,
    /// Hard words.
    pub terms: Vec<Term>,
}
