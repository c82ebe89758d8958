//! Applications (要介護認定申請): those that led to a certificate, and those that run today.

use jiff::civil::Date;
use tasuki_core::care_level::CareLevel;
use tasuki_core::certification::{
    ApplicationEnd, ApplicationKind, BoardProgress, CertificationPeriod, CertificationProgress,
    CertificationResult, EndKind, OpinionProgress, PostponementNotice, SurveyProgress,
};
use tasuki_core::consent::{ConsentBasis, ConsentScope};
use tasuki_core::document::Body;
use tasuki_core::insured::Personal;
use tasuki_core::provider::Provider;
use tasuki_core::survey::PreviousCertification;
use tasuki_formats::municipal::{ApplicationConsent, Content, OpinionRequest, RecordKind};

use crate::certified::{Case, Paper};
use crate::dice::Dice;
use crate::people::days_later;
use crate::sheets;

/// How far a running application is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Filed,
    SurveyRequested,
    WaitingForOpinion,
    WaitingForSurvey,
    Screened,
    BoardPlanned,
    Postponed,
    Withdrawn,
    ChangeRejected,
}

/// Every stage, so that a town of any size has each.
pub(crate) const STAGES: [Stage; 9] = [
    Stage::Filed,
    Stage::SurveyRequested,
    Stage::WaitingForOpinion,
    Stage::WaitingForSurvey,
    Stage::Screened,
    Stage::BoardPlanned,
    Stage::Postponed,
    Stage::Withdrawn,
    Stage::ChangeRejected,
];

/// An application without anything done yet.
pub(crate) fn filed(filed_on: Date, kind: ApplicationKind) -> CertificationProgress {
    CertificationProgress {
        filed_on,
        kind,
        filed_by: None,
        survey: SurveyProgress::default(),
        opinion: OpinionProgress::default(),
        screened_on: None,
        board: BoardProgress::default(),
        decided_on: None,
        notified_on: None,
        postponement: None,
        ended: None,
        result: None,
    }
}

/// The request to `clinic` as the progress shows it.
pub(crate) fn asked(clinic: &Provider, requested_on: Date) -> OpinionProgress {
    OpinionProgress {
        institution: Some(clinic.number.clone()),
        institution_name: Some(clinic.name.clone()),
        requested_on: Some(requested_on),
        received_on: None,
    }
}

/// The application that led to the certificate of a case, with its papers.
pub(crate) fn completed(case: &Case, clinic: &Provider, dice: &mut Dice) -> Vec<Paper> {
    let renewal = case.history > 1;
    let before = if renewal { -50 } else { 0 };
    let filed_on = days_later(case.period.from, before);
    let on = |days| Some(days_later(filed_on, days));
    let late = dice.chance(120);
    let decided = if late { 44 } else { 29 };
    let mut progress =
        filed(filed_on, if renewal { ApplicationKind::Renewal } else { ApplicationKind::New });
    progress.survey = SurveyProgress { requested_on: on(2), done_on: on(9) };
    progress.opinion =
        OpinionProgress { received_on: on(18), ..asked(clinic, days_later(filed_on, 2)) };
    progress.screened_on = on(decided - 8);
    progress.board = BoardProgress { planned_on: on(decided - 2), held_on: on(decided - 2) };
    progress.decided_on = on(decided);
    progress.notified_on = on(decided + 2);
    progress.postponement = late.then(|| postponement(filed_on));
    progress.result = Some(result(case.level, case.previous_level, case.period));
    let previous = case.previous_level.map(|care_level| PreviousCertification {
        certified_on: days_later(case.period.from, -400),
        care_level,
    });
    let survey = sheets::survey(case.level, days_later(filed_on, 9), previous, dice);
    let opinion = sheets::opinion(case.level, days_later(filed_on, 17), clinic, !renewal, dice);
    let history = case.history;
    let mut papers = vec![
        (RecordKind::OpinionRequest, history, request(clinic, filed_on, 2, history)),
        (RecordKind::CertificationProgress, history, progress_content(progress)),
    ];
    papers.extend(survey.map(|sheet| {
        (RecordKind::SurveySheet, history, Content::Paper(Body::SurveySheet(Box::new(sheet))))
    }));
    papers.extend(opinion.map(|opinion| {
        let body = Body::AttendingPhysicianOpinion(Box::new(opinion));
        (RecordKind::PhysicianOpinion, history, Content::Paper(body))
    }));
    papers
        .extend(dice.chance(800).then(|| (RecordKind::Consent, history, consent(filed_on, dice))));
    papers
}

/// The result of an application.
pub(crate) fn result(
    care_level: CareLevel,
    previous_level: Option<CareLevel>,
    period: CertificationPeriod,
) -> CertificationResult {
    CertificationResult {
        screening_level: Some(care_level),
        care_level,
        period: Some(period),
        care1_state: None,
        board_opinion: None,
        designated_services: Vec::new(),
        previous_level,
    }
}

fn postponement(filed_on: Date) -> PostponementNotice {
    PostponementNotice {
        notified_on: days_later(filed_on, 28),
        expected_by: days_later(filed_on, 50),
        reason: Personal::new("主治医意見書の提出が遅れているため"),
    }
}

/// An application that runs on `today` at `stage`, with the request to the clinic.
pub(crate) fn running(
    stage: Stage,
    kind: ApplicationKind,
    history: u32,
    clinic: &Provider,
    today: Date,
    dice: &mut Dice,
) -> Vec<Paper> {
    let age = match stage {
        Stage::Filed => dice.between(0, 1),
        Stage::SurveyRequested => dice.between(3, 7),
        Stage::WaitingForOpinion | Stage::WaitingForSurvey => dice.between(13, 22),
        Stage::Screened | Stage::BoardPlanned => dice.between(21, 28),
        Stage::Postponed => dice.between(31, 45),
        Stage::Withdrawn | Stage::ChangeRejected => dice.between(20, 50),
    };
    let filed_on = days_later(today, -i32::try_from(age).unwrap_or(0));
    let on = |days| Some(days_later(filed_on, days));
    let mut progress = filed(filed_on, kind);
    if stage != Stage::Filed {
        progress.survey.requested_on = on(2);
        progress.opinion = asked(clinic, days_later(filed_on, 3));
    }
    match stage {
        Stage::Filed | Stage::SurveyRequested => {}
        Stage::WaitingForOpinion => progress.survey.done_on = on(8),
        Stage::WaitingForSurvey => progress.opinion.received_on = on(12),
        Stage::Screened | Stage::BoardPlanned | Stage::ChangeRejected | Stage::Postponed => {
            progress.survey.done_on = on(8);
            progress.opinion.received_on = on(17);
            progress.screened_on = on(19);
        }
        Stage::Withdrawn => {
            progress.ended = on(6).map(|on| ApplicationEnd { kind: EndKind::Withdrawn, on });
        }
    }
    match stage {
        Stage::BoardPlanned => progress.board.planned_on = Some(days_later(today, 6)),
        Stage::ChangeRejected => {
            progress.ended = on(20).map(|on| ApplicationEnd { kind: EndKind::ChangeRejected, on });
        }
        Stage::Postponed => progress.postponement = Some(postponement(filed_on)),
        _ => {}
    }
    let mut papers = vec![(RecordKind::CertificationProgress, history, progress_content(progress))];
    if stage != Stage::Filed {
        papers.push((RecordKind::OpinionRequest, history, request(clinic, filed_on, 3, history)));
    }
    if dice.chance(800) {
        papers.push((RecordKind::Consent, history, consent(filed_on, dice)));
    }
    papers
}

/// A progress as a paper's content.
pub(crate) fn progress_content(progress: CertificationProgress) -> Content {
    Content::Paper(Body::CertificationProgress(Box::new(progress)))
}

/// The request for an opinion, `days` after the application of the same history number.
pub(crate) fn request(clinic: &Provider, filed_on: Date, days: i32, history: u32) -> Content {
    let requested_on = days_later(filed_on, days);
    Content::OpinionRequest(OpinionRequest {
        institution: clinic.number.clone(),
        institution_name: clinic.name.clone(),
        physician: Some(Personal::new("青空　一郎")),
        requested_on,
        due_on: Some(days_later(requested_on, 14)),
        application_history: Some(history.to_string()),
        cancelled_on: None,
    })
}

/// Consent at the application: mostly the person's own, for everything.
pub(crate) fn consent(given_on: Date, dice: &mut Dice) -> Content {
    let basis = match dice.below(100) {
        0..=84 => ConsentBasis::Person,
        85..=94 => ConsentBasis::FamilyProxy {
            name: Personal::new("あおば　長子"),
            relation: Personal::new("長女"),
            reason: Personal::new("認知症のため本人が判断できない"),
        },
        _ => ConsentBasis::StatutoryAgent { name: Personal::new("後見　太郎") },
    };
    Content::Consent(Box::new(ApplicationConsent {
        given_on,
        until: None,
        basis,
        scope: ConsentScope::default(),
        withdrawn_on: None,
    }))
}
