//! The policy's answers (見られるか、なぜか): short beside a look, whole at `/why`.

use serde::Serialize;
use tasuki_app::access::KindAnswer;
use tasuki_core::document::DocumentKind;
use tasuki_core::event::Gate;
use tasuki_policy::{Line, State, Verdict};
use utoipa::ToSchema;

use crate::api::schema;

/// Whether a kind of paper is shown, and what keeps it.
#[derive(Serialize, ToSchema)]
pub struct AnswerView {
    /// Kind of paper.
    #[schema(schema_with = schema::word::<DocumentKind>)]
    kind: DocumentKind,
    /// Shown. No paper of a shown kind means that there is none.
    shown: bool,
    /// The first gate that keeps it; null when it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::word::<Gate>)]
    gate: Option<Gate>,
    /// Why, in plain Japanese; absent when it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'static str>,
}

impl AnswerView {
    /// The short answer.
    pub fn of(answer: &KindAnswer) -> Self {
        let (kind, shown) = (answer.kind, answer.is_permitted());
        if let Verdict::Permit(_) = answer.decision.verdict {
            return Self { kind, shown, gate: None, text: None };
        }
        // From the lines, not from the verdict: they keep back what the reader may not learn.
        let line = answer.lines().into_iter().find(|line| line.state == State::Failed);
        let (gate, text) = line.map(|line| (line.gate, line.text)).unzip();
        Self { kind, shown, gate, text }
    }
}

/// The answer of one gate.
#[derive(Serialize, ToSchema)]
pub struct LineView {
    /// Which gate.
    #[schema(schema_with = schema::word::<Gate>)]
    gate: Gate,
    /// `passed`, `failed` or `not_needed`.
    state: &'static str,
    /// In plain Japanese.
    text: &'static str,
    /// What can be done, if anything.
    next: Option<&'static str>,
}

impl From<Line> for LineView {
    fn from(line: Line) -> Self {
        let state = match line.state {
            State::Passed => "passed",
            State::Failed => "failed",
            State::NotNeeded => "not_needed",
        };
        Self { gate: line.gate, state, text: line.text, next: line.next }
    }
}

/// The answer of every gate for one kind of paper.
#[derive(Serialize, ToSchema)]
pub struct WhyView {
    /// Kind of paper.
    #[schema(schema_with = schema::word::<DocumentKind>)]
    kind: DocumentKind,
    /// Its name.
    name: &'static str,
    /// Shown.
    shown: bool,
    /// All five gates in their order.
    gates: Vec<LineView>,
}

impl WhyView {
    /// The whole answer.
    pub fn of(answer: &KindAnswer) -> Self {
        Self {
            kind: answer.kind,
            name: answer.kind.japanese(),
            shown: answer.is_permitted(),
            gates: answer.lines().into_iter().map(LineView::from).collect(),
        }
    }
}
