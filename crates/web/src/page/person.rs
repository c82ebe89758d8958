//! The person page (利用者の画面): may this person be served, at which share, until when, and what
//! has to be done. It is the most used page; its first screen answers everything.

use askama::Template;
use jiff::civil::Date;
use tasuki_core::care_level::CareLevel;
use tasuki_core::date::AtMs;
use tasuki_core::document::DocumentKind;
use tasuki_core::insured::{InsuredNumber, PersonName, Sex};

use super::part::{HiddenLine, Step};
use super::{Badge, Link, Shell, Shown, Term, Tone, filters};

/// Everything the person page shows; only what the reader may see is ever put in here.
#[derive(Debug, Clone, Template)]
#[template(path = "person.html")]
pub struct PersonPage {
    /// Frame; the title is the person's name.
    pub shell: Shell,
    /// Who, always in view.
    pub who: Who,
    /// The reader is not in charge: only papers of its own are shown, and nothing else.
    pub own_papers_only: bool,
    /// The state of an earlier day is shown.
    pub as_of: Option<Date>,
    /// Address of today's state.
    pub today_href: String,
    /// The insurer has not connected yet, or since when; a sentence, shown when it matters.
    pub not_connected: Option<String>,
    /// First fact.
    pub level: Shown<LevelFact>,
    /// Second fact.
    pub burden: Shown<BurdenFact>,
    /// Third fact.
    pub limit: Shown<LimitFact>,
    /// Fourth fact: what needs doing.
    pub todo: Todo,
    /// What the insurer asks of the reader's own institution.
    pub request: Option<Request>,
    /// The running application, or the last one.
    pub progress: Option<Progress>,
    /// Kinds of papers.
    pub tabs: Vec<Tab>,
    /// What the chosen tab shows.
    pub panel: Panel,
}

/// Who the person is.
#[derive(Debug, Clone)]
pub struct Who {
    /// Name and reading.
    pub name: PersonName,
    /// Date of birth.
    pub birth_date: Date,
    /// Age today.
    pub age: i16,
    /// Sex.
    pub sex: Sex,
    /// Insured person's number.
    pub number: InsuredNumber,
    /// Name of the insurer.
    pub insurer: String,
    /// Offices in charge, the reader's own first; empty when they may not be shown.
    pub offices: Vec<OfficeName>,
    /// Consent in one word.
    pub consent: ConsentLine,
    /// Support measures are in force and the reader may know.
    pub protected: bool,
    /// Offices kept from the person, for the insurer's staff.
    pub blocks: Option<Link>,
}

/// The badge of support measures (支援措置).
pub fn protected_badge() -> Badge {
    Badge::new(Tone::Warn, "支援措置：住所・居場所を伝えない")
}

/// An office in charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeName {
    /// Name.
    pub name: String,
    /// It is the reader's own.
    pub own: bool,
}

/// State of consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentLine {
    /// あり, 一部, なし.
    pub badge: Badge,
    /// First day.
    pub from: Option<Date>,
    /// To take it or to see it.
    pub link: Option<Link>,
}

/// Care level and its last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelFact {
    /// Care level.
    pub level: CareLevel,
    /// Last valid day.
    pub until: Date,
}

/// Burden ratio and its last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BurdenFact {
    /// 1, 2 or 3 tenths.
    pub tenths: u8,
    /// Last valid day.
    pub until: Date,
}

/// Limit of costs for meals and room, and its last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitFact {
    /// 第3段階①.
    pub stage: String,
    /// Last valid day.
    pub until: Date,
}

/// The most urgent thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    /// How urgent; `Good` when nothing is to be done.
    pub tone: Tone,
    /// 認定の有効期限まで あと42日.
    pub title: String,
    /// One sentence; may be empty.
    pub detail: String,
    /// The button.
    pub action: Option<Link>,
    /// Other things that wait.
    pub more: usize,
}

/// Where the application stands (認定の進み具合).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// 更新申請.
    pub kind: String,
    /// Application, survey, opinion, board, result.
    pub steps: Vec<Step>,
    /// Whom it waits for.
    pub waiting: Option<Waiting>,
    /// Day by which the decision is due (30 days, or the postponement notice).
    pub due_on: Option<Date>,
    /// What was asked for, while the opinion is waited for.
    pub request: Option<Request>,
    /// Notice that the decision will be late, while it is waited for.
    pub postponed: Option<Postponed>,
}

/// A request for an opinion that has not come yet (主治医意見書の依頼).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Doctor who is to write it; empty when none was named.
    pub physician: String,
    /// Day of the request.
    pub requested_on: Date,
    /// Day by which it is wanted.
    pub due_on: Option<Date>,
    /// Days until then; negative when it is over.
    pub left: Option<i64>,
}

/// A notice that the decision will be late (延期の通知).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postponed {
    /// Day of the notice.
    pub notified_on: Date,
    /// Day by which the decision is expected.
    pub expected_by: Date,
    /// Why, in the insurer's words; empty where they are not shown.
    pub reason: String,
    /// It came within the thirty days and moves the day by which the decision is due.
    pub in_time: bool,
}

/// Whom an application waits for, and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// 青空クリニックの主治医意見書.
    pub what: String,
    /// Days so far, today included.
    pub days: i64,
    /// Days it usually takes.
    pub usual_days: Option<i64>,
    /// Whose average: あおば市.
    pub compared_with: String,
}

/// One kind of papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// The word: 証.
    pub label: String,
    /// A few words beside it: 残り 132,000円.
    pub note: String,
    /// Address.
    pub href: String,
    /// It is chosen.
    pub current: bool,
    /// The reader may know that it exists, but may not see it now.
    pub locked: bool,
}

/// What a tab shows; several papers stand beside each other.
#[derive(Debug, Clone, Default)]
pub struct Panel {
    /// Papers, newest first.
    pub papers: Vec<Paper>,
    /// Balances of home modification and equipment.
    pub balances: Vec<Balance>,
    /// Earlier papers.
    pub history: Vec<HistoryLine>,
    /// What is not shown, and why.
    pub hidden: Vec<HiddenLine>,
    /// What to say when there is nothing.
    pub empty: String,
    /// Address of the page about the gates.
    pub why: Option<String>,
    /// Address of the state on earlier days.
    pub earlier: Option<String>,
    /// Address of everything on paper.
    pub print: Option<String>,
    /// Address where the office ends its registration.
    pub end: Option<String>,
}

impl Panel {
    /// Nothing at all is shown.
    pub fn is_empty(&self) -> bool {
        self.papers.is_empty()
            && self.balances.is_empty()
            && self.history.is_empty()
            && self.hidden.is_empty()
    }
}

/// One version of one paper, ready to be read.
#[derive(Debug, Clone)]
pub struct Paper {
    /// 介護保険被保険者証.
    pub title: String,
    /// 有効, 期限切れ, 前回 …
    pub badge: Option<Badge>,
    /// Parts of the paper.
    pub sections: Vec<Section>,
    /// Hard words of this paper.
    pub terms: Vec<Term>,
    /// Who made it.
    pub author: String,
    /// When it came.
    pub received_at: AtMs,
    /// Version, from 1.
    pub version: i64,
    /// Earlier versions, comparison.
    pub links: Vec<Link>,
}

/// Part of a paper.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Heading; may be empty.
    pub heading: String,
    /// Items.
    pub rows: Vec<PaperRow>,
    /// Running text, line breaks kept; may be empty.
    pub text: String,
}

/// One item of a paper.
#[derive(Debug, Clone, Default)]
pub struct PaperRow {
    /// Its name.
    pub label: String,
    /// Its value in words.
    pub value: String,
    /// An explanation; may be empty.
    pub note: String,
    /// Differs from the paper it is compared with.
    pub changed: bool,
}

impl PaperRow {
    /// An item without explanation.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        let (note, changed) = (String::new(), false);
        Self { label: label.into(), value: value.into(), note, changed }
    }
}

/// What is left of a limit (残りの額), whole yen.
#[derive(Debug, Clone)]
pub struct Balance {
    /// 住宅改修費.
    pub title: String,
    /// Limit.
    pub limit_yen: i64,
    /// Used so far.
    pub used_yen: i64,
    /// Left.
    pub left_yen: i64,
    /// Of what period: 令和8年度, 一生に一度.
    pub period: String,
    /// Day of the insurer's record.
    pub as_of: Date,
    /// What may not be in it yet.
    pub caution: String,
    /// Uses so far.
    pub uses: Vec<Use>,
}

/// One use of a limit.
#[derive(Debug, Clone)]
pub struct Use {
    /// Day.
    pub on: Date,
    /// 手すりの取り付け（トイレ）.
    pub what: String,
    /// Cost, whole yen.
    pub cost_yen: i64,
}

/// One line of the history.
#[derive(Debug, Clone)]
pub struct HistoryLine {
    /// Day.
    pub on: Date,
    /// Kind of paper.
    pub kind: DocumentKind,
    /// What it says, in a few words.
    pub what: String,
    /// Address.
    pub href: String,
}
