//! The person's own papers and the application (わたしの書類・申請のようす).

use askama::Template;

use crate::page::person::Balance;
use crate::page::person::Paper;
use crate::page::person::Progress;
use crate::page::{Shell, filters};

/// わたしの書類: every kind that the table opens to the person.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_papers.html")]
pub struct CitizenPapersPage {
    /// Frame.
    pub shell: Shell,
    /// On the print view: whose papers these are.
    pub whose: Option<String>,
    /// Kinds that belong together.
    pub groups: Vec<Group>,
    /// Address of the print view.
    pub print: Option<&'static str>,
}

/// Kinds of papers that belong together, and what there is of them.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Heading.
    pub title: &'static str,
    /// Papers.
    pub papers: Vec<Paper>,
    /// Balances.
    pub balances: Vec<Balance>,
    /// What is not here, and why; whole sentences.
    pub reasons: Vec<String>,
}

/// 申請のようす: the timeline, whom it waits for, and results.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_progress.html")]
pub struct CitizenProgressPage {
    /// Frame.
    pub shell: Shell,
    /// The running application, or the last one.
    pub progress: Option<Progress>,
    /// Its paper in full.
    pub results: Vec<Paper>,
}
