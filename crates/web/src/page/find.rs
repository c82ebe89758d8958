//! 利用者をさがす: by card, or without one by the matching items.

use askama::Template;
use tasuki_core::insured::Sex;

use super::card::{Reader, Reading};
use super::{Choice, Form, Shell, filters};

/// The choice between card and no card.
#[derive(Debug, Clone, Template)]
#[template(path = "find.html")]
pub struct FindPage {
    /// Frame.
    pub shell: Shell,
}

/// By card. Begins with `check` (card_by_eye, card_with_pin); goes on with `photo` = yes when the
/// photo was compared by eye.
#[derive(Debug, Clone, Template)]
#[template(path = "find_card.html")]
pub struct FindCardPage {
    /// Frame.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
    /// Where it stands.
    pub reading: Reading,
}

/// The part of a page that waits for a card which the script asks for again and again.
#[derive(Debug, Clone, Template)]
#[template(path = "card_state.html")]
pub struct CardState {
    /// Frame, for the token only.
    pub shell: Shell,
    /// Where it stands.
    pub reading: Reading,
}

/// Without a card. Fields: `insurer_number`, `insured_number`, `birth_date_era|year|month|day`,
/// `sex`, `seen` = yes.
#[derive(Debug, Clone, Template)]
#[template(path = "find_items.html")]
pub struct FindItemsPage {
    /// Frame.
    pub shell: Shell,
    /// What was typed, and errors; a miss is one error that names no item.
    pub form: Form,
    /// Sexes; see [`sexes`].
    pub sexes: Vec<Choice>,
}

/// The sexes as choices of a form.
pub fn sexes() -> Vec<Choice> {
    use tasuki_core::word::Word;
    Sex::ALL.iter().map(|sex| Choice::new(sex.word(), sex.japanese())).collect()
}
