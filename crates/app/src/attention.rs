//! What needs attention (気をつけること): pure rules over one person's papers.

use jiff::civil::Date;
use tasuki_core::assignment::{Assignment, AssignmentState, ContinuityRule};
use tasuki_core::certification::{CertificationPeriod, CertificationProgress};
use tasuki_core::consent::Consent;
use tasuki_core::date::{AtMs, days_until};
use tasuki_core::document::{Body, Document};
use tasuki_core::eligibility::BurdenRatio;
use tasuki_core::words;

words! {
    /// Something that needs attention, the most pressing first (気をつけること).
    pub enum Matter {
        /// The certification has ended and none runs.
        CertificationEnded = "certification_ended", "認定の有効期間が終わりました";
        /// The certification ends within the renewal window.
        CertificationEnds = "certification_ends", "認定の有効期間がもうすぐ終わります";
        /// The office's access lapses unless service goes on.
        AccessLapses = "access_lapses", "閲覧できる期間がもうすぐ終わります";
        /// The consent ends.
        ConsentEnds = "consent_ends", "同意の期間がもうすぐ終わります";
        /// The burden ratio changes.
        RatioChanges = "ratio_changes", "負担割合が変わります";
        /// The burden limit certificate ends.
        BurdenLimitEnds = "burden_limit_ends", "負担限度額認定証がもうすぐ終わります";
        /// The running application has moved.
        ProgressMoved = "progress_moved", "認定の申請が進みました";
        /// The running application is past the legal 30 days, or past the day of its notice.
        DecisionLate = "decision_late", "認定の結果が期限を過ぎています";
    }
}

/// One matter with its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attention {
    /// What.
    pub matter: Matter,
    /// The day it is about.
    pub on: Date,
}

/// Days before an end at which other certificates, consents and access need attention.
const SOON_DAYS: i64 = 30;

/// Days for which a step of an application counts as new.
const MOVED_DAYS: i64 = 7;

/// What the rules look at.
#[derive(Debug, Clone, Copy)]
pub struct Looked<'a> {
    /// Papers the reader may see.
    pub papers: &'a [Document<Body>],
    /// Consents of the person.
    pub consents: &'a [Consent],
    /// The reader's own registration.
    pub assignment: Option<&'a Assignment>,
}

/// Everything that needs attention at `now`, the most pressing first.
pub fn of(
    looked: Looked<'_>,
    rule: ContinuityRule,
    renewal_days: i64,
    now: AtMs,
) -> Vec<Attention> {
    let today = now.date();
    let mut found = Vec::new();
    found.extend(certification_end(looked.papers, renewal_days, today));
    found.extend(ratio_change(looked.papers, today));
    found.extend(limit_end(looked.papers, today));
    found.extend(progress(looked.papers, today));
    found.extend(looked.assignment.and_then(|assignment| access_end(assignment, rule, now)));
    found.extend(consent_end(looked.consents, now));
    found.sort_unstable();
    found.dedup();
    found
}

fn soon(today: Date, end: Date, days: i64) -> bool {
    (0..=days).contains(&days_until(today, end))
}

/// The period of the certification that is, or was last, in force.
pub fn certified_period(papers: &[Document<Body>], today: Date) -> Option<CertificationPeriod> {
    let period = |paper: &Document<Body>| match &paper.body {
        Body::InsuredCertificate(certificate) => {
            certificate.certified.as_ref().map(|certified| certified.period)
        }
        _ => None,
    };
    let began = |period: &CertificationPeriod| period.from <= today;
    papers.iter().filter_map(period).filter(began).max_by_key(|period| period.until)
}

fn certification_end(
    papers: &[Document<Body>],
    renewal_days: i64,
    today: Date,
) -> Option<Attention> {
    let on = certified_period(papers, today)?.until;
    let running = running(papers, today).is_some();
    if on < today {
        return (!running).then_some(Attention { matter: Matter::CertificationEnded, on });
    }
    soon(today, on, renewal_days).then_some(Attention { matter: Matter::CertificationEnds, on })
}

/// The application that still runs.
pub fn running(papers: &[Document<Body>], today: Date) -> Option<&CertificationProgress> {
    papers.iter().find_map(|paper| match &paper.body {
        Body::CertificationProgress(progress) if !progress.is_closed(today) => Some(&**progress),
        _ => None,
    })
}

fn ratio_change(papers: &[Document<Body>], today: Date) -> Option<Attention> {
    let ratio_on = |day: Date| -> Option<BurdenRatio> {
        papers.iter().find_map(|paper| match &paper.body {
            Body::BurdenRatioCertificate(certificate) => certificate.ratio_on(day),
            _ => None,
        })
    };
    let now = ratio_on(today)?;
    let on = (1..=SOON_DAYS * 2)
        .filter_map(|days| today.checked_add(jiff::Span::new().days(days)).ok())
        .find(|day| ratio_on(*day).is_some_and(|later| later != now))?;
    Some(Attention { matter: Matter::RatioChanges, on })
}

fn limit_end(papers: &[Document<Body>], today: Date) -> Option<Attention> {
    let end = |paper: &Document<Body>| match &paper.body {
        Body::BurdenLimitCertificate(certificate) => Some(certificate.expires_on),
        _ => None,
    };
    let on = papers.iter().filter_map(end).max()?;
    soon(today, on, SOON_DAYS).then_some(Attention { matter: Matter::BurdenLimitEnds, on })
}

fn progress(papers: &[Document<Body>], today: Date) -> Vec<Attention> {
    let newest = papers.iter().find_map(|paper| match &paper.body {
        Body::CertificationProgress(progress) => Some(progress),
        _ => None,
    });
    let Some(progress) = newest else { return vec![] };
    let steps = progress.timeline(today);
    let moved = steps.iter().filter_map(|step| step.done_on).filter(|on| *on <= today).max();
    let moved = moved
        .filter(|on| days_until(*on, today) < MOVED_DAYS)
        .map(|on| Attention { matter: Matter::ProgressMoved, on });
    let late = progress
        .is_overdue(today)
        .then(|| Attention { matter: Matter::DecisionLate, on: progress.deadline(today) });
    moved.into_iter().chain(late).collect()
}

fn access_end(assignment: &Assignment, rule: ContinuityRule, now: AtMs) -> Option<Attention> {
    match assignment.state(rule, now) {
        AssignmentState::Open { until, .. } if soon(now.date(), until, SOON_DAYS) => {
            Some(Attention { matter: Matter::AccessLapses, on: until })
        }
        _ => None,
    }
}

fn consent_end(consents: &[Consent], now: AtMs) -> Option<Attention> {
    let ends = |consent: &Consent| consent.in_force(now).then_some(consent.until);
    let ends: Vec<_> = consents.iter().filter_map(ends).collect();
    if ends.contains(&None) {
        return None;
    }
    let on = ends.into_iter().flatten().max()?;
    soon(now.date(), on, SOON_DAYS).then_some(Attention { matter: Matter::ConsentEnds, on })
}
