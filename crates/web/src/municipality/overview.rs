//! `/municipality`: what came, what waits, what is late.

use axum::extract::State as Extract;
use axum::response::IntoResponse;
use http::HeaderMap;
use tasuki_app::municipality::{self, Overview};
use tasuki_core::date::wareki_day;
use tasuki_core::insurer::Insurer;
use tasuki_core::word::Word;
use tasuki_store::certification::{AveragedStep, StepAverage};

use super::transfers;
use crate::page::municipality::{Average, Bar, OverviewPage, Todo};
use crate::page::{Link, Rendered, Tone, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::session::MunicipalStaff;
use crate::staff::frame::{self, Title};

/// Days within which the law wants a decision, in tenths of a day.
const LAW_TENTH_DAYS: i64 = 300;

pub(super) async fn show(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let title = Title {
        title: "きょうのようす",
        nav: paths::MUNICIPALITY,
        help: &[
            "送ったファイルがどう取り込まれたか確かめます。",
            "認定がどこで待っているか、遅れていないか見ます。",
            "ご本人からの問い合わせに答えます。",
        ],
        ..Title::default()
    };
    let shell = frame::shell(&state, &staff.0, &headers, title).await?;
    let seen = municipality::overview(&state.app, staff.0.caller(), state.now()).await?;
    let transfer = transfers::newest(&state, &staff.0).await?;
    Ok(Rendered::new(OverviewPage {
        shell,
        todos: todos(&seen),
        connected: connected(&seen.insurer.insurer),
        transfer,
        running: seen.running,
        most: seen.running.max(1),
        overdue: seen.overdue,
        turns: seen
            .turns
            .iter()
            .map(|(turn, count)| Bar {
                label: turn.japanese(),
                count: *count,
                href: format!("{}?turn={}", paths::PROGRESS, turn.word()),
            })
            .collect(),
        averages: seen.averages.iter().map(average).collect(),
        certified: seen.consents.certified,
        with_consent: seen.consents.with_consent,
        consented: match seen.consents.certified {
            0 => 0,
            certified => seen.consents.with_consent.saturating_mul(1_000) / certified,
        },
    }))
}

/// Since when there is data, or why not yet.
pub(super) fn connected(insurer: &Insurer) -> String {
    match (insurer.connected_since, &insurer.not_connected_because) {
        (Some(since), _) => format!("{}からのデータがあります。", wareki_day(since)),
        (None, Some(why)) => format!("まだつながっていません：{why}"),
        (None, None) => "まだつながっていません。".to_owned(),
    }
}

fn average(average: &StepAverage) -> Average {
    let tenths = average.tenth_days;
    Average {
        label: average.step.japanese(),
        days: format!("{}.{}", tenths / 10, (tenths % 10).abs()),
        cases: average.cases,
        late: average.step == AveragedStep::Total && tenths > LAW_TENTH_DAYS,
    }
}

fn todos(seen: &Overview) -> Vec<Todo> {
    let todo =
        |tone, text, label: &str, href: &str| Todo { tone, text, link: Link::new(label, href) };
    let mut todos = Vec::new();
    if seen.overdue > 0 {
        let text = format!("決定の期限を過ぎた認定が{}件あります。", seen.overdue);
        todos.push(todo(Tone::Bad, text, "見る", "/municipality/queue?overdue=yes"));
    }
    if seen.objections > 0 {
        let text = format!("ご本人からの問い合わせが{}件、回答を待っています。", seen.objections);
        todos.push(todo(Tone::Warn, text, "答える", paths::OBJECTIONS));
    }
    if seen.notices > 0 {
        let text = format!("まだ読んでいないお知らせが{}件あります。", seen.notices);
        todos.push(todo(Tone::Key, text, "読む", paths::NOTICES));
    }
    todos
}
