//! `/persons/{handle}`: the person page, its print view, and why things are shown or not.

use axum::extract::{Path, Query, State as Extract};
use axum::response::IntoResponse;
use axum::routing::get;
use http::HeaderMap;
use jiff::civil::Date;
use serde::Deserialize;
use tasuki_app::look::{self, Ask, Look};
use tasuki_core::date::AtMs;
use tasuki_core::event::Action;
use tasuki_core::word::Word;

use super::frame::{self, Title};
use crate::page::person::{Panel, PersonPage};
use crate::page::why::{WhyKind, WhyPage};
use crate::page::{Link, Rendered, Shell, paths};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::Staff;
use crate::view::person::{Frame, page};
use crate::view::tab::{self, Tab};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/persons/{handle}", Guard::Person, || get(show)),
    Route::get("/persons/{handle}/print", Guard::Person, || get(print)),
    Route::get("/persons/{handle}/why", Guard::Person, || get(why)),
];

const HELP: &[&str] = &[
    "サービスの前に、要介護度・負担割合・限度額認定とその期限を確かめます。",
    "認定の申請がどこまで進んだか見ます。",
    "書類を選んで読み、印刷します。",
    "見られない書類は、その理由を確かめます。",
];

/// What of a person is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PersonQuery {
    #[serde(default)]
    tab: String,
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    compare: String,
}

async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
    Path(handle): Path<String>,
    Query(query): Query<PersonQuery>,
) -> Result<impl IntoResponse, Problem> {
    let tab = Tab::from_word(&query.tab).unwrap_or(Tab::Certificates);
    let as_of = earlier_day(&query.as_of, state.now())?;
    let ask = Ask { all_versions: tab == Tab::History, ..usual(&staff, as_of)? };
    let mut opened = open_as(&state, &staff, &handle, as_of, ask).await?;
    let tab = match opened.look.own_papers_only && query.tab.is_empty() {
        true => opened.look.papers.first().map_or(tab, |paper| Tab::of(paper.kind)),
        false => tab,
    };
    let history = match tab {
        Tab::History => tab::history(&opened.look.papers, &opened.base),
        _ => Vec::new(),
    };
    // The rest of the page is about what is in force.
    opened.look.papers.retain(|paper| !paper.superseded);
    let mut page = opened.page(&state, &staff, &headers, tab, &query).await?;
    page.panel.history = history;
    Ok(Rendered::new(page))
}

/// The whole of what may be seen, on paper; printing is an event of its own.
async fn print(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
    Path(handle): Path<String>,
    Query(query): Query<PersonQuery>,
) -> Result<impl IntoResponse, Problem> {
    let as_of = earlier_day(&query.as_of, state.now())?;
    let ask = Ask { action: Action::Print, ..usual(&staff, as_of)? };
    let opened = open_as(&state, &staff, &handle, as_of, ask).await?;
    let mut page = opened.page(&state, &staff, &headers, Tab::Certificates, &query).await?;
    let day = opened.as_of.unwrap_or_else(|| state.now().date());
    page.tabs.clear();
    page.panel = opened.everything(day);
    Ok(Rendered::new(page))
}

/// The answer of every gate for each kind of paper.
async fn why(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
    Path(handle): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let opened = open(&state, &staff, &handle).await?;
    let name = opened.name();
    let title = Title {
        title: "なぜ見えるか・見えないか",
        nav: paths::PERSONS,
        crumbs: &[("わたしの利用者", paths::PERSONS), (&name, &opened.base)],
        help: &["書類ごとに、5つの条件のどれを満たしているか確かめます。"],
    };
    let kinds = opened.look.answers.iter().map(|answer| WhyKind {
        kind: answer.kind,
        shown: answer.is_permitted(),
        lines: answer.lines(),
    });
    Ok(Rendered::new(WhyPage {
        shell: frame::shell(&state, &staff, &headers, title).await?,
        name: opened.look.basics.person.name.kanji.expose().to_owned(),
        kinds: kinds.collect(),
        back: Link::new("利用者の画面にもどる", opened.base.clone()),
    }))
}

/// A person that was opened, with where they stand.
pub(super) struct Opened {
    pub(super) look: Look,
    pub(super) base: String,
    pub(super) as_of: Option<Date>,
}

/// Opens the person of a handle for a form: basics and answers, no paper.
pub(super) async fn open(state: &State, staff: &Staff, handle: &str) -> Result<Opened, Problem> {
    let ask = Ask { papers: false, ..usual(staff, None)? };
    open_as(state, staff, handle, None, ask).await
}

/// The usual look of a member of staff, at the end of an earlier day when one is given.
fn usual(staff: &Staff, as_of: Option<Date>) -> Result<Ask, Problem> {
    Ok(Ask { as_of: as_of.map(end_of), ..Ask::now(&staff.visitor()?) })
}

async fn open_as(
    state: &State,
    staff: &Staff,
    handle: &str,
    as_of: Option<Date>,
    ask: Ask,
) -> Result<Opened, Problem> {
    let person = staff.person(state, handle)?;
    let visitor = staff.visitor()?;
    let look = look::open(&state.app, &visitor, &person, ask, state.now()).await?;
    Ok(Opened { look, base: format!("{}/{handle}", paths::PERSONS), as_of })
}

/// The day of an address (`YYYY-MM-DD`); today and later days are now.
fn earlier_day(text: &str, now: AtMs) -> Result<Option<Date>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let day: Date = text.parse().map_err(|_| Problem::new(Code::BadRequest))?;
    Ok((day < now.date()).then_some(day))
}

/// The last millisecond of a day.
fn end_of(day: Date) -> AtMs {
    AtMs::start_of(day.tomorrow().unwrap_or(day)).plus_ms(-1)
}

impl Opened {
    /// The person's name with さん, for the way back.
    pub(super) fn name(&self) -> String {
        format!("{} さん", self.look.basics.person.name.kanji.expose())
    }

    /// The frame of a page about this person.
    pub(super) async fn shell(
        &self,
        state: &State,
        staff: &Staff,
        headers: &HeaderMap,
        title: &str,
        help: &'static [&'static str],
    ) -> Result<Shell, Problem> {
        let name = self.name();
        let crumbs = &[("わたしの利用者", paths::PERSONS), (name.as_str(), self.base.as_str())];
        let title = Title { title, nav: paths::PERSONS, crumbs, help };
        frame::shell(state, staff, headers, title).await
    }

    async fn page(
        &self,
        state: &State,
        staff: &Staff,
        headers: &HeaderMap,
        tab: Tab,
        query: &PersonQuery,
    ) -> Result<PersonPage, Problem> {
        let name = self.name();
        let crumbs = &[("わたしの利用者", paths::PERSONS)];
        let title = Title { title: &name, nav: paths::PERSONS, crumbs, help: HELP };
        let frame = Frame {
            shell: frame::shell(state, staff, headers, title).await?,
            base: self.base.clone(),
            tab,
            compare: query.compare == "yes",
            as_of: self.as_of,
            now: state.now(),
        };
        let mut page = page(&state.app, staff.caller(), &self.look, frame);
        let is_office = staff.caller().provider.is_some();
        let is_office = is_office && !self.look.own_papers_only;
        page.panel.end = is_office.then(|| format!("{}/end", self.base));
        Ok(page)
    }

    /// All papers and balances, for print.
    fn everything(&self, day: Date) -> Panel {
        let mut panel = Panel::default();
        for tab in Tab::ALL.iter().copied().filter(|tab| *tab != Tab::History) {
            let (as_of, compare) = (self.as_of, false);
            let ask = tab::Ask { tab, base: &self.base, consent: None, day, as_of, compare };
            let one = tab::panel(&self.look, ask);
            panel.papers.extend(one.papers);
            panel.balances.extend(one.balances);
        }
        panel
    }
}
