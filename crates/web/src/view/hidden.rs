//! What is not shown, said where it would stand (見せられないものの説明).

use tasuki_app::access::KindAnswer;
use tasuki_policy::State;

use crate::page::Link;
use crate::page::part::HiddenLine;

/// The line that stands where a kind of paper is not shown; `consent` is the address of the form
/// that takes consent, for readers who may take it.
pub fn line(answer: &KindAnswer, consent: Option<&str>) -> HiddenLine {
    let kind = answer.kind.japanese();
    if answer.lacks_only_consent() {
        let action = consent.map(|href| Link::new("同意をもらう", href));
        return HiddenLine {
            why: format!("{kind}：ご本人の同意がまだありません。"), action
        };
    }
    let lines = answer.lines();
    let failed = lines.iter().find(|line| line.state == State::Failed);
    let why = failed.map_or("いまは表示できません。", |line| line.text);
    HiddenLine { why: format!("{kind}：{why}"), action: None }
}
