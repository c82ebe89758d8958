//! What an operator can change (設定): periods, limits, the sharing table and the table of jobs.
//!
//! Each version is kept. Every instance looks for a newer one from time to time ([`refresh`]), so
//! that a change holds everywhere within that time, and on the instance that made it at once.

use serde::{Deserialize, Serialize};
use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_core::document::DocumentKind;
use tasuki_core::event::{Action, Event, Outcome, Purpose};
use tasuki_core::word::Word;
use tasuki_policy::{Access, Column, Sharing, SharingError};
use tasuki_store::setting::{self as rows, Setting};

use crate::caller::Staff;
use crate::{App, AppError, Settings};

/// Name of the row with periods and limits.
const PERIODS: &str = "periods";

/// Name of the row with both tables.
const SHARING: &str = "sharing";

/// Both tables as texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tables {
    /// `sharing.toml`.
    pub table: String,
    /// `function_jobs.toml`.
    pub jobs: String,
}

impl Tables {
    /// The tables that come with the program.
    pub fn published() -> Self {
        Self {
            table: Sharing::PUBLISHED_TABLE.to_owned(),
            jobs: Sharing::PUBLISHED_JOBS.to_owned(),
        }
    }
}

/// The tables in force.
#[derive(Debug, Clone)]
pub struct Current<T> {
    /// What is in force.
    pub value: T,
    /// Its version; 0 for what comes with the program.
    pub version: i64,
}

/// One cell that a new table changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// Row.
    pub kind: DocumentKind,
    /// Column.
    pub column: Column,
    /// Sign of the table in force.
    pub before: &'static str,
    /// Sign of the new table.
    pub after: &'static str,
}

/// What new tables would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Cells of the sharing table.
    pub cells: Vec<Difference>,
    /// Lines taken out of the table of jobs, with their number.
    pub jobs_out: Vec<(usize, String)>,
    /// Lines new in the table of jobs, with their number.
    pub jobs_in: Vec<(usize, String)>,
}

/// Why tables were not accepted.
#[derive(Debug, thiserror::Error)]
pub enum TablesError {
    /// A file is broken.
    #[error("a table is broken")]
    Broken(#[source] SharingError),
    /// Everything else.
    #[error(transparent)]
    App(#[from] AppError),
}

/// The ministry's sign of a cell: ★ makes it, ○ shared, ◎ with consent, – not.
///
/// A column that makes some papers of a kind and may read others shows both: ★◎.
pub fn sign(sharing: &Sharing, kind: DocumentKind, column: Column) -> &'static str {
    match (sharing.is_author(kind, column), sharing.access(kind, column)) {
        (true, Access::Shared) => "★○",
        (true, Access::Consent) => "★◎",
        (true, Access::Never) => "★",
        (false, Access::Shared) => "○",
        (false, Access::Consent) => "◎",
        (false, Access::Never) => "–",
    }
}

/// Only the operator's staff.
pub(crate) fn operator(staff: &Staff) -> Result<(), AppError> {
    match staff.organisation {
        Organisation::Operator => Ok(()),
        _ => Err(AppError::Denied),
    }
}

/// The tables in force with their version.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn tables(app: &App) -> Result<Current<Tables>, AppError> {
    match rows::newest(&app.db, SHARING).await? {
        None => Ok(Current { value: Tables::published(), version: 0 }),
        Some(setting) => {
            let value = serde_json::from_str(&setting.value).map_err(AppError::internal)?;
            Ok(Current { value, version: setting.version })
        }
    }
}

/// Versions of the tables that operators have activated, newest first.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the operator.
pub async fn table_versions(app: &App, staff: &Staff) -> Result<Vec<Setting>, AppError> {
    operator(staff)?;
    Ok(rows::versions(&app.db, SHARING, 100).await?)
}

/// Versions of periods and limits, newest first.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the operator.
pub async fn period_versions(app: &App, staff: &Staff) -> Result<Vec<Setting>, AppError> {
    operator(staff)?;
    Ok(rows::versions(&app.db, PERIODS, 100).await?)
}

/// What `tables` would change, cell by cell.
///
/// # Errors
///
/// [`TablesError::Broken`] with file and line when a table is not accepted.
pub fn preview(app: &App, now: &Tables, tables: &Tables) -> Result<Preview, TablesError> {
    let new = Sharing::parse(&tables.table, &tables.jobs).map_err(TablesError::Broken)?;
    let old = app.sharing.load();
    let mut cells = Vec::new();
    for kind in DocumentKind::ALL.iter().copied() {
        for column in Column::ALL.iter().copied() {
            let (before, after) = (sign(&old, kind, column), sign(&new, kind, column));
            if before != after {
                cells.push(Difference { kind, column, before, after });
            }
        }
    }
    Ok(Preview {
        cells,
        jobs_out: lines_only_in(&now.jobs, &tables.jobs),
        jobs_in: lines_only_in(&tables.jobs, &now.jobs),
    })
}

/// Lines of `text` that `other` has not, comments and blank lines left out.
fn lines_only_in(text: &str, other: &str) -> Vec<(usize, String)> {
    let says = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let others: std::collections::HashSet<&str> =
        other.lines().filter(says).map(str::trim).collect();
    let numbered = text.lines().enumerate().filter(|(_, line)| says(line));
    let new = numbered.filter(|(_, line)| !others.contains(line.trim()));
    new.map(|(place, line)| (place + 1, line.trim().to_owned())).take(200).collect()
}

/// Puts `tables` in force; `version` is the one they were compared with.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the operator, [`AppError::Conflict`] when another version
/// came in between, [`TablesError::Broken`] when a table is not accepted.
pub async fn activate(
    app: &App,
    staff: &Staff,
    tables: &Tables,
    version: i64,
    now: AtMs,
) -> Result<(), TablesError> {
    operator(staff)?;
    let sharing = Sharing::parse(&tables.table, &tables.jobs).map_err(TablesError::Broken)?;
    let value = serde_json::to_string(tables).map_err(AppError::internal)?;
    set(app, staff, SHARING, value, version, now).await?;
    app.sharing.store(std::sync::Arc::new(sharing));
    Ok(())
}

/// Periods and limits in force with their version.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn periods(app: &App) -> Result<Current<Settings>, AppError> {
    match rows::newest(&app.db, PERIODS).await? {
        None => Ok(Current { value: Settings::clone(&app.settings), version: 0 }),
        Some(setting) => {
            let value = serde_json::from_str(&setting.value).map_err(AppError::internal)?;
            Ok(Current { value, version: setting.version })
        }
    }
}

/// Puts periods and limits in force; `version` is the one that was shown.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the operator, [`AppError::Invalid`] for a value out of its
/// range, [`AppError::Conflict`] when another version came in between.
pub async fn set_periods(
    app: &App,
    staff: &Staff,
    settings: &Settings,
    version: i64,
    now: AtMs,
) -> Result<(), AppError> {
    operator(staff)?;
    let wrong = settings.wrong_fields();
    if !wrong.is_empty() {
        let error = |field| crate::FieldError { field, rule: "setting-range" };
        return Err(AppError::Invalid(wrong.into_iter().map(error).collect()));
    }
    let value = serde_json::to_string(settings).map_err(AppError::internal)?;
    set(app, staff, PERIODS, value, version, now).await?;
    app.settings.replace(settings.clone());
    Ok(())
}

async fn set(
    app: &App,
    staff: &Staff,
    name: &str,
    value: String,
    version: i64,
    now: AtMs,
) -> Result<(), AppError> {
    let version = version.saturating_add(1);
    let setting = Setting { version, value, set_by: staff.account.clone(), set_at: now };
    let event = event(staff, Action::SettingChange, format!("{name}/{version}"), now);
    app.db.commit(rows::set(name, &setting).and_event(event)).await?;
    Ok(())
}

/// An act of the operator about nobody.
pub(crate) fn event(staff: &Staff, action: Action, note: String, now: AtMs) -> Event {
    Event {
        at: now,
        actor: staff.actor(),
        person: None,
        action,
        purpose: Purpose::Operation,
        outcome: Outcome::Allowed,
        touched: vec![],
        note: Some(note),
    }
}

/// Puts the newest stored settings and tables in force on this instance: at its start, and from
/// time to time.
///
/// # Errors
///
/// [`AppError::Internal`] when a stored version cannot be read: nothing is changed then, and a
/// server that starts must stop.
pub async fn refresh(app: &App) -> Result<(), AppError> {
    let tables = tables(app).await?;
    if tables.version > 0 {
        let Tables { table, jobs } = &tables.value;
        let sharing = Sharing::parse(table, jobs).map_err(AppError::internal)?;
        if **app.sharing.load() != sharing {
            app.sharing.store(std::sync::Arc::new(sharing));
        }
    }
    let periods = periods(app).await?;
    if periods.version > 0 {
        app.settings.replace(periods.value);
    }
    Ok(())
}

impl Settings {
    /// Fields whose value is out of its range.
    fn wrong_fields(&self) -> Vec<&'static str> {
        let day = 24 * 60;
        let ranges = [
            ("grace_months", i64::from(self.continuity.grace_months), 1, 24),
            ("lapse_months", i64::from(self.continuity.lapse_months), 1, 24),
            ("session_idle_minutes", self.session_idle_minutes, 1, 8 * 60),
            ("session_absolute_minutes", self.session_absolute_minutes, 5, day),
            ("access_token_minutes", self.access_token_minutes, 1, day),
            ("refresh_token_minutes", self.refresh_token_minutes, 5, 7 * day),
            ("tries_until_lock", self.tries_until_lock, 3, 20),
            ("lock_minutes", self.lock_minutes, 1, day),
            ("finds_per_ten_minutes", self.finds_per_ten_minutes, 1, 1_000),
            ("found_minutes", self.found_minutes, 1, 120),
            ("emergency_hours", self.emergency_hours, 1, 72),
            ("renewal_days", self.renewal_days, 1, 120),
        ];
        let wrong =
            |(_, value, least, most): &(&str, i64, i64, i64)| !(*least..=*most).contains(value);
        ranges.into_iter().filter(wrong).map(|(field, ..)| field).collect()
    }
}
