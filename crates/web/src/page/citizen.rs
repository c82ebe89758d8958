//! The citizen's pages (ご本人の画面): large type, one question a page, whole sentences.

mod consents;
mod family;
mod looks;
mod papers;

use askama::Template;

use crate::page::Shown;
use crate::page::person::Balance;
use crate::page::person::BurdenFact;
use crate::page::person::LevelFact;
use crate::page::person::LimitFact;
use crate::page::person::Todo;
use crate::page::{Shell, filters};

pub use consents::{ConsentLines, ConsentNarrowPage, ConsentNewPage, ConsentsPage, OfficeChoice};
pub use family::{CitizenOffice, CitizenOfficesPage, FamilyPage, Guest, Invitation, Represented};
pub use looks::{Asked, Look, LooksPage, StrangePage};
pub use papers::{CitizenPapersPage, CitizenProgressPage, Group};

/// Sign-in with the My Number card.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_sign_in.html")]
pub struct CitizenSignInPage {
    /// Frame.
    pub shell: Shell,
    /// The platform is connected to the sign-in.
    pub ready: bool,
    /// What went wrong, and why with what to do.
    pub problem: Option<(String, String)>,
}

/// The insurer has not connected, or has not sent this person.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_not_yet.html")]
pub struct NotYetPage {
    /// Frame.
    pub shell: Shell,
    /// Why, in one or two sentences.
    pub text: String,
    /// The person's insurers, to change between them.
    pub insurers: Vec<MyInsurer>,
}

/// An insurer at which the person is or was insured (以前の保険者).
#[derive(Debug, Clone)]
pub struct MyInsurer {
    /// Its number, for the form.
    pub number: String,
    /// Its name.
    pub name: String,
    /// The present one.
    pub present: bool,
    /// What it has is open now.
    pub open: bool,
}

/// Home: how things stand, and the doors.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_home.html")]
pub struct CitizenHomePage {
    /// Frame.
    pub shell: Shell,
    /// Care level.
    pub level: Shown<LevelFact>,
    /// Share of the cost.
    pub burden: Shown<BurdenFact>,
    /// Limit of costs for meals and room.
    pub limit: Shown<LimitFact>,
    /// What is left of home modification and equipment.
    pub balances: Vec<Balance>,
    /// Where the application stands, in one sentence; `None` when there is none.
    pub waiting: Option<String>,
    /// What the person should do, if anything.
    pub todo: Option<Todo>,
    /// Since when the insurer's data are here.
    pub connection: String,
    /// Where one can go; see [`doors`].
    pub doors: Vec<Door>,
    /// The person's insurers, to change between them; empty when there is one.
    pub insurers: Vec<MyInsurer>,
}

/// One big door of the home page.
#[derive(Debug, Clone)]
pub struct Door {
    /// Name of the icon.
    pub icon: &'static str,
    /// The words.
    pub title: &'static str,
    /// One sentence.
    pub text: &'static str,
    /// Address.
    pub href: &'static str,
}

/// The doors.
pub fn doors() -> Vec<Door> {
    use super::paths;
    let door = |icon, title, text, href| Door { icon, title, text, href };
    vec![
        door("paper", "わたしの書類", "被保険者証や負担割合証を見ます。", paths::CITIZEN_PAPERS),
        door(
            "clock",
            "申請のようす",
            "要介護認定がどこまで進んだか見ます。",
            paths::CITIZEN_PROGRESS,
        ),
        door("eye", "だれが見たか", "いつ、だれが、何を見たかを確かめます。", paths::CITIZEN_LOOKS),
        door(
            "hand",
            "同意",
            "見てよい人と書類を決めます。やめることもできます。",
            paths::CITIZEN_CONSENTS,
        ),
        door("office", "担当の事業所", "あなたを担当している事業所です。", paths::CITIZEN_OFFICES),
        door("people", "ご家族", "ご家族にも見てもらえるようにします。", paths::CITIZEN_FAMILY),
    ]
}

/// 使い方.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_help.html")]
pub struct CitizenHelpPage {
    /// Frame.
    pub shell: Shell,
}
