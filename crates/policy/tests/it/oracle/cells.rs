//! The two tables of the second definition: the published one as it is printed, and the jobs told
//! job by job.

use tasuki_core::account::JobType;
use tasuki_core::document::DocumentKind;
use tasuki_policy::{Office, Staff};

/// A row is 利用者, 市区町村, 居宅介護支援, then 介護事業所 and 医療機関 with two cells each: who made the
/// paper, and all others in charge.
const TABLE: [[char; 7]; 17] = [
    ['–', '★', '◎', '–', '–', '–', '–'], // 1 認定調査票
    ['–', '○', '◎', '★', '–', '★', '–'], // 2 主治医意見書
    ['○', '★', '○', '○', '○', '○', '○'], // 3 被保険者証 and what belongs to it
    ['★', '○', '–', '–', '–', '–', '–'], // 4 要介護認定申請書
    ['○', '○', '★', '–', '–', '–', '–'], // 5 給付管理票
    ['○', '○', '★', '–', '–', '–', '–'], // 6 居宅介護支援介護給付費明細書
    ['○', '○', '–', '★', '–', '–', '–'], // 7 介護給付費請求書
    ['○', '○', '–', '★', '–', '–', '–'], // 8 総合事業費請求書
    ['○', '○', '–', '★', '–', '–', '–'], // 9 居宅サービス・地域密着型サービス給付費明細書
    ['○', '○', '–', '★', '–', '–', '–'], // 10 介護予防サービス等給付費明細書
    ['○', '○', '–', '★', '–', '–', '–'], // 11 総合事業費明細書
    ['○', '○', '–', '★', '–', '–', '–'], // 12 施設サービス等給付費明細書
    ['◎', '◎', '◎', '★', '◎', '◎', '◎'], // 13 LIFE情報
    ['○', '◎', '★', '○', '○', '◎', '◎'], // 14 ケアプラン
    ['◎', '★', '◎', '–', '–', '–', '–'], // 15 住宅改修費用利用情報
    ['◎', '★', '◎', '–', '–', '–', '–'], // 16 福祉用具購入費用利用情報
    ['○', '★', '○', '○', '○', '○', '○'], // 17 認定の進捗
];

pub(super) const PERSON: usize = 0;
pub(super) const INSURER: usize = 1;
pub(super) const CARE_MANAGEMENT: usize = 2;
pub(super) const CARE_MADE: usize = 3;
const CARE_OTHERS: usize = 4;
pub(super) const MEDICAL_MADE: usize = 5;
const MEDICAL_OTHERS: usize = 6;

/// What each job opens at an office: s survey, o opinion, i insured certificate, b the papers of
/// the burden, a application, c claims, l LIFE, p plan, u use of modification and equipment,
/// r progress.
struct Job {
    care_management: &'static str,
    care: &'static str,
    medical: &'static str,
    medical_with_care: &'static str,
}

/// The document gives one example (certification information is for the care manager of a
/// 居宅介護支援 office); all else is a setting of ours, `docs/divergences.md` "Job lists".
fn job(job: JobType) -> Option<Job> {
    let lists = match job {
        JobType::CareManager => ["soibaclpur", "sibaclpur", "ir", "ibaclpur"],
        JobType::Physician | JobType::Nurse => ["ibr", "oiblpr", "soilpr", "soiblpr"],
        JobType::CareWorker => ["ibr", "iblpr", "", "iblpr"],
        JobType::Therapist | JobType::Dietitian => ["ibr", "iblpr", "ilpr", "iblpr"],
        JobType::Counsellor => ["ibr", "ibalpur", "ibalpur", "ibalpur"],
        JobType::Clerk => ["ibacur"; 4],
        JobType::MunicipalOfficer | JobType::BoardMember | JobType::Operator => return None,
    };
    let [care_management, care, medical, medical_with_care] = lists;
    Some(Job { care_management, care, medical, medical_with_care })
}

fn letter(kind: DocumentKind) -> char {
    match kind.table_row() {
        1 => 's',
        2 => 'o',
        3 if kind == DocumentKind::InsuredCertificate => 'i',
        3 => 'b',
        4 => 'a',
        13 => 'l',
        14 => 'p',
        15 | 16 => 'u',
        17 => 'r',
        _ => 'c',
    }
}

pub(super) fn sign(kind: DocumentKind, column: usize) -> char {
    TABLE[usize::from(kind.table_row()) - 1][column]
}

/// The cells of an office, each with whether the job opens this kind there.
pub(super) fn cells(kind: DocumentKind, office: &Office, staff: Staff) -> [(char, bool); 3] {
    let opens = |list: fn(&Job) -> &'static str| {
        job(staff.job).is_some_and(|job| list(&job).contains(letter(kind)))
    };
    let at = |stands: bool, column, fits: bool| match stands {
        true => (sign(kind, column), fits),
        false => ('–', false),
    };
    let (care, medical) = (gives_care(office), office.is_medical);
    let burden = letter(kind) == 'b';
    [
        at(manages_care(office, staff), CARE_MANAGEMENT, opens(|job| job.care_management)),
        // A medical institution stands under 医療機関 alone, whatever else it gives.
        at(care && !medical, CARE_OTHERS, opens(|job| job.care)),
        match care {
            true => at(medical, MEDICAL_OTHERS, opens(|job| job.medical_with_care)),
            // 負担割合証 and 負担限度額認定証 are not shown to an institution that gives no care service.
            false if burden => ('–', medical && opens(|job| job.medical)),
            false => at(medical, MEDICAL_OTHERS, opens(|job| job.medical)),
        },
    ]
}

/// ※1: "care-management office" includes care managers who belong to another kind of office and
/// write this person's plan.
pub(super) fn manages_care(office: &Office, staff: Staff) -> bool {
    let elsewhere = office.is_medical || !office.services.is_empty();
    office.services.iter().any(|service| is_care_management(service.code()))
        || (elsewhere && staff.writes_care_plans && staff.job == JobType::CareManager)
}

/// Gives a service of 介護事業所, be it as a medical institution.
pub(super) fn gives_care(office: &Office) -> bool {
    office.services.iter().any(|service| !is_care_management(service.code()))
}

fn is_care_management(code: &str) -> bool {
    ["43", "46", "AF"].contains(&code)
}
