//! What the gates need to know about a person before anything is shown (閲覧の条件の材料).
//!
//! INVARIANT: what [`Facts`] holds about the person leaves only against a grant, and then only
//! as [`Unrecorded`]; before that it answers the questions of the policy and no others.

use jiff::civil::Date;
use std::collections::HashMap;
use tasuki_core::assignment::{Assignment, ContinuityRule};

use tasuki_core::consent::{Consent, ConsentScope, covering};
use tasuki_core::date::AtMs;
use tasuki_core::document::DocumentKind;
use tasuki_core::insured::{InsuredPerson, PersonKey};
use tasuki_core::insurer::Insurer;
use tasuki_core::protection::ProtectionBlock;
use tasuki_core::provider::ProviderNumber;
use tasuki_core::word::Word;
use tasuki_policy::BasicsGrant;

use crate::error::StoreError;
use crate::params;
use crate::row::Row;
use crate::seal::Keyring;
use crate::{Db, Unrecorded, assignment, consent, person, protection};

const INSURER: &str = "SELECT number, name, connected_since, not_connected_because, takes_consent
       FROM insurer
      WHERE number = $1
      LIMIT 1";

const EMERGENCY: &str = "SELECT account_id, until_ms
       FROM emergency
      WHERE insurer_number = $1 AND insured_number = $2 AND until_ms > $3
      LIMIT 50";

const DISASTER: &str = "SELECT until_ms
       FROM disaster
      WHERE insurer_number = $1 AND opened_at_ms <= $2 AND until_ms > $2
      LIMIT 1";

const AUTHORED: &str = "SELECT DISTINCT kind
       FROM document
      WHERE insurer_number = $1 AND insured_number = $2 AND author = $3
        AND generation <= (SELECT generation FROM insurer WHERE number = $1)
      LIMIT 50";

const PROVIDER_NAMES: &str = "SELECT p.number, p.name
       FROM assignment a
       JOIN provider p ON p.number = a.provider_number
      WHERE a.insurer_number = $1 AND a.insured_number = $2
      LIMIT 200";

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
    authored: Vec<DocumentKind>,
    provider_names: HashMap<ProviderNumber, String>,
    blocks: Vec<ProtectionBlock>,
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
    /// Offices that the insurer keeps from the person, lifted blocks included; only for the person
    /// and the insurer.
    pub blocks: Vec<ProtectionBlock>,
    /// Address, telephone and offices were taken out (支援措置).
    pub whereabouts_hidden: bool,
}

/// Loads the facts about `key` for a reader whose papers are kept under `author`
/// (`person`, `insurer:…`, `provider:…`).
///
/// # Errors
///
/// [`StoreError`] when the database fails or a row does not open.
#[tracing::instrument(level = "debug", name = "facts", skip_all)]
pub async fn load(
    db: &Db,
    keyring: &Keyring,
    key: &PersonKey,
    author: &str,
    at: AtMs,
) -> Result<Facts, StoreError> {
    let who = || params![&key.insurer, &key.insured];
    let [insurer, person, assignments, consents, emergencies, disaster, authored, names, blocked] =
        db.rows_of([
            (INSURER, params![&key.insurer]),
            (person::NEWEST, params![&key.insurer, &key.insured, at]),
            (assignment::OF_PERSON, who()),
            (consent::OF_PERSON, who()),
            (EMERGENCY, params![&key.insurer, &key.insured, at]),
            (DISASTER, params![&key.insurer, at]),
            (AUTHORED, params![&key.insurer, &key.insured, author]),
            (PROVIDER_NAMES, who()),
            (protection::OF_PERSON, who()),
        ])
        .await?;
    let insurer = insurer.into_iter().next().map(insurer_from_row).transpose()?;
    let seal = match insurer {
        Some(_) => Some(keyring.insurer(db, &key.insurer).await?),
        None => None,
    };
    let (mut found, mut ledger, mut blocks) = (None, Vec::new(), Vec::new());
    if let Some(seal) = &seal {
        if let Some(row) = person.into_iter().next() {
            found = person::from_row(row, key, seal)?;
        }
        for row in consents {
            ledger.push(consent::from_row(row, key, seal)?);
        }
        for row in blocked {
            blocks.push(protection::from_row(row, key, seal)?);
        }
    }
    Ok(Facts {
        key: key.clone(),
        at,
        insurer,
        person: found,
        assignments: assignments.into_iter().map(assignment::from_row).collect::<Result<_, _>>()?,
        consents: ledger,
        emergencies: emergencies.into_iter().map(emergency_from_row).collect::<Result<_, _>>()?,
        disaster_open: !disaster.is_empty(),
        authored: authored
            .into_iter()
            .map(|row| row.of("document").word("kind"))
            .collect::<Result<_, _>>()?,
        provider_names: names.into_iter().map(name_from_row).collect::<Result<_, _>>()?,
        blocks,
    })
}

fn insurer_from_row(row: Row) -> Result<Insurer, StoreError> {
    let mut row = row.of("insurer");
    Ok(Insurer {
        number: row.parsed("number", tasuki_core::insurer::InsurerNumber::parse)?,
        name: row.text("name")?,
        connected_since: row.optional_date("connected_since")?,
        not_connected_because: row.optional_text("not_connected_because")?,
        takes_consent: row.flag("takes_consent")?,
    })
}

fn name_from_row(row: Row) -> Result<(ProviderNumber, String), StoreError> {
    let mut row = row.of("provider");
    Ok((row.parsed("number", ProviderNumber::parse)?, row.text("name")?))
}

fn emergency_from_row(row: Row) -> Result<(String, AtMs), StoreError> {
    let mut row = row.of("emergency");
    Ok((row.text("account_id")?, row.at("until_ms")?))
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
        self.authored.contains(&kind)
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

    /// The basics, against a grant for exactly this person; `None` when the person is not held.
    pub fn basics(self, grant: &BasicsGrant) -> Option<Unrecorded<Basics>> {
        if *grant.person() != self.key {
            return None;
        }
        let (mut person, insurer) = (self.person?, self.insurer?);
        let whereabouts_hidden = !grant.may_see_whereabouts();
        let (mut assignments, mut provider_names) = (self.assignments, self.provider_names);
        let mut consents = self.consents;
        let blocks = if grant.may_see_blocks() { self.blocks } else { Vec::new() };
        if whereabouts_hidden {
            person.postal_code = None;
            person.address = None;
            person.phone = None;
            person.domicile_exception = None;
            person.moved_from = None;
            person.moved_to = None;
            assignments.clear();
            consents.clear();
            provider_names.clear();
        }
        Some(Unrecorded::new(Basics {
            person,
            insurer,
            assignments,
            consents,
            provider_names,
            blocks,
            whereabouts_hidden,
        }))
    }
}
