//! Taking consent (同意をもらう), on the screen with the person.

use askama::Template;
use tasuki_core::document::DocumentKind;
use tasuki_core::word::Word;

use super::card::{Reader, Reading};
use super::{Choice, Form, Shell, filters};

/// The form. Fields: `basis` (person, statutory_agent, family_proxy), `proxy_name`,
/// `proxy_relation`, `proxy_reason`, `scope` (all, kinds), `kind_WORD` = yes, `until_…` (date),
/// `means` (card_with_pin, card_by_eye, signature, paper), `path` (SVG path data of the signature),
/// `kept_at`.
#[derive(Debug, Clone, Template)]
#[template(path = "consent.html")]
pub struct ConsentPage {
    /// Frame.
    pub shell: Shell,
    /// What was typed, and errors.
    pub form: Form,
    /// Address that the form is sent to.
    pub action: String,
    /// Address of the person page.
    pub back: String,
    /// Who may consent; see [`bases`].
    pub bases: Vec<Choice>,
    /// All or some; see [`scopes`].
    pub scopes: Vec<Choice>,
    /// Kinds that need consent for this office.
    pub kinds: Vec<KindChoice>,
    /// How; see [`means`].
    pub means: Vec<Choice>,
}

/// One kind of paper, ticked or not.
#[derive(Debug, Clone)]
pub struct KindChoice {
    /// The kind.
    pub kind: DocumentKind,
    /// It is ticked.
    pub chosen: bool,
}

/// Who may consent.
pub fn bases() -> Vec<Choice> {
    vec![
        Choice::new("person", "ご本人"),
        Choice::new("statutory_agent", "法定代理人").with_hint("成年後見人など、法律で決まった方"),
        Choice::new("family_proxy", "ご家族").with_hint("ご本人が自分で決めることがむずかしいとき"),
    ]
}

/// All or some.
pub fn scopes() -> Vec<Choice> {
    vec![
        Choice::new("all", "すべての書類").with_hint("同意がいる書類すべて。ふつうはこちらです"),
        Choice::new("kinds", "一部の書類だけ").with_hint("下で書類を選びます"),
    ]
}

/// How consent is given; by card only where cards can be checked.
pub fn means(with_cards: bool) -> Vec<Choice> {
    let cards = [
        Choice::new("card_with_pin", "マイナンバーカードと暗証番号")
            .with_hint("ご本人にカードを置いて、4けたの番号を入力してもらいます"),
        Choice::new("card_by_eye", "マイナンバーカードと顔写真")
            .with_hint("カードの顔写真とご本人の顔を、あなたが見くらべます"),
    ];
    let others = [
        Choice::new("signature", "この画面に署名").with_hint("下の枠に書いてもらいます"),
        Choice::new("paper", "紙の同意書").with_hint("保管場所を入力します"),
    ];
    cards.into_iter().filter(|_| with_cards).chain(others).collect()
}

/// The page that waits for the card of the person who consents. Begins anew with `check`
/// (card_by_eye, card_with_pin); goes on with `photo` = yes when the photo was compared by eye.
#[derive(Debug, Clone, Template)]
#[template(path = "consent_card.html")]
pub struct ConsentCardPage {
    /// Frame.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
    /// Whose consent, with さん.
    pub name: String,
    /// Where it stands.
    pub reading: Reading,
}
