//! The policy's answers (見られるか、なぜか): short beside a look, whole at `/why`.

use serde::Serialize;
use tasuki_app::access::KindAnswer;
use tasuki_core::document::DocumentKind;
use tasuki_core::event::Gate;
use tasuki_policy::{Line, State, Verdict};
use utoipa::ToSchema;

/// 書類の種類が見られるか、なぜか.
#[derive(Serialize, ToSchema)]
pub struct AnswerView {
    /// 書類の種類.
    kind: DocumentKind,
    /// 見られる. No paper of a shown kind means that there is none.
    shown: bool,
    /// はじめに止めた決まり; absent when it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<Gate>,
    /// 見られない理由; absent when it is shown.
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

/// 1つの決まりの答え.
#[derive(Serialize, ToSchema)]
pub struct LineView {
    /// 決まり.
    gate: Gate,
    /// 答え: `passed`, `failed` or `not_needed`.
    state: &'static str,
    /// 答えの文.
    text: &'static str,
    /// 次にできること.
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

/// 1つの種類についての、決まりの答え.
#[derive(Serialize, ToSchema)]
pub struct WhyView {
    /// 書類の種類.
    kind: DocumentKind,
    /// 種類の名前.
    name: &'static str,
    /// 見られる.
    shown: bool,
    /// 5つの決まりの答え, in their order.
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
