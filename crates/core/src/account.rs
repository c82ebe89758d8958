//! Accounts, their levels, jobs and organisations (利用者アカウント・権限・職種・所属).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::insurer::InsurerNumber;
use crate::provider::ProviderNumber;
use crate::words;

words! {
    /// Level of an account within its organisation, as in the national service.
    pub enum AccountLevel {
        /// The organisation's first account; makes administrators, sees no person.
        Office = "office", "事業所ユーザ";
        /// Makes and stops general accounts, and works with persons.
        Administrator = "administrator", "管理者ユーザ";
        /// Works with persons.
        General = "general", "一般ユーザ";
    }
}

words! {
    /// Job of a member of staff (職種); part of the first gate.
    pub enum JobType {
        /// Writes care plans.
        CareManager = "care_manager", "介護支援専門員";
        /// Writes opinions.
        Physician = "physician", "医師";
        /// Registered or assistant nurse.
        Nurse = "nurse", "看護職員";
        /// Care worker at home or in a facility.
        CareWorker = "care_worker", "介護職員";
        /// Physical, occupational or speech therapist.
        Therapist = "therapist", "リハビリ専門職";
        /// Social worker, consultant on daily life.
        Counsellor = "counsellor", "相談員";
        /// Dietitian.
        Dietitian = "dietitian", "管理栄養士・栄養士";
        /// Office work and claims.
        Clerk = "clerk", "事務職員";
        /// Municipal officer for long-term care.
        MunicipalOfficer = "municipal_officer", "市町村職員";
        /// Member of the review board.
        BoardMember = "board_member", "審査会委員";
        /// Staff of the platform's operator.
        Operator = "operator", "運営者";
    }
}

/// Where an account belongs (所属).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Organisation {
    /// A care office or medical institution.
    Provider(ProviderNumber),
    /// A municipality or union as insurer.
    Insurer(InsurerNumber),
    /// A review board (介護認定審査会), by the insurer that hosts it.
    ReviewBoard(InsurerNumber),
    /// The operator of the platform.
    Operator,
}

/// The text names no organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an organisation: provider:…, insurer:…, review_board:… or operator")]
pub struct OrganisationError;

impl Organisation {
    /// Parses `provider:1370000001`, `insurer:990002`, `review_board:990002` or `operator`.
    ///
    /// # Errors
    ///
    /// [`OrganisationError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, OrganisationError> {
        let insurer = |number| InsurerNumber::parse(number).map_err(|_| OrganisationError);
        match text.split_once(':') {
            Some(("provider", number)) => {
                ProviderNumber::parse(number).map(Self::Provider).map_err(|_| OrganisationError)
            }
            Some(("insurer", number)) => insurer(number).map(Self::Insurer),
            Some(("review_board", number)) => insurer(number).map(Self::ReviewBoard),
            None if text == "operator" => Ok(Self::Operator),
            _ => Err(OrganisationError),
        }
    }

    /// The office's number, when it is an office.
    pub fn provider(&self) -> Option<&ProviderNumber> {
        match self {
            Self::Provider(number) => Some(number),
            _ => None,
        }
    }

    /// The number within the text form; empty for the operator.
    pub fn number(&self) -> &str {
        match self {
            Self::Provider(number) => number.as_str(),
            Self::Insurer(number) | Self::ReviewBoard(number) => number.as_str(),
            Self::Operator => "",
        }
    }

    /// The insurer's number, when it is an insurer.
    pub fn insurer(&self) -> Option<&InsurerNumber> {
        match self {
            Self::Insurer(number) => Some(number),
            _ => None,
        }
    }
}

impl fmt::Display for Organisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider(number) => write!(f, "provider:{number}"),
            Self::Insurer(number) => write!(f, "insurer:{number}"),
            Self::ReviewBoard(number) => write!(f, "review_board:{number}"),
            Self::Operator => f.write_str("operator"),
        }
    }
}

impl TryFrom<String> for Organisation {
    type Error = OrganisationError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Organisation> for String {
    fn from(organisation: Organisation) -> Self {
        organisation.to_string()
    }
}

/// One account of one member of staff (利用者アカウント).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Opaque id; never reused.
    pub id: String,
    /// What the member types to sign in; unique on the platform.
    pub login: String,
    /// Name shown to colleagues and in the access log of the organisation.
    pub name: String,
    /// Where codes and warnings go; `None` when only the code application is used.
    pub mail: Option<String>,
    /// An account of software (接続用アカウント): gets tokens, never a page.
    pub software: bool,
    /// False after off-boarding: every session and right ends at once.
    pub active: bool,
    /// Grows by one with every change.
    pub version: i64,
}

impl JobType {
    /// The job exists in this kind of organisation (この所属にある職種).
    pub fn exists_in(self, organisation: &Organisation) -> bool {
        match organisation {
            Organisation::Provider(_) => self.is_of_office(),
            Organisation::Insurer(_) => self.is_of_insurer(),
            Organisation::ReviewBoard(_) => self == Self::BoardMember,
            Organisation::Operator => self == Self::Operator,
        }
    }

    /// Offices and medical institutions have this job.
    pub fn is_of_office(self) -> bool {
        match self {
            Self::CareManager
            | Self::Physician
            | Self::Nurse
            | Self::CareWorker
            | Self::Therapist
            | Self::Counsellor
            | Self::Dietitian
            | Self::Clerk => true,
            Self::MunicipalOfficer | Self::BoardMember | Self::Operator => false,
        }
    }

    /// Insurers have this job.
    pub fn is_of_insurer(self) -> bool {
        self == Self::MunicipalOfficer
    }
}

/// What an account may do in one organisation (所属と職種); an account may have several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The organisation.
    pub organisation: Organisation,
    /// Level within it.
    pub level: AccountLevel,
    /// Job within it.
    pub job: JobType,
    /// Writes this person's plan although the office is of another kind (※1 of the table).
    pub writes_care_plans: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organisations_are_parsed_from_what_they_print() {
        let insurer = InsurerNumber::with_check_digit("99001").unwrap();
        let all = [
            Organisation::Provider(ProviderNumber::parse("9970000001").unwrap()),
            Organisation::Insurer(insurer.clone()),
            Organisation::ReviewBoard(insurer),
            Organisation::Operator,
        ];
        for organisation in all {
            assert_eq!(Organisation::parse(&organisation.to_string()), Ok(organisation));
        }
        for bad in ["", "operator:", "provider:1", "insurer:990000", "city:990000"] {
            assert_eq!(Organisation::parse(bad), Err(OrganisationError), "{bad}");
        }
    }
}
