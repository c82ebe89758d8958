use super::*;
use crate::certification::{
    ApplicationEnd, ApplicationKind, BoardProgress, EndKind, OpinionProgress, PostponementNotice,
    SurveyProgress,
};
use crate::insured::Personal;
use jiff::civil::date;

/// The example of the page: filed 2 November, surveyed on the 10th, the opinion asked for on the
/// 12th.
fn waiting_for_the_opinion() -> CertificationProgress {
    CertificationProgress {
        filed_on: date(2026, 11, 2),
        kind: ApplicationKind::Renewal,
        filed_by: None,
        survey: SurveyProgress {
            requested_on: Some(date(2026, 11, 4)),
            done_on: Some(date(2026, 11, 10)),
        },
        opinion: OpinionProgress {
            institution: ProviderNumber::with_check_digit("991900001"),
            institution_name: Some("青空クリニック".to_owned()),
            requested_on: Some(date(2026, 11, 12)),
            received_on: None,
        },
        screened_on: None,
        board: BoardProgress { planned_on: Some(date(2026, 11, 27)), held_on: None },
        decided_on: None,
        notified_on: None,
        postponement: None,
        ended: None,
        result: None,
    }
}

const TODAY: Date = date(2026, 11, 20);

fn drawn(progress: &CertificationProgress, today: Date) -> String {
    let sign = |state| match state {
        StepState::Done => '●',
        StepState::Current => '◐',
        StepState::Next => '○',
        StepState::Skipped => '×',
    };
    progress
        .timeline(today)
        .iter()
        .map(|step| format!("{}{}", sign(step.state), step.step.japanese()))
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_page_names_the_clinic_and_the_eighth_day() {
    let progress = waiting_for_the_opinion();
    assert_eq!(drawn(&progress, TODAY), "●申請 ●調査 ◐意見書 ○一次判定 ○審査会 ○結果");
    assert_eq!(progress.current_step(TODAY), Some(ProgressStep::Opinion));
    assert!(matches!(
        progress.waiting_on(TODAY),
        WaitingOn::Institution { name: Some(name), .. } if name == "青空クリニック"
    ));
    assert_eq!(progress.days_waiting(TODAY), 8);
    let board = &progress.timeline(TODAY)[4];
    assert_eq!((board.planned_on, board.done_on), (Some(date(2026, 11, 27)), None));
}

#[test]
fn survey_and_opinion_run_side_by_side_and_the_longer_wait_leads() {
    let mut progress = waiting_for_the_opinion();
    progress.survey.done_on = None;
    assert_eq!(drawn(&progress, TODAY), "●申請 ◐調査 ◐意見書 ○一次判定 ○審査会 ○結果");
    assert_eq!(progress.waiting_on(TODAY), WaitingOn::Insurer);
    assert_eq!(progress.days_waiting(TODAY), 16);
    assert_eq!(progress.waiting(TODAY).len(), 2);
}

#[test]
fn an_opinion_nobody_asked_for_waits_on_the_insurer() {
    let mut progress = waiting_for_the_opinion();
    progress.opinion = OpinionProgress::default();
    assert_eq!(progress.waiting_on(TODAY), WaitingOn::Insurer);
}

#[test]
fn a_date_after_today_is_a_plan() {
    let mut progress = waiting_for_the_opinion();
    progress.opinion.received_on = Some(date(2026, 11, 18));
    progress.screened_on = Some(date(2026, 11, 19));
    progress.board.held_on = Some(date(2026, 11, 27));
    assert_eq!(progress.current_step(TODAY), Some(ProgressStep::Board));
    assert_eq!(progress.waiting_on(TODAY), WaitingOn::Board);
    assert_eq!(progress.days_waiting(TODAY), 1);
    assert_eq!(progress.waiting_on(date(2026, 11, 27)), WaitingOn::Insurer);
}

#[test]
fn a_later_step_proves_the_earlier_ones() {
    let mut progress = waiting_for_the_opinion();
    progress.decided_on = Some(date(2026, 11, 19));
    assert_eq!(drawn(&progress, TODAY), "●申請 ●調査 ●意見書 ●一次判定 ●審査会 ●結果");
    assert_eq!(progress.waiting_on(TODAY), WaitingOn::Nobody);
    assert_eq!(progress.current_step(TODAY), None);
}

#[test]
fn a_withdrawn_application_waits_for_nobody() {
    let mut progress = waiting_for_the_opinion();
    progress.ended = Some(ApplicationEnd { kind: EndKind::Withdrawn, on: TODAY });
    assert_eq!(drawn(&progress, TODAY), "●申請 ●調査 ×意見書 ×一次判定 ×審査会 ×結果");
    assert_eq!(progress.waiting(TODAY), []);
    assert_eq!(progress.waiting(date(2026, 11, 19)).len(), 1);
}

#[test]
fn an_application_postponed_in_time_is_not_overdue_until_its_new_day_is_over() {
    let mut progress = waiting_for_the_opinion();
    assert!(!progress.is_overdue(date(2026, 12, 2)));
    assert!(progress.is_overdue(date(2026, 12, 3)));
    progress.postponement = Some(PostponementNotice {
        notified_on: date(2026, 11, 30),
        expected_by: date(2026, 12, 25),
        reason: Personal::new("主治医意見書の提出が遅れているため"),
    });
    assert!(!progress.is_overdue(date(2026, 12, 25)));
    assert!(progress.is_overdue(date(2026, 12, 26)));
    progress.decided_on = Some(date(2026, 12, 26));
    assert!(!progress.is_overdue(date(2026, 12, 26)));
}

#[test]
fn bodies_survive_json_and_leave_out_nothing() {
    let progress = waiting_for_the_opinion();
    let json = serde_json::to_string(&progress).unwrap();
    assert_eq!(serde_json::from_str::<CertificationProgress>(&json).unwrap(), progress);
    let bare = r#"{"filed_on":"2026-11-02","kind":"new"}"#;
    let bare: CertificationProgress = serde_json::from_str(bare).unwrap();
    assert_eq!(bare.current_step(TODAY), Some(ProgressStep::Survey));
}
