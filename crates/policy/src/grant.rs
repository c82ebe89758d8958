//! Grants: what a store function demands before it reads what is personal.
//!
//! INVARIANT: a value of these types exists only where the policy permitted the read. They have
//! private fields, are made in this file alone, and can be neither copied nor read from a text.

use tasuki_core::document::{Author, DocumentKind};
use tasuki_core::event::Gate;
use tasuki_core::insured::PersonKey;
use tasuki_core::insurer::InsurerNumber;

use crate::decide::{decide, decide_basics, decide_list, decide_log, decide_search};
use crate::decision::{Decision, Permit, Reason, Verdict};
use crate::reader::Reader;
use crate::request::{Block, Relation, Request};
use crate::sharing::Sharing;

/// Permission to read the papers of one kind about one person (閲覧の許可).
///
/// Nobody outside the policy can make one:
///
/// ```compile_fail,E0451
/// use tasuki_core::document::DocumentKind;
/// use tasuki_core::insured::PersonKey;
/// use tasuki_policy::{Decision, Grant, Permit};
///
/// fn forge(person: PersonKey, decision: Decision) -> Grant {
///     let kind = DocumentKind::SurveySheet;
///     let permit = Permit::Shared;
///     Grant { person, kind, permit, decision, only_by: None, may_see_whereabouts: true }
/// }
/// ```
///
/// nor copy one to keep after the check:
///
/// ```compile_fail,E0277
/// fn copy<T: Clone>() {}
/// copy::<tasuki_policy::Grant>();
/// ```
///
/// nor read one from a text, or take a default:
///
/// ```compile_fail,E0277
/// fn default<T: Default>() {}
/// default::<tasuki_policy::Grant>();
/// ```
///
/// ```compile_fail,E0277
/// fn read<T: serde::de::DeserializeOwned>() {}
/// read::<tasuki_policy::Grant>();
/// ```
#[derive(Debug)]
#[must_use = "a grant is for one read"]
pub struct Grant {
    person: PersonKey,
    kind: DocumentKind,
    permit: Permit,
    decision: Decision,
    only_by: Option<Author>,
    may_see_whereabouts: bool,
}

impl Grant {
    /// About whom.
    pub fn person(&self) -> &PersonKey {
        &self.person
    }

    /// Which kind of paper.
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// Why it was permitted; part of the access event.
    pub fn permit(&self) -> Permit {
        self.permit
    }

    /// All five gates: the table's answer, or, where that opens nothing, authorship's.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// Only papers of this author may be read; `None`: all papers of the kind.
    pub fn only_by(&self) -> Option<&Author> {
        self.only_by.as_ref()
    }

    /// Address, telephone, names of offices and the insurer's branch in the papers may be shown;
    /// see [`BasicsGrant::may_see_whereabouts`].
    pub fn may_see_whereabouts(&self) -> bool {
        self.may_see_whereabouts
    }

    /// A paper of this kind, person and author is covered.
    pub fn covers(&self, person: &PersonKey, kind: DocumentKind, author: &Author) -> bool {
        self.kind == kind
            && self.person == *person
            && self.only_by.as_ref().is_none_or(|only| only == author)
    }
}

/// Permission to read a person's basics: name, birth date, sex, address, offices in charge.
#[derive(Debug)]
#[must_use = "a grant is for one read"]
pub struct BasicsGrant {
    person: PersonKey,
    permit: Permit,
    may_see_whereabouts: bool,
    may_see_blocks: bool,
    may_see_move: bool,
    head_only: bool,
}

impl BasicsGrant {
    /// About whom.
    pub fn person(&self) -> &PersonKey {
        &self.person
    }

    /// Why it was permitted.
    pub fn permit(&self) -> Permit {
        self.permit
    }

    /// Address, telephone, names of offices and the insurer's branch may be shown. False for a
    /// protected person (支援措置対象者), except to the insurer, offices in charge and the person.
    pub fn may_see_whereabouts(&self) -> bool {
        self.may_see_whereabouts
    }

    /// Which offices the insurer keeps from the person may be shown: to the person and the insurer.
    pub fn may_see_blocks(&self) -> bool {
        self.may_see_blocks
    }

    /// Where a person went who moved to another insurer may be shown: to the person and the
    /// insurer, of an unprotected person to offices, too. A move tells the old household nothing.
    pub fn may_see_move(&self) -> bool {
        self.may_see_move
    }

    /// Only what stands at the head of an own paper may be shown: name, birth date, sex, number and
    /// insurer. See [`authorise_head`].
    pub fn is_head_only(&self) -> bool {
        self.head_only
    }
}

/// Permission to read who looked at a person (アクセス記録).
#[derive(Debug)]
#[must_use = "a grant is for one read"]
pub struct LogGrant {
    person: PersonKey,
    may_see_places: bool,
}

impl LogGrant {
    /// About whom.
    pub fn person(&self) -> &PersonKey {
        &self.person
    }

    /// Places of facilities may be shown: never in the log of a protected person.
    pub fn may_see_places(&self) -> bool {
        self.may_see_places
    }
}

/// Permission to search for a person by card or matching items (本人確認).
#[derive(Debug)]
#[must_use = "a grant is for one search"]
pub struct SearchGrant {
    within: Option<InsurerNumber>,
}

impl SearchGrant {
    /// Only persons of this insurer may be found; `None`: of any.
    pub fn within(&self) -> Option<&InsurerNumber> {
        self.within.as_ref()
    }
}

/// Permission to list the persons of one's own organisation (わたしの利用者).
#[derive(Debug)]
#[must_use = "a grant is for one read"]
pub struct ListGrant {
    organisation: Author,
}

impl ListGrant {
    /// The office whose open registrations, or the insurer whose persons, may be listed.
    pub fn organisation(&self) -> &Author {
        &self.organisation
    }
}

/// The policy refused; carries the whole decision for the access event and the explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("refused by gate {gate:?}")]
pub struct Denied {
    /// First gate that failed.
    pub gate: Gate,
    /// Why.
    pub reason: Reason,
    /// All five gates.
    pub decision: Decision,
}

/// Authorises the read of one kind of paper.
///
/// With `request.made_it`, "some papers of this kind were made by the reader's organisation": when
/// only that opens the kind, the grant covers those papers alone ([`Grant::only_by`]).
///
/// # Errors
///
/// [`Denied`] when neither the table nor authorship opens the kind; its decision is the one that
/// would open most, so that the explanation speaks of the table.
pub fn authorise(sharing: &Sharing, request: &Request<'_>) -> Result<Grant, Denied> {
    let as_other = Request { made_it: false, ..*request };
    let grant = |permit, decision, only_by| Grant {
        person: request.person.clone(),
        kind: request.kind,
        permit,
        decision,
        only_by,
        may_see_whereabouts: may_see_whereabouts(request.person, request.reader, request.relation),
    };
    let table = decide(sharing, &as_other);
    let denied = match permitted(table) {
        Ok(permit) => return Ok(grant(permit, table, None)),
        Err(denied) if !request.made_it => return Err(denied),
        Err(denied) => denied,
    };
    let own = decide(sharing, request);
    match (permitted(own), request.reader.author()) {
        (Ok(permit), Some(author)) => Ok(grant(permit, own, Some(author))),
        _ => Err(denied),
    }
}

/// Authorises the read of a person's basics.
///
/// # Errors
///
/// [`Denied`] when a gate refuses.
pub fn authorise_basics(
    sharing: &Sharing,
    person: &PersonKey,
    reader: &Reader,
    relation: Relation,
) -> Result<BasicsGrant, Denied> {
    let permit = permitted(decide_basics(sharing, person, reader, relation))?;
    let may_see_whereabouts = may_see_whereabouts(person, reader, relation);
    let may_see_blocks = match reader {
        Reader::InsuredPerson { delegate } => !delegate,
        Reader::Insurer { .. } => true,
        Reader::Provider { .. } | Reader::ReviewBoard | Reader::Operator => false,
    };
    let may_see_move =
        may_see_blocks || (matches!(reader, Reader::Provider { .. }) && !relation.protected);
    let (person, head_only) = (person.clone(), false);
    Ok(BasicsGrant { person, permit, may_see_whereabouts, may_see_blocks, may_see_move, head_only })
}

/// Authorises to say whose the papers of `own` are, where the relation has ended or never was: an
/// author reads what it made itself, always, and nothing else of the person.
///
/// An office that the insurer keeps from the person stays out: for it nobody is here.
///
/// # Errors
///
/// [`Denied`] when a gate refuses the basics that authorship does not replace, or when no grant of
/// `own` is an author's about this person.
pub fn authorise_head(
    sharing: &Sharing,
    person: &PersonKey,
    reader: &Reader,
    relation: Relation,
    own: &[Grant],
) -> Result<BasicsGrant, Denied> {
    let denied = match authorise_basics(sharing, person, reader, relation) {
        Ok(grant) => return Ok(grant),
        Err(denied) => denied,
    };
    let ended = matches!(denied.gate, Gate::Assignment | Gate::Continuity);
    let wrote = |grant: &Grant| grant.permit == Permit::WroteIt && grant.person == *person;
    if !ended || relation.block.is_some() || !own.iter().any(wrote) {
        return Err(denied);
    }
    Ok(BasicsGrant {
        person: person.clone(),
        permit: Permit::WroteIt,
        may_see_whereabouts: false,
        may_see_blocks: false,
        may_see_move: false,
        head_only: true,
    })
}

/// Authorises the read of a person's access log.
///
/// # Errors
///
/// [`Denied`] for offices, other insurers, and delegates of a protected person.
pub fn authorise_log(
    sharing: &Sharing,
    person: &PersonKey,
    reader: &Reader,
    relation: Relation,
) -> Result<LogGrant, Denied> {
    permitted(decide_log(sharing, person, reader, relation))?;
    Ok(LogGrant { person: person.clone(), may_see_places: !relation.protected })
}

/// Authorises a search by card or matching items.
///
/// # Errors
///
/// [`Denied`] when the job may not search, or the reader is stopped.
pub fn authorise_search(
    sharing: &Sharing,
    reader: &Reader,
    block: Option<Block>,
) -> Result<SearchGrant, Denied> {
    permitted(decide_search(sharing, reader, block))?;
    let within = match reader {
        Reader::Insurer { number, .. } => Some(number.clone()),
        _ => None,
    };
    Ok(SearchGrant { within })
}

/// Authorises the list of one's own organisation's persons.
///
/// # Errors
///
/// [`Denied`] when the job may not see persons, or the reader is stopped.
pub fn authorise_list(
    sharing: &Sharing,
    reader: &Reader,
    block: Option<Block>,
) -> Result<ListGrant, Denied> {
    let decision = decide_list(sharing, reader, block);
    permitted(decision)?;
    match reader.author() {
        Some(organisation) => Ok(ListGrant { organisation }),
        None => Err(Denied { gate: Gate::Role, reason: Reason::NoPersonHere, decision }),
    }
}

/// Emergency, disaster and authorship replace the registration, but not the secret of where a
/// protected person is: that is for the person's insurer, the offices in charge to which the person
/// is not closed, and the person.
fn may_see_whereabouts(person: &PersonKey, reader: &Reader, relation: Relation) -> bool {
    let knows = match reader {
        Reader::InsuredPerson { delegate } => !delegate,
        Reader::Insurer { number, .. } => *number == person.insurer,
        Reader::Provider { .. } => {
            relation.assigned && relation.continuing && relation.block.is_none()
        }
        Reader::ReviewBoard | Reader::Operator => false,
    };
    knows || !relation.protected
}

fn permitted(decision: Decision) -> Result<Permit, Denied> {
    match decision.verdict {
        Verdict::Permit(permit) => Ok(permit),
        Verdict::Deny { gate, reason } => Err(Denied { gate, reason, decision }),
    }
}
