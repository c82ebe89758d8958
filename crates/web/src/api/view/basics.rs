//! A person's basics (基本の情報): name, insurer, offices in charge, consents.

use jiff::civil::Date;
use serde::Serialize;
use tasuki_core::assignment::{Assignment, AssignmentState, ContinuityRule, IdentityCheck};
use tasuki_core::consent::{Consent, ConsentBasis, ConsentMeans, ConsentScope, ConsentTaker};
use tasuki_core::consent::{Withdrawal, WithdrawnBy};
use tasuki_core::date::AtMs;
use tasuki_core::insured::{InsurerMove, PersonName, Protection, Sex};
use tasuki_core::insurer::Insurer;
use tasuki_formats::characters;
use tasuki_store::facts::Basics;
use utoipa::ToSchema;

use crate::api::moment::Moment;
use crate::api::schema;

/// A person's name, whole and reduced.
#[derive(Serialize, ToSchema)]
pub struct NameView<'a> {
    /// As the register writes it, with variation selectors and rare characters.
    #[schema(example = "試験　花子")]
    kanji: &'a str,
    /// The same within JIS X 0213; a character without a reduced form is 〓.
    kanji_reduced: String,
    /// Reading in full-width katakana.
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

/// An insured person.
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
    #[schema(schema_with = schema::word::<Sex>)]
    sex: Sex,
    /// 郵便番号, seven digits.
    postal_code: Option<&'a str>,
    /// 住所.
    address: Option<&'a str>,
    /// 電話番号.
    phone: Option<&'a str>,
    /// 支援措置 with `from` and `until`.
    #[schema(value_type = Option<Object>)]
    protection: Option<&'a Protection>,
    /// 住所地特例: number of the facility's insurer.
    domicile_exception: Option<&'a str>,
    /// 転入 with `insurer` and `on`.
    #[schema(value_type = Option<Object>)]
    moved_from: Option<&'a InsurerMove>,
    /// 転出 with `insurer` and `on`.
    #[schema(value_type = Option<Object>)]
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

/// An insurer, and since when the platform holds its data.
#[derive(Serialize, ToSchema)]
pub struct InsurerView<'a> {
    /// 保険者番号.
    number: &'a str,
    /// Its name.
    name: &'a str,
    /// First day whose data the platform holds; null until it has connected.
    connected_since: Option<Date>,
    /// Why there is no data yet.
    not_connected_because: Option<&'a str>,
    /// Takes blanket consent with the application.
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

/// An office in charge.
#[derive(Serialize, ToSchema)]
pub struct AssignmentView<'a> {
    /// 事業所番号.
    provider_number: &'a str,
    /// Its name, when it is known.
    provider_name: Option<&'a str>,
    /// How the person was identified.
    #[schema(schema_with = schema::word::<IdentityCheck>)]
    identity: IdentityCheck,
    /// When the office was registered.
    #[schema(schema_with = schema::moment)]
    started_at: Moment,
    /// `open`, `lapsed` or `ended`.
    state: &'static str,
    /// Last day of an open one; the day a lapsed or ended one stopped.
    until: Date,
    /// Open without any claim yet.
    in_grace: bool,
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
        }
    }
}

/// One entry of the ledger of consents.
#[derive(Serialize, ToSchema)]
pub struct ConsentView<'a> {
    /// Names it when it is taken back.
    id: &'a str,
    /// Holds now.
    in_force: bool,
    /// Who took it: `{"insurer": …}`, `{"provider": …}` or `"insured_person"`.
    #[schema(value_type = Object)]
    taker: &'a ConsentTaker,
    /// On whose word.
    #[schema(value_type = Object)]
    basis: &'a ConsentBasis,
    /// How: `card`, `signature`, `paper`, `application`, `citizen_page`.
    means: &'static str,
    /// What it opens; null kinds or providers mean all.
    #[schema(value_type = Object)]
    scope: &'a ConsentScope,
    /// First day.
    from: Date,
    /// Last day, or open.
    until: Option<Date>,
    /// When it was given.
    #[schema(schema_with = schema::moment)]
    given_at: Moment,
    /// The wider consent it took the place of.
    replaces: Option<&'a str>,
    /// When it was taken back, and by whom.
    withdrawn: Option<WithdrawalView>,
}

/// The end of a consent.
#[derive(Serialize, ToSchema)]
pub struct WithdrawalView {
    /// When.
    #[schema(schema_with = schema::moment)]
    at: Moment,
    /// By whom.
    #[schema(schema_with = schema::word::<WithdrawnBy>)]
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
