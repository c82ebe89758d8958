//! Certificates of devices over the API: the device makes its key, the platform signs.

use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json as value};

use super::software::{Ground, json};
use crate::house::{CARE_OFFICE, NOW};

/// The signing request of a device that made its own key.
fn request() -> String {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.serialize_request(&key).unwrap().pem().unwrap()
}

#[tokio::test]
async fn a_device_is_issued_a_certificate_for_its_own_key() {
    Ground::each(async |ground| {
        let sent = value!({ "name": "訪問用 1", "request": request() });
        let issued = ground.call('a', "POST", "/api/v1/devices", &sent).await;
        assert_eq!(issued.status, 201, "{}", issued.body);
        let issued = issued.json();
        assert!(issued["certificate"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE"));
        assert_eq!((&issued["name"], &issued["due"]), (&value!("訪問用 1"), &value!(false)));
        let list = ground.get('a', "/api/v1/devices").await.json();
        assert!(
            list["items"].as_array().unwrap().iter().any(|own| own["sha256"] == issued["sha256"])
        );
        let path = format!("/api/v1/devices/{}", issued["sha256"].as_str().unwrap());
        let early = value!({ "request": request() });
        let early = ground.call('a', "POST", &format!("{path}/renew"), &early).await;
        assert_eq!(early.problem(), "422 invalid device renew-early");
        let revoked = format!("{path}?why=retired");
        assert_eq!(ground.call('a', "DELETE", &revoked, &Value::Null).await.status, 204);
        let again = ground.call('a', "DELETE", &revoked, &Value::Null).await;
        assert_eq!(again.problem(), "409 conflict");
        let gone = value!({ "request": request() });
        let gone = ground.call('a', "POST", &format!("{path}/renew"), &gone).await;
        assert_eq!(gone.problem(), "404 not_found");
    })
    .await;
}

#[tokio::test]
async fn a_certificate_near_its_end_is_renewed_and_works_on_beside_the_next_one() {
    Ground::each(async |ground| {
        let token = ground.token('a').await;
        let path = format!("/api/v1/devices/{}/renew", "a".repeat(64));
        let sent = value!({ "request": request() });
        let renewed = ground.send_at(NOW, Some('a'), json(&token, "POST", &path, &sent)).await;
        assert_eq!(renewed.status, 201, "{}", renewed.body);
        let renewed = renewed.json();
        assert_eq!(renewed["name"], "事務室 1");
        assert_ne!(renewed["sha256"], "a".repeat(64));
        assert!(ground.house.newest_event().await.contains("renewed"));
        let me = json(&token, "GET", "/api/v1/me", &Value::Null);
        assert_eq!(ground.send_at(NOW, Some('a'), me).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_none_and_somebody_elses_office_are_refused() {
    Ground::each(async |ground| {
        let call = |letter, sent: Value| async move {
            ground.call(letter, "POST", "/api/v1/devices", &sent).await.problem()
        };
        let none = value!({ "name": "訪問用", "request": "-----BEGIN…" });
        assert_eq!(call('a', none).await, "422 invalid request certificate-request");
        let nameless = value!({ "name": " ", "request": request() });
        assert_eq!(call('a', nameless).await, "422 invalid name required");
        let office = format!("provider:{CARE_OFFICE}");
        let foreign = value!({ "name": "訪問用", "request": request(), "organisation": office });
        assert_eq!(call('b', foreign.clone()).await, "403 denied");
        let operator = ground.call('e', "POST", "/api/v1/devices", &foreign).await;
        assert_eq!(operator.status, 201, "{}", operator.body);
    })
    .await;
}
