//! Consent (同意): the ledger of what a person allowed, and what it opens.
//!
//! Entries are only added: narrowing a consent withdraws it and adds a narrower one that
//! `replaces` it; nothing is overwritten.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::date::AtMs;
use crate::document::DocumentKind;
use crate::insured::{PersonKey, Personal};
use crate::insurer::InsurerNumber;
use crate::provider::ProviderNumber;
use crate::words;

/// Who took the consent (同意の取得者).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentTaker {
    /// The insurer, at the application (包括同意, ruling of April 2025).
    Insurer(InsurerNumber),
    /// An office, at the contract or when the insurer has not (事業所).
    Provider(ProviderNumber),
    /// The person alone, on the citizen's pages (本人).
    InsuredPerson,
}

/// On whose word the consent stands (同意の根拠).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentBasis {
    /// The person (本人).
    Person,
    /// A guardian or other statutory agent (法定代理人).
    StatutoryAgent {
        /// Name of the agent (氏名).
        name: Personal,
    },
    /// A member of the family for a person who cannot decide (家族による代理).
    FamilyProxy {
        /// Name of the proxy (氏名).
        name: Personal,
        /// Relation to the person, for example 長女.
        relation: Personal,
        /// Why the person does not decide alone (本人が判断できない理由).
        reason: Personal,
    },
}

/// How the consent was given (同意の方法).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentMeans {
    /// With the My Number card.
    Card,
    /// A signature drawn on the screen: SVG path data.
    Signature {
        /// Path data of the strokes.
        path: Personal,
    },
    /// A paper form.
    Paper {
        /// Where the paper is kept.
        kept_at: String,
    },
    /// A tick on the certification application.
    Application,
    /// On the citizen's own pages.
    CitizenPage,
}

impl ConsentMeans {
    /// Longest drawing of a signature, in characters.
    const LONGEST_PATH: usize = 100_000;

    /// The signature of path data that holds straight lines and nothing else: it is drawn on pages.
    pub fn signature(path: &str) -> Option<Self> {
        let fits =
            |c: char| c.is_ascii_digit() || matches!(c, 'M' | 'L' | 'Z' | ' ' | ',' | '.' | '-');
        let is_drawing = path.starts_with('M')
            && path.contains('L')
            && path.len() <= Self::LONGEST_PATH
            && path.chars().all(fits);
        is_drawing.then(|| Self::Signature { path: Personal::new(path) })
    }
}

/// What a consent covers (同意の範囲). `None` means all; exceptions are taken off afterwards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentScope {
    /// Only these kinds, or all (書類の種類).
    pub kinds: Option<BTreeSet<DocumentKind>>,
    /// Only these offices, or all that are in charge (事業所番号).
    pub providers: Option<BTreeSet<ProviderNumber>>,
    /// Not these kinds (除く書類の種類).
    #[serde(default)]
    pub except_kinds: BTreeSet<DocumentKind>,
    /// Not these offices (除く事業所番号).
    #[serde(default)]
    pub except_providers: BTreeSet<ProviderNumber>,
}

impl ConsentScope {
    /// A scope that holds nothing.
    pub fn nothing() -> Self {
        Self { kinds: Some(BTreeSet::new()), ..Self::default() }
    }

    /// The scope holds `kind` for `provider` (`None`: a reader that is not an office).
    pub fn holds(&self, kind: DocumentKind, provider: Option<&ProviderNumber>) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
            && !self.except_kinds.contains(&kind)
            && match (provider, &self.providers) {
                (Some(provider), Some(only)) => only.contains(provider),
                (None, Some(_)) => false,
                (_, None) => true,
            }
            && !provider.is_some_and(|provider| self.except_providers.contains(provider))
    }
}

words! {
    /// Who took a consent back (撤回した人).
    pub enum WithdrawnBy {
        /// The person or their agent, on the citizen's pages.
        Person = "person", "ご本人";
        /// An office, on the person's word.
        Provider = "provider", "事業所";
        /// The insurer, on the person's word.
        Insurer = "insurer", "保険者";
        /// A narrower consent took its place.
        Replaced = "replaced", "範囲の変更";
    }
}

/// The end of a consent (撤回).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// When; from this moment on nothing is shown.
    pub at: AtMs,
    /// By whom.
    pub by: WithdrawnBy,
}

/// One entry of the ledger (同意台帳).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Opaque id.
    pub id: String,
    /// Whose information.
    pub person: PersonKey,
    /// Who took it.
    pub taker: ConsentTaker,
    /// On whose word.
    pub basis: ConsentBasis,
    /// How.
    pub means: ConsentMeans,
    /// What it opens.
    pub scope: ConsentScope,
    /// First day.
    pub from: Date,
    /// Last day, or open.
    pub until: Option<Date>,
    /// When it was entered.
    pub given_at: AtMs,
    /// The wider consent whose place this one took.
    pub replaces: Option<String>,
    /// When it was taken back.
    pub withdrawn: Option<Withdrawal>,
}

impl Consent {
    /// In force at `at`: begun, not past its last day, not taken back.
    pub fn in_force(&self, at: AtMs) -> bool {
        let day = at.date();
        self.given_at <= at
            && self.from <= day
            && self.until.is_none_or(|until| day <= until)
            && self.withdrawn.as_ref().is_none_or(|withdrawal| at < withdrawal.at)
    }
}

/// The entry of the ledger that opens `kind` for `provider` at `at`, if any does.
///
/// Each entry stands alone: one that was taken back opens nothing, whatever others say, and one
/// that is still in force opens what its own scope holds.
pub fn covering<'a>(
    ledger: &'a [Consent],
    kind: DocumentKind,
    provider: Option<&ProviderNumber>,
    at: AtMs,
) -> Option<&'a Consent> {
    ledger.iter().find(|consent| consent.in_force(at) && consent.scope.holds(kind, provider))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insured::InsuredNumber;
    use crate::word::Word;
    use jiff::civil::date;
    use proptest::prelude::*;

    const NOON: AtMs = AtMs(1_780_000_000_000);

    fn consent() -> Consent {
        Consent {
            id: "c1".to_owned(),
            person: PersonKey {
                insurer: InsurerNumber::with_check_digit("99001").unwrap(),
                insured: InsuredNumber::parse("0000000001").unwrap(),
            },
            taker: ConsentTaker::InsuredPerson,
            basis: ConsentBasis::Person,
            means: ConsentMeans::CitizenPage,
            scope: ConsentScope::default(),
            from: NOON.date(),
            until: None,
            given_at: NOON,
            replaces: None,
            withdrawn: None,
        }
    }

    fn office(number: &str) -> ProviderNumber {
        ProviderNumber::parse(number).unwrap()
    }

    fn opens(ledger: &[Consent], at: AtMs) -> bool {
        covering(ledger, DocumentKind::SurveySheet, Some(&office("9970000001")), at).is_some()
    }

    #[test]
    fn a_signature_holds_lines_and_nothing_else() {
        assert!(ConsentMeans::signature("M 1.5,2 L 3,-4 Z").is_some());
        for bad in ["", "M10 20", "L 1,2", "M 1,2 L\"/><script>", "M url(x) L", "m1 2l3 4"] {
            assert_eq!(ConsentMeans::signature(bad), None, "{bad}");
        }
    }

    #[test]
    fn nothing_is_open_before_the_grant_and_all_after() {
        assert!(!opens(&[], NOON));
        assert!(!opens(&[consent()], NOON.plus_ms(-1)));
        assert!(opens(&[consent()], NOON));
    }

    #[test]
    fn a_withdrawal_closes_from_its_own_millisecond() {
        let withdrawn = Some(Withdrawal { at: NOON.plus_ms(10), by: WithdrawnBy::Person });
        let ledger = [Consent { withdrawn, ..consent() }];
        assert!(opens(&ledger, NOON.plus_ms(9)));
        assert!(!opens(&ledger, NOON.plus_ms(10)));
    }

    #[test]
    fn the_last_day_counts_and_the_next_does_not() {
        let ledger = [Consent { until: Some(NOON.date()), ..consent() }];
        assert!(opens(&ledger, NOON));
        assert!(!opens(&ledger, AtMs::start_of(NOON.date().tomorrow().unwrap())));
        let later = [Consent { from: date(2199, 1, 1), ..consent() }];
        assert!(!opens(&later, NOON));
    }

    #[test]
    fn a_grant_to_one_office_opens_nothing_for_another() {
        let only = ConsentScope {
            providers: Some([office("9970000002")].into()),
            ..ConsentScope::default()
        };
        let ledger = [Consent { scope: only.clone(), ..consent() }];
        assert!(!opens(&ledger, NOON));
        assert!(only.holds(DocumentKind::SurveySheet, Some(&office("9970000002"))));
        assert!(!only.holds(DocumentKind::SurveySheet, None));
    }

    #[test]
    fn a_second_consent_stands_on_its_own() {
        let withdrawn = Some(Withdrawal { at: NOON, by: WithdrawnBy::Person });
        let first = Consent { withdrawn, ..consent() };
        let narrow = ConsentScope {
            kinds: Some([DocumentKind::LifeRecord].into()),
            ..ConsentScope::default()
        };
        let second = Consent { id: "c2".to_owned(), scope: narrow, ..consent() };
        assert!(!opens(&[first.clone(), second], NOON));
        assert!(opens(&[first, consent()], NOON));
    }

    proptest! {
        /// Whatever is left out never opens more.
        #[test]
        fn an_exception_never_widens(kind in 0usize..20, left_out in 0usize..20) {
            let (kind, left_out) = (DocumentKind::ALL[kind], DocumentKind::ALL[left_out]);
            let narrow = ConsentScope { except_kinds: [left_out].into(), ..Default::default() };
            prop_assert_eq!(narrow.holds(kind, None), kind != left_out);
        }
    }
}
