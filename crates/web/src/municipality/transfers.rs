//! `/municipality/transfers`: what was sent and what became of it, line by line.

use axum::extract::{Path, Query, State as Extract};
use axum::response::IntoResponse;
use http::HeaderMap;
use serde::Deserialize;
use tasuki_app::ingestion::report;
use tasuki_core::word::Word;
use tasuki_formats::municipal::{Finding, RecordKind};
use tasuki_store::transfer::{Transfer, TransferFile, TransferState};

use crate::page::municipality::{FileLine, FindingLine, TransferLine, TransferPage, TransfersPage};
use crate::page::{Badge, Pager, Rendered, Tone, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::session::{MunicipalStaff, Staff};
use crate::staff::frame::{self, Title};

/// Transfers of one page.
const PAGE: u16 = 20;

/// Findings of one page.
const FINDINGS: u16 = 100;

/// Where the list begins.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Ask {
    before: Option<i64>,
}

pub(super) async fn list(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<impl IntoResponse, Problem> {
    let title = Title {
        title: "受け取った記録",
        nav: paths::INGESTION,
        help: &[
            "送ったファイルが取り込まれたか確かめます。",
            "直してほしい行を、行と項目で確かめます。",
        ],
        ..Title::default()
    };
    let staff = &staff.0;
    let shell = frame::shell(&state, staff, &headers, title).await?;
    let found = report::list(&state.app, staff.caller(), ask.before, PAGE).await?;
    let full = found.len() == usize::from(PAGE);
    let last = found.last().map(|transfer| transfer.sequence).filter(|_| full);
    let next = last.map(|before| format!("{}?before={before}", paths::INGESTION));
    let mut lines = Vec::with_capacity(found.len());
    for transfer in found {
        let report = report::get(&state.app, staff.caller(), transfer.sequence).await?;
        lines.push(line(&report.transfer, &report.files));
    }
    Ok(Rendered::new(TransfersPage { shell, lines, pager: Pager { next, ..Pager::default() } }))
}

/// The newest transfer, for the overview.
pub(super) async fn newest(state: &State, staff: &Staff) -> Result<Option<TransferLine>, Problem> {
    let found = report::list(&state.app, staff.caller(), None, 1).await?;
    let Some(transfer) = found.into_iter().next() else { return Ok(None) };
    let report = report::get(&state.app, staff.caller(), transfer.sequence).await?;
    Ok(Some(line(&report.transfer, &report.files)))
}

fn line(transfer: &Transfer, files: &[TransferFile]) -> TransferLine {
    let sum = |of: fn(&TransferFile) -> i64| files.iter().map(of).sum();
    let tone = match transfer.state {
        TransferState::Receiving => Tone::Key,
        TransferState::Published => Tone::Good,
        TransferState::Failed => Tone::Bad,
    };
    TransferLine {
        sequence: transfer.sequence,
        href: format!("{}/{}", paths::INGESTION, transfer.sequence),
        scope: transfer.scope.japanese(),
        state: Badge::new(tone, transfer.state.japanese()),
        started_at: transfer.started_at,
        published_at: transfer.published_at,
        taken: sum(|file| file.taken),
        unchanged: sum(|file| file.unchanged),
        refused: sum(|file| file.refused),
    }
}

/// Where the findings begin.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Place {
    file: Option<String>,
    line: Option<i64>,
    number: Option<i64>,
}

pub(super) async fn show(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    headers: HeaderMap,
    Path(sequence): Path<i64>,
    Query(place): Query<Place>,
) -> Result<impl IntoResponse, Problem> {
    let staff = &staff.0;
    let found = report::get(&state.app, staff.caller(), sequence).await?;
    let name = format!("第{sequence}回の取り込み");
    let title = Title {
        title: &name,
        nav: paths::INGESTION,
        crumbs: &[("受け取った記録", paths::INGESTION)],
        help: &[
            "ファイルごとの行数を確かめます。",
            "直してほしい行の一覧を、CSVやJSONで受け取ります。",
        ],
    };
    let shell = frame::shell(&state, staff, &headers, title).await?;
    let after = place
        .file
        .map(|file| (file, place.line.unwrap_or_default(), place.number.unwrap_or_default()));
    let page = report::findings(&state.app, staff.caller(), sequence, after, FINDINGS).await?;
    let next = page.next.map(|(file, line, number)| {
        // File names of the protocol hold letters, digits, dots and underscores only.
        format!("{}/{sequence}?file={file}&line={line}&number={number}#findings", paths::INGESTION)
    });
    Ok(Rendered::new(TransferPage {
        shell,
        transfer: line(&found.transfer, &found.files),
        running: found.transfer.state == TransferState::Receiving,
        files: found.files.iter().map(file_line).collect(),
        rules: found.findings.iter().map(|(rule, count)| (rule.japanese(), *count)).collect(),
        findings: page.findings.into_iter().map(finding_line).collect(),
        pager: Pager { next, ..Pager::default() },
    }))
}

fn file_line(file: &TransferFile) -> FileLine {
    let kind = RecordKind::from_word(&file.kind);
    FileLine {
        name: file.name.clone(),
        kind: kind.map_or_else(|| file.kind.clone(), |kind| kind.japanese().to_owned()),
        lines_done: file.lines_done,
        taken: file.taken,
        unchanged: file.unchanged,
        refused: file.refused,
        state: match (file.complete, file.lines_done) {
            (true, _) => Badge::new(Tone::Good, "終わり"),
            (false, 0) => Badge::new(Tone::Plain, "これから"),
            (false, _) => Badge::new(Tone::Key, "取り込み中"),
        },
    }
}

fn finding_line((file, finding): (String, Finding)) -> FindingLine {
    FindingLine {
        file,
        line: finding.line,
        column: finding.column.unwrap_or_default(),
        value_class: finding.value_class,
        mend: finding.mend,
        warning: finding.rule.is_warning(),
    }
}
