//! `/notices`: what the platform tells an organisation (お知らせ); never personal data.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::notice::{self, Notice};

use super::frame::{self, Title};
use crate::flash::{self, Done};
use crate::page::plain::{Cell, ListPage, Row};
use crate::page::{Link, Rendered, Tone, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{Posted, Refusal, Staff};

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::NOTICES, Guard::Staff, || get(list)),
    Route::post(paths::NOTICES, Guard::Staff, || post(read)),
];

async fn list(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let notices = notice::list(&state.app, staff.caller()).await?;
    let title = Title {
        title: "お知らせ",
        nav: paths::NOTICES,
        help: &["事業所へのお知らせを、新しいものから順に見ます。"],
        ..Title::default()
    };
    let unread = notices.iter().any(|notice| notice.read_at.is_none());
    let mark = Link::new("すべて既読にする", paths::NOTICES);
    Ok(Rendered::new(ListPage {
        shell: frame::shell(&state, &staff, &headers, title).await?,
        intro: Vec::new(),
        actions: Vec::new(),
        columns: vec!["いつ", "内容", "状態"],
        rows: notices.iter().map(row).collect(),
        empty: ("お知らせはありません", "何かあると、ここに表示されます。"),
        below: unread.then_some(mark),
    }))
}

fn row(notice: &Notice) -> Row {
    let (text, link) = words(&notice.code);
    let text = announced(notice).unwrap_or_else(|| text.to_owned());
    Row {
        cells: vec![
            Cell::Moment(notice.made_at),
            Cell::text(text),
            match notice.read_at {
                Some(_) => Cell::badge(Tone::Plain, "既読"),
                None => Cell::badge(Tone::Key, "新しい"),
            },
        ],
        links: link.into_iter().collect(),
        ..Row::default()
    }
}

/// The operator's own words.
fn announced(notice: &Notice) -> Option<String> {
    let params: serde_json::Value = serde_json::from_str(&notice.params).ok()?;
    (notice.code == "announcement").then(|| params.get("text")?.as_str().map(str::to_owned))?
}

/// What a notice says, and where it is dealt with.
fn words(code: &str) -> (&'static str, Option<Link>) {
    match code {
        "access-lost" => (
            "見られなくなった情報があります。「わたしの利用者」で確かめてください。",
            Some(Link::new("わたしの利用者", paths::PERSONS)),
        ),
        "emergency-review" => (
            "緊急時の閲覧がありました。管理者が点検してください。",
            Some(Link::new("点検する", super::emergency_review::LIST)),
        ),
        "account-locked" => {
            ("サインインの誤りが続いたため、アカウントを一時的に止めました。", None)
        }
        "objection" => (
            "ご本人から、閲覧についての問い合わせがありました。",
            Some(Link::new("答える", paths::OBJECTIONS)),
        ),
        "device-due" => ("電子証明書の期限が近づいています。更新してください。", None),
        "transfer-published" => ("送られたデータの取り込みが終わりました。", None),
        "transfer-failed" => ("送られたデータの取り込みに失敗しました。", None),
        _ => ("運営からのお知らせがあります。", None),
    }
}

async fn read(
    Extract(state): Extract<State>,
    Posted { by, .. }: Posted,
) -> Result<Response, Refusal> {
    notice::mark_read(&state.app, by.caller(), state.now()).await?;
    Ok(flash::done(paths::NOTICES, Done::NoticesRead))
}
