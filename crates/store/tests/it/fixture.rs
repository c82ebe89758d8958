//! Invented rows that several tests use.

use tasuki_core::account::{Account, AccountLevel, JobType, Membership, Organisation};
use tasuki_core::date::AtMs;
use tasuki_core::insurer::{Insurer, InsurerNumber};
use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};
use tasuki_store::device::Device;
use tasuki_store::session::{Kind, Session, Stage};

pub(crate) fn account(id: &str) -> Account {
    Account {
        id: id.to_owned(),
        login: format!("login-{id}"),
        name: "架空 花子".to_owned(),
        mail: Some("hanako@kaigo.invalid".to_owned()),
        software: false,
        active: true,
        version: 1,
    }
}

pub(crate) fn office(number: &str) -> Organisation {
    Organisation::Provider(ProviderNumber::parse(number).unwrap())
}

pub(crate) fn membership(organisation: &Organisation) -> Membership {
    Membership {
        organisation: organisation.clone(),
        level: AccountLevel::General,
        job: JobType::CareManager,
        writes_care_plans: true,
    }
}

pub(crate) fn provider(number: &str, corporation: Option<&str>) -> Provider {
    Provider {
        number: ProviderNumber::parse(number).unwrap(),
        name: format!("架空ケアプラン{number}"),
        kana: "カクウケアプラン".to_owned(),
        is_medical: false,
        services: vec![ServiceType::parse("43").unwrap(), ServiceType::parse("46").unwrap()],
        corporation_number: corporation.map(str::to_owned),
        corporation_name: "架空法人".to_owned(),
        address: "架空県架空市1-1".to_owned(),
        phone: "000-000-0000".to_owned(),
        active: true,
    }
}

pub(crate) fn insurer() -> Insurer {
    Insurer {
        number: InsurerNumber::with_check_digit("99001").unwrap(),
        name: "架空市".to_owned(),
        connected_since: None,
        not_connected_because: Some("準備中です".to_owned()),
        takes_consent: true,
    }
}

pub(crate) fn device(sha256: char, organisation: &Organisation) -> Device {
    Device {
        sha256: sha256.to_string().repeat(64),
        serial: format!("{sha256}01"),
        organisation: organisation.clone(),
        device_id: format!("device-{sha256}"),
        name: "事務室 1".to_owned(),
        issued_at: AtMs(1),
        not_after: AtMs(1_000_000),
        revoked_at: None,
        revoked_why: None,
    }
}

pub(crate) fn session(hash: char, account: &str, organisation: &Organisation) -> Session {
    Session {
        token_hash: hash.to_string().repeat(64),
        stage: Stage::Open,
        kind: Kind::Staff,
        account: Some(account.to_owned()),
        organisation: Some(organisation.clone()),
        device: Some("d".repeat(64)),
        citizen: None,
        csrf: "csrf".to_owned(),
        secret_hash: None,
        secret_until: None,
        family: hash.to_string(),
        created_at: AtMs(100),
        seen_at: AtMs(100),
        idle_ms: 1_000,
        ends_at: AtMs(5_000),
    }
}
