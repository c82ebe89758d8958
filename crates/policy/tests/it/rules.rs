//! The written rules, one sentence each, on the published tables.

use expect_test::{Expect, expect};
use tasuki_core::account::{AccountLevel, JobType};
use tasuki_core::document::DocumentKind as Kind;
use tasuki_policy::{
    Block, Permit, Reader, Relation, Request, Sharing, Staff, State, Verdict, decide, explain,
};

use crate::space;

const IN_CHARGE: Relation = Relation {
    assigned: true,
    continuing: true,
    protected: false,
    emergency: false,
    disaster_open: false,
    block: None,
};
const STRANGER: Relation = Relation { assigned: false, continuing: false, ..IN_CHARGE };

pub(crate) fn staff(job: JobType) -> Staff {
    Staff { job, level: AccountLevel::General, writes_care_plans: false }
}

pub(crate) fn office(services: &[&str], job: JobType) -> Reader {
    Reader::Provider { office: space::office(false, services), staff: staff(job) }
}

pub(crate) fn clinic(services: &[&str], job: JobType) -> Reader {
    Reader::Provider { office: space::office(true, services), staff: staff(job) }
}

pub(crate) fn care_manager() -> Reader {
    office(&["43"], JobType::CareManager)
}

pub(crate) fn city(body: &str) -> Reader {
    Reader::Insurer { number: space::insurer(body), staff: staff(JobType::MunicipalOfficer) }
}

/// The permit, or the sentence of the gate that refused, with and without consent.
fn asks(reader: &Reader, kind: Kind, relation: Relation) -> String {
    let one = |consent| {
        let person = &space::person();
        let request = Request { person, reader, kind, made_it: false, consent, relation };
        match decide(&Sharing::published().unwrap(), &request).verdict {
            Verdict::Permit(permit) => permit.japanese().to_owned(),
            Verdict::Deny { reason, .. } => reason.japanese().to_owned(),
        }
    };
    let (without, with) = (one(false), one(true));
    if without == with { with } else { format!("{without} → {with}") }
}

fn check(reader: &Reader, kind: Kind, relation: Relation, expected: Expect) {
    expected.assert_eq(&asks(reader, kind, relation));
}

#[test]
fn a_care_manager_in_charge_reads_the_survey_sheet_with_consent() {
    check(
        &care_manager(),
        Kind::SurveySheet,
        IN_CHARGE,
        expect!["ご本人の同意がまだありません。 → 同意"],
    );
    check(
        &care_manager(),
        Kind::SurveySheet,
        STRANGER,
        expect!["あなたの事業所は担当として登録されていません。"],
    );
    let lapsed = Relation { continuing: false, ..IN_CHARGE };
    check(
        &care_manager(),
        Kind::InsuredCertificate,
        lapsed,
        expect!["サービスの継続が確認できないため、閲覧できる期間が終わりました。"],
    );
    check(
        &office(&["43"], JobType::Clerk),
        Kind::SurveySheet,
        IN_CHARGE,
        expect!["この情報は、あなたの職種では見ることができません。"],
    );
    check(
        &office(&["11"], JobType::CareManager),
        Kind::SurveySheet,
        IN_CHARGE,
        expect!["この種類の情報は、あなたの立場には共有されません。"],
    );
}

#[test]
fn a_care_manager_elsewhere_who_writes_the_plan_stands_under_care_management() {
    let writes = Staff { writes_care_plans: true, ..staff(JobType::CareManager) };
    let reader = Reader::Provider { office: space::office(false, &["73"]), staff: writes };
    check(&reader, Kind::SurveySheet, IN_CHARGE, expect!["ご本人の同意がまだありません。 → 同意"]);
    let not_one = Staff { job: JobType::CareWorker, ..writes };
    let reader = Reader::Provider { office: space::office(false, &["73"]), staff: not_one };
    check(
        &reader,
        Kind::SurveySheet,
        IN_CHARGE,
        expect!["この種類の情報は、あなたの立場には共有されません。"],
    );
}

#[test]
fn a_clinic_without_care_services_sees_no_burden_ratio() {
    let (without, with) = (clinic(&[], JobType::Clerk), clinic(&["13"], JobType::Clerk));
    check(
        &without,
        Kind::BurdenRatioCertificate,
        IN_CHARGE,
        expect!["この種類の情報は、あなたの立場には共有されません。"],
    );
    check(&with, Kind::BurdenRatioCertificate, IN_CHARGE, expect!["共有"]);
    check(&without, Kind::InsuredCertificate, IN_CHARGE, expect!["共有"]);
    check(
        &clinic(&[], JobType::Physician),
        Kind::CarePlan,
        IN_CHARGE,
        expect!["ご本人の同意がまだありません。 → 同意"],
    );
}

#[test]
fn a_clinic_that_only_manages_care_makes_no_papers_of_care() {
    let sharing = Sharing::published().unwrap();
    let (manages, cares) = (clinic(&["43"], JobType::Clerk), clinic(&["13"], JobType::Clerk));
    for kind in [Kind::LifeRecord, Kind::HomeServiceClaim, Kind::CommunityProgramBill] {
        assert!(!sharing.may_make(kind, &manages), "{kind:?}");
        assert!(sharing.may_make(kind, &cares), "{kind:?}");
    }
    for kind in [Kind::CarePlan, Kind::CareClaimBill, Kind::AttendingPhysicianOpinion] {
        assert!(sharing.may_make(kind, &manages), "{kind:?}");
    }
    check(&manages, Kind::BurdenRatioCertificate, IN_CHARGE, expect!["共有"]);
}

#[test]
fn the_person_reads_what_the_table_opens_on_their_own_request() {
    let person = Reader::InsuredPerson { delegate: false };
    check(&person, Kind::LifeRecord, STRANGER, expect!["ご本人の求め"]);
    check(&person, Kind::CertificationApplication, STRANGER, expect!["ご本人"]);
    check(
        &person,
        Kind::SurveySheet,
        STRANGER,
        expect!["この種類の情報は、あなたの立場には共有されません。"],
    );
}

#[test]
fn a_delegate_loses_everything_when_the_person_is_protected_and_is_not_told_why() {
    let protected = Relation { protected: true, ..STRANGER };
    let delegate = Reader::InsuredPerson { delegate: true };
    check(&delegate, Kind::InsuredCertificate, STRANGER, expect!["ご本人"]);
    check(
        &delegate,
        Kind::InsuredCertificate,
        protected,
        expect!["いまは、この方の情報を表示できません。"],
    );
    let person = Reader::InsuredPerson { delegate: false };
    check(&person, Kind::InsuredCertificate, protected, expect!["ご本人"]);
}

#[test]
fn an_insurer_reads_of_its_own_persons_only() {
    check(&city("99001"), Kind::SurveySheet, STRANGER, expect!["共有"]);
    check(
        &city("99001"),
        Kind::CarePlan,
        STRANGER,
        expect!["ご本人の同意がまだありません。 → 同意"],
    );
    let disaster = Relation { disaster_open: true, ..STRANGER };
    check(
        &city("99002"),
        Kind::InsuredCertificate,
        disaster,
        expect!["あなたの市区町村の被保険者ではありません。"],
    );
}

#[test]
fn an_emergency_opens_certificates_only_and_lifts_no_block() {
    let nurse = office(&["13"], JobType::Nurse);
    let emergency = Relation { emergency: true, ..STRANGER };
    check(&nurse, Kind::InsuredCertificate, emergency, expect!["緊急時の閲覧"]);
    for kind in [Kind::CertificationProgress, Kind::LifeRecord] {
        let expected = expect!["あなたの事業所は担当として登録されていません。"];
        check(&nurse, kind, emergency, expected);
    }
    check(
        &office(&["13"], JobType::Clerk),
        Kind::InsuredCertificate,
        emergency,
        expect!["あなたの事業所は担当として登録されていません。"],
    );
    let closed = Relation { block: Some(Block::Withdrawn), ..emergency };
    check(
        &nurse,
        Kind::InsuredCertificate,
        closed,
        expect!["いまは、この方の情報を表示できません。"],
    );
}

#[test]
fn a_disaster_opens_what_needs_no_consent() {
    let disaster = Relation { disaster_open: true, ..STRANGER };
    check(&care_manager(), Kind::InsuredCertificate, disaster, expect!["災害時の開放"]);
    check(
        &care_manager(),
        Kind::SurveySheet,
        disaster,
        expect!["あなたの事業所は担当として登録されていません。"],
    );
}

#[test]
fn an_organisations_first_account_operator_and_board_see_no_person() {
    let first = Staff { level: AccountLevel::Office, ..staff(JobType::CareManager) };
    let reader = Reader::Provider { office: space::office(false, &["43"]), staff: first };
    check(
        &reader,
        Kind::InsuredCertificate,
        IN_CHARGE,
        expect!["事業所ユーザは、利用者の情報を見ることができません。"],
    );
    check(
        &Reader::Operator,
        Kind::InsuredCertificate,
        IN_CHARGE,
        expect!["あなたの所属では、ここで利用者の情報を見ることができません。"],
    );
    check(
        &Reader::ReviewBoard,
        Kind::SurveySheet,
        IN_CHARGE,
        expect!["あなたの所属では、ここで利用者の情報を見ることができません。"],
    );
}

#[test]
fn a_stop_is_told_to_the_stopped_and_a_closed_person_to_nobody() {
    for (block, expected) in [
        (Block::AccountStopped, expect!["あなたのアカウントは停止されています。"]),
        (Block::OfficeStopped, expect!["あなたの事業所は利用を停止されています。"]),
        (Block::DeviceStopped, expect!["この端末の証明書は停止されています。"]),
        (Block::Withdrawn, expect!["いまは、この方の情報を表示できません。"]),
        (Block::Protection, expect!["いまは、この方の情報を表示できません。"]),
    ] {
        let blocked = Relation { block: Some(block), ..IN_CHARGE };
        check(&care_manager(), Kind::InsuredCertificate, blocked, expected);
    }
    assert_eq!(Block::of_access(true, true, true), None);
    assert_eq!(Block::of_access(true, true, false), Some(Block::DeviceStopped));
    assert_eq!(Block::of_access(true, false, false), Some(Block::OfficeStopped));
    assert_eq!(Block::of_access(false, false, false), Some(Block::AccountStopped));
}

#[test]
fn every_gate_is_explained_in_one_sentence_with_what_to_do() {
    let explained = |reader: &Reader, relation: Relation| {
        let person = &space::person();
        let kind = Kind::AttendingPhysicianOpinion;
        let request = Request { person, reader, kind, made_it: false, consent: false, relation };
        let decision = decide(&Sharing::published().unwrap(), &request);
        let line = |line: tasuki_policy::Line| {
            let sign = match line.state {
                State::Passed => "✔",
                State::Failed => "✘",
                State::NotNeeded => "・",
            };
            let next = line.next.map(|next| format!("→{next}")).unwrap_or_default();
            format!("{sign} {}: {}{next}\n", line.gate.japanese(), line.text)
        };
        explain(&decision).into_iter().map(line).collect::<String>()
    };
    expect![[r#"
        ✔ 事業所の種類と職種: あなたの立場と職種で見ることができる情報です。
        ✔ 本人確認と担当事業所の登録: あなたの事業所は担当として登録されています。
        ✘ ご本人の同意: ご本人の同意がまだありません。→ご本人に説明して、同意を登録してください。
        ✔ サービスの継続: サービスが続いています。
        ✔ 閲覧の制限: 閲覧の制限はありません。
    "#]]
    .assert_eq(&explained(&care_manager(), IN_CHARGE));
    expect![[r#"
        ✔ 事業所の種類と職種: あなたの立場と職種で見ることができる情報です。
        ✘ 本人確認と担当事業所の登録: あなたの事業所は担当として登録されていません。→ご本人のカード、または4つの項目で本人確認をして、担当として登録してください。
        ・ ご本人の同意: 前の条件を満たしていないため、確認していません。
        ・ サービスの継続: 前の条件を満たしていないため、確認していません。
        ✔ 閲覧の制限: 閲覧の制限はありません。
    "#]].assert_eq(&explained(&care_manager(), STRANGER));
    expect![[r#"
        ✘ 事業所の種類と職種: この種類の情報は、あなたの立場には共有されません。→必要なときは、市区町村の窓口にお問い合わせください。
        ✔ 本人確認と担当事業所の登録: あなたの事業所は担当として登録されています。
        ・ ご本人の同意: 前の条件を満たしていないため、確認していません。
        ✔ サービスの継続: サービスが続いています。
        ✔ 閲覧の制限: 閲覧の制限はありません。
    "#]].assert_eq(&explained(&office(&["11"], JobType::CareWorker), IN_CHARGE));
}

#[test]
fn the_opinion_is_made_by_institutions_and_two_kinds_of_facility() {
    let sharing = Sharing::published().unwrap();
    let may = |reader: &Reader| sharing.may_make(Kind::AttendingPhysicianOpinion, reader);
    assert!(may(&clinic(&[], JobType::Physician)));
    assert!(may(&clinic(&["11"], JobType::Physician)));
    assert!(may(&office(&["52"], JobType::Physician)));
    assert!(may(&office(&["55"], JobType::Physician)));
    assert!(!may(&office(&["51"], JobType::Physician)));
    assert!(!may(&care_manager()));
    assert!(!may(&Reader::InsuredPerson { delegate: false }));
}

#[test]
fn an_operator_opens_a_cell_with_one_line_and_narrows_a_service_with_two() {
    let table = Sharing::PUBLISHED_TABLE.replacen(
        r#"consent = ["care_management"]"#,
        r#"consent = ["care_management", "medical"]"#,
        1,
    );
    let jobs = Sharing::PUBLISHED_JOBS.replacen(
        "# 利用者負担の証\n",
        "[[function.service]]\ncodes = [\"17\"]\njobs = [\"counsellor\"]\n",
        1,
    );
    let sharing = Sharing::parse(&table, &jobs).unwrap();
    let permit = |reader: &Reader, kind| {
        let (person, relation) = (&space::person(), IN_CHARGE);
        let request = Request { person, reader, kind, made_it: false, consent: true, relation };
        match decide(&sharing, &request).verdict {
            Verdict::Permit(permit) => Some(permit),
            Verdict::Deny { .. } => None,
        }
    };
    let clerk =
        |services: &[&str]| permit(&office(services, JobType::Clerk), Kind::InsuredCertificate);
    assert_eq!(
        permit(&clinic(&[], JobType::Physician), Kind::SurveySheet),
        Some(Permit::Consented)
    );
    assert_eq!(clerk(&["11"]), Some(Permit::Shared));
    assert_eq!(clerk(&["17"]), None);
    assert_eq!(clerk(&["17", "11"]), Some(Permit::Shared));
}
