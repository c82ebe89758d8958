//! なぜ見えるか・見えないか: the answer of every gate for every kind of paper, in plain words.

use askama::Template;
use tasuki_core::document::DocumentKind;
use tasuki_policy::{Line, State};

use super::{Link, Shell, Tone, filters};

/// The answers for one person.
#[derive(Debug, Clone, Template)]
#[template(path = "why.html")]
pub struct WhyPage {
    /// Frame.
    pub shell: Shell,
    /// Name of the person.
    pub name: String,
    /// Kinds in the order of the table.
    pub kinds: Vec<WhyKind>,
    /// Back to the person.
    pub back: Link,
}

/// The answers for one kind of paper.
#[derive(Debug, Clone)]
pub struct WhyKind {
    /// The kind.
    pub kind: DocumentKind,
    /// It is shown when there is one.
    pub shown: bool,
    /// One line for each gate.
    pub lines: Vec<Line>,
}

/// Sign and word of a gate's answer.
pub fn tone(state: State) -> (Tone, &'static str) {
    match state {
        State::Passed => (Tone::Good, "通りました"),
        State::Failed => (Tone::Bad, "通りません"),
        State::NotNeeded => (Tone::Plain, "確かめていません"),
    }
}
