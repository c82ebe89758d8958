//! Offices in charge (担当事業所登録): how the relation begins, goes on and ends.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::date::{AtMs, YearMonth, add_months};
use crate::insured::PersonKey;
use crate::provider::ProviderNumber;
use crate::words;

words! {
    /// How the person's identity was checked before the registration (本人確認の方法).
    pub enum IdentityCheck {
        /// My Number card, the photo compared by eye.
        CardByEye = "card_by_eye", "マイナンバーカード（顔写真を目で確認）";
        /// My Number card with its PIN.
        CardWithPin = "card_with_pin", "マイナンバーカード（暗証番号）";
        /// Four matching items, without a card.
        MatchingItems = "matching_items", "カードなし（4つの項目の一致）";
        /// The insurer asked this institution for an opinion.
        OpinionRequest = "opinion_request", "市町村からの意見書の依頼";
    }
}

words! {
    /// Who ended a registration (登録を終えた人).
    pub enum AssignmentEnder {
        /// The office itself.
        Provider = "provider", "事業所";
        /// The person.
        Person = "person", "ご本人";
        /// The insurer.
        Insurer = "insurer", "保険者";
    }
}

/// An office in charge of a person (担当事業所).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Opaque id.
    pub id: String,
    /// The person.
    pub person: PersonKey,
    /// The office.
    pub provider: ProviderNumber,
    /// How identity was checked.
    pub identity: IdentityCheck,
    /// When it was registered.
    pub started_at: AtMs,
    /// When it was ended by hand.
    pub ended_at: Option<AtMs>,
    /// Month of the last service a claim was seen for.
    pub last_service_month: Option<YearMonth>,
}

/// How long a relation lives without claims (継続の目安); settings, both in months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContinuityRule {
    /// Months a new registration has until the first claim (登録からはじめの請求までの猶予・月).
    pub grace_months: i32,
    /// Months without a claim after which the relation lapses (請求がなくなってからの期間・月).
    pub lapse_months: i32,
}

impl Default for ContinuityRule {
    fn default() -> Self {
        Self { grace_months: 3, lapse_months: 3 }
    }
}

/// Where a relation stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignmentState {
    /// Open for the office up to and including this day, unless a claim prolongs it.
    Open {
        /// Last open day.
        until: Date,
        /// No claim has been seen since the registration.
        in_grace: bool,
    },
    /// No claim came in time (継続なし); closed since the day after `on`.
    Lapsed {
        /// Last day it was open.
        on: Date,
    },
    /// Ended by hand.
    Ended {
        /// Day it was ended.
        on: Date,
    },
}

impl Assignment {
    /// Where the relation stands at `at`.
    ///
    /// A registration is open for `grace_months` from its first day; a claim for month M keeps it
    /// open to the last day of month M + `lapse_months`; the later of the two counts.
    ///
    /// Source: 介護情報利活用ワーキンググループ 2026-03-18 (continuing receipts); months are ours.
    pub fn state(&self, rule: ContinuityRule, at: AtMs) -> AssignmentState {
        if let Some(ended_at) = self.ended_at.filter(|ended_at| *ended_at <= at) {
            return AssignmentState::Ended { on: ended_at.date() };
        }
        let grace = add_months(self.started_at.date(), rule.grace_months);
        let claimed = self.last_service_month.map(|month| month.last_day_after(rule.lapse_months));
        let until = claimed.map_or(grace, |claimed| claimed.max(grace));
        if until < at.date() {
            AssignmentState::Lapsed { on: until }
        } else {
            AssignmentState::Open { until, in_grace: self.last_service_month.is_none() }
        }
    }
}

impl AssignmentState {
    /// The office may look.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insured::InsuredNumber;
    use crate::insurer::InsurerNumber;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn registered(on: Date) -> Assignment {
        Assignment {
            id: "a".to_owned(),
            person: PersonKey {
                insurer: InsurerNumber::with_check_digit("99001").unwrap(),
                insured: InsuredNumber::parse("0000000001").unwrap(),
            },
            provider: ProviderNumber::parse("9970000001").unwrap(),
            identity: IdentityCheck::MatchingItems,
            started_at: AtMs::start_of(on),
            ended_at: None,
            last_service_month: None,
        }
    }

    fn open_on(assignment: &Assignment, day: Date) -> bool {
        assignment.state(ContinuityRule::default(), AtMs::start_of(day)).is_open()
    }

    #[test]
    fn the_last_day_of_grace_is_open_and_the_next_is_not() {
        let assignment = registered(date(2026, 11, 20));
        assert!(open_on(&assignment, date(2027, 2, 20)));
        assert!(!open_on(&assignment, date(2027, 2, 21)));
    }

    #[test]
    fn a_claim_keeps_it_open_to_the_end_of_the_third_month_after() {
        let month = YearMonth::parse("2027-03");
        let assignment = Assignment { last_service_month: month, ..registered(date(2026, 11, 20)) };
        assert!(open_on(&assignment, date(2027, 6, 30)));
        assert!(!open_on(&assignment, date(2027, 7, 1)));
    }

    #[test]
    fn ending_by_hand_closes_at_once() {
        let ended_at = Some(AtMs::start_of(date(2026, 12, 1)));
        let assignment = Assignment { ended_at, ..registered(date(2026, 11, 20)) };
        assert!(open_on(&assignment, date(2026, 11, 30)));
        assert!(!open_on(&assignment, date(2026, 12, 1)));
    }

    proptest! {
        /// A later claim never closes what was open.
        #[test]
        fn claims_only_prolong(month in 1i8..=12, day in 0i32..800) {
            let plain = registered(date(2026, 1, 15));
            let last_service_month = Some(YearMonth { year: 2026, month });
            let claimed = Assignment { last_service_month, ..plain.clone() };
            let day = date(2026, 1, 15).checked_add(jiff::Span::new().days(day)).unwrap();
            prop_assert!(!open_on(&plain, day) || open_on(&claimed, day));
        }
    }
}
