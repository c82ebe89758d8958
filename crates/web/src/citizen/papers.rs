//! `/my/papers` and `/my/progress`: one's own papers, and where the application stands.

use axum::extract::State as Extract;
use axum::response::IntoResponse;
use axum::routing::get;
use http::HeaderMap;
use tasuki_core::event::Action;

use super::entry::{Mine, Refusal};
use super::frame;
use crate::page::citizen::{CitizenPapersPage, CitizenProgressPage};
use crate::page::{Crumb, Rendered, paths};
use crate::paper;
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::view;

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::CITIZEN_PAPERS, Guard::Mine, || get(papers)),
    Route::get(paths::CITIZEN_PAPERS_PRINT, Guard::Mine, || get(print)),
    Route::get(paths::CITIZEN_PROGRESS, Guard::Mine, || get(progress)),
];

async fn papers(
    Extract(state): Extract<State>,
    mine: Mine,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let look = mine.look(&state, Action::Look).await?;
    let shell = frame::shell(&state, &mine.signed, &headers, "わたしの書類");
    let groups = view::citizen::groups(&look, state.now().date());
    let print = Some(paths::CITIZEN_PAPERS_PRINT);
    Ok(Rendered::new(CitizenPapersPage { shell, whose: None, groups, print }))
}

/// The same on one sheet, with name and number; recorded as a print.
async fn print(
    Extract(state): Extract<State>,
    mine: Mine,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let look = mine.look(&state, Action::Print).await?;
    let mut shell = frame::shell(&state, &mine.signed, &headers, "印刷する");
    let papers =
        Crumb { label: "わたしの書類".to_owned(), href: paths::CITIZEN_PAPERS.to_owned() };
    shell.crumbs.push(papers);
    let person = &look.basics.person;
    let whose = format!(
        "{} さん（{}）　被保険者番号 {}　{}",
        person.name.kanji.expose(),
        person.name.kana.expose(),
        person.key.insured.grouped(),
        look.basics.insurer.name,
    );
    let groups = view::citizen::groups(&look, state.now().date());
    Ok(Rendered::new(CitizenPapersPage { shell, whose: Some(whose), groups, print: None }))
}

async fn progress(
    Extract(state): Extract<State>,
    mine: Mine,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let look = mine.look(&state, Action::Look).await?;
    let shell = frame::shell(&state, &mine.signed, &headers, "申請のようす");
    let today = state.now().date();
    let progress = paper::running_progress(&look.papers, &look.averages, &look.basics, today);
    let results = view::citizen::results(&look, today);
    Ok(Rendered::new(CitizenProgressPage { shell, progress, results }))
}
