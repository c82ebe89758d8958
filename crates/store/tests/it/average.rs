//! Averages of an insurer's steps: what a transfer adds to them.

use jiff::civil::{Date, date};
use tasuki_core::date::days_until;
use tasuki_core::insurer::InsurerNumber;
use tasuki_store::certification::{self, AveragedStep};
use tasuki_store::ingestion::{STEP, StepDates, average};
use tasuki_store::scratch::for_each_database;
use tasuki_store::{Change, Db, params};

use crate::fixture;

const TODAY: Date = date(2026, 11, 20);

fn day(after: i32) -> Date {
    use jiff::ToSpan;
    date(2025, 6, 1).checked_add(after.days()).unwrap()
}

/// Dates of an application filed `filed` days after the first, whose steps take so many days.
fn dates(filed: i32, [survey, opinion, board]: [i32; 3], decided: bool) -> StepDates {
    let papers = survey.max(opinion);
    StepDates {
        filed_on: day(filed),
        survey_done_on: Some(day(filed + survey)),
        opinion_asked_on: Some(day(filed)),
        opinion_received_on: Some(day(filed + opinion)),
        opinion_provider: None,
        board_planned_on: None,
        board_held_on: decided.then(|| day(filed + papers + board)),
        postponement: None,
        closed_on: decided.then(|| day(filed + papers + board + 1)),
    }
}

/// Stores the version of an application that a generation brings.
async fn step(db: &Db, insurer: &InsurerNumber, case: i32, version: i64, at: (i64, StepDates)) {
    let (generation, dates) = at;
    let row = dates.into_row(insurer, &format!("{case:010}"), "1", version, generation);
    db.insert_many(&STEP, vec![row]).await.unwrap();
}

async fn publish(
    db: &Db,
    insurer: &InsurerNumber,
    generation: i64,
) -> Vec<(AveragedStep, i64, i64)> {
    let found = average::compute(db, insurer, generation, TODAY).await.unwrap();
    db.commit(average::replace(insurer, &found)).await.unwrap();
    let stored = certification::averages(db, insurer).await.unwrap();
    let mut stored: Vec<_> =
        stored.iter().map(|average| (average.step, average.cases, average.tenth_days)).collect();
    stored.sort_by_key(|(step, ..)| *step);
    stored
}

/// Where a stretch of a case begins and ends.
type Ends<'a> = &'a dyn Fn(&StepDates) -> (Option<Date>, Option<Date>);

/// Mean tenths of a day of the four stretches, over the cases as they stand.
fn expected(cases: &[StepDates]) -> Vec<(AveragedStep, i64, i64)> {
    let counts = |case: &&StepDates| {
        let closed = case.closed_on.filter(|_| case.board_held_on.is_some());
        closed.is_some_and(|closed| date(2025, 11, 20) < closed && closed <= TODAY)
    };
    let papers = |case: &StepDates| case.survey_done_on.max(case.opinion_received_on);
    let stretch = |step, ends: Ends<'_>| {
        let days = |case| match ends(case) {
            (Some(from), Some(to)) => days_until(from, to),
            _ => panic!("every case of this test has every date"),
        };
        let all: Vec<i64> = cases.iter().filter(counts).map(days).collect();
        let count = i64::try_from(all.len()).unwrap();
        (step, count, (all.iter().sum::<i64>() * 10 + count / 2) / count)
    };
    vec![
        stretch(AveragedStep::Survey, &|case| (Some(case.filed_on), case.survey_done_on)),
        stretch(AveragedStep::Opinion, &|case| (case.opinion_asked_on, case.opinion_received_on)),
        stretch(AveragedStep::Board, &|case| (papers(case), case.board_held_on)),
        stretch(AveragedStep::Total, &|case| (Some(case.filed_on), case.closed_on)),
    ]
}

#[tokio::test]
async fn averages_after_a_difference_are_those_of_a_new_count() {
    for_each_database(async |db| {
        let insurer = fixture::insurer().number;
        let mut cases = Vec::new();
        // A year and a half of applications; the oldest no longer count.
        for case in 0..110 {
            let first = dates(case * 5, [8 + case % 5, 14 + case % 9, 6], case % 4 != 0);
            step(db, &insurer, case, 1, (1, first.clone())).await;
            cases.push(first);
        }
        assert_eq!(publish(db, &insurer, 1).await, expected(&cases));
        for generation in 2..6 {
            // Some are decided, some decided on another day, some taken back.
            for case in (0..110).filter(|case| i64::from(case % 7) == generation) {
                let later = dates(case * 5, [9, 30, 5], case % 3 != 0);
                step(db, &insurer, case, 2, (generation, later.clone())).await;
                cases[usize::try_from(case).unwrap()] = later;
            }
            assert_eq!(publish(db, &insurer, generation).await, expected(&cases));
        }
        let forget = "DELETE FROM certification_day WHERE insurer_number = $1";
        db.commit(Change::new().with(forget, params![&insurer])).await.unwrap();
        assert_eq!(publish(db, &insurer, 5).await, expected(&cases));
    })
    .await;
}
