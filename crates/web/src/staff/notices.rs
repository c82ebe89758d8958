//! `/notices`: what the platform tells an organisation (お知らせ); never personal data.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use serde_json::Value;
use tasuki_app::notice::{self, Notice};
use tasuki_core::date::{AtMs, wareki_day};

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
    let params = serde_json::from_str(&notice.params).unwrap_or_default();
    let (text, link) = words(&notice.code, &params);
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

/// What a notice says, and where it is dealt with.
fn words(code: &str, params: &Value) -> (String, Option<Link>) {
    let (text, link) = match code {
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
        "device-due" => return device_due(params),
        "transfer-published" => return transfer_published(params),
        "transfer-failed" => return transfer_failed(params),
        // The operator's own words.
        "announcement" => {
            (params["text"].as_str().unwrap_or("運営からのお知らせがあります。"), None)
        }
        _ => ("運営からのお知らせがあります。", None),
    };
    (text.to_owned(), link)
}

fn device_due(params: &Value) -> (String, Option<Link>) {
    let name = params["device"].as_str().unwrap_or_default();
    let until = AtMs(params["until"].as_i64().unwrap_or_default()).date();
    let until = wareki_day(until);
    let text =
        format!("電子証明書「{name}」は{until}に使えなくなります。管理者が更新してください。");
    (text, Some(Link::new("証明書を見る", paths::OFFICE_DEVICES)))
}

/// A transfer's page.
fn transfer_link(label: &str, params: &Value) -> (i64, Option<Link>) {
    let sequence = params["sequence"].as_i64().unwrap_or_default();
    let href = format!("{}/{sequence}", paths::INGESTION);
    (sequence, Some(Link::new(label, &href)))
}

fn transfer_published(params: &Value) -> (String, Option<Link>) {
    let (sequence, link) = transfer_link("結果を見る", params);
    let rest = match params["refused"].as_i64().unwrap_or_default() {
        0 => "直すところはありません。".to_owned(),
        lines => format!("直してほしい行が{lines}行あります。"),
    };
    (format!("第{sequence}回のデータを取り込み、反映しました。{rest}"), link)
}

fn transfer_failed(params: &Value) -> (String, Option<Link>) {
    let (sequence, link) = transfer_link("理由を見る", params);
    let text = format!(
        "第{sequence}回のデータは取り込めませんでした。何も変わっていません。\
         理由を確かめて、もう一度送ってください。"
    );
    (text, link)
}

async fn read(
    Extract(state): Extract<State>,
    Posted { by, .. }: Posted,
) -> Result<Response, Refusal> {
    notice::mark_read(&state.app, by.caller(), state.now()).await?;
    Ok(flash::done(paths::NOTICES, Done::NoticesRead))
}
