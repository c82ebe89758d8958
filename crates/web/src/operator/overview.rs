//! `/operator`: health, the head of the log, what ends soon.

use axum::extract::State as Extract;
use axum::response::IntoResponse;
use http::HeaderMap;
use tasuki_app::{names, overview};

use super::place::address;
use crate::page::operator::OverviewPage;
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
    let badge = |ok| match ok {
        true => Badge::new(Tone::Good, "動いています"),
        false => Badge::new(Tone::Bad, "止まっています"),
    };
    Ok(Rendered::new(OverviewPage {
        shell,
        database: badge(seen.probe.reads),
        writer: badge(seen.probe.writes),
        head: seen.head.map(|head| (head.size, head.at, head.root.chars().take(16).collect())),
        insurers: seen.insurers,
        regions: seen.regions,
        tables: version(seen.tables),
        ending,
    }))
}

/// A version of the tables in words.
pub(super) fn version(version: i64) -> String {
    match version {
        0 => "公表された表".to_owned(),
        version => format!("第{version}版"),
    }
}
