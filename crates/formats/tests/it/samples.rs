//! Records of every kind: one full invented example, and strategies around it.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use tasuki_core::benefit_use::{
    EquipmentKind, EquipmentPurchaseUse, HomeModificationKind, HomeModificationUse,
};
use tasuki_core::care_level::CareLevel;
use tasuki_core::certification::CertificationPeriod;
use tasuki_core::consent::{ConsentBasis, ConsentScope};
use tasuki_core::date::YearMonth;
use tasuki_core::document::{Body, DocumentKind};
use tasuki_core::eligibility::*;
use tasuki_core::insured::*;
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::{ProviderNumber, ServiceType};
use tasuki_core::survey::{SurveyAnswers, survey_items};
use tasuki_core::word::Word;
use tasuki_formats::municipal::*;

pub(crate) fn insurer() -> InsurerNumber {
    InsurerNumber::with_check_digit("99001").unwrap()
}

pub(crate) fn name(kind: RecordKind, scope: Scope) -> FileName {
    FileName { insurer: insurer(), kind, scope, sequence: 1 }
}

fn person_key() -> impl Strategy<Value = PersonKey> {
    "[0-9H][0-9]{9}".prop_map(|number| PersonKey {
        insurer: insurer(),
        insured: InsuredNumber::parse(&number).unwrap(),
    })
}

fn day() -> impl Strategy<Value = Date> {
    (0i32..120_000)
        .prop_map(|days| date(1868, 1, 25).checked_add(jiff::Span::new().days(days)).unwrap())
}

/// A day and one that is not before it.
fn days() -> impl Strategy<Value = (Date, Date)> {
    (day(), day()).prop_map(|(a, b)| (a.min(b), a.max(b)))
}

fn text() -> impl Strategy<Value = Personal> {
    "[あ-んァ-ヶ一-龠a-z ,\"\\\\\n邉\u{e0100}𠮷髙]{1,12}".prop_map(Personal::new)
}

fn kana() -> impl Strategy<Value = Personal> {
    "[ァ-ヶー　]{1,12}".prop_map(Personal::new)
}

fn word<T: Word + std::fmt::Debug>() -> impl Strategy<Value = T> {
    proptest::sample::select(T::ALL)
}

/// A level that a certificate prints.
fn level() -> impl Strategy<Value = CareLevel> {
    proptest::sample::select(&CareLevel::ALL[1..])
}

fn service() -> impl Strategy<Value = ServiceType> {
    proptest::sample::select(ServiceType::all().collect::<Vec<_>>())
}

fn services() -> impl Strategy<Value = Vec<ServiceType>> {
    proptest::collection::vec(service(), 0..4)
}

fn provider() -> impl Strategy<Value = ProviderNumber> {
    "99[0-9A-H][0-9]{6}".prop_map(|body| ProviderNumber::with_check_digit(&body).unwrap())
}

fn opt<S: Strategy>(inner: S) -> impl Strategy<Value = Option<S::Value>>
where
    S::Value: Clone,
{
    proptest::option::of(inner)
}

fn insurer_move() -> impl Strategy<Value = Option<InsurerMove>> {
    opt(day().prop_map(|on| InsurerMove { insurer: insurer(), on }))
}

fn person() -> BoxedStrategy<Content> {
    let names = (text(), kana(), days(), word::<Sex>());
    let contact = (opt("[0-9]{7}"), opt(text()), opt("[0-9-]{1,20}"));
    let rest = (opt(days()), any::<bool>(), opt(Just(insurer())), insurer_move(), insurer_move());
    (names, contact, rest, person_key())
        .prop_map(|((kanji, kana, life, sex), contact, rest, key)| {
            let (protection, open, domicile_exception, moved_from, moved_to) = rest;
            Content::Person(Box::new(InsuredPerson {
                key,
                name: PersonName { kanji, kana },
                birth_date: life.0,
                sex,
                postal_code: contact.0.map(Personal::new),
                address: contact.1,
                phone: contact.2.map(Personal::new),
                protection: protection
                    .map(|(from, until)| Protection { from, until: (!open).then_some(until) }),
                domicile_exception,
                moved_from,
                moved_to,
                lost_on: open.then_some(life.1),
            }))
        })
        .boxed()
}

fn period() -> impl Strategy<Value = CertificationPeriod> {
    days().prop_map(|(from, until)| CertificationPeriod { from, until })
}

fn certificate() -> BoxedStrategy<Content> {
    let limit =
        (service(), 0u32..9_999_999).prop_map(|(service, units)| KindLimit { service, units });
    let need =
        (level(), day(), period(), opt(0u32..9_999_999), proptest::collection::vec(limit, 0..=3))
            .prop_map(|(care_level, certified_on, period, benefit_limit_units, kind_limits)| {
                CertifiedNeed { care_level, certified_on, period, benefit_limit_units, kind_limits }
            });
    let restriction = (word::<RestrictionKind>(), days(), any::<bool>()).prop_map(
        |(kind, (from, until), open)| BenefitRestriction {
            kind,
            from,
            until: (!open).then_some(until),
        },
    );
    let entry = (opt(provider()), text(), day())
        .prop_map(|(office, name, filed_on)| CareManagementEntry { office, name, filed_on });
    let stay = (word::<FacilityKind>(), opt(provider()), text(), days(), any::<bool>()).prop_map(
        |(kind, provider, name, (entered_on, left), open)| FacilityStay {
            kind,
            provider,
            name,
            entered_on,
            left_on: (!open).then_some(left),
        },
    );
    (
        day(),
        opt(need),
        opt(text()),
        services(),
        proptest::collection::vec(restriction, 0..=2),
        proptest::collection::vec(entry, 0..=3),
        proptest::collection::vec(stay, 0..=2),
    )
        .prop_map(
            |(issued_on, certified, board_opinion, designated, restrictions, offices, stays)| {
                Content::Paper(Body::InsuredCertificate(Box::new(InsuredCertificate {
                    issued_on,
                    certified,
                    board_opinion,
                    designated_services: designated,
                    restrictions,
                    care_management: offices,
                    facilities: stays,
                })))
            },
        )
        .boxed()
}

fn burden_ratio() -> BoxedStrategy<Content> {
    let ratios = (word::<BurdenRatio>(), opt(word::<BurdenRatio>()));
    (day(), ratios, proptest::array::uniform4(0i32..100_000))
        .prop_map(|(issued_on, (ratio, second), mut days)| {
            days.sort_unstable();
            let at = |n: usize| {
                let span = jiff::Span::new().days(days[n] + i32::try_from(n).unwrap());
                date(1868, 1, 25).checked_add(span).unwrap()
            };
            let line = |ratio, from, until| BurdenRatioPeriod { ratio, from, until };
            Content::Paper(Body::BurdenRatioCertificate(BurdenRatioCertificate {
                issued_on,
                first: line(ratio, at(0), at(1)),
                second: second.map(|ratio| line(ratio, at(2), at(3))),
            }))
        })
        .boxed()
}

fn burden_limit() -> BoxedStrategy<Content> {
    let rooms = proptest::collection::btree_map(word::<RoomType>(), 0u32..99_999, 0..7);
    (day(), days(), word::<BurdenLimitStage>(), 0u32..99_999, 0u32..99_999, rooms)
        .prop_map(|(issued_on, (from, until), stage, food, short, housing_yen)| {
            Content::Paper(Body::BurdenLimitCertificate(BurdenLimitCertificate {
                issued_on,
                applies_from: from,
                expires_on: until,
                stage,
                limits: DailyLimits {
                    food_facility_yen: food,
                    food_short_stay_yen: short,
                    housing_yen,
                },
            }))
        })
        .boxed()
}

fn burden_reduction() -> BoxedStrategy<Content> {
    let percents = (opt(0u8..=100), opt(0u8..=100), opt(0u8..=100));
    (word::<ReductionKind>(), opt(text()), day(), days(), percents, services())
        .prop_map(|(kind, certificate_number, issued_on, (from, until), percents, services)| {
            Content::Paper(Body::BurdenReductionCertificate(Box::new(BurdenReductionCertificate {
                kind,
                certificate_number,
                issued_on,
                applies_from: from,
                expires_on: until,
                share_percent: percents.0,
                food_percent: percents.1,
                housing_percent: percents.2,
                services,
            })))
        })
        .boxed()
}

fn costs() -> impl Strategy<Value = (u32, u32)> {
    (0u32..9_999_999, 0u32..9_999_999).prop_map(|(a, b)| (a.max(b), a.min(b)))
}

fn home_modification() -> BoxedStrategy<Content> {
    (day(), word(), opt(text()), 1u16..999, level(), costs())
        .prop_map(|(used_on, kind, place, dwelling, care_level, (cost_yen, paid_yen))| {
            let kind: HomeModificationKind = kind;
            Content::Paper(Body::HomeModificationUse(HomeModificationUse {
                used_on,
                kind,
                place,
                dwelling,
                care_level,
                cost_yen,
                paid_yen,
            }))
        })
        .boxed()
}

fn equipment() -> BoxedStrategy<Content> {
    (day(), word(), opt(text()), costs())
        .prop_map(|(bought_on, kind, product, (cost_yen, paid_yen))| {
            let kind: EquipmentKind = kind;
            Content::Paper(Body::EquipmentPurchaseUse(EquipmentPurchaseUse {
                bought_on,
                kind,
                product,
                cost_yen,
                paid_yen,
            }))
        })
        .boxed()
}

fn consent() -> BoxedStrategy<Content> {
    let basis = prop_oneof![
        Just(ConsentBasis::Person),
        text().prop_map(|name| ConsentBasis::StatutoryAgent { name }),
        (text(), text(), text()).prop_map(|(name, relation, reason)| {
            ConsentBasis::FamilyProxy { name, relation, reason }
        }),
    ];
    let kinds = || proptest::collection::btree_set(word::<DocumentKind>(), 0..4);
    let offices = || proptest::collection::btree_set(provider(), 0..3);
    (days(), any::<(bool, bool)>(), basis, kinds(), offices(), kinds(), offices())
        .prop_map(|((given_on, later), (ends, withdrawn), basis, kinds, offices, no, nobody)| {
            let scope = ConsentScope {
                kinds: (!kinds.is_empty()).then_some(kinds),
                providers: (!offices.is_empty()).then_some(offices),
                except_kinds: no,
                except_providers: nobody,
            };
            Content::Consent(Box::new(ApplicationConsent {
                given_on,
                until: ends.then_some(later),
                basis,
                scope,
                withdrawn_on: withdrawn.then_some(later),
            }))
        })
        .boxed()
}

fn opinion_request() -> BoxedStrategy<Content> {
    (provider(), "[あ-ん]{1,9}", opt(text()), days(), any::<(bool, bool)>(), opt("[0-9A-Z-]{1,20}"))
        .prop_map(|(institution, name, physician, (from, to), (due, gone), history)| {
            Content::OpinionRequest(OpinionRequest {
                institution,
                institution_name: name,
                physician,
                requested_on: from,
                due_on: due.then_some(to),
                application_history: history,
                cancelled_on: gone.then_some(to),
            })
        })
        .boxed()
}

fn service_use() -> BoxedStrategy<Content> {
    (provider(), day(), services())
        .prop_map(|(provider, day, services)| {
            let month = YearMonth { year: day.year().clamp(1900, 2199), month: day.month() };
            Content::ServiceUse(ServiceUse { provider, month, services })
        })
        .boxed()
}

/// A full example of a nested kind, changed at its free text.
fn nested(kind: RecordKind) -> BoxedStrategy<Content> {
    text()
        .prop_map(move |free| {
            let content = example(kind);
            let Content::Paper(mut body) = content else { unreachable!() };
            match &mut body {
                Body::SurveySheet(sheet) => sheet.remarks[0].text = free,
                Body::AttendingPhysicianOpinion(opinion) => opinion.course = free,
                Body::CertificationProgress(progress) => {
                    progress.result.as_mut().unwrap().board_opinion = Some(free);
                }
                _ => unreachable!(),
            }
            Content::Paper(body)
        })
        .boxed()
}

/// A full invented example of a nested kind: every field is filled.
pub(crate) fn example(kind: RecordKind) -> Content {
    let text = match kind {
        RecordKind::SurveySheet => include_str!("survey_sheet.json").to_owned(),
        RecordKind::PhysicianOpinion => include_str!("physician_opinion.json").to_owned(),
        _ => include_str!("certification_progress.json").to_owned(),
    };
    Content::Paper(match kind {
        RecordKind::SurveySheet => {
            let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
            json["answers"] = serde_json::to_value(mild_answers()).unwrap();
            Body::SurveySheet(serde_json::from_value(json).unwrap())
        }
        RecordKind::PhysicianOpinion => {
            Body::AttendingPhysicianOpinion(serde_json::from_str(&text).unwrap())
        }
        _ => Body::CertificationProgress(serde_json::from_str(&text).unwrap()),
    })
}

/// The first choice everywhere.
fn mild_answers() -> SurveyAnswers {
    let one: &[u8] = &[1];
    SurveyAnswers::new(survey_items().iter().map(|item| (item.number, one))).unwrap()
}

/// What a record of `kind` may say.
pub(crate) fn content(kind: RecordKind) -> BoxedStrategy<Content> {
    match kind {
        RecordKind::InsuredPerson => person(),
        RecordKind::InsuredCertificate => certificate(),
        RecordKind::BurdenRatio => burden_ratio(),
        RecordKind::BurdenLimit => burden_limit(),
        RecordKind::BurdenReduction => burden_reduction(),
        RecordKind::HomeModificationUse => home_modification(),
        RecordKind::EquipmentPurchaseUse => equipment(),
        RecordKind::Consent => consent(),
        RecordKind::OpinionRequest => opinion_request(),
        RecordKind::ServiceUse => service_use(),
        RecordKind::CertificationProgress
        | RecordKind::SurveySheet
        | RecordKind::PhysicianOpinion => nested(kind),
    }
}

/// Any record of `kind`, with any operation.
pub(crate) fn record(kind: RecordKind) -> impl Strategy<Value = Record> {
    (person_key(), "[0-9A-Za-z-]{1,20}", content(kind), word::<Op>()).prop_map(
        move |(person, history, mut content, op)| {
            if let Content::Person(described) = &mut content {
                described.key = person.clone();
            }
            Record { person, history, change: Change::new(op, Some(content)).unwrap() }
        },
    )
}
