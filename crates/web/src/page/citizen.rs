//! The citizen's pages (ご本人の画面): large type, one question a page, whole sentences.

use askama::Template;
use jiff::civil::Date;
use tasuki_core::date::AtMs;
use tasuki_core::insured::PersonName;
use tasuki_core::word::Word;

use super::consent::KindChoice;
use super::person::{Balance, BurdenFact, LevelFact, LimitFact, Paper, Progress, Todo};
use super::{Choice, Form, Pager, Shell, Shown, filters};

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

/// わたしの書類: every kind that the table opens to the person.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_papers.html")]
pub struct CitizenPapersPage {
    /// Frame.
    pub shell: Shell,
    /// On the print view: whose papers these are.
    pub whose: Option<String>,
    /// Kinds that belong together.
    pub groups: Vec<Group>,
    /// Address of the print view.
    pub print: Option<&'static str>,
}

/// Kinds of papers that belong together, and what there is of them.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Heading.
    pub title: &'static str,
    /// Papers.
    pub papers: Vec<Paper>,
    /// Balances.
    pub balances: Vec<Balance>,
    /// What is not here, and why; whole sentences.
    pub reasons: Vec<String>,
}

/// 申請のようす: the timeline, whom it waits for, and results.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_progress.html")]
pub struct CitizenProgressPage {
    /// Frame.
    pub shell: Shell,
    /// The running application, or the last one.
    pub progress: Option<Progress>,
    /// Its paper in full.
    pub results: Vec<Paper>,
}

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

/// Consents, three lines each.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_consents.html")]
pub struct ConsentsPage {
    /// Frame.
    pub shell: Shell,
    /// In force.
    pub open: Vec<ConsentLines>,
    /// Over: taken back, replaced or ended.
    pub past: Vec<ConsentLines>,
}

/// One consent in three lines: what, to whom, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentLines {
    /// Opaque id.
    pub id: String,
    /// Kinds of papers.
    pub what: String,
    /// Offices.
    pub whom: String,
    /// From and until.
    pub until: String,
    /// Who took it and how, and what became of it.
    pub note: String,
}

/// A new consent. Fields: `scope` (all, kinds), `kind_WORD` = yes, `offices` (all, some),
/// `office_NUMBER` = yes, `until_…` (date).
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_consent_new.html")]
pub struct ConsentNewPage {
    /// Frame.
    pub shell: Shell,
    /// What was typed, and errors.
    pub form: Form,
    /// All papers or some.
    pub scopes: Vec<Choice>,
    /// All offices or some.
    pub offices: Vec<Choice>,
    /// Kinds that need consent.
    pub kinds: Vec<KindChoice>,
    /// Offices in charge.
    pub providers: Vec<OfficeChoice>,
}

/// Leaving out kinds or offices. Fields: `kind_WORD` = yes, `office_NUMBER` = yes: left out.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_consent_narrow.html")]
pub struct ConsentNarrowPage {
    /// Frame.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
    /// Address that the form is sent to.
    pub action: String,
    /// The consent as it is.
    pub lines: ConsentLines,
    /// Kinds that it holds.
    pub kinds: Vec<KindChoice>,
    /// Offices that it holds.
    pub providers: Vec<OfficeChoice>,
}

/// One office, ticked or not.
#[derive(Debug, Clone)]
pub struct OfficeChoice {
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// It is ticked.
    pub chosen: bool,
}

/// 担当の事業所.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_offices.html")]
pub struct CitizenOfficesPage {
    /// Frame.
    pub shell: Shell,
    /// Offices in charge now.
    pub offices: Vec<CitizenOffice>,
    /// Offices that the insurer keeps from the person: name, reason, since when.
    pub blocked: Vec<(String, &'static str, AtMs)>,
    /// Name of the insurer.
    pub insurer: String,
}

/// One office in charge.
#[derive(Debug, Clone)]
pub struct CitizenOffice {
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: Date,
    /// Until when it may look unless service goes on; `None`: it may not look any more.
    pub until: Option<Date>,
    /// How identity was checked.
    pub checked: &'static str,
    /// Address of 「この事業所をやめる」.
    pub end: String,
}

/// ご家族: delegates of the person, and whose information one may open.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_family.html")]
pub struct FamilyPage {
    /// Frame.
    pub shell: Shell,
    /// What was typed (`name`, `relation`, `code`), and errors.
    pub form: Form,
    /// The holder of the card is insured here.
    pub is_insured: bool,
    /// Their own information is open.
    pub views_own: bool,
    /// Delegates and waiting invitations; `None` unless one's own information is open.
    pub guests: Option<Vec<Guest>>,
    /// The invitation just made; its code is shown this once.
    pub invitation: Option<Invitation>,
    /// Whose information one may open.
    pub represented: Vec<Represented>,
}

/// A delegate or a waiting invitation.
#[derive(Debug, Clone)]
pub struct Guest {
    /// Opaque id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Relation.
    pub relation: String,
    /// Since when; `None` while the code waits.
    pub since: Option<Date>,
    /// Until when the code works.
    pub code_until: AtMs,
}

/// A code to be handed over.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The code.
    pub code: String,
    /// For whom.
    pub name: String,
    /// Until when it works.
    pub until: AtMs,
}

/// Somebody whose information one may open.
#[derive(Debug, Clone)]
pub struct Represented {
    /// Opaque id.
    pub id: String,
    /// Name.
    pub name: PersonName,
    /// One's relation to them.
    pub relation: String,
    /// Their information is open now.
    pub current: bool,
}

/// 使い方.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_help.html")]
pub struct CitizenHelpPage {
    /// Frame.
    pub shell: Shell,
}
