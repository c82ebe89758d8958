//! What ties a person to offices: consent at the application, opinion requests, months of service.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_core::consent::{
    Consent, ConsentBasis, ConsentMeans, ConsentScope, ConsentTaker, Withdrawal, WithdrawnBy,
};
use tasuki_core::date::{AtMs, YearMonth};
use tasuki_core::insured::{PersonKey, Personal};
use tasuki_core::provider::{ProviderNumber, ServiceType};
use tasuki_core::word::Word;

use super::Flat;
use crate::municipal::column::{Column, ColumnType as T, optional, required};
use crate::municipal::row::Row;
use crate::municipal::write::{EncodeError, RowWriter};

/// Consent that the insurer took with an application (申請のときの同意).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationConsent {
    /// Day it was given.
    pub given_on: Date,
    /// Last day, or open.
    pub until: Option<Date>,
    /// On whose word.
    pub basis: ConsentBasis,
    /// What it opens.
    pub scope: ConsentScope,
    /// Day it was taken back at the insurer's counter.
    pub withdrawn_on: Option<Date>,
}

impl ApplicationConsent {
    /// The entry of the ledger for `person` under `id`; days begin at midnight in Japan.
    pub fn to_consent(&self, id: String, person: PersonKey) -> Consent {
        let withdrawal = |on| Withdrawal { at: AtMs::start_of(on), by: WithdrawnBy::Insurer };
        Consent {
            id,
            taker: ConsentTaker::Insurer(person.insurer.clone()),
            person,
            basis: self.basis.clone(),
            means: ConsentMeans::Application,
            scope: self.scope.clone(),
            from: self.given_on,
            until: self.until,
            given_at: AtMs::start_of(self.given_on),
            replaces: None,
            withdrawn: self.withdrawn_on.map(withdrawal),
        }
    }
}

/// Reads the basis from its columns.
fn basis(row: &mut Row<'_>) -> Option<ConsentBasis> {
    let word = row.code(|text| {
        matches!(text, "person" | "statutory_agent" | "family_proxy").then(|| text.to_owned())
    });
    let (name, relation, reason) = (row.text(), row.text(), row.text());
    match word.as_deref()? {
        "person" => Some(ConsentBasis::Person),
        "statutory_agent" => {
            row.together(&[("basis", true), ("proxy_name", name.is_some())]);
            Some(ConsentBasis::StatutoryAgent { name: name? })
        }
        _ => {
            row.together(&[
                ("basis", true),
                ("proxy_name", name.is_some()),
                ("proxy_relation", relation.is_some()),
                ("proxy_reason", reason.is_some()),
            ]);
            Some(ConsentBasis::FamilyProxy { name: name?, relation: relation?, reason: reason? })
        }
    }
}

/// A list as a set, or `None` when it is empty and so means all.
fn only<T: Ord>(list: Vec<T>) -> Option<std::collections::BTreeSet<T>> {
    (!list.is_empty()).then(|| list.into_iter().collect())
}

impl Flat for ApplicationConsent {
    const COLUMNS: &'static [Column] = &[
        required("given_on", "同意日", T::Date, "", "2026-04-02"),
        optional("until", "同意の終わり", T::Date, "not before given_on; empty: open", ""),
        required(
            "basis",
            "同意の根拠",
            T::Code,
            "person 本人, statutory_agent 法定代理人, family_proxy 家族による代理",
            "person",
        ),
        optional(
            "proxy_name",
            "代理人氏名",
            T::Text(100),
            "with statutory_agent and family_proxy",
            "",
        ),
        optional("proxy_relation", "続柄", T::Text(50), "with family_proxy", ""),
        optional("proxy_reason", "代理の理由", T::Text(300), "with family_proxy", ""),
        optional("kinds", "対象の文書", T::Kinds, "empty: all", ""),
        optional("providers", "対象の事業所", T::Providers, "empty: all in charge", ""),
        optional("except_kinds", "除く文書", T::Kinds, "", ""),
        optional("except_providers", "除く事業所", T::Providers, "", ""),
        optional("withdrawn_on", "撤回日", T::Date, "not before given_on", ""),
    ];

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let (given_on, until) = (row.date(), row.date());
        row.period("until", given_on, until);
        let basis = basis(row);
        let (kinds, providers) = (only(row.kinds()), only(row.providers()));
        let except_kinds = row.kinds().into_iter().collect();
        let except_providers = row.providers().into_iter().collect();
        let withdrawn_on = row.date();
        row.period("withdrawn_on", given_on, withdrawn_on);
        Some(Self {
            given_on: given_on?,
            until,
            basis: basis?,
            scope: ConsentScope { kinds, providers, except_kinds, except_providers },
            withdrawn_on,
        })
    }

    fn write(&self, row: &mut RowWriter<'_>) -> Result<(), EncodeError> {
        row.date(self.given_on);
        row.opt_date(self.until);
        let (word, name, relation, reason) = match &self.basis {
            ConsentBasis::Person => ("person", None, None, None),
            ConsentBasis::StatutoryAgent { name } => ("statutory_agent", Some(name), None, None),
            ConsentBasis::FamilyProxy { name, relation, reason } => {
                ("family_proxy", Some(name), Some(relation), Some(reason))
            }
        };
        row.code(word);
        for text in [name, relation, reason] {
            row.opt_text(text.map(Personal::expose));
        }
        let ConsentScope { kinds, providers, except_kinds, except_providers } = &self.scope;
        row.list(kinds.iter().flatten().map(|kind| kind.word()));
        row.list(providers.iter().flatten().map(ProviderNumber::as_str));
        row.list(except_kinds.iter().map(|kind| kind.word()));
        row.list(except_providers.iter().map(ProviderNumber::as_str));
        row.opt_date(self.withdrawn_on);
        Ok(())
    }
}

/// The insurer asked an institution for an opinion (主治医意見書の依頼).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpinionRequest {
    /// The institution.
    pub institution: ProviderNumber,
    /// Its name.
    pub institution_name: String,
    /// Doctor, when named in the application.
    pub physician: Option<Personal>,
    /// Day of the request.
    pub requested_on: Date,
    /// Day by which the opinion is wanted.
    pub due_on: Option<Date>,
    /// History number of the application it belongs to (certification_progress).
    pub application_history: Option<String>,
    /// Day the request was taken back.
    pub cancelled_on: Option<Date>,
}

impl Flat for OpinionRequest {
    const COLUMNS: &'static [Column] = &[
        required(
            "institution",
            "依頼先の番号",
            T::Provider,
            "医療機関コード or 事業所番号",
            "9919000019",
        ),
        required("institution_name", "依頼先の名称", T::Text(100), "", "青空クリニック"),
        optional("physician", "医師氏名", T::Text(100), "", "青空　一郎"),
        required("requested_on", "依頼日", T::Date, "", "2026-11-12"),
        optional("due_on", "提出期限", T::Date, "not before requested_on", "2026-11-26"),
        optional(
            "application_history",
            "申請の履歴番号",
            T::History,
            "history of certification_progress",
            "3",
        ),
        optional("cancelled_on", "依頼の取消日", T::Date, "not before requested_on", ""),
    ];

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let (institution, name, physician) = (row.provider(), row.plain_text(), row.text());
        let (requested_on, due_on) = (row.date(), row.date());
        row.period("due_on", requested_on, due_on);
        let (application_history, cancelled_on) = (row.history(), row.date());
        row.period("cancelled_on", requested_on, cancelled_on);
        Some(Self {
            institution: institution?,
            institution_name: name?,
            physician,
            requested_on: requested_on?,
            due_on,
            application_history,
            cancelled_on,
        })
    }

    fn write(&self, row: &mut RowWriter<'_>) -> Result<(), EncodeError> {
        row.provider(Some(&self.institution));
        row.text(&self.institution_name);
        row.personal(self.physician.as_ref());
        row.date(self.requested_on);
        row.opt_date(self.due_on);
        row.opt_text(self.application_history.as_deref());
        row.opt_date(self.cancelled_on);
        Ok(())
    }
}

/// A month in which a claim of an office was seen (サービス利用のあった月).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceUse {
    /// The office.
    pub provider: ProviderNumber,
    /// The month of service.
    pub month: YearMonth,
    /// Services claimed; empty when only the office is known.
    pub services: Vec<ServiceType>,
}

impl Flat for ServiceUse {
    const COLUMNS: &'static [Column] = &[
        required("provider", "事業所番号", T::Provider, "", "9970000015"),
        required("month", "サービス提供年月", T::Month, "", "2026-10"),
        optional("services", "サービス種類", T::Services, "", "11"),
    ];

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let (provider, month, services) = (row.provider(), row.month(), row.services());
        Some(Self { provider: provider?, month: month?, services })
    }

    fn write(&self, row: &mut RowWriter<'_>) -> Result<(), EncodeError> {
        row.provider(Some(&self.provider));
        row.text(&self.month.to_string());
        row.services(&self.services);
        Ok(())
    }
}
