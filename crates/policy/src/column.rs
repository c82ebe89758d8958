//! Columns and cells of the sharing table.

use tasuki_core::words;

words! {
    /// Column of the sharing table (情報共有する関係者).
    ///
    /// The published column 医療機関 is split in two, because some certificates go only to a medical
    /// institution that also gives care services.
    pub enum Column {
        /// The person, or who acts for them.
        InsuredPerson = "insured_person", "利用者";
        /// The municipality or union as insurer.
        Insurer = "insurer", "市区町村";
        /// A care-management office, and care managers elsewhere who write this person's plan (※1).
        CareManagement = "care_management", "居宅介護支援事業所";
        /// An office or facility that gives care services.
        Provider = "provider", "介護事業所";
        /// A medical institution that gives no care service, or care management only.
        Medical = "medical", "医療機関";
        /// A medical institution that also gives care services other than care management.
        MedicalWithCare = "medical_with_care", "医療機関（介護あり）";
    }
}

/// What a column may read of a kind that it did not make itself; later is more open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// `–`: not shared.
    Never,
    /// `◎`: shared with the person's consent.
    Consent,
    /// `○`: shared without asking.
    Shared,
}
