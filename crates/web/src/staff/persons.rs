//! `/persons`: my persons (わたしの利用者), what needs attention first.

use axum::extract::{Query, State as Extract};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use http::HeaderMap;
use serde::Deserialize;
use tasuki_app::attention::Matter;
use tasuki_app::persons::{self, Line};
use tasuki_core::date::{age_on, days_until};
use tasuki_core::word::Word;
use tasuki_formats::characters::search_key;

use super::frame::{self, Title};
use crate::page::persons::{Filter, PersonLine, PersonsPage};
use crate::page::{Link, Pager, Rendered, Tone, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{Posted, Refusal, Staff};
use crate::view::facts;

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::PERSONS, Guard::Staff, || get(list)),
    Route::post(paths::PERSONS, Guard::Staff, || post(search)),
];

/// Persons of one page.
const PAGE: usize = 50;

/// How the list is narrowed, sorted and turned.
#[derive(Debug, Default, Deserialize)]
struct Ask {
    #[serde(default)]
    filter: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    page: usize,
}

async fn list(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<impl IntoResponse, Problem> {
    page(&state, &staff, &headers, &ask, "").await
}

/// Searches by reading. The reading is posted, so that no name stands in an address.
async fn search(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<impl IntoResponse, Refusal> {
    let page = page(&state, &by, &headers, &Ask::default(), fields.get("kana")).await;
    page.map_err(Refusal::Problem)
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    ask: &Ask,
    search: &str,
) -> Result<impl IntoResponse + use<>, Problem> {
    let title = Title {
        title: "わたしの利用者",
        nav: paths::PERSONS,
        help: &["担当の利用者を、急ぐものから順に見ます。", "名前のよみでさがします。"],
        ..Title::default()
    };
    let mut shell = frame::shell(state, staff, headers, title).await?;
    frame::name_by_menu(&mut shell);
    let mut lines = persons::list(&state.app, staff.caller(), state.now()).await?;
    let filters = filters(&lines, &ask.filter);
    let key = search_key(search);
    lines.retain(|line| keeps(line, &ask.filter) && has_reading(line, &key));
    sort(&mut lines, &ask.sort);
    let total = lines.len();
    let first = ask.page.saturating_mul(PAGE).min(total);
    let shown = lines.iter().skip(first).take(PAGE);
    let lines: Vec<_> = shown.map(|line| person_line(state, staff, line)).collect();
    Ok(Rendered::new(PersonsPage {
        shell,
        person: frame::person(staff),
        search: search.to_owned(),
        narrowed: !ask.filter.is_empty(),
        filters,
        pager: pager(ask, first, lines.len(), total),
        lines,
    }))
}

fn has_reading(line: &Line, key: &str) -> bool {
    key.is_empty() || search_key(line.person.name.kana.expose()).contains(key)
}

/// The word of the filter for persons whose consent is missing.
const NO_CONSENT: &str = "no_consent";

fn keeps(line: &Line, filter: &str) -> bool {
    match Matter::from_word(filter) {
        Some(matter) => line.attention.iter().any(|found| found.matter == matter),
        None => filter != NO_CONSENT || line.lacks_consent,
    }
}

/// すべて, then each matter that somebody has, in words.
fn filters(lines: &[Line], current: &str) -> Vec<Filter> {
    let filter = |label: &str, word: &str| Filter {
        label: label.to_owned(),
        count: lines.iter().filter(|line| keeps(line, word)).count(),
        href: match word {
            "" => paths::PERSONS.to_owned(),
            word => format!("{}?filter={word}", paths::PERSONS),
        },
        current: word == current,
    };
    let mut filters = vec![filter("すべて", "")];
    filters.extend(Matter::ALL.iter().map(|matter| filter(matter.japanese(), matter.word())));
    filters.push(filter("同意がまだの方", NO_CONSENT));
    filters.retain(|filter| filter.count > 0 || filter.current || filter.href == paths::PERSONS);
    filters
}

fn sort(lines: &mut [Line], by: &str) {
    match by {
        "kana" => {
            lines.sort_by(|a, b| a.person.name.kana.expose().cmp(b.person.name.kana.expose()))
        }
        "end" => lines.sort_by_key(|line| (line.certified_until.is_none(), line.certified_until)),
        _ => {}
    }
}

fn pager(ask: &Ask, first: usize, shown: usize, total: usize) -> Pager {
    if total <= PAGE {
        return Pager::default();
    }
    let href = |page: usize| {
        format!(
            "{}?filter={}&sort={}&page={page}",
            paths::PERSONS,
            word(&ask.filter),
            word(&ask.sort)
        )
    };
    Pager {
        range: format!("{}〜{}人め（全{total}人）", first + 1, first + shown),
        previous: ask.page.checked_sub(1).map(href),
        next: (first + shown < total).then(|| href(ask.page + 1)),
    }
}

/// Only a word goes back into an address.
fn word(text: &str) -> &str {
    if text.chars().all(|c| c.is_ascii_lowercase() || c == '_') { text } else { "" }
}

fn person_line(state: &State, staff: &Staff, line: &Line) -> PersonLine {
    let today = state.now().date();
    let href = staff.address(state, &line.person.key);
    let (tone, thing, on) = match line.attention.first() {
        Some(first) => {
            (facts::tone(first.matter), first.matter.japanese().to_owned(), Some(first.on))
        }
        None if line.lacks_consent => (Tone::Key, "同意がまだありません".to_owned(), None),
        None => (Tone::Plain, "急ぐことはありません".to_owned(), line.certified_until),
    };
    let first = line.attention.first();
    let action = first.and_then(|first| facts::action(first.matter, &href));
    let action = match action {
        Some(action) => action,
        None if first.is_none() && line.lacks_consent => {
            Link::new("同意をもらう", format!("{href}/consent"))
        }
        None => Link::new("開く", href.clone()),
    };
    // What has happened has a date; only what ends has days left.
    let counts = first.is_none_or(|first| first.matter != Matter::ProgressMoved);
    PersonLine {
        name: line.person.name.clone(),
        age: age_on(line.person.birth_date, today),
        level: line.care_level.map_or("認定なし", |level| level.japanese()).to_owned(),
        href,
        tone,
        thing,
        on,
        days: on.filter(|_| counts).map(|on| days_until(today, on)),
        action,
    }
}
