//! Mean days of the steps of an insurer's certifications (認定にかかる日数の平均).

use jiff::civil::Date;
use tasuki_core::date::{add_months, days_until};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::word::Word;

use crate::certification::{AveragedStep, StepAverage};
use crate::error::StoreError;
use crate::row::Row;
use crate::{Change, Db, params};

/// Months back from today whose decided cases count.
const MONTHS: i32 = 12;

/// Days and cases of one step.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    cases: i64,
    days: i64,
}

impl Sum {
    /// Adds a case when both its ends are known and in order.
    fn add(&mut self, from: Option<Date>, to: Option<Date>) {
        if let (Some(from), Some(to)) = (from, to)
            && from <= to
        {
            self.cases += 1;
            self.days += days_until(from, to);
        }
    }

    fn average(self, step: AveragedStep) -> Option<StepAverage> {
        // Rounded to the nearest tenth of a day.
        let tenth_days = (self.days * 10 + self.cases / 2).checked_div(self.cases)?;
        Some(StepAverage { step, cases: self.cases, tenth_days })
    }
}

/// Works the averages out over the cases decided in the last twelve months, as they stand in
/// `generation`.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn compute(
    db: &Db,
    insurer: &InsurerNumber,
    generation: i64,
    today: Date,
) -> Result<Vec<StepAverage>, StoreError> {
    let mut sums = [Sum::default(); 4];
    for month in 0..MONTHS {
        // Month by month, so that memory does not grow with the insurer.
        let from = add_months(today, month - MONTHS);
        let until = add_months(today, month + 1 - MONTHS);
        let rows = db
            .rows(
                "SELECT c.filed_on, c.survey_done_on, c.opinion_asked_on, c.opinion_received_on,
                        c.board_held_on, c.closed_on
                   FROM certification_step c
                  WHERE c.insurer_number = $1 AND c.closed_on > $2 AND c.closed_on <= $3
                    AND c.board_held_on IS NOT NULL AND c.generation <= $4
                    AND NOT EXISTS (SELECT 1 FROM certification_step n
                                     WHERE n.insurer_number = c.insurer_number
                                       AND n.insured_number = c.insured_number
                                       AND n.series = c.series
                                       AND n.version > c.version AND n.generation <= $4)
                  LIMIT 1000000",
                params![insurer, from, until, generation],
            )
            .await?;
        for row in rows {
            add(&mut sums, row)?;
        }
    }
    let steps =
        [AveragedStep::Survey, AveragedStep::Opinion, AveragedStep::Board, AveragedStep::Total];
    Ok(sums.into_iter().zip(steps).filter_map(|(sum, step)| sum.average(step)).collect())
}

fn add(sums: &mut [Sum; 4], row: Row) -> Result<(), StoreError> {
    let mut row = row.of("certification_step");
    let filed = row.optional_date("filed_on")?;
    let surveyed = row.optional_date("survey_done_on")?;
    let asked = row.optional_date("opinion_asked_on")?;
    let received = row.optional_date("opinion_received_on")?;
    let held = row.optional_date("board_held_on")?;
    let closed = row.optional_date("closed_on")?;
    let [survey, opinion, board, total] = sums;
    survey.add(filed, surveyed);
    opinion.add(asked, received);
    board.add(surveyed.zip(received).map(|(a, b)| a.max(b)), held);
    total.add(filed, closed);
    Ok(())
}

/// Replaces an insurer's averages.
pub fn replace(insurer: &InsurerNumber, averages: &[StepAverage]) -> Change {
    let clear = Change::new()
        .with("DELETE FROM insurer_average WHERE insurer_number = $1", params![insurer]);
    averages.iter().fold(clear, |change, average| {
        change.with(
            "INSERT INTO insurer_average (insurer_number, step, cases, tenth_days)
             VALUES ($1, $2, $3, $4)",
            params![insurer, average.step.word(), average.cases, average.tenth_days],
        )
    })
}
