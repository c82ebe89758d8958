//! Care offices and medical institutions (事業所・医療機関).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::fixed::{Ascii, as_text};
use crate::insurer::luhn_sum;

/// Office number (事業所番号・医療機関コード): ten characters.
///
/// Prefecture 2, class 1 (`1` medical, `7` designated, `A` community program …), area 2,
/// number 4, check digit 1. A wrong check digit is a warning, not an error: real offices print
/// numbers that fail it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderNumber(Ascii<10>);

as_text!(ProviderNumber);

/// The text is not ten characters, digits but for a capital letter in the third place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be ten digits; the third may be a capital letter other than I, O, Q")]
pub struct ProviderNumberError;

impl ProviderNumber {
    /// Parses the form; see [`Self::check_digit_fits`] for the check digit.
    ///
    /// # Errors
    ///
    /// [`ProviderNumberError`] when the form is wrong.
    pub fn parse(text: &str) -> Result<Self, ProviderNumberError> {
        let fits = |(place, byte): (usize, u8)| {
            byte.is_ascii_digit() || (place == 2 && letter_value(byte).is_some())
        };
        let fitting = text.bytes().enumerate().all(fits);
        Ascii::of(text).filter(|_| fitting).map(Self).ok_or(ProviderNumberError)
    }

    /// The ten characters.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The last digit follows from the others (モジュラス10 ウェイト2-1 分割).
    ///
    /// Source: 総合事業における事業所番号の考え方について (letters count A=10 … without I, O, Q).
    pub fn check_digit_fits(&self) -> bool {
        let value = |byte: u8| match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            _ => letter_value(byte).unwrap_or(0),
        };
        luhn_sum(self.as_str().bytes().map(value)) % 10 == 0
    }

    /// The number of the nine characters `body`, with the check digit added.
    pub fn with_check_digit(body: &str) -> Option<Self> {
        (0..10)
            .filter_map(|digit| Self::parse(&format!("{body}{digit}")).ok())
            .find(Self::check_digit_fits)
    }
}

/// Value of a letter in the third place: A=10 … Z=32, without I, O, Q.
fn letter_value(byte: u8) -> Option<u32> {
    b"ABCDEFGHJKLMNPRSTUVWXYZ"
        .iter()
        .position(|letter| *letter == byte)
        .and_then(|place| u32::try_from(place).ok())
        .map(|place| place + 10)
}

impl fmt::Display for ProviderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Kind of service (サービス種類コード), two characters, from the published list; ordered as there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceType(usize);

/// The code is not in the published list of services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a service type of the published list")]
pub struct UnknownServiceType;

impl ServiceType {
    /// The service of a two-character code.
    ///
    /// # Errors
    ///
    /// [`UnknownServiceType`] when the list has no such code.
    pub fn parse(code: &str) -> Result<Self, UnknownServiceType> {
        let place = SERVICE_TYPES.iter().position(|(known, _)| *known == code);
        place.map(Self).ok_or(UnknownServiceType)
    }

    /// The two characters.
    pub fn code(self) -> &'static str {
        SERVICE_TYPES.get(self.0).map_or("", |(code, _)| code)
    }

    /// The name of the service, for example 訪問介護.
    pub fn name(self) -> &'static str {
        SERVICE_TYPES.get(self.0).map_or("", |(_, name)| name)
    }

    /// Writes care plans of persons at home (居宅介護支援, 介護予防支援, 介護予防ケアマネジメント).
    pub fn is_care_management(self) -> bool {
        matches!(self.code(), "43" | "46" | "AF")
    }

    /// May write the attending physician's opinion (介護老人保健施設, 介護医療院; ※2 of the table).
    pub fn may_write_opinion(self) -> bool {
        matches!(self.code(), "52" | "55")
    }

    /// Every service of the list, in its order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SERVICE_TYPES.len()).map(Self)
    }
}

impl TryFrom<String> for ServiceType {
    type Error = UnknownServiceType;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::parse(&code)
    }
}

impl From<ServiceType> for String {
    fn from(service: ServiceType) -> Self {
        service.code().to_owned()
    }
}

/// Service types (サービス種類コード).
///
/// Source: ケアプランデータ連携標準仕様 4.1 §1.3–1.4 and the code list of the claims interface.
#[rustfmt::skip]
const SERVICE_TYPES: [(&str, &str); 68] = [
    ("11", "訪問介護"), ("12", "訪問入浴介護"), ("13", "訪問看護"), ("14", "訪問リハビリテーション"),
    ("15", "通所介護"), ("16", "通所リハビリテーション"), ("17", "福祉用具貸与"),
    ("21", "短期入所生活介護"), ("22", "短期入所療養介護（介護老人保健施設）"),
    ("23", "短期入所療養介護（療養型等）"), ("2A", "短期入所療養介護（介護医療院）"),
    ("27", "特定施設入居者生活介護（短期利用）"), ("28", "地域密着型特定施設入居者生活介護（短期利用）"),
    ("31", "居宅療養管理指導"), ("32", "認知症対応型共同生活介護"), ("33", "特定施設入居者生活介護"),
    ("36", "地域密着型特定施設入居者生活介護"), ("38", "認知症対応型共同生活介護（短期利用）"),
    ("41", "特定福祉用具販売"), ("42", "住宅改修"), ("43", "居宅介護支援"),
    ("51", "介護老人福祉施設"), ("52", "介護老人保健施設"), ("53", "介護療養型医療施設"),
    ("54", "地域密着型介護老人福祉施設"), ("55", "介護医療院"), ("59", "特定入所者介護サービス等"),
    ("68", "小規模多機能型居宅介護（短期利用）"), ("71", "夜間対応型訪問介護"),
    ("72", "認知症対応型通所介護"), ("73", "小規模多機能型居宅介護"),
    ("76", "定期巡回・随時対応型訪問介護看護"), ("77", "看護小規模多機能型居宅介護"),
    ("78", "地域密着型通所介護"), ("79", "看護小規模多機能型居宅介護（短期利用）"),
    ("24", "介護予防短期入所生活介護"), ("25", "介護予防短期入所療養介護（介護老人保健施設）"),
    ("26", "介護予防短期入所療養介護（療養型等）"), ("2B", "介護予防短期入所療養介護（介護医療院）"),
    ("34", "介護予防居宅療養管理指導"), ("35", "介護予防特定施設入居者生活介護"),
    ("37", "介護予防認知症対応型共同生活介護"), ("39", "介護予防認知症対応型共同生活介護（短期利用）"),
    ("44", "特定介護予防福祉用具販売"), ("45", "介護予防住宅改修"), ("46", "介護予防支援"),
    ("62", "介護予防訪問入浴介護"), ("63", "介護予防訪問看護"), ("64", "介護予防訪問リハビリテーション"),
    ("66", "介護予防通所リハビリテーション"), ("67", "介護予防福祉用具貸与"),
    ("69", "介護予防小規模多機能型居宅介護（短期利用）"), ("74", "介護予防認知症対応型通所介護"),
    ("75", "介護予防小規模多機能型居宅介護"),
    ("A1", "訪問型サービス（みなし）"), ("A2", "訪問型サービス（独自）"),
    ("A3", "訪問型サービス（独自／定率）"), ("A4", "訪問型サービス（独自／定額）"),
    ("A5", "通所型サービス（みなし）"), ("A6", "通所型サービス（独自）"),
    ("A7", "通所型サービス（独自／定率）"), ("A8", "通所型サービス（独自／定額）"),
    ("A9", "その他の生活支援サービス（配食／定率）"), ("AA", "その他の生活支援サービス（配食／定額）"),
    ("AB", "その他の生活支援サービス（見守り／定率）"), ("AC", "その他の生活支援サービス（見守り／定額）"),
    ("AD", "その他の生活支援サービス（その他／定率）"), ("AF", "介護予防ケアマネジメント"),
];

/// An office or medical institution as the platform knows it (事業所・医療機関).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Its number.
    pub number: ProviderNumber,
    /// Its name.
    pub name: String,
    /// Reading of the name in katakana.
    pub kana: String,
    /// Medical institution (医療機関), which may also give care services.
    pub is_medical: bool,
    /// Care services it gives; empty for a medical institution that gives none.
    pub services: Vec<ServiceType>,
    /// Corporation's number (法人番号), 13 digits, when known.
    pub corporation_number: Option<String>,
    /// Corporation's name.
    pub corporation_name: String,
    /// Address in one line.
    pub address: String,
    /// Telephone number as published.
    pub phone: String,
    /// The platform accepts it (false: stopped by the operator; nobody of it may look).
    pub active: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_have_their_check_digit() {
        for number in ["2372101440", "2875104529", "2873010983", "0170101950", "0110113719"] {
            assert!(ProviderNumber::parse(number).unwrap().check_digit_fits(), "{number}");
        }
        assert!(!ProviderNumber::parse("2372100034").unwrap().check_digit_fits());
    }

    #[test]
    fn a_letter_stands_only_in_the_third_place() {
        assert!(ProviderNumber::parse("13A0100012").is_ok());
        for bad in ["1AA0100012", "13I0100012", "13a0100012", "137010001", "１３７０１０００１２"]
        {
            assert_eq!(ProviderNumber::parse(bad), Err(ProviderNumberError), "{bad}");
        }
    }

    #[test]
    fn every_code_is_listed_once() {
        let mut codes: Vec<_> = ServiceType::all().map(ServiceType::code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), SERVICE_TYPES.len());
    }
}
