//! Who asks (閲覧者): the facts about the reader that the tables speak of.

use tasuki_core::account::{AccountLevel, JobType, Membership, Organisation};
use tasuki_core::document::Author;
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};

use crate::column::Column;

/// What is known of a member of staff (職員).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staff {
    /// Job in the organisation they act for.
    pub job: JobType,
    /// Level of the account; an organisation's first account sees no person.
    pub level: AccountLevel,
    /// Writes this person's plan although the office is of another kind (※1 of the table).
    pub writes_care_plans: bool,
}

/// What is known of an office or medical institution (事業所・医療機関).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Its number.
    pub number: ProviderNumber,
    /// It is a medical institution.
    pub is_medical: bool,
    /// Care services it gives; empty for a medical institution that gives none.
    pub services: Vec<ServiceType>,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// The person, or a delegate (代理人) who acts for them.
    InsuredPerson {
        /// A family member or agent, not the person.
        delegate: bool,
    },
    /// Staff of an insurer.
    Insurer {
        /// Which insurer.
        number: InsurerNumber,
        /// Who.
        staff: Staff,
    },
    /// Staff of an office or medical institution.
    Provider {
        /// Which office.
        office: Office,
        /// Who.
        staff: Staff,
    },
    /// A member of a review board: reads case files elsewhere, never a person's papers here.
    ReviewBoard,
    /// Staff of the operator: reads no person's papers.
    Operator,
}

impl Reader {
    /// The reader that a membership makes. `provider` is the office of the membership as the
    /// platform knows it, and is not looked at for other organisations.
    ///
    /// `None` when the membership is of an office and `provider` is not that office.
    pub fn of_staff(membership: &Membership, provider: Option<&Provider>) -> Option<Self> {
        let staff = Staff {
            job: membership.job,
            level: membership.level,
            writes_care_plans: membership.writes_care_plans,
        };
        match &membership.organisation {
            Organisation::Provider(number) => {
                let provider = provider.filter(|provider| provider.number == *number)?;
                Some(Self::Provider { office: Office::of(provider), staff })
            }
            Organisation::Insurer(number) => Some(Self::Insurer { number: number.clone(), staff }),
            Organisation::ReviewBoard(_) => Some(Self::ReviewBoard),
            Organisation::Operator => Some(Self::Operator),
        }
    }

    /// The author as which this reader's papers are kept, when it can make any.
    pub fn author(&self) -> Option<Author> {
        match self {
            Self::InsuredPerson { .. } => Some(Author::InsuredPerson),
            Self::Insurer { number, .. } => Some(Author::Insurer(number.clone())),
            Self::Provider { office, .. } => Some(Author::Provider(office.number.clone())),
            Self::ReviewBoard | Self::Operator => None,
        }
    }

    /// `job` exists where this reader works; a job of another kind of organisation opens nothing.
    pub(crate) fn has_job(&self, job: JobType) -> bool {
        match self {
            Self::Provider { .. } => job.is_of_office(),
            Self::Insurer { .. } => job.is_of_insurer(),
            Self::InsuredPerson { .. } | Self::ReviewBoard | Self::Operator => false,
        }
    }

    /// Acts for the person without being the person (代理人).
    pub fn is_delegate(&self) -> bool {
        matches!(self, Self::InsuredPerson { delegate: true })
    }
}

impl Office {
    /// The facts of an office that the platform knows.
    pub fn of(provider: &Provider) -> Self {
        Self {
            number: provider.number.clone(),
            is_medical: provider.is_medical,
            services: provider.services.clone(),
        }
    }

    /// The office, with this member of staff, stands in `column`.
    ///
    /// A medical institution stands in one of the two medical columns and never in 介護事業所, even
    /// where it gives care services: the narrower cell counts. Care management alone is no care
    /// service. Besides, an office stands under care management when it gives that service or the
    /// member of staff writes the plan (※1). An office that is neither medical nor gives a service
    /// stands nowhere.
    pub fn stands_in(&self, column: Column, staff: Staff) -> bool {
        let gives = |column| self.services_in(column).next().is_some();
        let known = self.is_medical || !self.services.is_empty();
        match column {
            Column::InsuredPerson | Column::Insurer => false,
            Column::CareManagement => {
                gives(column)
                    || (known && staff.writes_care_plans && staff.job == JobType::CareManager)
            }
            Column::Provider => !self.is_medical && gives(column),
            Column::Medical => self.is_medical && !gives(Column::MedicalWithCare),
            Column::MedicalWithCare => self.is_medical && gives(column),
        }
    }

    /// The services with which the office stands in `column`.
    pub(crate) fn services_in(&self, column: Column) -> impl Iterator<Item = ServiceType> {
        self.services.iter().copied().filter(move |service| match column {
            Column::CareManagement => service.is_care_management(),
            Column::Provider | Column::MedicalWithCare => !service.is_care_management(),
            Column::InsuredPerson | Column::Insurer | Column::Medical => false,
        })
    }
}
