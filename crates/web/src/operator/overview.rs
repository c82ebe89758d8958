//! `/operator`: health, the head of the log, what ends soon.

use axum::extract::State as Extract;
use axum::response::IntoResponse;
use http::HeaderMap;
use tasuki_app::health::{Check, Verdict};
use tasuki_app::{names, overview};
use tasuki_core::account::Organisation;
use tasuki_store::event_log::{LogError, SignedHead};

use super::place::address;
use crate::page::operator::{LogHead, OverviewPage};
use crate::page::{Badge, Rendered, Tone, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::session::OperatorStaff;
use crate::staff::frame::{self, Title};

pub(super) async fn show(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let title = Title {
        title: "全体のようす",
        nav: paths::OVERVIEW,
        help: &["動いているか、何が終わりそうか確かめます。"],
        ..Title::default()
    };
    let shell = frame::shell(&state, &staff.0, &headers, title).await?;
    let seen = overview::overview(&state.app, staff.0.caller(), state.now()).await?;
    let mut ending = Vec::with_capacity(seen.ending.len());
    for device in seen.ending {
        let name = names::of(&state.app, &device.organisation).await?;
        let href = address(paths::DEVICES, &device.organisation);
        ending.push((name, device.name, device.not_after, href));
    }
    let mut transfers = Vec::with_capacity(seen.transfers.len());
    for transfer in seen.transfers {
        let insurer = Organisation::Insurer(transfer.insurer);
        let name = names::of(&state.app, &insurer).await?;
        transfers.push((name, transfer.sequence, transfer.started_at));
    }
    let badge = |ok| match ok {
        true => Badge::new(Tone::Good, "動いています"),
        false => Badge::new(Tone::Bad, "止まっています"),
    };
    Ok(Rendered::new(OverviewPage {
        shell,
        database: badge(seen.probe.reads),
        writer: badge(seen.probe.writes),
        queue: seen.queue,
        machine: machine(&state),
        head: seen.head.map(head),
        transfers,
        insurers: seen.insurers,
        regions: seen.regions,
        tables: version(seen.tables),
        ending,
    }))
}

/// The head of the log, checked just now, in words.
fn head(checked: Result<SignedHead, LogError>) -> LogHead {
    let wrong = |word: &str| Badge::new(Tone::Bad, word);
    let state = match &checked {
        Ok(_) => Badge::new(Tone::Good, "署名と新しい記録が合っています"),
        Err(LogError::Signature) => wrong("署名が合いません"),
        Err(LogError::Count { .. } | LogError::Gap(_)) => wrong("記録が足りません"),
        Err(LogError::Root) => wrong("記録が書きかえられています"),
    };
    let signed = checked.ok();
    LogHead { state, signed: signed.map(|head| (head.size, head.at)) }
}

/// What only this machine tells: its disk, the certificates in use.
fn machine(state: &State) -> Vec<(&'static str, Badge)> {
    let checks = state.machine.as_ref().map(|machine| machine(state.now())).unwrap_or_default();
    let line = |check: Check| {
        let name = match check.name {
            "disk" => "空き容量",
            "authority" => "認証局の証明書",
            "server" => "サーバーの証明書",
            "neighbours" => "接続用の証明書",
            _ => "そのほか",
        };
        let badge = match check.verdict {
            Verdict::Ok => Badge::new(Tone::Good, "よい"),
            Verdict::Soon => Badge::new(Tone::Warn, "まもなく手当てがいります"),
            Verdict::Bad => Badge::new(Tone::Bad, "すぐに手当てがいります"),
        };
        (name, badge)
    };
    checks.into_iter().map(line).collect()
}

/// A version of the tables in words.
pub(super) fn version(version: i64) -> String {
    match version {
        0 => "公表された表".to_owned(),
        version => format!("第{version}版"),
    }
}
