//! 利用者をさがす: by card, or without one by the matching items.

use askama::Template;
use jiff::civil::Date;
use tasuki_core::insured::{Personal, Sex};

use super::{Choice, Form, Shell, filters};

/// The choice between card and no card.
#[derive(Debug, Clone, Template)]
#[template(path = "find.html")]
pub struct FindPage {
    /// Frame.
    pub shell: Shell,
}

/// Where the reading of a card stands.
#[derive(Debug, Clone)]
pub enum Reader {
    /// None has begun: the way of checking is chosen.
    Choose {
        /// The last one ran out of time.
        ran_out: bool,
    },
    /// It waits, and no reader application of this device has asked for work lately.
    Absent,
    /// It waits for a card.
    Waiting {
        /// The PIN is to be typed.
        with_pin: bool,
    },
    /// A card answered, and online eligibility is asked.
    Asking,
    /// The card is good, and its holder is known.
    Read {
        /// Reading of the name.
        kana: Personal,
        /// Date of birth.
        birth_date: Date,
        /// The PIN was used, so the photo need not be compared.
        with_pin: bool,
    },
    /// A card was read and cannot be used.
    Refused {
        /// Why and what to do, in one or two sentences.
        why: String,
    },
}

impl Reader {
    /// The page asks again by itself.
    pub fn waits(&self) -> bool {
        matches!(self, Self::Absent | Self::Waiting { .. } | Self::Asking)
    }
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
    pub reader: Reader,
}

/// The part of [`FindCardPage`] that the script asks for again and again.
#[derive(Debug, Clone, Template)]
#[template(path = "find_card_state.html")]
pub struct FindCardState {
    /// Frame, for the token only.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
    /// Where it stands.
    pub reader: Reader,
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
