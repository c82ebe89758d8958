//! The citizen's pages (ご本人の画面): large type, one question a page, whole sentences.

use askama::Template;
use tasuki_core::date::AtMs;

use super::person::{BurdenFact, LevelFact, Todo};
use super::{Pager, Shell, Shown, filters};

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
    /// Where the application stands, in one sentence; `None` when there is none.
    pub waiting: Option<String>,
    /// What the person should do, if anything.
    pub todo: Option<Todo>,
    /// Where one can go; see [`doors`].
    pub doors: Vec<Door>,
}

/// One big door of the home page.
#[derive(Debug, Clone)]
pub struct Door {
    /// Name of the icon.
    pub icon: &'static str,
    /// The words.
    pub title: &'static str,
    /// One sentence.
    pub text: String,
    /// Address.
    pub href: &'static str,
}

/// The doors, with the number of looks of this month.
pub fn doors(looks_this_month: usize) -> Vec<Door> {
    use super::paths;
    let door = |icon, title, text: &str, href| Door { icon, title, text: text.to_owned(), href };
    let looks = match looks_this_month {
        0 => "今月は、まだだれも見ていません。".to_owned(),
        count => format!("今月は{count}回、見られました。"),
    };
    vec![
        door("paper", "わたしの書類", "被保険者証や負担割合証を見ます。", paths::CITIZEN_PAPERS),
        door(
            "clock",
            "申請のようす",
            "要介護認定がどこまで進んだか見ます。",
            paths::CITIZEN_PROGRESS,
        ),
        door("eye", "だれが見たか", &looks, paths::CITIZEN_LOOKS),
        door(
            "hand",
            "同意",
            "見てよい人と書類を決めます。やめることもできます。",
            paths::CITIZEN_CONSENTS,
        ),
        door("office", "担当の事業所", "あなたを担当している事業所です。", paths::CITIZEN_OFFICES),
    ]
}

/// だれが見たか: every look as a sentence.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_looks.html")]
pub struct LooksPage {
    /// Frame.
    pub shell: Shell,
    /// Looks, newest first.
    pub looks: Vec<Look>,
    /// Steps through the list.
    pub pager: Pager,
}

/// One look, as the parts of a sentence: WHEN WHO が、PURPOSE、WHAT を見ました。
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: AtMs,
    /// Office and job: 訪問介護B の 介護職員.
    pub who: String,
    /// Purpose: サービスの準備のために.
    pub purpose: String,
    /// What: 被保険者証.
    pub what: String,
    /// It was shown.
    pub allowed: bool,
    /// Why it was not shown, in one sentence.
    pub refusal: String,
    /// Address of 「これはおかしいと思う」; `None` for the person's own looks.
    pub report: Option<String>,
}
