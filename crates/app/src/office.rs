//! Offices and insurers as the operator keeps them (事業所・保険者の登録).

use std::path::PathBuf;

use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Outcome};
use tasuki_core::insurer::Insurer;
use tasuki_core::provider::Provider;
use tasuki_formats::municipal::Finding;
use tasuki_formats::providers::{Import, Importer};
use tasuki_store::Change;
use tasuki_store::insurer::{self, StoredInsurer};
use tasuki_store::provider::{self, StoredProvider};

use crate::auth::record;
use crate::caller::By;
use crate::{App, AppError};

/// What an import of the public register did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Lines read.
    pub lines: u64,
    /// Offices that were not known.
    pub added: usize,
    /// Offices whose name, services, corporation, address or telephone changed.
    pub changed: usize,
    /// Offices that are as they were.
    pub unchanged: usize,
    /// What was odd, line by line.
    pub findings: Vec<Finding>,
}

/// Offices of one commit.
const CHUNK: usize = 1_000;

/// Offices within the range of one chunk; the country has 400,000.
const RANGE_MAX: i64 = 1_000_000;

/// Takes offices from the public register (介護サービス情報公表システムのオープンデータ).
///
/// Known offices keep what the register does not say: whether they are active. Importing the same
/// file again changes nothing, so an import that broke off is simply run again.
///
/// # Errors
///
/// [`AppError::Denied`] unless the caller is the operator, [`AppError::Conflict`] when somebody
/// changed an office in the meantime.
pub async fn import(
    app: &App,
    by: By<'_>,
    import: Import,
    now: AtMs,
) -> Result<ImportReport, AppError> {
    operator(by)?;
    let Import { providers, findings, lines } = import;
    let mut report = ImportReport { lines, findings, ..ImportReport::default() };
    for chunk in providers.chunks(CHUNK) {
        take(app, by, chunk, &mut report, now).await?;
    }
    Ok(report)
}

/// As [`import`], from files of the register; an office may stand in several of them.
///
/// # Errors
///
/// As [`import`], and [`AppError::Unavailable`] when a file cannot be read.
pub async fn import_files(
    app: &App,
    by: By<'_>,
    files: Vec<PathBuf>,
    now: AtMs,
) -> Result<ImportReport, AppError> {
    operator(by)?;
    let read = tokio::task::spawn_blocking(move || {
        let mut importer = Importer::default();
        for file in &files {
            importer.read(std::io::BufReader::new(std::fs::File::open(file)?))?;
        }
        Ok::<_, std::io::Error>(importer.finish())
    });
    let read = read.await.map_err(AppError::internal)?;
    import(app, by, read.map_err(|error| AppError::Unavailable(error.into()))?, now).await
}

async fn take(
    app: &App,
    by: By<'_>,
    chunk: &[Provider],
    report: &mut ImportReport,
    now: AtMs,
) -> Result<(), AppError> {
    let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else { return Ok(()) };
    // The importer hands offices over in the order of their numbers, as the store does.
    let known = provider::between(&app.db, &first.number, &last.number, RANGE_MAX).await?;
    let (mut change, mut added, mut changed) = (Change::new(), 0, 0);
    for office in chunk {
        let place = known.binary_search_by(|known| known.provider.number.cmp(&office.number));
        match place.ok().and_then(|place| known.get(place)) {
            None => {
                change = change.and(provider::add(office));
                added += 1;
            }
            Some(known) => {
                let provider = Provider { active: known.provider.active, ..office.clone() };
                if provider != known.provider {
                    let stored = StoredProvider { provider, version: known.version };
                    change = change.and(provider::update(&stored));
                    changed += 1;
                }
            }
        }
    }
    report.added += added;
    report.changed += changed;
    report.unchanged += chunk.len() - added - changed;
    if added + changed > 0 {
        let note = format!("offices added={added} changed={changed}");
        app.db.commit(change.and(event(by, &note, now))).await?;
    }
    Ok(())
}

/// Saves an office by hand; `version` is `None` for a new one.
///
/// Stopping it (`active` false) ends every session of it and on its devices with the next request.
///
/// # Errors
///
/// [`AppError::Denied`] unless the caller is the operator, [`AppError::Conflict`] when the number
/// is known already or somebody changed the office in the meantime, [`AppError::Invalid`] on
/// `name` with `required`.
pub async fn save_provider(
    app: &App,
    by: By<'_>,
    provider: Provider,
    version: Option<i64>,
    now: AtMs,
) -> Result<(), AppError> {
    operator(by)?;
    if provider.name.trim().is_empty() {
        return Err(AppError::invalid("name", "required"));
    }
    let note = format!("office {}", provider.number);
    let change = match version {
        None => provider::add(&provider),
        Some(version) => provider::update(&StoredProvider { provider, version }),
    };
    app.db.commit(change.and(event(by, &note, now))).await?;
    Ok(())
}

/// As [`save_provider`]; a known office keeps whether it works, which has an act of its own with
/// a reason ([`set_active`]), and a new one works.
///
/// # Errors
///
/// As [`save_provider`], and [`AppError::NotFound`] when there is no such office to be changed.
pub async fn edit_provider(
    app: &App,
    by: By<'_>,
    provider: Provider,
    version: Option<i64>,
    now: AtMs,
) -> Result<(), AppError> {
    let active = match version {
        None => true,
        Some(_) => get(app, by, &provider.number).await?.provider.active,
    };
    save_provider(app, by, Provider { active, ..provider }, version, now).await
}

/// Saves an insurer; `version` is `None` for a new one.
///
/// # Errors
///
/// As [`save_provider`].
pub async fn save_insurer(
    app: &App,
    by: By<'_>,
    insurer: Insurer,
    version: Option<i64>,
    now: AtMs,
) -> Result<(), AppError> {
    operator(by)?;
    if insurer.name.trim().is_empty() {
        return Err(AppError::invalid("name", "required"));
    }
    let note = format!("insurer {}", insurer.number);
    let change = match version {
        None => insurer::add(&insurer),
        Some(version) => insurer::update(&StoredInsurer { insurer, version, generation: 0 }),
    };
    app.db.commit(change.and(event(by, &note, now))).await?;
    Ok(())
}

fn operator(by: By<'_>) -> Result<(), AppError> {
    if by.is_operator() { Ok(()) } else { Err(AppError::Denied) }
}

fn event(by: By<'_>, note: &str, now: AtMs) -> Change {
    let action = Action::SettingChange;
    Change::event(record::event(by.actor(), action, Outcome::Allowed, note, now))
}

tasuki_core::words! {
    /// Why an office is stopped or started (停止・再開の理由).
    pub enum StopReason {
        /// It has closed.
        Closed = "closed", "廃止・休止";
        /// Its designation was taken away.
        Designation = "designation", "指定の取消・効力の停止";
        /// It became part of another office.
        Merged = "merged", "統合・番号の変更";
        /// Misuse is being looked into.
        Misuse = "misuse", "不適切な利用の疑い";
        /// The corporation asked for it.
        Asked = "asked", "法人からの申し出";
        /// The reason of a stop is gone.
        Resumed = "resumed", "停止の理由がなくなった";
    }
}

/// Stops an office, or lets it work again, from the next request of its staff on.
///
/// # Errors
///
/// As [`save_provider`], and [`AppError::NotFound`] for an unknown office.
pub async fn set_active(
    app: &App,
    by: By<'_>,
    number: &tasuki_core::provider::ProviderNumber,
    (active, reason): (bool, StopReason),
    now: AtMs,
) -> Result<(), AppError> {
    use tasuki_core::word::Word;
    operator(by)?;
    let mut stored = provider::get(&app.db, number).await?.ok_or(AppError::NotFound)?;
    stored.provider.active = active;
    let what = if active { "started" } else { "stopped" };
    let note = format!("office {number} {what} {}", reason.word());
    app.db.commit(provider::update(&stored).and(event(by, &note, now))).await?;
    Ok(())
}

/// Offices for the operator, stopped ones included, by number, name or reading.
///
/// # Errors
///
/// [`AppError::Denied`] unless the caller is the operator.
pub async fn search(
    app: &App,
    by: By<'_>,
    text: &str,
    limit: i64,
) -> Result<Vec<StoredProvider>, AppError> {
    operator(by)?;
    let text = text.trim();
    let kana = !text.is_empty() && text.chars().all(|c| matches!(c, 'ァ'..='ー' | ' ' | '　'));
    let number = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    let (number, name, kana) = match (number, kana) {
        (true, _) => (text, "", ""),
        (_, true) => ("", "", text),
        _ => ("", text, ""),
    };
    Ok(provider::search_all(&app.db, number, name, kana, limit).await?)
}

/// One office for the operator.
///
/// # Errors
///
/// [`AppError::Denied`] unless the caller is the operator, [`AppError::NotFound`] for an unknown
/// one.
pub async fn get(
    app: &App,
    by: By<'_>,
    number: &tasuki_core::provider::ProviderNumber,
) -> Result<StoredProvider, AppError> {
    operator(by)?;
    provider::get(&app.db, number).await?.ok_or(AppError::NotFound)
}
