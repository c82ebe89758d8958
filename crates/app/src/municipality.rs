//! What a municipality sees first (保険者の最初の画面): counts, without any person.

use tasuki_core::certification::waiting::Turn;
use tasuki_core::date::AtMs;
use tasuki_store::certification::{self, StepAverage};
use tasuki_store::insurer::StoredInsurer;
use tasuki_store::statistics::{self, ConsentCount};
use tasuki_store::{insurer, notice, objection};

use crate::caller::Staff;
use crate::queue;
use crate::{App, AppError};

/// Counts of an insurer at one moment.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The insurer, with what it has connected.
    pub insurer: StoredInsurer,
    /// Running applications.
    pub running: usize,
    /// How many there are of each turn.
    pub turns: Vec<(Turn, usize)>,
    /// How many are beyond the day by which they are to be decided.
    pub overdue: usize,
    /// Mean days of each step.
    pub averages: Vec<StepAverage>,
    /// Certified persons and their consents.
    pub consents: ConsentCount,
    /// Objections without an answer.
    pub objections: i64,
    /// Notices nobody has read.
    pub notices: i64,
}

/// The counts of the insurer that `staff` works for.
///
/// # Errors
///
/// [`AppError::Denied`] for staff of anything else, [`AppError::NotFound`] for an insurer that the
/// platform does not know.
pub async fn overview(app: &App, staff: &Staff, now: AtMs) -> Result<Overview, AppError> {
    let number = queue::insurer(staff)?;
    let insurer = insurer::get(&app.db, number).await?.ok_or(AppError::NotFound)?;
    let all = queue::standings(app, number, now.date()).await?;
    let (turns, overdue) = queue::counts(all.iter().map(|(_, standing)| standing));
    Ok(Overview {
        running: all.len(),
        turns,
        overdue,
        averages: certification::averages(&app.db, number).await?,
        consents: statistics::consents(&app.db, number, now).await?,
        objections: objection::unanswered(&app.db, number).await?,
        notices: notice::unread(&app.db, &staff.organisation).await?,
        insurer,
    })
}
