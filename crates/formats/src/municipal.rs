//! Files of municipalities (市町村ファイル): what an insurer sends, line by line.
//!
//! The protocol is `docs/protocols/1-municipal-files.md`. Flat kinds are CSV, nested ones JSON
//! Lines; a file holds one kind. Nothing here keeps more than one line (or one [`Batch`]).

use serde::{Deserialize, Serialize};
use tasuki_core::document::{Body, DocumentKind};
use tasuki_core::insured::{InsuredPerson, PersonKey};
use tasuki_core::words;

mod cells;
pub mod column;
pub mod fields;
pub mod finding;
pub mod json;
pub mod kinds;
pub mod layout;
pub mod manifest;
pub mod name;
pub mod reader;
pub mod report;
mod row;
mod text;
pub mod write;

pub use column::{Column, ColumnType, KEY_COLUMNS, column_table};
pub use fields::{Field, fields};
pub use finding::{Finding, Rule, value_class};
pub use kinds::{ApplicationConsent, OpinionRequest, ServiceUse};
pub use layout::{Layout, Line, header_line};
pub use manifest::{HashingReader, HashingWriter, MANIFEST_NAME, Manifest, ManifestFile};
pub use name::FileName;
pub use reader::{Batch, OpenError, Reader};
pub use report::{CsvReport, JsonReport, Summary};
pub use write::EncodeError;

/// Version of the protocol that this module speaks.
pub const PROTOCOL_VERSION: u32 = 1;

words! {
    /// Kind of record; a file holds one kind.
    pub enum RecordKind {
        /// CSV.
        InsuredPerson = "insured_person", "被保険者";
        /// CSV.
        InsuredCertificate = "insured_certificate", "被保険者証";
        /// CSV.
        BurdenRatio = "burden_ratio", "負担割合証";
        /// CSV.
        BurdenLimit = "burden_limit", "負担限度額認定証";
        /// CSV.
        BurdenReduction = "burden_reduction", "減免減額認定証";
        /// JSON Lines.
        CertificationProgress = "certification_progress", "認定の進み具合と結果";
        /// JSON Lines.
        SurveySheet = "survey_sheet", "認定調査票";
        /// JSON Lines.
        PhysicianOpinion = "physician_opinion", "主治医意見書（受け取ったもの）";
        /// CSV.
        HomeModificationUse = "home_modification_use", "住宅改修費利用情報";
        /// CSV.
        EquipmentPurchaseUse = "equipment_purchase_use", "福祉用具購入費利用情報";
        /// CSV.
        Consent = "consent", "申請のときの同意";
        /// CSV.
        OpinionRequest = "opinion_request", "主治医意見書の依頼";
        /// CSV.
        ServiceUse = "service_use", "サービス利用のあった月";
    }
}

impl RecordKind {
    /// JSON Lines, else CSV.
    pub fn is_json(self) -> bool {
        matches!(self, Self::CertificationProgress | Self::SurveySheet | Self::PhysicianOpinion)
    }

    /// Ending of the file's name.
    pub fn extension(self) -> &'static str {
        if self.is_json() { "jsonl" } else { "csv" }
    }

    /// Kind of the paper that the records become, when they become one.
    pub fn document_kind(self) -> Option<DocumentKind> {
        match self {
            Self::InsuredCertificate => Some(DocumentKind::InsuredCertificate),
            Self::BurdenRatio => Some(DocumentKind::BurdenRatioCertificate),
            Self::BurdenLimit => Some(DocumentKind::BurdenLimitCertificate),
            Self::BurdenReduction => Some(DocumentKind::BurdenReductionCertificate),
            Self::CertificationProgress => Some(DocumentKind::CertificationProgress),
            Self::SurveySheet => Some(DocumentKind::SurveySheet),
            Self::PhysicianOpinion => Some(DocumentKind::AttendingPhysicianOpinion),
            Self::HomeModificationUse => Some(DocumentKind::HomeModificationUse),
            Self::EquipmentPurchaseUse => Some(DocumentKind::EquipmentPurchaseUse),
            Self::InsuredPerson | Self::Consent | Self::OpinionRequest | Self::ServiceUse => None,
        }
    }
}

words! {
    /// Whether a file holds all records or the changes since the transfer before (全件・差分).
    pub enum Scope {
        /// All records of the kind: what is not in it is gone.
        Full = "full", "全件";
        /// Changes only.
        Diff = "diff", "差分";
    }
}

words! {
    /// What a line asks for (操作).
    pub enum Op {
        /// A new record, or the same again.
        Put = "put", "登録";
        /// The record replaces the one with the same key; the old one stays as an older version.
        Correct = "correct", "訂正";
        /// The record with this key was wrong and is withdrawn.
        Delete = "delete", "削除";
    }
}

/// One record: whose, which of its kind, and what is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Whose record.
    pub person: PersonKey,
    /// Which of its kind (履歴番号): 1–20 letters, digits and hyphens.
    pub history: String,
    /// What is asked for.
    pub change: Change,
}

/// What a line asks for, with what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// New, or the same again.
    Put(Content),
    /// Instead of the one with this key.
    Correct(Content),
    /// Withdrawn.
    Delete,
}

impl Change {
    /// The operation.
    pub fn op(&self) -> Op {
        match self {
            Self::Put(_) => Op::Put,
            Self::Correct(_) => Op::Correct,
            Self::Delete => Op::Delete,
        }
    }

    /// What the line says; nothing when it deletes.
    pub fn content(&self) -> Option<&Content> {
        match self {
            Self::Put(content) | Self::Correct(content) => Some(content),
            Self::Delete => None,
        }
    }

    /// The change that `op` makes of `content`.
    pub fn new(op: Op, content: Option<Content>) -> Option<Self> {
        match (op, content) {
            (Op::Put, Some(content)) => Some(Self::Put(content)),
            (Op::Correct, Some(content)) => Some(Self::Correct(content)),
            (Op::Delete, _) => Some(Self::Delete),
            (Op::Put | Op::Correct, None) => None,
        }
    }
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// The person.
    Person(Box<InsuredPerson>),
    /// A shared paper.
    Paper(Body),
    /// Consent taken at the application.
    Consent(Box<ApplicationConsent>),
    /// The insurer asked for an opinion.
    OpinionRequest(OpinionRequest),
    /// A claim of an office was seen for a month.
    ServiceUse(ServiceUse),
}
