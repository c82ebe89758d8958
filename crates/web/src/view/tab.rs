//! Tabs of the person page (書類の種類): which kinds stand together, and what a tab shows.

use jiff::civil::Date;
use tasuki_app::look::Look;
use tasuki_core::document::{Body, Document, DocumentKind};
use tasuki_core::words;

use super::hidden;
use crate::page::filters::group;
use crate::page::part::HiddenLine;
use crate::page::person::{Balance, HistoryLine, Panel, Paper, Tab as PageTab};
use crate::page::{Link, Shown};
use crate::paper;

words! {
    /// A tab of the person page.
    pub enum Tab {
        /// Certificates of eligibility.
        Certificates = "certificates", "証";
        /// Progress and result of the certification.
        Progress = "progress", "認定の結果";
        /// Survey sheet.
        Survey = "survey", "認定調査票";
        /// Opinion.
        Opinion = "opinion", "主治医意見書";
        /// Home modification and equipment.
        Benefit = "benefit", "住宅改修・福祉用具";
        /// Care plans.
        CarePlan = "care_plan", "ケアプラン";
        /// LIFE.
        Life = "life", "LIFE";
        /// Every version of every paper.
        History = "history", "履歴";
    }
}

impl Tab {
    /// Kinds of papers that stand in this tab.
    pub fn kinds(self) -> &'static [DocumentKind] {
        use DocumentKind as Kind;
        match self {
            Self::Certificates => &[
                Kind::InsuredCertificate,
                Kind::BurdenRatioCertificate,
                Kind::BurdenLimitCertificate,
                Kind::BurdenReductionCertificate,
            ],
            Self::Progress => &[Kind::CertificationProgress],
            Self::Survey => &[Kind::SurveySheet],
            Self::Opinion => &[Kind::AttendingPhysicianOpinion],
            Self::Benefit => &[Kind::HomeModificationUse, Kind::EquipmentPurchaseUse],
            Self::CarePlan => &[Kind::CarePlan],
            Self::Life => &[Kind::LifeRecord],
            Self::History => &[],
        }
    }

    /// The tab in which a kind stands.
    pub fn of(kind: DocumentKind) -> Self {
        use tasuki_core::word::Word;
        let own = |tab: &&Self| tab.kinds().contains(&kind);
        Self::ALL.iter().find(own).copied().unwrap_or(Self::History)
    }

    fn empty(self) -> &'static str {
        match self {
            Self::CarePlan => "ケアプランは、まだこの基盤で共有されていません。",
            Self::Life => "LIFEの情報は、まだこの基盤で共有されていません。",
            Self::Benefit => "これまでの利用はありません。",
            Self::Certificates | Self::Progress | Self::Survey | Self::Opinion | Self::History => {
                "市町村から届くと、ここに表示されます。"
            }
        }
    }
}

/// What a tab is asked to show.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The chosen tab.
    pub tab: Tab,
    /// Address of the person.
    pub base: &'a str,
    /// Address of the form that takes consent, when the reader may take it.
    pub consent: Option<&'a str>,
    /// The day of the state.
    pub day: Date,
    /// The state of an earlier day was asked for; kept in every address.
    pub as_of: Option<Date>,
    /// Show the paper before beside the newest one.
    pub compare: bool,
}

/// The row of tabs. Kinds that the role never sees have no tab.
pub fn tabs(look: &Look, ask: Ask<'_>) -> Vec<PageTab> {
    use tasuki_core::word::Word;
    let shown = |tab: &&Tab| {
        **tab == Tab::History
            || tab.kinds().iter().any(|kind| {
                look.answer(*kind).is_some_and(|it| it.is_permitted() || it.lacks_only_consent())
            })
    };
    let day = ask.day;
    let page_tab = |tab: &Tab| {
        let answers: Vec<_> = tab.kinds().iter().filter_map(|kind| look.answer(*kind)).collect();
        PageTab {
            label: tab.japanese().to_owned(),
            note: note(look, *tab, day),
            href: format!("{}?tab={}{}", ask.base, tab.word(), as_of(ask)),
            current: *tab == ask.tab,
            locked: !answers.is_empty() && !answers.iter().any(|answer| answer.is_permitted()),
        }
    };
    Tab::ALL.iter().filter(shown).map(page_tab).collect()
}

/// The part of an address that keeps the state of an earlier day.
fn as_of(ask: Ask<'_>) -> String {
    ask.as_of.map(|day| format!("&as_of={day}")).unwrap_or_default()
}

fn note(look: &Look, tab: Tab, day: Date) -> String {
    if tab != Tab::Benefit {
        return String::new();
    }
    let home = balances(look, day).into_iter().next();
    home.map(|home| format!("残り {}円", group(home.left_yen))).unwrap_or_default()
}

/// Balances of home modification and equipment that may be shown.
pub fn balances(look: &Look, day: Date) -> Vec<Balance> {
    let shown = |kind| look.answer(kind).is_some_and(tasuki_app::access::KindAnswer::is_permitted);
    let level = match super::facts::level(look, None, day) {
        Shown::Yes(fact) => Some(fact.level),
        Shown::Absent(_) | Shown::Hidden { .. } => None,
    };
    let moved_on = look.basics.person.moved_from.as_ref().map(|moved| moved.on);
    paper::balances(&look.papers, shown, level, moved_on, day)
}

/// What the chosen tab shows.
pub fn panel(look: &Look, ask: Ask<'_>) -> Panel {
    // Who is not in charge is told no more than what they made.
    let in_charge = |way: &str| (!look.own_papers_only).then(|| format!("{}/{way}", ask.base));
    let mut panel = Panel {
        empty: ask.tab.empty().to_owned(),
        why: in_charge("why"),
        earlier: in_charge("earlier"),
        print: Some(format!("{}/print", ask.base)),
        hidden: hidden_lines(look, ask),
        ..Panel::default()
    };
    match ask.tab {
        // Every version is a look of its own: the handler asks for it.
        Tab::History => {}
        Tab::Benefit => panel.balances = balances(look, ask.day),
        _ => panel.papers = papers(look, ask),
    }
    panel
}

fn hidden_lines(look: &Look, ask: Ask<'_>) -> Vec<HiddenLine> {
    let answers = ask.tab.kinds().iter().filter_map(|kind| look.answer(*kind));
    answers.filter(|it| !it.is_permitted()).map(|it| hidden::line(it, ask.consent)).collect()
}

/// The papers of a tab: of each kind the ones in force, or the newest; of survey and opinion the
/// newest, on demand with the one before beside it.
fn papers(look: &Look, ask: Ask<'_>) -> Vec<Paper> {
    let mut shown = Vec::new();
    for kind in ask.tab.kinds() {
        let mut all = look.of_kind(*kind);
        match ask.tab {
            Tab::Survey | Tab::Opinion | Tab::Progress => {
                let (newest, before) = (all.next(), all.next());
                let Some(newest) = newest else { continue };
                let mut first = paper::paper(newest, before, &look.basics, ask.day);
                if let (Some(before), true) = (before, ask.compare) {
                    shown.push(first);
                    shown.push(paper::paper(before, None, &look.basics, ask.day));
                    continue;
                }
                if before.is_some() {
                    let href = compare_href(ask);
                    first.links.push(Link::new("前回と並べて見る", href));
                }
                shown.push(first);
            }
            _ => shown.extend(in_force(look, *kind, ask.day)),
        }
    }
    shown
}

fn compare_href(ask: Ask<'_>) -> String {
    use tasuki_core::word::Word;
    format!("{}?tab={}&compare=yes{}", ask.base, ask.tab.word(), as_of(ask))
}

/// Papers of a kind that are valid on `day` or will be; the newest when none is.
fn in_force(look: &Look, kind: DocumentKind, day: Date) -> Vec<Paper> {
    let live = |paper: &&Document<Body>| paper.valid_until.is_none_or(|until| day <= until);
    let mut kept: Vec<&Document<Body>> = look.of_kind(kind).filter(live).collect();
    if kept.is_empty() {
        kept.extend(look.of_kind(kind).next());
    }
    kept.into_iter().map(|document| paper::paper(document, None, &look.basics, day)).collect()
}

/// Every version that was opened, newest first; each line leads to the state of its day.
pub fn history(papers: &[Document<Body>], base: &str) -> Vec<HistoryLine> {
    use tasuki_core::word::Word;
    let mut papers: Vec<&Document<Body>> = papers.iter().collect();
    papers.sort_by_key(|paper| std::cmp::Reverse((paper.received_at, paper.version)));
    let line = |paper: &&Document<Body>| {
        let (on, tab) = (paper.received_at.date(), Tab::of(paper.kind));
        HistoryLine {
            on,
            kind: paper.kind,
            what: paper::in_short(paper),
            href: format!("{base}?tab={}&as_of={on}", tab.word()),
        }
    };
    papers.iter().map(line).collect()
}
