//! Mean days of the steps of an insurer's certifications (認定にかかる日数の平均).
//!
//! Cases are summed for each day on which they were closed. A transfer changes the sums of the days
//! that its own records touch; the averages are summed from the days of a year.

use std::collections::{BTreeMap, BTreeSet};

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

/// Steps that are read together.
const PAGE: i64 = 5_000;

/// The stretches in the order of [`Day`].
const STEPS: [AveragedStep; 4] =
    [AveragedStep::Survey, AveragedStep::Opinion, AveragedStep::Board, AveragedStep::Total];

/// Days and cases of one stretch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    cases: i64,
    days: i64,
}

impl Sum {
    /// A case when both its ends are known and in order.
    fn of(from: Option<Date>, to: Option<Date>) -> Self {
        match from.zip(to) {
            Some((from, to)) if from <= to => Self { cases: 1, days: days_until(from, to) },
            _ => Self::default(),
        }
    }

    fn average(self, step: AveragedStep) -> Option<StepAverage> {
        // Rounded to the nearest tenth of a day.
        let tenth_days = (self.days * 10 + self.cases / 2).checked_div(self.cases)?;
        Some(StepAverage { step, cases: self.cases, tenth_days })
    }
}

/// Sums of the cases closed on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Day([Sum; 4]);

impl Day {
    /// Adds `other` `times` (1, or -1 to take it back).
    fn add(&mut self, other: Self, times: i64) {
        for (sum, more) in self.0.iter_mut().zip(other.0) {
            sum.cases += times * more.cases;
            sum.days += times * more.days;
        }
    }
}

/// The averages of an insurer, and the days whose sums have changed.
#[derive(Debug)]
pub struct Averages {
    /// The averages.
    pub steps: Vec<StepAverage>,
    changed: BTreeMap<Date, Day>,
    /// The last day that no longer counts.
    before: Date,
}

/// Works the averages out over the cases decided in the last twelve months, as they stand in
/// `generation`: those of the generations before are summed already.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn compute(
    db: &Db,
    insurer: &InsurerNumber,
    generation: i64,
    today: Date,
) -> Result<Averages, StoreError> {
    let before = add_months(today, -MONTHS);
    let mut days = summed(db, insurer, before).await?;
    // Nothing is summed yet: all that is stored counts.
    let since = if days.is_empty() { 0 } else { generation };
    let mut changed = BTreeSet::new();
    let mut place = (since, String::new(), String::new());
    loop {
        let rows = page(db, insurer, &place, generation).await?;
        let Some(last) = rows.len().checked_sub(1) else { break };
        for (number, row) in rows.into_iter().enumerate() {
            let mut row = row.of("certification_step");
            let key = (row.int("generation")?, row.text("insured_number")?, row.text("series")?);
            for times in [1, -1] {
                if let Some((closed, day)) = case(&mut row)?
                    && before < closed
                {
                    days.entry(closed).or_default().add(day, times);
                    changed.insert(closed);
                }
            }
            if number == last {
                place = key;
            }
        }
    }
    let mut sums = Day::default();
    for (_, day) in days.range(..=today) {
        sums.add(*day, 1);
    }
    let steps = sums.0.into_iter().zip(STEPS).filter_map(|(sum, step)| sum.average(step)).collect();
    days.retain(|day, _| changed.contains(day));
    Ok(Averages { steps, changed: days, before })
}

/// What is summed of the days after `before`.
async fn summed(
    db: &Db,
    insurer: &InsurerNumber,
    before: Date,
) -> Result<BTreeMap<Date, Day>, StoreError> {
    let sql = "SELECT closed_on, survey_cases, survey_days, opinion_cases, opinion_days,
            board_cases, board_days, total_cases, total_days
       FROM certification_day
      WHERE insurer_number = $1 AND closed_on > $2
      LIMIT 100000";
    let mut days = BTreeMap::new();
    for row in db.rows(sql, params![insurer, before]).await? {
        let mut row = row.of("certification_day");
        let closed = row.optional_date("closed_on")?.ok_or_else(|| row.corrupt("closed_on"))?;
        let mut day = Day::default();
        for sum in &mut day.0 {
            *sum = Sum { cases: row.int("cases")?, days: row.int("days")? };
        }
        days.insert(closed, day);
    }
    Ok(days)
}

/// Steps of the generations from that of `place` to `generation` which come after `place`, each
/// beside the version before it.
async fn page(
    db: &Db,
    insurer: &InsurerNumber,
    place: &(i64, String, String),
    generation: i64,
) -> Result<Vec<Row>, StoreError> {
    let sql = "SELECT c.generation, c.insured_number, c.series,
            c.filed_on, c.survey_done_on, c.opinion_asked_on, c.opinion_received_on,
            c.board_held_on, c.closed_on,
            p.filed_on, p.survey_done_on, p.opinion_asked_on, p.opinion_received_on,
            p.board_held_on, p.closed_on
       FROM certification_step c
  LEFT JOIN certification_step p
         ON p.insurer_number = c.insurer_number AND p.insured_number = c.insured_number
        AND p.series = c.series AND p.version = c.version - 1
      WHERE c.insurer_number = $1
        AND (c.generation, c.insured_number, c.series) > ($2, $3, $4) AND c.generation <= $5
      ORDER BY c.generation, c.insured_number, c.series
      LIMIT $6";
    let (since, insured, series) = place;
    db.rows(sql, params![insurer, *since, &**insured, &**series, generation, PAGE]).await
}

/// The day on which a case was closed by a decision, and what it adds to it.
fn case(row: &mut Row) -> Result<Option<(Date, Day)>, StoreError> {
    let filed = row.optional_date("filed_on")?;
    let surveyed = row.optional_date("survey_done_on")?;
    let asked = row.optional_date("opinion_asked_on")?;
    let received = row.optional_date("opinion_received_on")?;
    let held = row.optional_date("board_held_on")?;
    let closed = row.optional_date("closed_on")?;
    let papers = surveyed.zip(received).map(|(surveyed, received)| surveyed.max(received));
    let sums = [
        Sum::of(filed, surveyed),
        Sum::of(asked, received),
        Sum::of(papers, held),
        Sum::of(filed, closed),
    ];
    Ok(closed.filter(|_| held.is_some()).map(|closed| (closed, Day(sums))))
}

/// Replaces an insurer's averages.
pub fn replace(insurer: &InsurerNumber, averages: &Averages) -> Change {
    let mut change = Change::new()
        .with("DELETE FROM insurer_average WHERE insurer_number = $1", params![insurer])
        .with(
            "DELETE FROM certification_day WHERE insurer_number = $1 AND closed_on <= $2",
            params![insurer, averages.before],
        );
    for average in &averages.steps {
        change = change.with(
            "INSERT INTO insurer_average (insurer_number, step, cases, tenth_days)
             VALUES ($1, $2, $3, $4)",
            params![insurer, average.step.word(), average.cases, average.tenth_days],
        );
    }
    for (closed, Day([survey, opinion, board, total])) in &averages.changed {
        change = change.with(
            "INSERT INTO certification_day (insurer_number, closed_on, survey_cases, survey_days,
                    opinion_cases, opinion_days, board_cases, board_days, total_cases, total_days)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                 ON CONFLICT (insurer_number, closed_on) DO UPDATE
                SET survey_cases = excluded.survey_cases, survey_days = excluded.survey_days,
                    opinion_cases = excluded.opinion_cases, opinion_days = excluded.opinion_days,
                    board_cases = excluded.board_cases, board_days = excluded.board_days,
                    total_cases = excluded.total_cases, total_days = excluded.total_days",
            params![
                insurer,
                *closed,
                survey.cases,
                survey.days,
                opinion.cases,
                opinion.days,
                board.cases,
                board.days,
                total.cases,
                total.days,
            ],
        );
    }
    change
}
