//! The one door (閲覧の入口): every look at personal information goes through here.
//!
//! It loads what the gates need, asks the policy, reads what the grants open, appends the access
//! event, and hands the content out only when that event is durable.

use tasuki_core::account::Membership;
use tasuki_core::date::AtMs;
use tasuki_core::document::{Document, DocumentKind, FromStored};
use tasuki_core::event::{Action, Actor, Event, Gate, Outcome, Purpose, Touched};
use tasuki_core::insured::PersonKey;
use tasuki_core::word::Word;
use tasuki_policy::{
    BasicsGrant, Block, Decision, Grant, Line, Reader, Relation, Request, Sharing, authorise,
    authorise_basics, authorise_head, explain, may_know_exists,
};
use tasuki_store::Unrecorded;
use tasuki_store::document::Versions;
use tasuki_store::facts::{self, Facts};

use crate::caller::{Citizen, Staff};
use crate::{App, AppError};

/// Who stands before the door: the reader of the policy and the actor of the log.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// As the policy sees them.
    pub reader: Reader,
    /// As the log names them.
    pub actor: Actor,
    /// Account id, for emergency openings; empty for citizens.
    pub account: String,
}

impl Visitor {
    /// A member of staff; `None` when their office is not known to the platform.
    pub fn staff(staff: &Staff) -> Option<Self> {
        let membership = Membership {
            organisation: staff.organisation.clone(),
            level: staff.level,
            job: staff.job,
            writes_care_plans: staff.writes_care_plans,
        };
        Some(Self {
            reader: Reader::of_staff(&membership, staff.provider.as_ref())?,
            actor: staff.actor(),
            account: staff.account.clone(),
        })
    }

    /// A citizen or their delegate.
    pub fn citizen(citizen: &Citizen) -> Self {
        Self {
            reader: Reader::InsuredPerson { delegate: citizen.delegate.is_some() },
            actor: citizen.actor(),
            account: String::new(),
        }
    }
}

/// What the policy answered for one kind of paper.
#[derive(Debug, Clone)]
pub struct KindAnswer {
    /// Kind of paper.
    pub kind: DocumentKind,
    /// The decision with all five gates.
    pub decision: Decision,
}

impl KindAnswer {
    /// The answer of every gate in plain words.
    pub fn lines(&self) -> Vec<Line> {
        explain(&self.decision)
    }

    /// Shown.
    pub fn is_permitted(&self) -> bool {
        self.decision.is_permitted()
    }

    /// Not shown, and the reader may be told that only the person's consent is missing.
    pub fn lacks_only_consent(&self) -> bool {
        !self.is_permitted() && may_know_exists(&self.decision)
    }
}

/// A person with the policy's answers, before anything is read out.
pub(crate) struct Examined {
    pub(crate) facts: Facts,
    pub(crate) basics: Result<BasicsGrant, Gate>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) answers: Vec<KindAnswer>,
}

/// Asks the policy about every kind of paper of one person.
pub(crate) async fn examine(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    now: AtMs,
) -> Result<Examined, AppError> {
    let author = visitor.reader.author();
    let facts = facts::load(&app.db, &app.keyring, person, author, now).await?;
    let sharing = app.sharing.load();
    Ok(examine_facts(app, &sharing, visitor, facts))
}

#[tracing::instrument(level = "debug", name = "decide", skip_all)]
fn examine_facts(app: &App, sharing: &Sharing, visitor: &Visitor, facts: Facts) -> Examined {
    let provider = match &visitor.reader {
        Reader::Provider { office, .. } => Some(&office.number),
        _ => None,
    };
    let relation = relation(app, visitor, &facts);
    let (mut grants, mut answers) = (Vec::new(), Vec::new());
    for kind in DocumentKind::ALL.iter().copied() {
        let request = Request {
            person: facts.key(),
            reader: &visitor.reader,
            kind,
            made_it: facts.made(kind),
            consent: facts.consented(kind, provider),
            relation,
        };
        match authorise(sharing, &request) {
            Ok(grant) => {
                answers.push(KindAnswer { kind, decision: *grant.decision() });
                grants.push(grant);
            }
            Err(denied) => answers.push(KindAnswer { kind, decision: denied.decision }),
        }
    }
    let basics = authorise_basics(sharing, facts.key(), &visitor.reader, relation)
        .map_err(|denied| denied.gate);
    Examined { facts, basics, grants, answers }
}

/// How the visitor stands to the person.
fn relation(app: &App, visitor: &Visitor, facts: &Facts) -> Relation {
    let mut relation = Relation {
        protected: facts.is_protected(),
        emergency: facts.emergency_of(&visitor.account),
        disaster_open: facts.disaster_open(),
        ..Relation::default()
    };
    if let Reader::Provider { office, .. } = &visitor.reader {
        relation.assigned = facts.assigned(&office.number);
        relation.continuing = facts.continuing(&office.number, app.settings.continuity);
        relation.block = facts.blocked(&office.number).then_some(Block::Protection);
    }
    relation
}

impl Examined {
    /// Where the relation has ended, what the visitor's organisation made itself stays open: only
    /// its own papers are left, with no more of the person than their head says.
    pub(crate) fn leave_own_papers(&mut self, app: &App, visitor: &Visitor) {
        if self.basics.is_ok() || self.grants.is_empty() {
            return;
        }
        let (key, relation) = (self.facts.key(), relation(app, visitor, &self.facts));
        let sharing = app.sharing.load();
        let head = authorise_head(&sharing, key, &visitor.reader, relation, &self.grants);
        if let Ok(head) = head {
            self.grants.retain(|grant| grant.only_by().is_some());
            let grants = &self.grants;
            self.answers.retain(|answer| grants.iter().any(|grant| grant.kind() == answer.kind));
            self.basics = Ok(head);
        }
    }

    /// The papers the grants open.
    #[tracing::instrument(level = "debug", name = "papers", skip_all)]
    pub(crate) fn papers<B: FromStored>(
        &self,
        versions: Versions,
    ) -> Result<Unrecorded<Vec<Document<B>>>, AppError> {
        Ok(self.facts.papers(&self.grants, versions)?)
    }

    /// What the event says of each kind: papers shown, and kinds that a gate beyond the role kept.
    pub(crate) fn touched<B>(&self, papers: &Unrecorded<Vec<Document<B>>>) -> Vec<Touched> {
        let mut touched = papers.describe(|papers| {
            let shown = |paper: &Document<B>| Touched {
                kind: paper.kind,
                shown: Some((paper.series.clone(), paper.version)),
                outcome: Outcome::Allowed,
            };
            papers.iter().map(shown).collect::<Vec<_>>()
        });
        touched.extend(self.answers.iter().filter_map(|answer| match answer.decision.verdict {
            tasuki_policy::Verdict::Deny { gate, .. } if gate != Gate::Role => {
                let outcome = Outcome::Refused(gate);
                Some(Touched { kind: answer.kind, shown: None, outcome })
            }
            _ => None,
        }));
        touched
    }
}

/// The event of a visitor's act about one person.
pub(crate) fn event(
    visitor: &Visitor,
    person: &PersonKey,
    action: Action,
    purpose: Purpose,
    outcome: Outcome,
    now: AtMs,
) -> Event {
    Event {
        at: now,
        actor: visitor.actor.clone(),
        person: Some(person.clone()),
        action,
        purpose,
        outcome,
        touched: vec![],
        note: None,
    }
}
