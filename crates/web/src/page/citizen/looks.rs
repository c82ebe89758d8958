//! Who looked, and asking about it (だれが見たか).

use askama::Template;
use tasuki_core::date::AtMs;

use crate::page::{Form, Pager, Shell, filters};

/// だれが見たか: every look as a sentence.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_looks.html")]
pub struct LooksPage {
    /// Frame.
    pub shell: Shell,
    /// What the person asked about looks, with the answers; on the first page only.
    pub asked: Vec<Asked>,
    /// Looks, newest first.
    pub looks: Vec<Look>,
    /// Steps through the list.
    pub pager: Pager,
}

/// A word on a look that seemed strange, and what the municipality answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// When it was sent.
    pub at: AtMs,
    /// What the person wrote.
    pub text: String,
    /// When and what was answered.
    pub answer: Option<(AtMs, String)>,
}

/// One event, as the parts of a sentence: WHEN WHO が、PURPOSE、WHAT を DID。
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: AtMs,
    /// Office and job: 訪問介護B の 介護職員.
    pub who: String,
    /// Purpose with its comma: サービスの準備のために、. May be empty.
    pub purpose: String,
    /// What: 被保険者証. May be empty.
    pub what: String,
    /// What was done, with its particle: を見ました。
    pub did: String,
    /// It was done.
    pub allowed: bool,
    /// Opened in an emergency.
    pub emergency: bool,
    /// What was not shown and why, one sentence each.
    pub refusals: Vec<String>,
    /// Address of 「これはおかしいと思う」; `None` for what the person did.
    pub report: Option<String>,
}

/// 「これはおかしいと思う」. Field: `text`.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_strange.html")]
pub struct StrangePage {
    /// Frame.
    pub shell: Shell,
    /// The look it is about.
    pub look: Look,
    /// What was typed, and errors.
    pub form: Form,
    /// Address that the form is sent to.
    pub action: String,
}
