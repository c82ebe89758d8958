//! Persons with a story (見本の人): the first of every town, the same in each, for demo and tests.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_core::care_level::CareLevel;
use tasuki_core::certification::{
    ApplicationKind, BoardProgress, CertificationPeriod, SurveyProgress,
};
use tasuki_core::consent::{ConsentBasis, ConsentScope};
use tasuki_core::date::YearMonth;
use tasuki_core::document::Body;
use tasuki_core::eligibility::{BurdenLimitStage, BurdenRatio, BurdenRatioPeriod};
use tasuki_core::insured::{
    InsuredNumber, InsuredPerson, InsurerMove, PersonKey, PersonName, Personal, Protection, Sex,
};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::{Provider, ProviderNumber};
use tasuki_core::word::Word;
use tasuki_formats::municipal::{ApplicationConsent, Content, RecordKind};

use crate::applications::{self, Stage};
use crate::certified::{self, Case, Paper};
use crate::dice::Dice;
use crate::offices::{OfficeRole, Offices};
use crate::people::days_later;
use crate::{Options, usage};

/// A showcase person as `town.json` describes them. Invented, so nothing is hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Showcase {
    /// Short word to find the person by, for example `renewal_waiting_for_opinion`.
    pub story: String,
    /// What is interesting, in Japanese.
    pub interesting: String,
    /// Insurer.
    pub insurer: InsurerNumber,
    /// Insured person's number.
    pub insured: String,
    /// Name.
    pub name: String,
    /// Reading.
    pub kana: String,
    /// Date of birth.
    pub birth_date: Date,
    /// Sex.
    pub sex: Sex,
    /// Care level, when certified.
    pub care_level: Option<CareLevel>,
    /// Last day of the certificate.
    pub certified_until: Option<Date>,
    /// The blanket consent taken at the application is in force.
    pub consent: bool,
    /// Offices that serve the person; the first writes the care plan.
    pub offices: Vec<ProviderNumber>,
    /// Medical institution that was asked for the opinion.
    pub clinic: Option<ProviderNumber>,
}

/// A showcase person with the papers to send.
pub(crate) struct Member {
    pub(crate) key: PersonKey,
    pub(crate) papers: Vec<Paper>,
    described: Showcase,
}

/// The showcase persons of a town, in the order of its files.
pub fn showcase(options: &Options) -> Vec<Showcase> {
    cast(options).into_iter().map(|member| member.described).collect()
}

/// A row of `showcase.tsv`.
struct Role {
    story: &'static str,
    number: &'static str,
    name: (&'static str, &'static str),
    birth: Date,
    sex: Sex,
    level: Option<CareLevel>,
    consent: bool,
    interesting: &'static str,
}

/// Reads story, number, name, reading, birth, sex, level, consent and what is interesting.
fn role(line: &'static str) -> Option<Role> {
    let mut cells = line.split('\t');
    Some(Role {
        story: cells.next()?,
        number: cells.next()?,
        name: (cells.next()?, cells.next()?),
        birth: cells.next()?.parse().ok()?,
        sex: Sex::from_word(cells.next()?)?,
        level: CareLevel::from_word(cells.next()?),
        consent: cells.next()? == "consent",
        interesting: cells.next()?,
    })
}

/// The showcase persons with their papers.
pub(crate) fn cast(options: &Options) -> Vec<Member> {
    let offices = Offices::new();
    let roles = include_str!("showcase.tsv").lines().filter_map(role);
    roles.filter_map(|role| member(&role, options, &offices)).collect()
}

/// The last day of the month nearest to 42 days ahead: certificates end with a month.
fn renewal_end(today: Date) -> Date {
    let wished = days_later(today, 42);
    let candidates = [YearMonth::of(wished).last_day_after(-1), wished.last_of_month()];
    let distance = |day: &Date| tasuki_core::date::days_until(wished, *day).abs();
    candidates.into_iter().min_by_key(distance).unwrap_or(wished)
}

/// Last day of the certificate of a story.
fn certified_until(story: &str, today: Date) -> Date {
    let month = YearMonth::of(today);
    match story {
        "renewal_waiting_for_opinion" | "board_decided" => renewal_end(today),
        "expired" => month.last_day_after(-1),
        _ => month.last_day_after(10),
    }
}

fn member(role: &Role, options: &Options, offices: &Offices) -> Option<Member> {
    let today = options.today;
    let insured = InsuredNumber::parse(role.number).ok()?;
    let key = PersonKey { insurer: options.insurer.clone(), insured };
    let until = certified_until(role.story, today);
    let from = days_later(YearMonth::of(until).last_day_after(-12), 1);
    let clinic = offices.first(OfficeRole::Clinic)?;
    let serving = serving(role.story, offices);
    let mut papers = vec![(RecordKind::InsuredPerson, 1, person(role, &key, today))];
    if let Some(level) = role.level {
        let case = case(role.story, level, CertificationPeriod { from, until });
        papers.extend(certificates(role.story, &case, &serving, offices, today));
        papers.extend(story(role.story, &case, clinic, today));
        papers.extend(service(role.story, &serving, today));
    } else {
        papers.extend(running(Stage::SurveyRequested, ApplicationKind::New, 1, clinic, today));
    }
    papers.retain(|(kind, ..)| *kind != RecordKind::Consent);
    papers.extend(consent(role, from, today));
    let described = Showcase {
        story: role.story.to_owned(),
        interesting: role.interesting.to_owned(),
        insurer: options.insurer.clone(),
        insured: role.number.to_owned(),
        name: role.name.0.to_owned(),
        kana: role.name.1.to_owned(),
        birth_date: role.birth,
        sex: role.sex,
        care_level: role.level,
        certified_until: role.level.map(|_| until),
        consent: role.consent,
        offices: serving.iter().map(|office| office.number.clone()).collect(),
        clinic: Some(clinic.number.clone()),
    };
    Some(Member { key, papers, described })
}

/// Offices that serve the person, the care-management office first.
fn serving<'a>(story: &str, offices: &'a Offices) -> Vec<&'a Provider> {
    let roles: &[OfficeRole] = match story {
        "facility_domicile_exception" => &[OfficeRole::Facility],
        "new_application" => &[OfficeRole::CareManagement],
        "renewal_waiting_for_opinion" => {
            &[OfficeRole::CareManagement, OfficeRole::HomeVisit, OfficeRole::DayService]
        }
        _ => &[OfficeRole::CareManagement, OfficeRole::HomeVisit],
    };
    roles.iter().filter_map(|role| offices.first(*role)).collect()
}

fn person(role: &Role, key: &PersonKey, today: Date) -> Content {
    let month_begin = days_later(YearMonth::of(today).last_day_after(-2), 1);
    let moved = (role.story == "moved_out").then_some(month_begin);
    let neighbour = InsurerNumber::with_check_digit("99002");
    let protection = Protection { from: days_later(today, -200), until: None };
    let house = role.number.get(7..).unwrap_or_default();
    Content::Person(Box::new(InsuredPerson {
        key: key.clone(),
        name: PersonName { kanji: Personal::new(role.name.0), kana: Personal::new(role.name.1) },
        birth_date: role.birth,
        sex: role.sex,
        postal_code: Some(Personal::new("9990001")),
        address: Some(Personal::new(format!("あおば市緑町1丁目{house}番地"))),
        phone: Some(Personal::new(format!("099-000-2{house}"))),
        protection: (role.story == "protected").then_some(protection),
        domicile_exception: neighbour
            .clone()
            .filter(|_| role.story == "facility_domicile_exception"),
        moved_from: None,
        moved_to: neighbour.zip(moved).map(|(insurer, on)| InsurerMove { insurer, on }),
        lost_on: moved,
    }))
}

fn case(story: &str, level: CareLevel, period: CertificationPeriod) -> Case {
    let stage = match story {
        "renewal_waiting_for_opinion" => Some(BurdenLimitStage::ThreeFirst),
        "facility_domicile_exception" => Some(BurdenLimitStage::Two),
        "public_assistance" => Some(BurdenLimitStage::One),
        _ => None,
    };
    let two = matches!(story, "no_consent" | "ratio_changes");
    Case {
        level,
        previous_level: Some(if level == CareLevel::Care2 { CareLevel::Care1 } else { level }),
        period,
        ratio: if two { BurdenRatio::TwoTenths } else { BurdenRatio::OneTenth },
        stage,
        reduced: story == "public_assistance",
        in_facility: story == "facility_domicile_exception",
        history: 2,
    }
}

fn certificates(
    story: &str,
    case: &Case,
    serving: &[&Provider],
    offices: &Offices,
    today: Date,
) -> Vec<Paper> {
    let facility = offices.first(OfficeRole::Facility);
    let mut dice = Dice::new(1);
    let mut papers =
        certified::certificates(case, serving.first().copied(), facility, today, &mut dice);
    if story == "ratio_changes" {
        let changes = days_later(today.last_of_month(), 1);
        for paper in &mut papers {
            if let (_, 2, Content::Paper(Body::BurdenRatioCertificate(body))) = paper
                && changes <= body.first.until
            {
                let until = body.first.until;
                body.first.until = days_later(changes, -1);
                body.second =
                    Some(BurdenRatioPeriod { ratio: BurdenRatio::OneTenth, from: changes, until });
            }
        }
    }
    papers
}

/// The papers that make the story: the finished application, what runs, what was bought.
fn story(story: &str, case: &Case, clinic: &Provider, today: Date) -> Vec<Paper> {
    let mut dice = Dice::new(2);
    let mut papers = applications::completed(case, clinic, &mut dice);
    match story {
        "renewal_waiting_for_opinion" => {
            papers.extend(waiting_for_opinion(clinic, today));
            papers.push(usage::modification(1, days_later(today, -620), 50_000, case));
            papers.push(usage::modification(2, days_later(today, -190), 18_000, case));
            papers.push(usage::equipment(1, days_later(today, -60), 15_000, case.ratio));
        }
        "postponed_change" => {
            papers.extend(running(Stage::Postponed, ApplicationKind::Change, 3, clinic, today));
        }
        "board_decided" => {
            let mut progress =
                applications::filed(days_later(today, -27), ApplicationKind::Renewal);
            progress.survey = SurveyProgress {
                requested_on: Some(days_later(today, -25)),
                done_on: Some(days_later(today, -18)),
            };
            progress.opinion = applications::asked(clinic, days_later(today, -25));
            progress.opinion.received_on = Some(days_later(today, -11));
            progress.screened_on = Some(days_later(today, -9));
            let held = Some(days_later(today, -1));
            progress.board = BoardProgress { planned_on: held, held_on: held };
            let content = applications::progress_content(progress);
            papers.push((RecordKind::CertificationProgress, 3, content));
        }
        _ => {}
    }
    papers
}

/// The example of the person page: filed 18 days ago, surveyed, the opinion asked for 8 days ago.
fn waiting_for_opinion(clinic: &Provider, today: Date) -> Vec<Paper> {
    let filed_on = days_later(today, -18);
    let mut progress = applications::filed(filed_on, ApplicationKind::Renewal);
    progress.survey = SurveyProgress {
        requested_on: Some(days_later(today, -16)),
        done_on: Some(days_later(today, -10)),
    };
    progress.opinion = applications::asked(clinic, days_later(today, -8));
    progress.board.planned_on = Some(days_later(today, 7));
    vec![
        (RecordKind::CertificationProgress, 3, applications::progress_content(progress)),
        (RecordKind::OpinionRequest, 3, applications::request(clinic, filed_on, 10, 3)),
    ]
}

fn running(
    stage: Stage,
    kind: ApplicationKind,
    history: u32,
    clinic: &Provider,
    today: Date,
) -> Vec<Paper> {
    applications::running(stage, kind, history, clinic, today, &mut Dice::new(3))
}

/// Months of service: up to last month, but for the one whose access lapses.
fn service(story: &str, serving: &[&Provider], today: Date) -> Vec<Paper> {
    match story {
        "access_lapses_soon" => {
            let earlier = YearMonth::of(today).last_day_after(-2);
            usage::service_months(serving, 1, earlier)
        }
        _ => usage::service_months(serving, 3, today),
    }
}

/// The one consent of a showcase person.
fn consent(role: &Role, from: Date, today: Date) -> Option<Paper> {
    let withdrawn = role.story == "consent_withdrawn";
    (role.consent || withdrawn).then(|| {
        let given_on = if role.level.is_some() { from } else { days_later(today, -5) };
        let consent = ApplicationConsent {
            given_on,
            until: None,
            basis: ConsentBasis::Person,
            scope: ConsentScope::default(),
            withdrawn_on: withdrawn.then(|| days_later(today, -7)),
        };
        (RecordKind::Consent, 1, Content::Consent(Box::new(consent)))
    })
}
