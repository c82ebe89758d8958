//! My persons (わたしの利用者): the office's persons, those that need attention first.

use futures_util::{StreamExt, TryStreamExt, stream};
use tasuki_core::assignment::{Assignment, AssignmentState};
use tasuki_core::care_level::CareLevel;
use tasuki_core::date::AtMs;
use tasuki_core::document::Body;
use tasuki_core::eligibility::BurdenRatio;
use tasuki_core::event::{Action, Event, Outcome};
use tasuki_core::insured::InsuredPerson;
use tasuki_policy::authorise_list;
use tasuki_store::document::Versions;
use tasuki_store::{Change, assignment};

use crate::access::{self, Visitor};
use crate::attention::{self, Attention, Looked};
use crate::caller::Staff;
use crate::{App, AppError, look};

/// One line of the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// The person; whereabouts are not part of the list.
    pub person: InsuredPerson,
    /// Name of the insurer.
    pub insurer_name: String,
    /// Care level in force, when the reader may see the certificate.
    pub care_level: Option<CareLevel>,
    /// Last day of the certification.
    pub certified_until: Option<jiff::civil::Date>,
    /// Burden ratio in force.
    pub burden_ratio: Option<BurdenRatio>,
    /// What needs attention, most pressing first.
    pub attention: Vec<Attention>,
    /// Where the office's registration stands.
    pub assignment: AssignmentState,
    /// The person's consent is missing for something the reader could see with it.
    pub lacks_consent: bool,
}

/// Most persons of one list.
const MOST: u16 = 1_000;

/// How many persons are looked up at the same time.
const AT_ONCE: usize = 8;

/// The persons of the staff member's office whose registration is open, most pressing first.
///
/// # Errors
///
/// [`AppError::Denied`] when the job sees no persons or the organisation is no office.
pub async fn list(app: &App, staff: &Staff, now: AtMs) -> Result<Vec<Line>, AppError> {
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    let grant =
        authorise_list(&app.sharing.load(), &visitor.reader, None).map_err(|_| AppError::Denied)?;
    let assignments = assignment::of_provider(&app.db, &grant, MOST).await?;
    let rule = app.settings.continuity;
    let mut open: Vec<Assignment> = Vec::new();
    for assignment in assignments {
        let known = open.iter().any(|other| other.person == assignment.person);
        if assignment.state(rule, now).is_open() && !known {
            open.push(assignment);
        }
    }
    let event = Event {
        at: now,
        actor: visitor.actor.clone(),
        person: None,
        action: Action::List,
        purpose: look::usual_purpose(&visitor),
        outcome: Outcome::Allowed,
        touched: vec![],
        note: Some(format!("persons={}", open.len())),
    };
    let recorded = app.db.commit(Change::event(event)).await?;
    let lines = stream::iter(open)
        .map(|assignment| line(app, &visitor, assignment, &recorded, now))
        .buffered(AT_ONCE);
    let mut lines: Vec<Line> = lines.try_filter_map(async |line| Ok(line)).try_collect().await?;
    lines.sort_by(|a, b| order(a).cmp(&order(b)));
    Ok(lines)
}

/// Most pressing matter first, then its day, then the reading of the name.
fn order(line: &Line) -> (bool, Option<Attention>, &str) {
    let first = line.attention.first().copied();
    (first.is_none(), first, line.person.name.kana.expose())
}

async fn line(
    app: &App,
    visitor: &Visitor,
    assignment: Assignment,
    recorded: &tasuki_store::Recorded,
    now: AtMs,
) -> Result<Option<Line>, AppError> {
    let examined = access::examine(app, visitor, &assignment.person, now).await?;
    let (Ok(grant), true) = (&examined.basics, examined.facts.exists()) else { return Ok(None) };
    let papers = examined.papers(Versions::NewestAt(now))?.open(recorded);
    let lacks_consent = examined.answers.iter().any(access::KindAnswer::lacks_only_consent);
    let Some(basics) = examined.facts.basics(grant) else { return Ok(None) };
    let basics = basics.open(recorded);
    let rule = app.settings.continuity;
    let looked =
        Looked { papers: &papers, consents: &basics.consents, assignment: Some(&assignment) };
    let attention = attention::of(looked, rule, app.settings.renewal_days, now);
    let today = now.date();
    let certified = papers.iter().find_map(|paper| match &paper.body {
        Body::InsuredCertificate(certificate) if paper.valid_on(today) => {
            certificate.certified.clone()
        }
        _ => None,
    });
    let burden_ratio = papers.iter().find_map(|paper| match &paper.body {
        Body::BurdenRatioCertificate(certificate) => certificate.ratio_on(today),
        _ => None,
    });
    Ok(Some(Line {
        insurer_name: basics.insurer.name,
        care_level: certified.as_ref().map(|certified| certified.care_level),
        certified_until: attention::certified_period(&papers, today).map(|period| period.until),
        burden_ratio,
        attention,
        assignment: assignment.state(rule, now),
        lacks_consent,
        person: basics.person,
    }))
}
