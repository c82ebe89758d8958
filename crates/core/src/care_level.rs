//! Care level (要介護状態区分) and what follows from it.

use crate::words;

words! {
    /// Care level (要介護状態区分).
    ///
    /// Source: 介護保険法 第7条; wire codes of the 国保中央会 interface specification.
    pub enum CareLevel {
        /// Wire code 01.
        NotCertified = "not_certified", "非該当";
        /// Wire code 06.
        ProgramTarget = "program_target", "事業対象者";
        /// Wire code 11, left over from the reform of 2006.
        Transitional = "transitional", "要支援（経過的要介護）";
        /// Wire code 12.
        Support1 = "support_1", "要支援1";
        /// Wire code 13.
        Support2 = "support_2", "要支援2";
        /// Wire code 21.
        Care1 = "care_1", "要介護1";
        /// Wire code 22.
        Care2 = "care_2", "要介護2";
        /// Wire code 23.
        Care3 = "care_3", "要介護3";
        /// Wire code 24.
        Care4 = "care_4", "要介護4";
        /// Wire code 25.
        Care5 = "care_5", "要介護5";
    }
}

impl CareLevel {
    /// Two-digit code of files and claims.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotCertified => "01",
            Self::ProgramTarget => "06",
            Self::Transitional => "11",
            Self::Support1 => "12",
            Self::Support2 => "13",
            Self::Care1 => "21",
            Self::Care2 => "22",
            Self::Care3 => "23",
            Self::Care4 => "24",
            Self::Care5 => "25",
        }
    }

    /// The level of a two-digit code.
    pub fn from_code(code: &str) -> Option<Self> {
        use crate::word::Word;
        Self::ALL.iter().copied().find(|level| level.code() == code)
    }

    /// Benefit limit (区分支給限度基準額) in units a month, in force since 2019-10-01; `None`
    /// when the level has none.
    ///
    /// Source: 居宅介護サービス費等区分支給限度基準額 (平成12年告示33号), as amended 2019.
    pub fn benefit_limit_units(self) -> Option<u32> {
        match self {
            Self::NotCertified => None,
            Self::ProgramTarget | Self::Support1 => Some(5_032),
            Self::Transitional => Some(6_150),
            Self::Support2 => Some(10_531),
            Self::Care1 => Some(16_765),
            Self::Care2 => Some(19_705),
            Self::Care3 => Some(27_048),
            Self::Care4 => Some(30_938),
            Self::Care5 => Some(36_217),
        }
    }
}
