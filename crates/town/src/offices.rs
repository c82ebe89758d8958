//! Offices and medical institutions of the town; prefecture 99 does not exist.

use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};

/// Role that an office plays in the town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficeRole {
    /// Writes care plans.
    CareManagement,
    /// Home-visit care.
    HomeVisit,
    /// Home-visit nursing.
    Nursing,
    /// Day service.
    DayService,
    /// Rental and sale of equipment.
    Equipment,
    /// Facility in which people live.
    Facility,
    /// Clinic or hospital.
    Clinic,
}

/// (body of the number, name, reading, services, role, corporation).
type Row = (&'static str, &'static str, &'static str, &'static [&'static str], OfficeRole, usize);

/// (number, name) of the corporations.
const CORPORATIONS: [(&str, &str); 4] = [
    ("9990001000011", "社会福祉法人みどり会"),
    ("9990001000022", "株式会社ひまわりケア"),
    ("9990001000033", "医療法人青空会"),
    ("9990001000044", "あおば市"),
];

#[rustfmt::skip]
const OFFICES: [Row; 18] = {
    use OfficeRole as R;
    [
    ("997000001", "居宅介護支援みどり", "キョタクカイゴシエンミドリ", &["43", "46"], R::CareManagement, 0),
    ("997000002", "ケアプランセンターそら", "ケアプランセンターソラ", &["43"], R::CareManagement, 2),
    ("990000003", "あおば市地域包括支援センター", "アオバシチイキホウカツシエンセンター", &["46", "AF"], R::CareManagement, 3),
    ("997000004", "訪問介護ひまわり", "ホウモンカイゴヒマワリ", &["11", "A2"], R::HomeVisit, 1),
    ("997000005", "ヘルパーステーションたんぽぽ", "ヘルパーステーションタンポポ", &["11"], R::HomeVisit, 0),
    ("996000006", "訪問看護ステーションすずらん", "ホウモンカンゴステーションスズラン", &["13", "63"], R::Nursing, 2),
    ("997000007", "デイサービスさくら", "デイサービスサクラ", &["15", "A6"], R::DayService, 0),
    ("997000008", "デイサービスひまわり", "デイサービスヒマワリ", &["15"], R::DayService, 1),
    ("997000009", "デイケアこもれび", "デイケアコモレビ", &["16", "66"], R::DayService, 2),
    ("997000010", "福祉用具つばさ", "フクシヨウグツバサ", &["17", "41", "67", "44"], R::Equipment, 1),
    ("997000011", "特別養護老人ホームけやき", "トクベツヨウゴロウジンホームケヤキ", &["21", "51", "24"], R::Facility, 0),
    ("995000012", "介護老人保健施設しらかば", "カイゴロウジンホケンシセツシラカバ", &["22", "52", "25"], R::Facility, 2),
    ("99B000013", "介護医療院なぎさ", "カイゴイリョウインナギサ", &["55", "2A"], R::Facility, 2),
    ("999000014", "グループホームもみじ", "グループホームモミジ", &["32"], R::Facility, 0),
    ("991900001", "青空クリニック", "アオゾラクリニック", &[], R::Clinic, 2),
    ("991900002", "丘の上病院", "オカノウエビョウイン", &["13"], R::Clinic, 2),
    ("991900003", "みなと整形外科", "ミナトセイケイゲカ", &[], R::Clinic, 2),
    ("991900004", "緑町内科医院", "ミドリチョウナイカイイン", &[], R::Clinic, 2),
]
};

/// The offices by role, with what the generator asks for.
#[derive(Debug, Clone)]
pub(crate) struct Offices {
    all: Vec<(OfficeRole, Provider)>,
}

impl Offices {
    pub(crate) fn new() -> Self {
        Self { all: OFFICES.iter().filter_map(office).collect() }
    }

    /// The offices of a role.
    pub(crate) fn of(&self, role: OfficeRole) -> Vec<&Provider> {
        self.all.iter().filter(|(known, _)| *known == role).map(|(_, office)| office).collect()
    }

    /// The first office of a role, which the showcase persons use.
    pub(crate) fn first(&self, role: OfficeRole) -> Option<&Provider> {
        self.all.iter().find(|(known, _)| *known == role).map(|(_, office)| office)
    }
}

/// Every office and medical institution of the town, with its role.
pub fn offices() -> Vec<(OfficeRole, Provider)> {
    Offices::new().all
}

/// A row of the table; every body has a check digit, which the tests show.
fn office(row: &Row) -> Option<(OfficeRole, Provider)> {
    let (body, name, kana, services, role, corporation) = row;
    let (corporation_number, corporation_name) = CORPORATIONS.get(*corporation)?;
    let number = ProviderNumber::with_check_digit(body)?;
    let place = number.as_str().get(6..9).unwrap_or_default().trim_start_matches('0').to_owned();
    let provider = Provider {
        name: (*name).to_owned(),
        kana: (*kana).to_owned(),
        is_medical: *role == OfficeRole::Clinic,
        services: services.iter().filter_map(|code| ServiceType::parse(code).ok()).collect(),
        corporation_number: Some((*corporation_number).to_owned()),
        corporation_name: (*corporation_name).to_owned(),
        address: format!("あおば市中央町{place}番地"),
        phone: format!("099-000-1{:0>3}", place),
        active: true,
        number,
    };
    Some((*role, provider))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_office_has_a_number_of_prefecture_99_and_its_services() {
        let offices = offices();
        assert_eq!(offices.len(), OFFICES.len());
        for ((_, office), row) in offices.iter().zip(OFFICES) {
            assert!(office.number.as_str().starts_with("99") && office.number.check_digit_fits());
            assert_eq!(office.services.len(), row.3.len(), "{}", office.name);
        }
    }
}
