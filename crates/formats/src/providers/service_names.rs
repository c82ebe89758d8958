//! Names of services in open data, as service types.

use tasuki_core::provider::ServiceType;

/// Names that the register writes differently from the code list.
const OTHER_NAMES: [(&str, &str); 17] = [
    ("短期入所療養介護", "22"),
    ("短期入所療養介護（介護療養型医療施設）", "23"),
    ("特定施設入居者生活介護（有料老人ホーム）", "33"),
    ("特定施設入居者生活介護（軽費老人ホーム）", "33"),
    ("特定施設入居者生活介護（サービス付き高齢者向け住宅）", "33"),
    ("特定施設入居者生活介護（養護老人ホーム）", "33"),
    ("特定施設入居者生活介護（有料老人ホーム：外部サービス利用型）", "33"),
    ("地域密着型特定施設入居者生活介護（有料老人ホーム）", "36"),
    ("地域密着型特定施設入居者生活介護（軽費老人ホーム）", "36"),
    ("地域密着型特定施設入居者生活介護（サービス付き高齢者向け住宅）", "36"),
    ("特定福祉用具販売", "41"),
    ("定期巡回・随時対応型訪問介護看護", "76"),
    ("複合型サービス", "77"),
    ("複合型サービス（看護小規模多機能型居宅介護）", "77"),
    ("地域密着型介護老人福祉施設入所者生活介護", "54"),
    ("介護老人福祉施設（特別養護老人ホーム）", "51"),
    ("介護予防短期入所療養介護", "25"),
];

/// The service of a name in the register; brackets and dots may be half width.
pub fn service_of_name(name: &str) -> Option<ServiceType> {
    let fold = |text: &str| -> String {
        let full = |c| match c {
            '(' => '（',
            ')' => '）',
            '･' => '・',
            other => other,
        };
        text.chars().filter(|c| !c.is_whitespace()).map(full).collect()
    };
    let name = fold(name);
    let other = || {
        let found = OTHER_NAMES.iter().find(|(known, _)| *known == name);
        found.and_then(|(_, code)| ServiceType::parse(code).ok())
    };
    ServiceType::all().find(|service| service.name() == name).or_else(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_register_become_codes() {
        let code = |name| service_of_name(name).map(ServiceType::code);
        assert_eq!(code("訪問介護"), Some("11"));
        assert_eq!(code("特定施設入居者生活介護(有料老人ホーム)"), Some("33"));
        assert_eq!(code("複合型サービス（看護小規模多機能型居宅介護）"), Some("77"));
        assert_eq!(code("宇宙介護"), None);
    }

    #[test]
    fn every_other_name_has_a_code() {
        for (name, _) in OTHER_NAMES {
            assert!(service_of_name(name).is_some(), "{name}");
        }
    }
}
