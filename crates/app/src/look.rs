//! Opening a person (利用者を開く): basics, papers and the reason for what is not shown.

use tasuki_core::account::JobType;
use tasuki_core::date::AtMs;
use tasuki_core::document::{Body, Document, DocumentKind, FromStored};
use tasuki_core::event::{Action, Gate, Outcome, Purpose};
use tasuki_core::insured::PersonKey;
use tasuki_core::word::Word;
use tasuki_policy::Reader;
use tasuki_store::Change;
use tasuki_store::document::Versions;
use tasuki_store::facts::Basics;

use crate::access::{self, KindAnswer, Visitor};
use crate::caller::By;
use crate::{App, AppError};

/// A person as this visitor may see them.
///
/// Papers come typed, or as [`BodyText`](tasuki_core::document::BodyText) where nobody looks into
/// them.
#[derive(Debug, Clone)]
pub struct Look<B = Body> {
    /// Name, insurer, offices in charge, consents.
    pub basics: Basics,
    /// Papers, newest first within a kind.
    pub papers: Vec<Document<B>>,
    /// The policy's answer for every kind, in the order of the table.
    pub answers: Vec<KindAnswer>,
    /// The insurer's usual days of each step.
    pub averages: Vec<tasuki_store::certification::StepAverage>,
    /// The moment the state is of.
    pub at: AtMs,
    /// The relation has ended: only what the visitor's own organisation made is here.
    pub own_papers_only: bool,
}

/// What to open, and why.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// Why; see [`usual_purpose`].
    pub purpose: Purpose,
    /// Looked at, printed or taken out.
    pub action: Action,
    /// The state at an earlier moment; `None`: now.
    pub as_of: Option<AtMs>,
    /// Every version instead of the newest.
    pub all_versions: bool,
    /// Papers are read; without them a form shows who the person is and what would be open.
    pub papers: bool,
}

impl Ask {
    /// The everyday look: now, newest versions, the usual purpose of the visitor.
    pub fn now(visitor: &Visitor) -> Self {
        let purpose = usual_purpose(visitor);
        Self { purpose, action: Action::Look, as_of: None, all_versions: false, papers: true }
    }
}

/// Kinds of papers a reader asks for (見たい書類の種類).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u32);

impl Kinds {
    /// Every kind.
    pub fn all() -> Self {
        Self(u32::MAX)
    }

    /// These kinds and no others.
    pub fn only(kinds: &[DocumentKind]) -> Self {
        Self(kinds.iter().fold(0, |set, kind| set | Self::bit(*kind)))
    }

    /// `kind` is asked for.
    pub fn has(self, kind: DocumentKind) -> bool {
        self.0 & Self::bit(kind) != 0
    }

    /// There are 20 kinds; each has its own bit.
    fn bit(kind: DocumentKind) -> u32 {
        let place = DocumentKind::ALL.iter().position(|known| *known == kind);
        place.and_then(|place| u32::try_from(place).ok()).map_or(0, |place| 1 << place)
    }
}

/// The purpose a visitor has unless they say another.
pub fn usual_purpose(visitor: &Visitor) -> Purpose {
    match &visitor.reader {
        Reader::InsuredPerson { .. } => Purpose::OwnInformation,
        Reader::Insurer { .. } => Purpose::InsurerDuty,
        Reader::ReviewBoard | Reader::Operator => Purpose::Operation,
        Reader::Provider { staff, .. } => match staff.job {
            JobType::CareManager => Purpose::CarePlanning,
            JobType::Physician => Purpose::Opinion,
            JobType::Clerk => Purpose::Eligibility,
            _ => Purpose::Care,
        },
    }
}

/// Opens `person` for `visitor`.
///
/// # Errors
///
/// [`AppError::NotFound`] when the person is not held or the visitor may not know it: both look
/// the same, and both leave an event. An author whose relation has ended finds its own papers.
/// [`AppError::Unavailable`] when the event cannot be written.
pub async fn open(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    ask: Ask,
    now: AtMs,
) -> Result<Look, AppError> {
    open_kinds(app, visitor, person, ask, Kinds::all(), now).await
}

/// Opens some kinds of papers of `person`: others are neither read nor answered nor recorded.
///
/// # Errors
///
/// As [`open`].
pub async fn open_kinds<B: FromStored>(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    ask: Ask,
    kinds: Kinds,
    now: AtMs,
) -> Result<Look<B>, AppError> {
    let started = std::time::Instant::now();
    let mut examined = access::examine(app, visitor, person, now).await?;
    if kinds != Kinds::all() {
        examined.grants.retain(|grant| kinds.has(grant.kind()));
        examined.answers.retain(|answer| kinds.has(answer.kind));
    }
    if !ask.papers {
        examined.grants.clear();
    }
    examined.leave_own_papers(app, visitor);
    let mut event = access::event(visitor, person, ask.action, ask.purpose, Outcome::Allowed, now);
    let basics = match &examined.basics {
        Ok(grant) if examined.facts.exists() => grant,
        refused => {
            let gate = refused.as_ref().err().copied();
            event.outcome = gate.map_or(Outcome::Failed, Outcome::Refused);
            app.db.commit(Change::event(event)).await?;
            return Err(AppError::NotFound);
        }
    };
    let at = ask.as_of.unwrap_or(now);
    let versions = if ask.all_versions { Versions::AllUntil(at) } else { Versions::NewestAt(at) };
    let papers = examined.papers(versions)?;
    event.touched = examined.touched(&papers);
    let own_papers_only = basics.is_head_only();
    let averages = match own_papers_only {
        true => Vec::new(),
        false => examined.facts.averages().to_vec(),
    };
    let recorded = app.db.commit(Change::event(event)).await?;
    let papers = papers.open(&recorded);
    let basics = examined.facts.basics(basics).ok_or(AppError::NotFound)?.open(&recorded);
    metrics::histogram!("tasuki_look_seconds").record(started.elapsed().as_secs_f64());
    let answers = examined.answers;
    Ok(Look { basics, papers, answers, averages, at, own_papers_only })
}

/// The policy's answers about every kind of paper of `person`, without opening any.
///
/// # Errors
///
/// As [`open`].
pub async fn why(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    now: AtMs,
) -> Result<Vec<KindAnswer>, AppError> {
    let mut examined = access::examine(app, visitor, person, now).await?;
    let purpose = usual_purpose(visitor);
    let mut event = access::event(visitor, person, Action::Look, purpose, Outcome::Allowed, now);
    let shown = examined.basics.is_ok() && examined.facts.exists();
    if shown {
        examined.grants.clear();
        let papers = examined.papers::<Body>(Versions::NewestAt(now))?;
        event.touched = examined.touched(&papers);
    } else {
        let gate = examined.basics.as_ref().err().copied();
        event.outcome = gate.map_or(Outcome::Failed, Outcome::Refused);
    }
    app.db.commit(Change::event(event)).await?;
    if shown { Ok(examined.answers) } else { Err(AppError::NotFound) }
}

/// The policy's answers as the operator's console reads them (`tasuki explain`).
#[derive(Debug, Clone)]
pub struct Explained {
    /// The gate that keeps even the person's existence from the visitor; `None`: they may open
    /// the person.
    pub closed_by: Option<Gate>,
    /// The answer for every kind, in the order of the table.
    pub answers: Vec<KindAnswer>,
}

/// What the gates answer to `visitor` about `person`, asked on the operator's console (閲覧条件の
/// 説明); whoever may read the keys there learns nothing new, so the answers come in any case.
///
/// The event names the console as the actor and the account that was asked about in its note.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the event cannot be written.
pub async fn explain_on_console(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    now: AtMs,
) -> Result<Explained, AppError> {
    let examined = access::examine(app, visitor, person, now).await?;
    let closed_by = examined.basics.as_ref().err().copied();
    let (action, purpose) = (Action::Look, Purpose::Operation);
    let mut event = access::event(visitor, person, action, purpose, Outcome::Allowed, now);
    event.actor = By::Console.actor();
    event.note = Some(format!("explain {}", visitor.account));
    app.db.commit(Change::event(event)).await?;
    Ok(Explained { closed_by, answers: examined.answers })
}

impl<B> Look<B> {
    /// Papers of one kind, newest first.
    pub fn of_kind(&self, kind: DocumentKind) -> impl Iterator<Item = &Document<B>> {
        self.papers.iter().filter(move |paper| paper.kind == kind)
    }

    /// The policy's answer for one kind.
    pub fn answer(&self, kind: DocumentKind) -> Option<&KindAnswer> {
        self.answers.iter().find(|answer| answer.kind == kind)
    }
}
