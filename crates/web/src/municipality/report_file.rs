//! The findings of a transfer as a file, streamed page by page.

use axum::body::Body;
use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use http::header;
use tasuki_app::caller;
use tasuki_app::ingestion::report;
use tasuki_core::word::Word;
use tasuki_formats::municipal::Finding;

use crate::problem::Problem;
use crate::server::State;
use crate::session::MunicipalStaff;

/// Findings read at once.
const AT_ONCE: u16 = 1_000;

/// Where the next findings begin.
type Place = Option<(String, i64, i64)>;

/// How findings are written.
pub(crate) struct Form {
    ending: &'static str,
    kind: &'static str,
    head: &'static str,
    line: fn(&str, &Finding) -> String,
}

impl Form {
    /// One line each, for a spreadsheet.
    pub(crate) const CSV: Self = Self {
        ending: "csv",
        kind: "text/csv; charset=utf-8",
        head: "\u{feff}file,line,column,rule,value_class,mend\r\n",
        line: csv_line,
    };

    /// One JSON object a line (JSON Lines), so that a long report need not be held whole.
    pub(crate) const LINES: Self =
        Self { ending: "json", kind: "application/x-ndjson", head: "", line: json_line };
}

pub(super) async fn csv(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    Path(sequence): Path<i64>,
) -> Result<Response, Problem> {
    file(state, staff.0.0.staff, sequence, Form::CSV).await
}

pub(super) async fn json(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    Path(sequence): Path<i64>,
) -> Result<Response, Problem> {
    file(state, staff.0.0.staff, sequence, Form::LINES).await
}

/// The findings of a transfer of the insurer that `staff` works for.
pub(crate) async fn file(
    state: State,
    staff: caller::Staff,
    sequence: i64,
    Form { ending, kind, head, line }: Form,
) -> Result<Response, Problem> {
    // Asked before the answer begins, so that an unknown transfer is a 404.
    report::get(&state.app, &staff, sequence).await?;
    let start: Option<Place> = Some(None);
    let pages = stream::try_unfold(start, move |place| {
        let (state, staff) = (state.clone(), staff.clone());
        async move {
            let Some(after) = place else { return Ok::<_, std::io::Error>(None) };
            let page = report::findings(&state.app, &staff, sequence, after, AT_ONCE).await;
            let page = page.map_err(std::io::Error::other)?;
            let text: String =
                page.findings.iter().map(|(file, finding)| line(file, finding)).collect();
            Ok(Some((Bytes::from(text), page.next.map(Some))))
        }
    });
    let head = stream::once(async move { Ok(Bytes::from_static(head.as_bytes())) });
    let body = Body::from_stream(futures_util::StreamExt::chain(head, pages));
    let name = format!("attachment; filename=\"transfer_{sequence:06}_report.{ending}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], body)
        .into_response())
}

fn csv_line(file: &str, finding: &Finding) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    format!(
        "{},{},{},{},{},{}\r\n",
        quoted(file),
        finding.line,
        quoted(finding.column.as_deref().unwrap_or_default()),
        finding.rule.word(),
        quoted(&finding.value_class),
        quoted(&finding.mend),
    )
}

fn json_line(file: &str, finding: &Finding) -> String {
    let line = serde_json::json!({
        "file": file,
        "line": finding.line,
        "column": finding.column,
        "rule": finding.rule.word(),
        "value_class": finding.value_class,
        "mend": finding.mend,
    });
    format!("{line}\n")
}
