//! Where an insurer's certifications stand: its averages and its queue, without what papers say.

use jiff::civil::Date;
use tasuki_core::certification::PostponementDays;
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::ProviderNumber;

use crate::error::StoreError;
use crate::{Db, params};

tasuki_core::words! {
    /// A stretch of the certification's way that is averaged (認定にかかる日数).
    pub enum AveragedStep {
        /// From the application to the survey.
        Survey = "survey", "申請から認定調査まで";
        /// From the request to the receipt of the opinion.
        Opinion = "opinion", "主治医意見書の依頼から受け取りまで";
        /// From the later of survey and opinion to the board.
        Board = "board", "書類がそろってから審査会まで";
        /// From the application to the decision.
        Total = "total", "申請から認定まで";
    }
}

/// Mean days of one step of an insurer's certifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepAverage {
    /// Which stretch.
    pub step: AveragedStep,
    /// How many decided cases it is the mean of.
    pub cases: i64,
    /// Tenths of a day.
    pub tenth_days: i64,
}

/// The insurer's averages, worked out when its newest transfer was published.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn averages(db: &Db, insurer: &InsurerNumber) -> Result<Vec<StepAverage>, StoreError> {
    let rows = db
        .rows(
            "SELECT step, cases, tenth_days
               FROM insurer_average
              WHERE insurer_number = $1
              ORDER BY step
              LIMIT 20",
            params![insurer],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let mut row = row.of("insurer_average");
            Ok(StepAverage {
                step: row.word("step")?,
                cases: row.int("cases")?,
                tenth_days: row.int("tenth_days")?,
            })
        })
        .collect()
}

/// A running application in an insurer's queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Whose.
    pub person: PersonKey,
    /// Day of the application.
    pub filed_on: Date,
    /// Day the survey was done.
    pub survey_done_on: Option<Date>,
    /// Day the opinion was asked for.
    pub opinion_asked_on: Option<Date>,
    /// Day the opinion came.
    pub opinion_received_on: Option<Date>,
    /// Institution that writes the opinion.
    pub opinion_provider: Option<ProviderNumber>,
    /// Day the board will sit.
    pub board_planned_on: Option<Date>,
    /// Day the board sat.
    pub board_held_on: Option<Date>,
    /// Notice that the decision will be late.
    pub postponement: Option<PostponementDays>,
}

/// Running applications of an insurer, oldest first, at most `limit`.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn queue(
    db: &Db,
    insurer: &InsurerNumber,
    limit: u16,
) -> Result<Vec<Running>, StoreError> {
    let rows = db
        .rows(
            "SELECT c.insured_number, c.filed_on, c.survey_done_on, c.opinion_asked_on,
                    c.opinion_received_on, c.opinion_provider, c.board_planned_on, c.board_held_on,
                    c.postponed_on, c.postponed_until
               FROM certification_step c
              WHERE c.insurer_number = $1 AND c.closed_on IS NULL
                AND c.generation <= (SELECT generation FROM insurer WHERE number = $1)
                AND c.version = (SELECT max(n.version) FROM certification_step n
                                  WHERE n.insurer_number = c.insurer_number
                                    AND n.insured_number = c.insured_number
                                    AND n.series = c.series
                                    AND n.generation <=
                                        (SELECT generation FROM insurer WHERE number = $1))
              ORDER BY c.filed_on, c.insured_number
              LIMIT $2",
            params![insurer, i64::from(limit)],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let mut row = row.of("certification_step");
            let insured = row.parsed("insured_number", InsuredNumber::parse)?;
            let filed_on = row.optional_date("filed_on")?.ok_or_else(|| row.corrupt("filed_on"))?;
            let survey_done_on = row.optional_date("survey_done_on")?;
            let opinion_asked_on = row.optional_date("opinion_asked_on")?;
            let opinion_received_on = row.optional_date("opinion_received_on")?;
            let provider = row.optional_text("opinion_provider")?;
            let opinion_provider = provider
                .map(|number| ProviderNumber::parse(&number))
                .transpose()
                .map_err(|_| row.corrupt("opinion_provider"))?;
            let (board_planned_on, board_held_on) =
                (row.optional_date("board_planned_on")?, row.optional_date("board_held_on")?);
            let (postponed_on, postponed_until) =
                (row.optional_date("postponed_on")?, row.optional_date("postponed_until")?);
            let postponement = postponed_on
                .zip(postponed_until)
                .map(|(notified_on, expected_by)| PostponementDays { notified_on, expected_by });
            Ok(Running {
                person: PersonKey { insurer: insurer.clone(), insured },
                filed_on,
                survey_done_on,
                opinion_asked_on,
                opinion_received_on,
                opinion_provider,
                board_planned_on,
                board_held_on,
                postponement,
            })
        })
        .collect()
}
