//! Where an application stands, drawn and in words (認定の進み具合と結果).

use jiff::civil::Date;
use tasuki_core::certification::{
    CertificationProgress, PostponementDays, ProgressStep, StepState as Core, TimelineStep,
    Waiting as Wait, WaitingOn,
};
use tasuki_core::date::{days_until, wareki_day};
use tasuki_core::document::{Body, Document};
use tasuki_core::opinion::request::RequestedOpinion;
use tasuki_store::certification::{AveragedStep, StepAverage};
use tasuki_store::facts::Basics;

use super::{CERTIFICATION_PERIOD, REVIEW_BOARD, Read, day, period, personal, section, terms};
use crate::page::part::{Step, StepState};
use crate::page::person::{PaperRow, Postponed, Progress, Request, Waiting};

/// Every application among `papers`, newest first.
pub fn applications(papers: &[Document<Body>]) -> Vec<&CertificationProgress> {
    let mut found: Vec<&CertificationProgress> = papers
        .iter()
        .filter_map(|paper| match &paper.body {
            Body::CertificationProgress(body) => Some(&**body),
            _ => None,
        })
        .collect();
    found.sort_by_key(|progress| std::cmp::Reverse(progress.filed_on));
    found
}

/// The running application, or the newest, drawn for `today`.
pub fn running_progress(
    papers: &[Document<Body>],
    averages: &[StepAverage],
    basics: &Basics,
    today: Date,
) -> Option<Progress> {
    let insurer = &basics.insurer.name;
    let all = applications(papers);
    let running = all.iter().find(|progress| !progress.is_closed(today));
    let progress = running.or(all.first())?;
    let open = !progress.is_closed(today);
    let timeline = progress.timeline(today);
    let waiting = progress.waiting(today);
    let steps = timeline.iter().filter(|step| {
        // 一次判定 is the insurer's inner work: shown only while it is what is waited for.
        step.step != ProgressStep::Screening || step.state == Core::Current
    });
    Some(Progress {
        kind: progress.kind.japanese().to_owned(),
        steps: steps.map(|step| draw(step, today)).collect(),
        waiting: waiting.first().map(|wait| waiting_for(wait, averages, insurer, today)),
        due_on: open.then(|| progress.deadline(today)),
        request: asked(progress, basics, today),
        postponed: open.then(|| postponed(progress, today)).flatten(),
    })
}

/// What the institution of `progress` was asked for, while it is waited for.
fn asked(progress: &CertificationProgress, basics: &Basics, today: Date) -> Option<Request> {
    let waits = progress.waiting(today).iter().any(|wait| wait.step == ProgressStep::Opinion);
    let institution = progress.opinion.institution.as_ref().filter(|_| waits)?;
    basics.request_to(institution).map(|request| request_line(request, today))
}

/// A request as the page shows it.
pub fn request_line(request: &RequestedOpinion, today: Date) -> Request {
    let physician = request.physician.as_ref().map(|name| name.expose().to_owned());
    Request {
        physician: physician.unwrap_or_default(),
        requested_on: request.requested_on,
        due_on: request.due_on,
        left: request.due_on.map(|due| days_until(today, due)),
    }
}

fn postponed(progress: &CertificationProgress, today: Date) -> Option<Postponed> {
    let notice = progress.postponement.as_ref().filter(|notice| notice.notified_on <= today)?;
    Some(Postponed {
        notified_on: notice.notified_on,
        expected_by: notice.expected_by,
        reason: notice.reason.expose().to_owned(),
        in_time: PostponementDays::from(notice).is_in_time(progress.filed_on),
    })
}

fn draw(step: &TimelineStep, today: Date) -> Step {
    let (state, note) = match step.state {
        Core::Done => (StepState::Done, String::new()),
        Core::Current => {
            let days = step.since.map(|since| tasuki_core::date::days_until(since, today));
            (StepState::Now, days.map(|days| format!("{days}日め")).unwrap_or_default())
        }
        Core::Next => {
            let planned = step.planned_on.map(|on| format!("予定 {}", wareki_day(on)));
            (StepState::Ahead, planned.unwrap_or_default())
        }
        Core::Skipped => (StepState::Ahead, "行いません".to_owned()),
    };
    Step { name: step.step.japanese().to_owned(), state, on: step.done_on, note }
}

fn waiting_for(wait: &Wait, averages: &[StepAverage], insurer: &str, today: Date) -> Waiting {
    let what = match (&wait.on, wait.step) {
        (WaitingOn::Institution { name: Some(name), .. }, _) => format!("{name}の主治医意見書"),
        (WaitingOn::Institution { name: None, .. }, _) => "主治医意見書".to_owned(),
        (WaitingOn::Board, _) => "介護認定審査会".to_owned(),
        (WaitingOn::Nobody | WaitingOn::Insurer, step) => format!("{insurer}の{}", step.japanese()),
    };
    let averaged = match wait.step {
        ProgressStep::Filed | ProgressStep::Survey => Some(AveragedStep::Survey),
        ProgressStep::Opinion => Some(AveragedStep::Opinion),
        ProgressStep::Screening | ProgressStep::Board => Some(AveragedStep::Board),
        ProgressStep::Decision => None,
    };
    let usual = averages.iter().find(|average| Some(average.step) == averaged);
    Waiting {
        what,
        days: wait.days(today),
        usual_days: usual.map(|average| (average.tenth_days + 5) / 10),
        compared_with: insurer.to_owned(),
    }
}

/// 認定の進み具合と結果.
pub(super) fn read(body: &CertificationProgress) -> Read {
    let clinic = body.opinion.institution_name.as_deref().unwrap_or("—");
    let rows = vec![
        PaperRow::new("申請区分", body.kind.japanese()),
        PaperRow::new("申請日", day(Some(body.filed_on))),
        PaperRow::new("調査を依頼した日", day(body.survey.requested_on)),
        PaperRow::new("調査した日", day(body.survey.done_on)),
        PaperRow {
            note: clinic.to_owned(),
            ..PaperRow::new("意見書を依頼した日", day(body.opinion.requested_on))
        },
        PaperRow::new("意見書が届いた日", day(body.opinion.received_on)),
        PaperRow::new("一次判定の日", day(body.screened_on)),
        PaperRow::new("審査会の予定", day(body.board.planned_on)),
        PaperRow::new("審査会が開かれた日", day(body.board.held_on)),
        PaperRow::new("認定日", day(body.decided_on)),
        PaperRow::new("結果を知らせた日", day(body.notified_on)),
    ];
    let mut sections = vec![section("進み具合", rows)];
    if let Some(notice) = &body.postponement {
        let rows = vec![
            PaperRow::new("知らせた日", day(Some(notice.notified_on))),
            PaperRow::new("見込みの日", day(Some(notice.expected_by))),
            PaperRow::new("理由", notice.reason.expose()),
        ];
        sections.push(section("延期の通知", rows));
    }
    if let Some(end) = &body.ended {
        let rows = vec![PaperRow::new(end.kind.japanese(), day(Some(end.on)))];
        sections.push(section("決定の前に終わりました", rows));
    }
    if let Some(result) = &body.result {
        let rows = vec![
            PaperRow::new("要介護状態区分", result.care_level.japanese()),
            PaperRow::new(
                "認定の有効期間",
                result.period.map_or("—".to_owned(), |held| period(held.from, Some(held.until))),
            ),
            PaperRow::new("前回", result.previous_level.map_or("—", |level| level.japanese())),
            PaperRow::new("一次判定", result.screening_level.map_or("—", |it| it.japanese())),
            PaperRow::new("状態像", result.care1_state.map_or("—", |it| it.japanese())),
            PaperRow::new("審査会の意見", personal(result.board_opinion.as_ref())),
        ];
        sections.push(section("結果", rows));
    }
    Read { sections, terms: terms(&[CERTIFICATION_PERIOD, REVIEW_BOARD]) }
}
