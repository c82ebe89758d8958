//! What the gates need to know about a person before anything is shown (閲覧の条件の材料).
//!
//! INVARIANT: what [`Facts`] holds about the person leaves only against a grant, and then only
//! as [`Unrecorded`]; before that it answers the questions of the policy and no others.

mod load;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use tasuki_core::assignment::{Assignment, ContinuityRule};
use tasuki_core::consent::{Consent, ConsentScope, covering};
use tasuki_core::date::AtMs;
use tasuki_core::document::{Author, Document, DocumentKind, FromStored};
use tasuki_core::insured::{InsuredPerson, PersonKey};
use tasuki_core::insurer::Insurer;
use tasuki_core::opinion::request::RequestedOpinion;
use tasuki_core::protection::ProtectionBlock;
use tasuki_core::provider::ProviderNumber;
use tasuki_core::word::Word;
use tasuki_policy::{BasicsGrant, Grant};

use crate::Unrecorded;
use crate::certification::StepAverage;
use crate::document::{Sealed, Versions};
use crate::error::StoreError;
use crate::seal::SealKey;

pub use load::load;

/// The facts about one person at one moment.
pub struct Facts {
    key: PersonKey,
    at: AtMs,
    insurer: Option<Insurer>,
    person: Option<InsuredPerson>,
    assignments: Vec<Assignment>,
    consents: Vec<Consent>,
    emergencies: Vec<(String, AtMs)>,
    disaster_open: bool,
    /// As whom the reader makes papers; `None`: it makes none.
    author: Option<Author>,
    papers: Sealed,
    provider_names: HashMap<ProviderNumber, String>,
    requests: HashMap<String, RequestedOpinion>,
    blocks: Vec<ProtectionBlock>,
    averages: Vec<StepAverage>,
    /// Opens what is sealed; `None`: an insurer that the platform does not know.
    seal: Option<Arc<SealKey>>,
}

/// A person's basics, as a reader with a [`BasicsGrant`] may see them.
#[derive(Debug, Clone)]
pub struct Basics {
    /// The person; whereabouts are taken out when the grant does not hold them.
    pub person: InsuredPerson,
    /// The insurer.
    pub insurer: Insurer,
    /// Offices in charge, ended ones included; empty when whereabouts are secret.
    pub assignments: Vec<Assignment>,
    /// The ledger of consents; empty when whereabouts are secret, since it names offices.
    pub consents: Vec<Consent>,
    /// Names of the offices in charge.
    pub provider_names: HashMap<ProviderNumber, String>,
    /// What opinion requests say, by the id of the registration that each made.
    pub requests: HashMap<String, RequestedOpinion>,
    /// Offices that the insurer keeps from the person, lifted blocks included; only for the person
    /// and the insurer.
    pub blocks: Vec<ProtectionBlock>,
}

impl Basics {
    /// The newest opinion request to `institution` that goes on, if there is one.
    pub fn request_to(&self, institution: &ProviderNumber) -> Option<&RequestedOpinion> {
        let own = self.assignments.iter().rev().filter(|assignment| {
            assignment.provider == *institution && assignment.ended_at.is_none()
        });
        own.filter_map(|assignment| self.requests.get(&assignment.id)).next()
    }
}

impl Facts {
    /// About whom.
    pub fn key(&self) -> &PersonKey {
        &self.key
    }

    /// The platform holds this person.
    pub fn exists(&self) -> bool {
        self.person.is_some() && self.insurer.is_some()
    }

    /// Support measures are in force on the day of the facts (支援措置対象者).
    pub fn is_protected(&self) -> bool {
        let day = self.at.date();
        self.person.as_ref().is_some_and(|person| person.is_protected(day))
    }

    /// Support measures are in force, or were on any day since `day`, as far as the newest row of
    /// the person tells.
    pub fn was_protected_since(&self, day: Date) -> bool {
        let today = self.at.date();
        let protection = self.person.as_ref().and_then(|person| person.protection.as_ref());
        protection.is_some_and(|it| it.from <= today && it.until.is_none_or(|until| day <= until))
    }

    /// The insurer keeps `provider` from the person (支援措置による閲覧の停止).
    pub fn blocked(&self, provider: &ProviderNumber) -> bool {
        self.blocks.iter().any(|block| block.provider == *provider && block.stands(self.at))
    }

    /// The block with this id, lifted ones included.
    pub fn block(&self, id: &str) -> Option<&ProtectionBlock> {
        self.blocks.iter().find(|block| block.id == id)
    }

    /// The reader made papers of this kind about the person.
    pub fn made(&self, kind: DocumentKind) -> bool {
        self.author.as_ref().is_some_and(|author| self.papers.has(kind, author))
    }

    /// A consent in force covers `kind` for `provider` (`None`: a reader that is no office).
    pub fn consented(&self, kind: DocumentKind, provider: Option<&ProviderNumber>) -> bool {
        covering(&self.consents, kind, provider, self.at).is_some()
    }

    /// Any registration of `provider` that was not ended by hand.
    pub fn assigned(&self, provider: &ProviderNumber) -> bool {
        self.not_ended(provider).next().is_some()
    }

    /// A registration of `provider` is open under `rule`.
    pub fn continuing(&self, provider: &ProviderNumber, rule: ContinuityRule) -> bool {
        self.not_ended(provider).any(|assignment| assignment.state(rule, self.at).is_open())
    }

    fn not_ended(&self, provider: &ProviderNumber) -> impl Iterator<Item = &Assignment> {
        let at = self.at;
        self.assignments.iter().filter(move |assignment| {
            assignment.provider == *provider && assignment.ended_at.is_none_or(|ended| at < ended)
        })
    }

    /// Ids of the registrations of `provider` that were not ended by hand.
    pub fn open_assignments(&self, provider: &ProviderNumber) -> Vec<String> {
        self.not_ended(provider).map(|assignment| assignment.id.clone()).collect()
    }

    /// The entry of the ledger with this id.
    pub fn consent(&self, id: &str) -> Option<&Consent> {
        self.consents.iter().find(|consent| consent.id == id)
    }

    /// Offices in charge that lose a kind of paper when consent `id` shrinks to `left`: no other
    /// consent in force holds that kind for them.
    pub fn losers(&self, id: &str, left: &ConsentScope) -> Vec<ProviderNumber> {
        let others: Vec<Consent> =
            self.consents.iter().filter(|consent| consent.id != id).cloned().collect();
        let Some(before) = self.consent(id).filter(|consent| consent.in_force(self.at)) else {
            return vec![];
        };
        let loses = |provider: &ProviderNumber| {
            DocumentKind::ALL.iter().any(|kind| {
                before.scope.holds(*kind, Some(provider))
                    && !left.holds(*kind, Some(provider))
                    && covering(&others, *kind, Some(provider), self.at).is_none()
            })
        };
        let mut providers: Vec<_> = self
            .assignments
            .iter()
            .filter(|assignment| assignment.ended_at.is_none())
            .map(|assignment| assignment.provider.clone())
            // Who is kept from the person sees nothing that could be lost.
            .filter(|provider| !self.blocked(provider) && loses(provider))
            .collect();
        providers.sort();
        providers.dedup();
        providers
    }

    /// The account has an emergency opening in force.
    pub fn emergency_of(&self, account: &str) -> bool {
        self.emergencies.iter().any(|(holder, until)| holder == account && self.at < *until)
    }

    /// The person's region is open in a disaster.
    pub fn disaster_open(&self) -> bool {
        self.disaster_open
    }

    /// Birth date and sex of the person, to compare with what a card or a form says.
    pub fn born_on(&self, day: Date) -> bool {
        self.person.as_ref().is_some_and(|person| person.birth_date == day)
    }

    /// The insurer's usual days of each step of a certification.
    pub fn averages(&self) -> &[StepAverage] {
        &self.averages
    }

    /// The papers that `grants` open, newest first within a kind.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] when a paper does not open or parse.
    pub fn papers<B: FromStored>(
        &self,
        grants: &[Grant],
        versions: Versions,
    ) -> Result<Unrecorded<Vec<Document<B>>>, StoreError> {
        match &self.seal {
            Some(seal) => self.papers.open(grants, seal, versions),
            None => Ok(Unrecorded::new(vec![])),
        }
    }

    /// The basics, against a grant for exactly this person; `None` when the person is not held.
    pub fn basics(self, grant: &BasicsGrant) -> Option<Unrecorded<Basics>> {
        if *grant.person() != self.key {
            return None;
        }
        let (mut person, insurer) = (self.person?, self.insurer?);
        let (mut assignments, mut provider_names) = (self.assignments, self.provider_names);
        let (mut consents, mut requests) = (self.consents, self.requests);
        let blocks = if grant.may_see_blocks() { self.blocks } else { Vec::new() };
        if !grant.may_see_move() {
            person.moved_to = None;
        }
        if !grant.may_see_whereabouts() {
            // That they are secret is a secret, too.
            person.protection = None;
            person.postal_code = None;
            person.address = None;
            person.phone = None;
            person.domicile_exception = None;
            person.moved_from = None;
            assignments.clear();
            consents.clear();
            provider_names.clear();
            requests.clear();
        }
        if grant.is_head_only() {
            person.lost_on = None;
        }
        Some(Unrecorded::new(Basics {
            person,
            insurer,
            assignments,
            consents,
            provider_names,
            requests,
            blocks,
        }))
    }
}
