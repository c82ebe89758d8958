//! A person's basics (基本の情報): name, insurer, offices in charge, consents.

use jiff::civil::Date;
use serde::Serialize;
use tasuki_core::assignment::{Assignment, AssignmentState, ContinuityRule, IdentityCheck};
use tasuki_core::consent::{Consent, ConsentBasis, ConsentMeans, ConsentScope, ConsentTaker};
use tasuki_core::consent::{Withdrawal, WithdrawnBy};
use tasuki_core::date::AtMs;
use tasuki_core::insured::{InsurerMove, PersonName, Protection, Sex};
use tasuki_core::insurer::Insurer;
use tasuki_core::opinion::request::RequestedOpinion;
use tasuki_formats::characters;
use tasuki_store::certification::{AveragedStep, StepAverage};
use tasuki_store::facts::Basics;
use utoipa::ToSchema;

use crate::api::moment::Moment;

/// 氏名.
#[derive(Serialize, ToSchema)]
pub struct NameView<'a> {
    /// 台帳の文字, with variation selectors and rare characters.
    #[schema(example = "試験　花子")]
    kanji: &'a str,
    /// JIS X 0213 に縮めた文字; a character without a reduced form is 〓.
    kanji_reduced: String,
    /// 全角カタカナのよみ.
    #[schema(example = "シケン　ハナコ")]
    kana: &'a str,
}

impl<'a> NameView<'a> {
    /// The name with its reduced form.
    pub fn of(name: &'a PersonName) -> Self {
        let kanji = name.kanji.expose();
        let kanji_reduced = characters::reduced(kanji).text;
        Self { kanji, kanji_reduced, kana: name.kana.expose() }
    }
}

/// 被保険者.
#[derive(Serialize, ToSchema)]
pub struct PersonView<'a> {
    /// 保険者番号.
    #[schema(example = "990010")]
    insurer_number: &'a str,
    /// 被保険者番号.
    #[schema(example = "0000000001")]
    insured_number: &'a str,
    /// 氏名.
    name: NameView<'a>,
    /// 生年月日.
    birth_date: Date,
    /// 性別.
    sex: Sex,
    /// 郵便番号, seven digits.
    postal_code: Option<&'a str>,
    /// 住所.
    address: Option<&'a str>,
    /// 電話番号.
    phone: Option<&'a str>,
    /// 支援措置 with `from` and `until`.
    protection: Option<&'a Protection>,
    /// 住所地特例: number of the facility's insurer.
    domicile_exception: Option<&'a str>,
    /// 転入 with `insurer` and `on`.
    moved_from: Option<&'a InsurerMove>,
    /// 転出 with `insurer` and `on`.
    moved_to: Option<&'a InsurerMove>,
    /// 資格喪失日.
    lost_on: Option<Date>,
}

impl<'a> PersonView<'a> {
    /// A person as their basics show them.
    pub fn of(basics: &'a Basics) -> Self {
        let person = &basics.person;
        Self {
            insurer_number: person.key.insurer.as_str(),
            insured_number: person.key.insured.expose(),
            name: NameView::of(&person.name),
            birth_date: person.birth_date,
            sex: person.sex,
            postal_code: person.postal_code.as_ref().map(|text| text.expose()),
            address: person.address.as_ref().map(|text| text.expose()),
            phone: person.phone.as_ref().map(|text| text.expose()),
            protection: person.protection.as_ref(),
            domicile_exception: person.domicile_exception.as_ref().map(|number| number.as_str()),
            moved_from: person.moved_from.as_ref(),
            moved_to: person.moved_to.as_ref(),
            lost_on: person.lost_on,
        }
    }
}

/// 保険者.
#[derive(Serialize, ToSchema)]
pub struct InsurerView<'a> {
    /// 保険者番号.
    number: &'a str,
    /// 名前.
    name: &'a str,
    /// データのはじまりの日; null until it has connected.
    connected_since: Option<Date>,
    /// まだつないでいない理由.
    not_connected_because: Option<&'a str>,
    /// 申請のときに同意をとる.
    takes_consent: bool,
}

impl<'a> InsurerView<'a> {
    /// An insurer.
    pub fn of(insurer: &'a Insurer) -> Self {
        Self {
            number: insurer.number.as_str(),
            name: &insurer.name,
            connected_since: insurer.connected_since,
            not_connected_because: insurer.not_connected_because.as_deref(),
            takes_consent: insurer.takes_consent,
        }
    }
}

/// 担当事業所.
#[derive(Serialize, ToSchema)]
pub struct AssignmentView<'a> {
    /// 事業所番号.
    provider_number: &'a str,
    /// 事業所の名前, when it is known.
    provider_name: Option<&'a str>,
    /// 本人確認の方法.
    identity: IdentityCheck,
    /// 登録の日時.
    started_at: Moment,
    /// 登録の状態: `open`, `lapsed` or `ended`.
    state: &'static str,
    /// 終わりの日: last day of an open one, else the day it stopped.
    until: Date,
    /// まだ請求がない猶予の間.
    in_grace: bool,
    /// 主治医意見書の依頼, of a registration that came with one.
    opinion_request: Option<&'a RequestedOpinion>,
}

impl<'a> AssignmentView<'a> {
    /// A registration as it stands at `at`.
    pub fn of(basics: &'a Basics, own: &'a Assignment, rule: ContinuityRule, at: AtMs) -> Self {
        let (state, until, in_grace) = match own.state(rule, at) {
            AssignmentState::Open { until, in_grace } => ("open", until, in_grace),
            AssignmentState::Lapsed { on } => ("lapsed", on, false),
            AssignmentState::Ended { on } => ("ended", on, false),
        };
        Self {
            provider_number: own.provider.as_str(),
            provider_name: basics.provider_names.get(&own.provider).map(String::as_str),
            identity: own.identity,
            started_at: own.started_at.into(),
            state,
            until,
            in_grace,
            opinion_request: basics.requests.get(&own.id),
        }
    }
}

/// 同意.
#[derive(Serialize, ToSchema)]
pub struct ConsentView<'a> {
    /// 同意の番号: names it when it is taken back.
    id: &'a str,
    /// いま有効.
    in_force: bool,
    /// 同意をとった人.
    taker: &'a ConsentTaker,
    /// 同意した人.
    basis: &'a ConsentBasis,
    /// 同意の方法: `card`, `signature`, `paper`, `application`, `citizen_page`.
    means: &'static str,
    /// 同意の範囲: null kinds or providers mean all.
    scope: &'a ConsentScope,
    /// はじめの日.
    from: Date,
    /// 終わりの日, or open.
    until: Option<Date>,
    /// 同意の日時.
    given_at: Moment,
    /// 前の同意の番号: the wider consent it took the place of.
    replaces: Option<&'a str>,
    /// 撤回: when, and by whom.
    withdrawn: Option<WithdrawalView>,
}

/// 撤回.
#[derive(Serialize, ToSchema)]
pub struct WithdrawalView {
    /// 撤回の日時.
    at: Moment,
    /// 撤回した人.
    by: WithdrawnBy,
}

impl<'a> ConsentView<'a> {
    /// A consent as it stands at `at`.
    pub fn of(consent: &'a Consent, at: AtMs) -> Self {
        let withdrawn = |own: &Withdrawal| WithdrawalView { at: own.at.into(), by: own.by };
        Self {
            id: &consent.id,
            in_force: consent.in_force(at),
            taker: &consent.taker,
            basis: &consent.basis,
            means: match &consent.means {
                ConsentMeans::Card => "card",
                ConsentMeans::Signature { .. } => "signature",
                ConsentMeans::Paper { .. } => "paper",
                ConsentMeans::Application => "application",
                ConsentMeans::CitizenPage => "citizen_page",
            },
            scope: &consent.scope,
            from: consent.from,
            until: consent.until,
            given_at: consent.given_at.into(),
            replaces: consent.replaces.as_deref(),
            withdrawn: consent.withdrawn.as_ref().map(withdrawn),
        }
    }
}

/// 認定の1つの段階にかかる、ふだんの日数.
#[derive(Serialize, ToSchema)]
pub struct AverageView {
    /// 段階.
    step: AveragedStep,
    /// 数えた件数.
    cases: i64,
    /// 平均: tenths of a day.
    tenth_days: i64,
}

impl From<&StepAverage> for AverageView {
    fn from(own: &StepAverage) -> Self {
        Self { step: own.step, cases: own.cases, tenth_days: own.tenth_days }
    }
}
