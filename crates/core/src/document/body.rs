//! What a paper says (文書の本文): one typed value for each kind that the platform holds.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::DocumentKind;
use crate::benefit_use::{EquipmentPurchaseUse, HomeModificationUse};
use crate::certification::CertificationProgress;
use crate::eligibility::{
    BurdenLimitCertificate, BurdenRatioCertificate, BurdenReductionCertificate, InsuredCertificate,
};
use crate::opinion::AttendingPhysicianOpinion;
use crate::survey::SurveySheet;

/// Newest schema of stored bodies. A body written by a newer one is refused, never guessed.
///
/// New fields come with a default and leave the number alone; the number grows only when an old
/// reader would misread a body.
pub const BODY_SCHEMA: u32 = 1;

/// Body of a document, told apart by the word of its kind (書類の本文).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", content = "body")]
pub enum Body {
    /// 認定調査票.
    #[serde(rename = "survey_sheet")]
    SurveySheet(Box<SurveySheet>),
    /// 主治医意見書.
    #[serde(rename = "opinion")]
    AttendingPhysicianOpinion(Box<AttendingPhysicianOpinion>),
    /// 被保険者証.
    #[serde(rename = "insured_certificate")]
    InsuredCertificate(Box<InsuredCertificate>),
    /// 負担割合証.
    #[serde(rename = "burden_ratio_certificate")]
    BurdenRatioCertificate(BurdenRatioCertificate),
    /// 負担限度額認定証.
    #[serde(rename = "burden_limit_certificate")]
    BurdenLimitCertificate(BurdenLimitCertificate),
    /// 減免減額認定証.
    #[serde(rename = "burden_reduction_certificate")]
    BurdenReductionCertificate(Box<BurdenReductionCertificate>),
    /// 住宅改修費利用情報.
    #[serde(rename = "home_modification_use")]
    HomeModificationUse(HomeModificationUse),
    /// 福祉用具購入費利用情報.
    #[serde(rename = "equipment_purchase_use")]
    EquipmentPurchaseUse(EquipmentPurchaseUse),
    /// 認定の進み具合と結果.
    #[serde(rename = "certification_progress")]
    CertificationProgress(Box<CertificationProgress>),
}

/// Why stored bytes are not a body. Never carries what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Written by a newer version of the platform.
    #[error("body has schema {found}, this version reads up to {BODY_SCHEMA}")]
    NewerSchema {
        /// The schema found.
        found: u32,
    },
    /// Not JSON, or not of this kind.
    #[error("body is not a {} (at byte column {column})", .kind.japanese())]
    Malformed {
        /// The kind that was asked for.
        kind: DocumentKind,
        /// Column in the text, from 1.
        column: usize,
    },
    /// The platform has no typed body for this kind yet.
    #[error("no body is defined for {}", .0.japanese())]
    NotDefined(DocumentKind),
    /// The body could not be written.
    #[error("body cannot be written")]
    Unwritable,
}

/// Room for most bodies, so that writing one seldom moves it.
const JSON_BYTES: usize = 1_024;

/// A body in its envelope.
#[derive(Serialize, Deserialize)]
struct Stored<T> {
    schema: u32,
    body: T,
}

/// The envelope alone.
#[derive(Deserialize)]
struct Envelope {
    schema: u32,
}

/// What can be read from a stored body: the typed [`Body`], or its text as it is.
pub trait FromStored: Sized {
    /// Reads what [`Body::to_json`] wrote for `kind`.
    ///
    /// # Errors
    ///
    /// [`BodyError`] names the reason.
    fn from_stored(kind: DocumentKind, bytes: &[u8]) -> Result<Self, BodyError>;
}

impl FromStored for Body {
    fn from_stored(kind: DocumentKind, bytes: &[u8]) -> Result<Self, BodyError> {
        Self::from_json(kind, bytes)
    }
}

/// The JSON of a body as it is stored, for whoever hands it on without looking into it.
///
/// Personal data: `Debug` is redacted.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct BodyText(Box<RawValue>);

impl fmt::Debug for BodyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyText(***)")
    }
}

impl FromStored for BodyText {
    fn from_stored(kind: DocumentKind, bytes: &[u8]) -> Result<Self, BodyError> {
        read(kind, bytes).map(Self)
    }
}

/// Calls `$call` with the value inside, whatever its kind.
macro_rules! for_inner {
    ($body:expr, $inner:ident => $call:expr) => {
        match $body {
            Body::SurveySheet($inner) => $call,
            Body::AttendingPhysicianOpinion($inner) => $call,
            Body::InsuredCertificate($inner) => $call,
            Body::BurdenRatioCertificate($inner) => $call,
            Body::BurdenLimitCertificate($inner) => $call,
            Body::BurdenReductionCertificate($inner) => $call,
            Body::HomeModificationUse($inner) => $call,
            Body::EquipmentPurchaseUse($inner) => $call,
            Body::CertificationProgress($inner) => $call,
        }
    };
}

impl Body {
    /// The kind of paper it belongs to.
    pub fn kind(&self) -> DocumentKind {
        match self {
            Self::SurveySheet(_) => DocumentKind::SurveySheet,
            Self::AttendingPhysicianOpinion(_) => DocumentKind::AttendingPhysicianOpinion,
            Self::InsuredCertificate(_) => DocumentKind::InsuredCertificate,
            Self::BurdenRatioCertificate(_) => DocumentKind::BurdenRatioCertificate,
            Self::BurdenLimitCertificate(_) => DocumentKind::BurdenLimitCertificate,
            Self::BurdenReductionCertificate(_) => DocumentKind::BurdenReductionCertificate,
            Self::HomeModificationUse(_) => DocumentKind::HomeModificationUse,
            Self::EquipmentPurchaseUse(_) => DocumentKind::EquipmentPurchaseUse,
            Self::CertificationProgress(_) => DocumentKind::CertificationProgress,
        }
    }

    /// Bytes for the store: `{"schema":1,"body":{…}}`; the kind stands in its own column.
    ///
    /// # Errors
    ///
    /// [`BodyError::Unwritable`], which no value of these types causes.
    pub fn to_json(&self) -> Result<Vec<u8>, BodyError> {
        let mut out = Vec::with_capacity(JSON_BYTES);
        let written = for_inner!(self, inner => serde_json::to_writer(&mut out, &Stored {
            schema: BODY_SCHEMA,
            body: inner,
        }));
        written.map(|()| out).map_err(|_| BodyError::Unwritable)
    }

    /// Reads what [`Self::to_json`] wrote.
    ///
    /// # Errors
    ///
    /// [`BodyError`] names the reason.
    pub fn from_json(kind: DocumentKind, bytes: &[u8]) -> Result<Self, BodyError> {
        match kind {
            DocumentKind::SurveySheet => read(kind, bytes).map(Self::SurveySheet),
            DocumentKind::AttendingPhysicianOpinion => {
                read(kind, bytes).map(Self::AttendingPhysicianOpinion)
            }
            DocumentKind::InsuredCertificate => read(kind, bytes).map(Self::InsuredCertificate),
            DocumentKind::BurdenRatioCertificate => {
                read(kind, bytes).map(Self::BurdenRatioCertificate)
            }
            DocumentKind::BurdenLimitCertificate => {
                read(kind, bytes).map(Self::BurdenLimitCertificate)
            }
            DocumentKind::BurdenReductionCertificate => {
                read(kind, bytes).map(Self::BurdenReductionCertificate)
            }
            DocumentKind::HomeModificationUse => read(kind, bytes).map(Self::HomeModificationUse),
            DocumentKind::EquipmentPurchaseUse => read(kind, bytes).map(Self::EquipmentPurchaseUse),
            DocumentKind::CertificationProgress => {
                read(kind, bytes).map(Self::CertificationProgress)
            }
            DocumentKind::CertificationApplication
            | DocumentKind::BenefitManagementSheet
            | DocumentKind::CareManagementClaim
            | DocumentKind::CareClaimBill
            | DocumentKind::CommunityProgramBill
            | DocumentKind::HomeServiceClaim
            | DocumentKind::PreventiveServiceClaim
            | DocumentKind::CommunityProgramClaim
            | DocumentKind::FacilityServiceClaim
            | DocumentKind::LifeRecord
            | DocumentKind::CarePlan => Err(BodyError::NotDefined(kind)),
        }
    }
}

/// Reads one body; a failure is looked at again, to tell a newer schema from a broken body.
fn read<T: for<'de> Deserialize<'de>>(kind: DocumentKind, bytes: &[u8]) -> Result<T, BodyError> {
    let too_new = |found: u32| found > BODY_SCHEMA;
    match serde_json::from_slice::<Stored<T>>(bytes) {
        Ok(stored) if too_new(stored.schema) => {
            Err(BodyError::NewerSchema { found: stored.schema })
        }
        Ok(stored) => Ok(stored.body),
        Err(error) => match serde_json::from_slice::<Envelope>(bytes) {
            Ok(Envelope { schema }) if too_new(schema) => {
                Err(BodyError::NewerSchema { found: schema })
            }
            _ => Err(BodyError::Malformed { kind, column: error.column() }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eligibility::{BurdenRatio, BurdenRatioPeriod};
    use jiff::civil::date;

    fn ratio() -> Body {
        Body::BurdenRatioCertificate(BurdenRatioCertificate {
            issued_on: date(2026, 7, 15),
            first: BurdenRatioPeriod {
                ratio: BurdenRatio::OneTenth,
                from: date(2026, 8, 1),
                until: date(2027, 7, 31),
            },
            second: None,
        })
    }

    #[test]
    fn a_body_is_read_back_by_its_kind() {
        let json = ratio().to_json().unwrap();
        assert!(json.starts_with(br#"{"schema":1,"body":{"issued_on":"2026-07-15""#));
        assert_eq!(Body::from_json(ratio().kind(), &json), Ok(ratio()));
        assert!(matches!(
            Body::from_json(DocumentKind::SurveySheet, &json),
            Err(BodyError::Malformed { kind: DocumentKind::SurveySheet, .. })
        ));
    }

    #[test]
    fn the_text_of_a_body_is_the_body_as_it_is_written() {
        let (kind, json) = (ratio().kind(), ratio().to_json().unwrap());
        let text = BodyText::from_stored(kind, &json).unwrap();
        let (text, body) = (serde_json::to_value(&text), serde_json::to_value(ratio()));
        assert_eq!(text.unwrap(), body.unwrap()["body"]);
        let newer = BodyText::from_stored(kind, br#"{"schema":2,"body":{}}"#);
        assert_eq!(newer.unwrap_err(), BodyError::NewerSchema { found: 2 });
        assert!(BodyText::from_stored(kind, br#"{"schema":1,"body":{"open":"#).is_err());
    }

    #[test]
    fn the_tag_is_the_word_of_the_kind() {
        use crate::word::Word;
        let json = serde_json::to_value(ratio()).unwrap();
        assert_eq!(json["kind"], ratio().kind().word());
    }

    #[test]
    fn a_newer_schema_is_refused_even_when_it_would_parse() {
        let json = String::from_utf8(ratio().to_json().unwrap()).unwrap();
        let newer = json.replace(r#""schema":1"#, r#""schema":2"#);
        let kind = DocumentKind::BurdenRatioCertificate;
        let error = BodyError::NewerSchema { found: 2 };
        assert_eq!(Body::from_json(kind, newer.as_bytes()), Err(error));
        let other = Body::from_json(kind, br#"{"schema":2,"body":{"unknown":1}}"#);
        assert_eq!(other, Err(error));
    }

    #[test]
    fn an_error_never_says_what_was_read() {
        let bad = br#"{"schema":1,"body":{"issued_on":"secret"}}"#;
        let error = Body::from_json(DocumentKind::BurdenRatioCertificate, bad).unwrap_err();
        assert!(!error.to_string().contains("secret") && !format!("{error:?}").contains("secret"));
    }
}
