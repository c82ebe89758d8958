//! A day in the town (差分): what becomes of some of its persons after the full set was written.

use jiff::civil::Date;
use tasuki_core::certification::{
    ApplicationEnd, ApplicationKind, CertificationPeriod, CertificationProgress, EndKind,
};
use tasuki_core::date::YearMonth;
use tasuki_core::document::Body;
use tasuki_core::eligibility::{BurdenRatio, InsuredCertificate};
use tasuki_core::insured::{InsuredPerson, InsurerMove};
use tasuki_core::provider::Provider;
use tasuki_core::survey::PreviousCertification;
use tasuki_formats::municipal::{Change, Content, RecordKind, ServiceUse};

use crate::applications::{self, Stage};
use crate::certified::{self, Paper};
use crate::dice::Dice;
use crate::offices::{OfficeRole, Offices};
use crate::people::{self, days_later};
use crate::{sheets, usage};

/// A line of the difference: kind, history number, what it asks for.
pub(crate) type Line = (RecordKind, u32, Change);

/// What can happen to a person in a day.
#[derive(Debug, Clone, Copy)]
enum Happening {
    Moves,
    MovesAway,
    Dies,
    TelephoneMended,
    Files,
    GoesOn,
    RatioMended,
    Buys,
    PurchaseTakenBack,
    ConsentTakenBack,
    Served,
    MonthMended,
    MonthTakenBack,
}

/// A person as the full set has them, and the day on which something happens.
pub(crate) struct Before<'a> {
    pub(crate) papers: &'a [Paper],
    pub(crate) offices: &'a Offices,
    pub(crate) today: Date,
}

impl<'a> Before<'a> {
    /// What happens to the person today.
    pub(crate) fn lines(&self, dice: &mut Dice) -> Vec<Line> {
        let Some(person) = self.person() else { return vec![] };
        let open = self.happenings(person);
        let weights: Vec<u32> = open.iter().map(|(_, weight)| *weight).collect();
        let happens = open.get(dice.weighted(&weights)).map(|(happens, _)| *happens);
        let lines = happens.and_then(|happens| self.happen(happens, person, dice));
        lines.unwrap_or_default()
    }

    /// What can happen, with weights.
    fn happenings(&self, person: &InsuredPerson) -> Vec<(Happening, u32)> {
        if person.lost_on.is_some() {
            return vec![(Happening::TelephoneMended, 1)];
        }
        let mut open = vec![
            (Happening::Moves, 30),
            (Happening::MovesAway, 8),
            (Happening::Dies, 12),
            (Happening::TelephoneMended, 10),
        ];
        let mut when =
            |can: bool, happening, weight| open.extend(can.then_some((happening, weight)));
        let running = self.running().is_some();
        when(running, Happening::GoesOn, 200);
        when(!running, Happening::Files, 20);
        when(self.newest(RecordKind::BurdenRatio).is_some(), Happening::RatioMended, 15);
        when(self.certificate().is_some(), Happening::Buys, 15);
        let bought = self.newest(RecordKind::EquipmentPurchaseUse).is_some();
        when(bought, Happening::PurchaseTakenBack, 10);
        when(self.newest(RecordKind::Consent).is_some(), Happening::ConsentTakenBack, 5);
        let served = self.newest(RecordKind::ServiceUse).is_some();
        when(served, Happening::Served, 60);
        when(served, Happening::MonthMended, 4);
        when(served, Happening::MonthTakenBack, 4);
        open
    }

    fn happen(
        &self,
        happens: Happening,
        person: &InsuredPerson,
        dice: &mut Dice,
    ) -> Option<Vec<Line>> {
        match happens {
            Happening::Moves => Some(vec![self.state(people::moved(person, dice))]),
            Happening::MovesAway => {
                let on = self.today;
                let to = people::neighbour(dice).map(|insurer| InsurerMove { insurer, on });
                Some(self.gone(InsuredPerson { moved_to: to, ..person.clone() }))
            }
            Happening::Dies => Some(self.gone(person.clone())),
            Happening::TelephoneMended => {
                let phone = Some(people::phone(dice));
                let person = InsuredPerson { phone, ..person.clone() };
                let mended = Change::Correct(Content::Person(Box::new(person)));
                Some(vec![(RecordKind::InsuredPerson, 1, mended)])
            }
            Happening::Files => Some(self.files(dice)),
            Happening::GoesOn => self.goes_on(dice),
            Happening::RatioMended => self.ratio_mended(),
            Happening::Buys => {
                let number = self.next(RecordKind::EquipmentPurchaseUse);
                let cost_yen = dice.between(5, 60) * 500;
                let paper = usage::equipment(number, self.today, cost_yen, self.ratio());
                Some(vec![put(paper)])
            }
            Happening::PurchaseTakenBack => {
                let kind = RecordKind::EquipmentPurchaseUse;
                Some(vec![(kind, self.newest(kind)?.0, Change::Delete)])
            }
            Happening::ConsentTakenBack => self.consent_taken_back(),
            Happening::Served => self.served(),
            Happening::MonthMended => self.month_mended(),
            Happening::MonthTakenBack => {
                let kind = RecordKind::ServiceUse;
                Some(vec![(kind, self.newest(kind)?.0, Change::Delete)])
            }
        }
    }

    /// The paper of a kind with the greatest history number.
    fn newest(&self, kind: RecordKind) -> Option<(u32, &'a Content)> {
        let of_kind = self.papers.iter().filter(|(known, ..)| *known == kind);
        of_kind.map(|(_, history, content)| (*history, content)).max_by_key(|(history, _)| *history)
    }

    /// The next history number of a kind.
    fn next(&self, kind: RecordKind) -> u32 {
        self.newest(kind).map_or(1, |(history, _)| history + 1)
    }

    fn person(&self) -> Option<&'a InsuredPerson> {
        match self.newest(RecordKind::InsuredPerson)? {
            (_, Content::Person(person)) => Some(person),
            _ => None,
        }
    }

    fn certificate(&self) -> Option<&'a InsuredCertificate> {
        match self.newest(RecordKind::InsuredCertificate)? {
            (_, Content::Paper(Body::InsuredCertificate(body))) => Some(body),
            _ => None,
        }
    }

    /// The application that still runs.
    fn running(&self) -> Option<(u32, &'a CertificationProgress)> {
        match self.newest(RecordKind::CertificationProgress)? {
            (history, Content::Paper(Body::CertificationProgress(progress)))
                if progress.decided_on.is_none() && progress.ended.is_none() =>
            {
                Some((history, progress))
            }
            _ => None,
        }
    }

    fn ratio(&self) -> BurdenRatio {
        match self.newest(RecordKind::BurdenRatio) {
            Some((_, Content::Paper(Body::BurdenRatioCertificate(body)))) => body.first.ratio,
            _ => BurdenRatio::OneTenth,
        }
    }

    /// A new state of the register.
    fn state(&self, person: InsuredPerson) -> Line {
        let number = self.next(RecordKind::InsuredPerson);
        put((RecordKind::InsuredPerson, number, Content::Person(Box::new(person))))
    }

    /// The insurance ends today, and with it what runs.
    fn gone(&self, mut person: InsuredPerson) -> Vec<Line> {
        person.lost_on = Some(self.today);
        let mut lines = vec![self.state(person)];
        if let Some((history, progress)) = self.running() {
            let ended = ApplicationEnd { kind: EndKind::InsuranceLost, on: self.today };
            lines.push(goes_to(
                history,
                CertificationProgress { ended: Some(ended), ..progress.clone() },
            ));
        }
        lines
    }

    /// An application comes in.
    fn files(&self, dice: &mut Dice) -> Vec<Line> {
        let kind = match self.certificate() {
            Some(_) => ApplicationKind::Change,
            None => ApplicationKind::New,
        };
        let Some(clinic) = self.offices.first(OfficeRole::Clinic) else { return vec![] };
        let history = [
            RecordKind::CertificationProgress,
            RecordKind::InsuredCertificate,
            RecordKind::OpinionRequest,
            RecordKind::Consent,
        ];
        let history = history.map(|kind| self.next(kind)).into_iter().max().unwrap_or(1);
        let papers = applications::running(Stage::Filed, kind, history, clinic, self.today, dice);
        papers.into_iter().map(put).collect()
    }

    /// The next step of what runs: the survey, the opinion, the decision.
    fn goes_on(&self, dice: &mut Dice) -> Option<Vec<Line>> {
        let (history, progress) = self.running()?;
        let clinic = self.offices.first(OfficeRole::Clinic)?;
        let mut progress = progress.clone();
        let need = self.certificate().and_then(|certificate| certificate.certified.as_ref());
        let level = certified::level(dice);
        let mut lines = vec![];
        if progress.survey.done_on.is_none() {
            progress.survey.requested_on.get_or_insert(progress.filed_on);
            progress.survey.done_on = Some(self.today);
            let before = need.map(|need| PreviousCertification {
                certified_on: need.certified_on,
                care_level: need.care_level,
            });
            let sheet = sheets::survey(level, self.today, before, dice)?;
            let body = Body::SurveySheet(Box::new(sheet));
            lines.push(put((RecordKind::SurveySheet, history, Content::Paper(body))));
        } else if progress.opinion.received_on.is_none() {
            progress.opinion = applications::asked(clinic, progress.filed_on);
            progress.opinion.received_on = Some(self.today);
            let opinion = sheets::opinion(level, self.today, clinic, need.is_none(), dice)?;
            let body = Body::AttendingPhysicianOpinion(Box::new(opinion));
            lines.push(put((RecordKind::PhysicianOpinion, history, Content::Paper(body))));
        } else {
            lines.extend(self.decided(history, &mut progress, clinic, dice));
        }
        lines.push(goes_to(history, progress));
        Some(lines)
    }

    /// The decision with its certificates.
    fn decided(
        &self,
        history: u32,
        progress: &mut CertificationProgress,
        clinic: &Provider,
        dice: &mut Dice,
    ) -> Vec<Line> {
        let need = self.certificate().and_then(|certificate| certificate.certified.as_ref());
        let mut case = certified::case(self.today, dice);
        // A renewal begins when the former period ends, anything else with the application.
        let ends = need.map(|need| need.period.until).filter(|until| self.today <= *until);
        let renews = ends.filter(|_| progress.kind == ApplicationKind::Renewal);
        let from = renews.map_or(progress.filed_on, |until| days_later(until, 1));
        case.period = CertificationPeriod::starting(from, 12);
        case.previous_level = need.map(|need| need.care_level);
        (case.history, case.in_facility) = (history, false);
        let held = progress.board.planned_on.filter(|day| *day <= self.today);
        progress.screened_on.get_or_insert(self.today);
        progress.board.held_on = Some(held.unwrap_or(self.today));
        progress.decided_on = Some(self.today);
        progress.result = Some(applications::result(case.level, case.previous_level, case.period));
        let office = self.offices.first(OfficeRole::CareManagement);
        let mut papers = certified::certificates(&case, office, Some(clinic), self.today, dice);
        let known = |kind: RecordKind, history: u32| {
            self.papers.iter().any(|(a, b, _)| (*a, *b) == (kind, history))
        };
        papers.retain(|(kind, number, _)| match kind {
            RecordKind::InsuredCertificate => *number == history,
            // Ratio and limits of the year stay as they are.
            _ => need.is_none() && !known(*kind, *number),
        });
        papers.into_iter().map(put).collect()
    }

    fn ratio_mended(&self) -> Option<Vec<Line>> {
        let (history, content) = self.newest(RecordKind::BurdenRatio)?;
        let Content::Paper(Body::BurdenRatioCertificate(body)) = content else { return None };
        let mut body = body.clone();
        body.first.ratio = match body.first.ratio {
            BurdenRatio::OneTenth => BurdenRatio::TwoTenths,
            BurdenRatio::TwoTenths | BurdenRatio::ThreeTenths => BurdenRatio::OneTenth,
        };
        let mended = Change::Correct(Content::Paper(Body::BurdenRatioCertificate(body)));
        Some(vec![(RecordKind::BurdenRatio, history, mended)])
    }

    fn consent_taken_back(&self) -> Option<Vec<Line>> {
        let (history, content) = self.newest(RecordKind::Consent)?;
        let Content::Consent(consent) = content else { return None };
        let mut consent = consent.clone();
        consent.withdrawn_on = Some(self.today);
        Some(vec![(RecordKind::Consent, history, Change::Correct(Content::Consent(consent)))])
    }

    /// The office that served last month does so this month.
    fn served(&self) -> Option<Vec<Line>> {
        let (history, mut service) = self.service()?;
        service.month = YearMonth::of(self.today);
        Some(vec![put((RecordKind::ServiceUse, history + 1, Content::ServiceUse(service)))])
    }

    /// The newest month was another one: the month before.
    fn month_mended(&self) -> Option<Vec<Line>> {
        let (history, mut service) = self.service()?;
        service.month = YearMonth::of(service.month.last_day_after(-1));
        let mended = Change::Correct(Content::ServiceUse(service));
        Some(vec![(RecordKind::ServiceUse, history, mended)])
    }

    /// The newest month of service, with its history number.
    fn service(&self) -> Option<(u32, ServiceUse)> {
        match self.newest(RecordKind::ServiceUse)? {
            (history, Content::ServiceUse(service)) => Some((history, service.clone())),
            _ => None,
        }
    }
}

/// A new record.
pub(crate) fn put((kind, history, content): Paper) -> Line {
    (kind, history, Change::Put(content))
}

/// A progress that has gone on: the same application, said anew.
fn goes_to(history: u32, progress: CertificationProgress) -> Line {
    let content = applications::progress_content(progress);
    (RecordKind::CertificationProgress, history, Change::Correct(content))
}
