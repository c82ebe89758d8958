//! What the operator sees first (運営者の最初の画面): health, the log's head, what ends soon.

use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_store::device::Device;
use tasuki_store::event_log::{LogError, SignedHead};
use tasuki_store::transfer::Transfer;

use crate::caller::Staff;
use crate::health::{self, Probe};
use crate::setting::operator;
use crate::{App, AppError, device};

/// Transfers that are listed at most.
const TRANSFERS_MAX: u16 = 50;

/// The platform at one moment.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Database and writer.
    pub probe: Probe,
    /// Changes that wait for the writer, and how many may.
    pub queue: (usize, usize),
    /// The head of the access log, checked just now against its signature and the newest events;
    /// `None` before the first event.
    pub head: Option<Result<SignedHead, LogError>>,
    /// Transfers that are being taken, the longest first.
    pub transfers: Vec<Transfer>,
    /// Insurers, and how many of them have connected.
    pub insurers: (usize, usize),
    /// Certificates that end within the time of renewal, soonest first.
    pub ending: Vec<Device>,
    /// Regions that are open now.
    pub regions: usize,
    /// Version of the tables in force; 0 for the published ones.
    pub tables: i64,
}

/// Health and what needs doing.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the operator.
pub async fn overview(app: &App, staff: &Staff, now: AtMs) -> Result<Overview, AppError> {
    operator(staff)?;
    let insurers = tasuki_store::insurer::list(&app.db).await?;
    let connected = insurers.iter().filter(|it| it.insurer.connected_since.is_some()).count();
    let before = now.plus_ms(device::RENEW_DAYS * DAY_MS);
    let regions = tasuki_store::disaster::list(&app.db, 200).await?;
    let open =
        |region: &&tasuki_store::disaster::Region| region.opened_at <= now && now < region.until;
    Ok(Overview {
        probe: health::probe(app).await,
        queue: app.db.queue(),
        head: health::newest(app).await?,
        transfers: tasuki_store::transfer::receiving(&app.db, TRANSFERS_MAX).await?,
        insurers: (insurers.len(), connected),
        ending: tasuki_store::device::ending(&app.db, now, before, 100).await?,
        regions: regions.iter().filter(open).count(),
        tables: crate::setting::tables(app).await?.version,
    })
}
