//! Who asks (呼び出した人): made by signing in, and by nothing else.

use tasuki_core::account::{AccountLevel, JobType, Organisation};
use tasuki_core::event::Actor;
use tasuki_core::insured::PersonKey;
use tasuki_core::provider::Provider;

/// A signed-in member of staff, acting for one organisation on one device.
#[derive(Debug, Clone)]
pub struct Staff {
    /// Account id.
    pub account: String,
    /// Name of the member.
    pub name: String,
    /// The organisation they act for now.
    pub organisation: Organisation,
    /// Name of that organisation, for the head of every page.
    pub organisation_name: String,
    /// Level within it.
    pub level: AccountLevel,
    /// Job within it.
    pub job: JobType,
    /// Writes plans although the office is of another kind (※1 of the sharing table).
    pub writes_care_plans: bool,
    /// SHA-256 of the device's certificate, hexadecimal.
    pub device: String,
    /// The office, when the organisation is one.
    pub provider: Option<Provider>,
}

/// A signed-in citizen.
#[derive(Debug, Clone)]
pub struct Citizen {
    /// Whose information they look at.
    pub person: PersonKey,
    /// Relation of a delegate (family, agent); `None` for the person.
    pub delegate: Option<String>,
}

/// Who manages accounts, devices and offices.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// A signed-in member of staff.
    Staff(&'a Staff),
    /// The command line on the operator's machine: whoever may read the keys there.
    Console,
}

impl By<'_> {
    /// How the log names this caller.
    pub fn actor(self) -> Actor {
        match self {
            Self::Staff(staff) => staff.actor(),
            Self::Console => Actor::System { part: "console".to_owned() },
        }
    }

    /// The command line, or an operator who manages accounts.
    pub fn is_operator(self) -> bool {
        match self {
            Self::Staff(staff) => {
                staff.organisation == Organisation::Operator && staff.level != AccountLevel::General
            }
            Self::Console => true,
        }
    }
}

impl Staff {
    /// How the log names this caller.
    pub fn actor(&self) -> Actor {
        Actor::Staff {
            organisation: self.organisation.clone(),
            account: self.account.clone(),
            job: self.job,
            device: self.device.clone(),
        }
    }
}

impl Citizen {
    /// How the log names this caller.
    pub fn actor(&self) -> Actor {
        match &self.delegate {
            Some(relation) => Actor::Delegate { relation: relation.clone() },
            None => Actor::Person,
        }
    }
}
