//! The kinds of records: their columns, how a line is read and written.

use super::column::Column;
use super::row::Row;
use super::write::{EncodeError, RowWriter};
use super::{Content, RecordKind};
use tasuki_core::insured::PersonKey;

mod burden;
mod certificate;
mod person;
mod relation;
mod usage;

pub use relation::{ApplicationConsent, OpinionRequest, ServiceUse};

/// A flat kind of record: columns after the key, and both directions.
pub(crate) trait Flat: Sized {
    /// Columns after [`KEY_COLUMNS`](super::KEY_COLUMNS).
    const COLUMNS: &'static [Column];

    /// Takes every column in order; `None` only when the row has a finding.
    fn read(row: &mut Row<'_>) -> Option<Self>;

    /// Writes every column in order.
    fn write(&self, row: &mut RowWriter<'_>) -> Result<(), EncodeError>;
}

impl RecordKind {
    /// Columns after the key; empty for kinds in JSON Lines.
    pub fn columns(self) -> &'static [Column] {
        use tasuki_core::benefit_use::{EquipmentPurchaseUse, HomeModificationUse};
        use tasuki_core::eligibility as e;
        match self {
            Self::InsuredPerson => person::PersonRow::COLUMNS,
            Self::InsuredCertificate => e::InsuredCertificate::COLUMNS,
            Self::BurdenRatio => e::BurdenRatioCertificate::COLUMNS,
            Self::BurdenLimit => e::BurdenLimitCertificate::COLUMNS,
            Self::BurdenReduction => e::BurdenReductionCertificate::COLUMNS,
            Self::HomeModificationUse => HomeModificationUse::COLUMNS,
            Self::EquipmentPurchaseUse => EquipmentPurchaseUse::COLUMNS,
            Self::Consent => ApplicationConsent::COLUMNS,
            Self::OpinionRequest => OpinionRequest::COLUMNS,
            Self::ServiceUse => ServiceUse::COLUMNS,
            Self::CertificationProgress | Self::SurveySheet | Self::PhysicianOpinion => &[],
        }
    }
}

/// Reads the columns after the key.
pub(crate) fn read_content(
    kind: RecordKind,
    person: Option<&PersonKey>,
    row: &mut Row<'_>,
) -> Option<Content> {
    use tasuki_core::document::Body;
    match kind {
        RecordKind::InsuredPerson => {
            let read = person::PersonRow::read(row)?;
            Some(Content::Person(Box::new(read.of(person?.clone()))))
        }
        RecordKind::InsuredCertificate => {
            Flat::read(row).map(|read| Content::Paper(Body::InsuredCertificate(Box::new(read))))
        }
        RecordKind::BurdenRatio => {
            Flat::read(row).map(|read| Content::Paper(Body::BurdenRatioCertificate(read)))
        }
        RecordKind::BurdenLimit => {
            Flat::read(row).map(|read| Content::Paper(Body::BurdenLimitCertificate(read)))
        }
        RecordKind::BurdenReduction => Flat::read(row)
            .map(|read| Content::Paper(Body::BurdenReductionCertificate(Box::new(read)))),
        RecordKind::HomeModificationUse => {
            Flat::read(row).map(|read| Content::Paper(Body::HomeModificationUse(read)))
        }
        RecordKind::EquipmentPurchaseUse => {
            Flat::read(row).map(|read| Content::Paper(Body::EquipmentPurchaseUse(read)))
        }
        RecordKind::Consent => {
            Flat::read(row).map(|read: ApplicationConsent| Content::Consent(Box::new(read)))
        }
        RecordKind::OpinionRequest => Flat::read(row).map(Content::OpinionRequest),
        RecordKind::ServiceUse => Flat::read(row).map(Content::ServiceUse),
        RecordKind::CertificationProgress
        | RecordKind::SurveySheet
        | RecordKind::PhysicianOpinion => None,
    }
}

/// Writes the columns after the key.
pub(crate) fn write_content(
    kind: RecordKind,
    content: &Content,
    row: &mut RowWriter<'_>,
) -> Result<(), EncodeError> {
    use tasuki_core::document::Body;
    match (kind, content) {
        (RecordKind::InsuredPerson, Content::Person(person)) => person::write(person, row),
        (RecordKind::InsuredCertificate, Content::Paper(Body::InsuredCertificate(body))) => {
            body.write(row)
        }
        (RecordKind::BurdenRatio, Content::Paper(Body::BurdenRatioCertificate(body))) => {
            body.write(row)
        }
        (RecordKind::BurdenLimit, Content::Paper(Body::BurdenLimitCertificate(body))) => {
            body.write(row)
        }
        (RecordKind::BurdenReduction, Content::Paper(Body::BurdenReductionCertificate(body))) => {
            body.write(row)
        }
        (RecordKind::HomeModificationUse, Content::Paper(Body::HomeModificationUse(body))) => {
            body.write(row)
        }
        (RecordKind::EquipmentPurchaseUse, Content::Paper(Body::EquipmentPurchaseUse(body))) => {
            body.write(row)
        }
        (RecordKind::Consent, Content::Consent(consent)) => consent.write(row),
        (RecordKind::OpinionRequest, Content::OpinionRequest(request)) => request.write(row),
        (RecordKind::ServiceUse, Content::ServiceUse(service)) => service.write(row),
        _ => Err(EncodeError::Content),
    }
}
