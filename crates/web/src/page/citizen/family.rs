//! Offices in charge, family and agents (担当事業所・ご家族).

use askama::Template;
use jiff::civil::Date;
use tasuki_core::date::AtMs;
use tasuki_core::insured::PersonName;

use crate::page::{Form, Shell, filters};

/// 担当の事業所.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_offices.html")]
pub struct CitizenOfficesPage {
    /// Frame.
    pub shell: Shell,
    /// Offices in charge now.
    pub offices: Vec<CitizenOffice>,
    /// Offices that the insurer keeps from the person: name, reason, since when.
    pub blocked: Vec<(String, &'static str, AtMs)>,
    /// Name of the insurer.
    pub insurer: String,
}

/// One office in charge.
#[derive(Debug, Clone)]
pub struct CitizenOffice {
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: Date,
    /// Until when it may look unless service goes on; `None`: it may not look any more.
    pub until: Option<Date>,
    /// How identity was checked.
    pub checked: &'static str,
    /// Address of 「この事業所をやめる」.
    pub end: String,
}

/// ご家族: delegates of the person, and whose information one may open.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_family.html")]
pub struct FamilyPage {
    /// Frame.
    pub shell: Shell,
    /// What was typed (`name`, `relation`, `code`), and errors.
    pub form: Form,
    /// The holder of the card is insured here.
    pub is_insured: bool,
    /// Their own information is open.
    pub views_own: bool,
    /// Delegates and waiting invitations; `None` unless one's own information is open.
    pub guests: Option<Vec<Guest>>,
    /// The invitation just made; its code is shown this once.
    pub invitation: Option<Invitation>,
    /// Whose information one may open.
    pub represented: Vec<Represented>,
}

/// A delegate or a waiting invitation.
#[derive(Debug, Clone)]
pub struct Guest {
    /// Opaque id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Relation.
    pub relation: String,
    /// Since when; `None` while the code waits.
    pub since: Option<Date>,
    /// Until when the code works.
    pub code_until: AtMs,
}

/// A code to be handed over.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The code.
    pub code: String,
    /// For whom.
    pub name: String,
    /// Until when it works.
    pub until: AtMs,
}

/// Somebody whose information one may open.
#[derive(Debug, Clone)]
pub struct Represented {
    /// Opaque id.
    pub id: String,
    /// Name.
    pub name: PersonName,
    /// One's relation to them.
    pub relation: String,
    /// Their information is open now.
    pub current: bool,
}
