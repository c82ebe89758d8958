//! Papers without where a protected person is (支援措置対象者の居所を除いた書類).

use super::Body;
use crate::benefit_use::HomeModificationUse;
use crate::certification::{CertificationProgress, OpinionProgress};
use crate::eligibility::InsuredCertificate;
use crate::insured::Personal;

impl Body {
    /// The paper without addresses, telephones and names of offices; `None` for a paper that is
    /// about a place throughout: survey sheet and opinion.
    pub fn without_whereabouts(self) -> Option<Self> {
        match self {
            Self::SurveySheet(_) | Self::AttendingPhysicianOpinion(_) => None,
            Self::InsuredCertificate(paper) => {
                Some(Self::InsuredCertificate(Box::new(certificate(*paper))))
            }
            Self::CertificationProgress(paper) => {
                Some(Self::CertificationProgress(Box::new(progress(*paper))))
            }
            Self::HomeModificationUse(paper) => {
                Some(Self::HomeModificationUse(HomeModificationUse { place: None, ..paper }))
            }
            Self::BurdenRatioCertificate(_)
            | Self::BurdenLimitCertificate(_)
            | Self::BurdenReductionCertificate(_)
            | Self::EquipmentPurchaseUse(_) => Some(self),
        }
    }
}

// Taken apart to the last field, so that a new one has to be thought about here.
fn certificate(paper: InsuredCertificate) -> InsuredCertificate {
    let InsuredCertificate {
        issued_on,
        certified,
        board_opinion,
        designated_services,
        restrictions,
        care_management: _,
        facilities: _,
    } = paper;
    let (care_management, facilities) = (Vec::new(), Vec::new());
    InsuredCertificate {
        issued_on,
        certified,
        board_opinion,
        designated_services,
        restrictions,
        care_management,
        facilities,
    }
}

fn progress(paper: CertificationProgress) -> CertificationProgress {
    let CertificationProgress {
        filed_on,
        kind,
        filed_by: _,
        survey,
        opinion: OpinionProgress { institution: _, institution_name: _, requested_on, received_on },
        screened_on,
        board,
        decided_on,
        notified_on,
        mut postponement,
        ended,
        result,
    } = paper;
    if let Some(notice) = &mut postponement {
        // Words of the insurer: often the name of the institution that is waited for.
        notice.reason = Personal::new("");
    }
    let opinion =
        OpinionProgress { institution: None, institution_name: None, requested_on, received_on };
    CertificationProgress {
        filed_on,
        kind,
        filed_by: None,
        survey,
        opinion,
        screened_on,
        board,
        decided_on,
        notified_on,
        postponement,
        ended,
        result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certification::{ApplicationKind, PostponementNotice};
    use crate::eligibility::{FacilityKind, FacilityStay};
    use crate::provider::ProviderNumber;
    use jiff::civil::date;

    #[test]
    fn a_certificate_keeps_what_it_certifies_and_loses_where_the_person_stays() {
        let stay = FacilityStay {
            kind: FacilityKind::Health,
            provider: Some(ProviderNumber::parse("9970000001").unwrap()),
            name: Personal::new("架空苑"),
            entered_on: date(2026, 4, 1),
            left_on: None,
        };
        let bare = InsuredCertificate {
            issued_on: date(2026, 4, 1),
            certified: None,
            board_opinion: Some(Personal::new("なし")),
            designated_services: Vec::new(),
            restrictions: Vec::new(),
            care_management: Vec::new(),
            facilities: Vec::new(),
        };
        let full = InsuredCertificate { facilities: vec![stay], ..bare.clone() };
        let body = Body::InsuredCertificate(Box::new(full)).without_whereabouts();
        assert_eq!(body, Some(Body::InsuredCertificate(Box::new(bare))));
    }

    #[test]
    fn progress_keeps_its_days_and_loses_the_institution() {
        let notice = PostponementNotice {
            notified_on: date(2026, 12, 1),
            expected_by: date(2027, 1, 10),
            reason: Personal::new("架空病院の意見書を待っています"),
        };
        let paper = CertificationProgress {
            filed_on: date(2026, 11, 2),
            kind: ApplicationKind::Renewal,
            filed_by: Some(ProviderNumber::parse("9970000001").unwrap()),
            survey: Default::default(),
            opinion: OpinionProgress {
                institution: Some(ProviderNumber::parse("9919000019").unwrap()),
                institution_name: Some("架空病院".to_owned()),
                requested_on: Some(date(2026, 11, 3)),
                received_on: None,
            },
            screened_on: None,
            board: Default::default(),
            decided_on: None,
            notified_on: None,
            postponement: Some(notice),
            ended: None,
            result: None,
        };
        let body = Body::CertificationProgress(Box::new(paper)).without_whereabouts();
        let text = serde_json::to_string(&body).unwrap();
        assert!(text.contains("2026-11-03") && text.contains("2027-01-10"));
        for gone in ["架空病院", "9919000019", "9970000001"] {
            assert!(!text.contains(gone), "{gone}");
        }
    }
}
