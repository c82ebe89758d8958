//! One question to the policy, with the facts it needs.

use tasuki_core::document::DocumentKind;
use tasuki_core::insured::PersonKey;
use tasuki_core::words;

use crate::reader::Reader;

words! {
    /// What stops a reader whatever else holds (閲覧の制限; the fifth gate).
    pub enum Block {
        /// The account was stopped, or the member of staff left.
        AccountStopped = "account_stopped", "アカウントの停止";
        /// The operator stopped the office, the institution or the insurer.
        OfficeStopped = "office_stopped", "事業所の停止";
        /// The device's certificate was revoked.
        DeviceStopped = "device_stopped", "端末の停止";
        /// The person closed their information to this reader.
        Withdrawn = "withdrawn", "ご本人による閲覧の停止";
        /// The insurer closed the person to this reader under support measures (支援措置).
        Protection = "protection", "支援措置による閲覧の停止";
    }
}

impl Block {
    /// The strongest stop among account, office and device, when one of them is not active.
    pub fn of_access(
        account_active: bool,
        office_active: bool,
        device_active: bool,
    ) -> Option<Self> {
        match (account_active, office_active, device_active) {
            (false, _, _) => Some(Self::AccountStopped),
            (_, false, _) => Some(Self::OfficeStopped),
            (_, _, false) => Some(Self::DeviceStopped),
            (true, true, true) => None,
        }
    }
}

/// How the reader stands to the person at the moment of asking.
///
/// The default is a stranger: nothing holds, nothing is open, nothing blocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Relation {
    /// Identity was checked and the office is registered as in charge (本人確認・担当事業所登録).
    pub assigned: bool,
    /// Service goes on: the registration has not lapsed (サービスの継続).
    pub continuing: bool,
    /// Support measures are in force for the person (支援措置対象者).
    pub protected: bool,
    /// An emergency opening of this account for this person is in force (緊急時の閲覧).
    pub emergency: bool,
    /// The person's region is open by a recorded decision in a disaster (災害時の開放).
    pub disaster_open: bool,
    /// What stops the reader.
    pub block: Option<Block>,
}

/// May this reader read papers of this kind about this person?
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// About whom.
    pub person: &'a PersonKey,
    /// Who asks.
    pub reader: &'a Reader,
    /// What kind of paper.
    pub kind: DocumentKind,
    /// The reader's organisation made the paper, or, when a whole kind is asked for, some of them.
    pub made_it: bool,
    /// A consent in force covers this kind for this reader (`tasuki_core::consent::covering`).
    pub consent: bool,
    /// How the reader stands to the person.
    pub relation: Relation,
}
