//! `/operator/offices/import`: offices from the public register (公開データからの取り込み).

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use tasuki_app::caller::By;
use tasuki_app::office;

use crate::page::operator::{ImportPage, ImportReport};
use crate::page::{Form, Rendered, paths};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::session::{OperatorStaff, Refusal, Uploaded};
use crate::staff::frame::{self, Title};

/// Findings of an import that the page shows.
const FINDINGS: usize = 200;

const IMPORT: Title<'static> = Title {
    title: "公開データから取り込む",
    nav: paths::PROVIDERS,
    crumbs: &[("事業所・医療機関", paths::PROVIDERS)],
    help: &["公表されている事業所の一覧を取り込みます。止めた事業所は、止めたままです。"],
};

pub(super) async fn form(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let shell = frame::shell(&state, &staff.0, &headers, IMPORT).await?;
    Ok(Rendered::new(ImportPage { shell, form: Form::new(), report: None }))
}

pub(super) async fn take(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    uploaded: Uploaded<OperatorStaff>,
) -> Result<Response, Refusal> {
    let staff = uploaded.by.0.clone();
    let shell = frame::shell(&state, &staff, &headers, IMPORT).await?;
    if uploaded.files.is_empty() {
        let form = Form::new().with_errors(vec![FieldError::new("file", "file")]);
        let page = ImportPage { shell, form, report: None };
        return Ok(Rendered::with_status(page.form.status(), page).into_response());
    }
    let paths = uploaded.files.iter().map(|file| file.path.clone()).collect();
    let by = By::Staff(staff.caller());
    let report = office::import_files(&state.app, by, paths, state.now()).await?;
    let finding = |finding: &tasuki_formats::municipal::Finding| {
        let column = finding.column.clone().unwrap_or_default();
        (finding.line, column, finding.rule.japanese(), finding.mend.clone())
    };
    let report = ImportReport {
        lines: report.lines,
        added: report.added,
        changed: report.changed,
        unchanged: report.unchanged,
        findings: report.findings.iter().take(FINDINGS).map(finding).collect(),
        total: report.findings.len(),
    };
    Ok(Rendered::new(ImportPage { shell, form: Form::new(), report: Some(report) }).into_response())
}
