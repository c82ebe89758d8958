//! `Idempotency-Key`: a write happens once, whatever breaks between the write and its answer.

use axum::body::Body;
use http::{HeaderValue, Request};
use serde_json::{Value, json as value};
use tasuki_app::once::TAKE_OVER_MS;
use tasuki_core::account::Organisation;
use tasuki_store::idempotency::{self, Hold};
use tasuki_store::{StoreError, notice};

use super::software::{Ground, Reply, json};
use crate::house::{NO_CONSENT, NOW, organisation};

fn consent() -> Value {
    value!({ "basis": { "by": "person" }, "means": { "means": "paper", "kept_at": "事務室の棚" },
             "from": "2026-11-20" })
}

fn keyed(mut request: Request<Body>, key: &'static str) -> Request<Body> {
    request.headers_mut().insert("idempotency-key", HeaderValue::from_static(key));
    request
}

#[tokio::test]
async fn a_write_with_a_key_happens_once() {
    Ground::each(async |ground| {
        let (token, person) = (ground.token('a').await, ground.person('a', NO_CONSENT));
        let path = format!("{person}/consents");
        let send = |body: Value| keyed(json(&token, "POST", &path, &body), "key-1");
        let first = ground.send_at(NOW, Some('a'), send(consent())).await;
        let again = ground.send_at(NOW.plus_ms(5), Some('a'), send(consent())).await;
        assert_eq!((first.status, &first.body), (again.status, &again.body));
        assert!(!first.headers.contains_key("idempotency-replayed"));
        assert_eq!(again.headers["idempotency-replayed"], "true");
        let ledger = ground.get('a', &path).await.json();
        assert_eq!(ledger["items"].as_array().unwrap().len(), 1);
        let mut other = consent();
        other["until"] = value!("2027-11-20");
        let other = ground.send_at(NOW, Some('a'), send(other)).await;
        assert_eq!(other.problem(), "422 invalid Idempotency-Key idempotency-reused");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_repeated_too_but_not_one_for_a_missing_token() {
    Ground::each(async |ground| {
        let token = ground.token('a').await;
        let path = "/api/v1/persons/register";
        let send =
            |token: &str| keyed(json(token, "POST", path, &value!({ "proof": "00" })), "key-2");
        let refused = ground.send_at(NOW, Some('a'), send("expired")).await;
        assert_eq!(refused.problem(), "401 sign_in_required");
        let first = ground.send_at(NOW, Some('a'), send(&token)).await;
        let again = ground.send_at(NOW, Some('a'), send(&token)).await;
        assert_eq!(first.problem(), "404 not_found");
        assert_eq!((again.status, again.body.as_str()), (404, first.body.as_str()));
    })
    .await;
}

/// Who sends a consent under one key.
struct Sender<'a> {
    ground: &'a Ground,
    token: String,
    path: String,
}

impl<'a> Sender<'a> {
    async fn new(ground: &'a Ground) -> Self {
        let token = ground.token('a').await;
        let path = format!("{}/consents", ground.person('a', NO_CONSENT));
        Self { ground, token, path }
    }

    async fn send_after(&self, ms: i64) -> Reply {
        let request = keyed(json(&self.token, "POST", &self.path, &consent()), "key-3");
        self.ground.send_at(NOW.plus_ms(ms), Some('a'), request).await
    }

    /// A process has taken the key for this request and is gone before it answers. The request
    /// was sent once before, under another key, so that its digest is known.
    async fn crashed(&self) -> Hold {
        let request = keyed(json(&self.token, "POST", &self.path, &consent()), "before");
        let before = self.ground.send_at(NOW, Some('a'), request).await;
        assert_eq!(before.status, 201, "{}", before.body);
        let (db, office) = (&self.ground.house.app.db, organisation('a'));
        let known = idempotency::get(db, &office, "before").await.unwrap().unwrap();
        let hold = Hold { organisation: office, key: "key-3".to_owned(), since: NOW };
        db.commit(hold.take(&known.request_sha256)).await.unwrap();
        hold
    }

    async fn ledger(&self) -> usize {
        let ledger = self.ground.get('a', &self.path).await.json();
        ledger["items"].as_array().unwrap().len()
    }
}

#[tokio::test]
async fn a_key_whose_process_died_is_taken_over_after_five_minutes() {
    Ground::each(async |ground| {
        let sender = Sender::new(ground).await;
        let dead = sender.crashed().await;
        let soon = sender.send_after(TAKE_OVER_MS - 1).await;
        assert_eq!((soon.problem(), sender.ledger().await), ("409 conflict".to_owned(), 1));
        let later = sender.send_after(TAKE_OVER_MS).await;
        assert_eq!((later.status, sender.ledger().await), (201, 2), "{}", later.body);
        // Were the process alive after all, what it commits now would not happen.
        let notice = notice::add(&Organisation::Operator, "late", "announcement", "{}", NOW);
        let late = dead.during(sender.ground.house.app.db.commit(notice)).await;
        assert!(matches!(late, Err(StoreError::Stale)));
        let again = sender.send_after(TAKE_OVER_MS + 1).await;
        assert_eq!((again.body, sender.ledger().await), (later.body, 2));
    })
    .await;
}

#[tokio::test]
async fn a_write_that_happened_but_was_never_answered_stays_a_conflict() {
    Ground::each(async |ground| {
        let sender = Sender::new(ground).await;
        let dead = sender.crashed().await;
        let notice = notice::add(&Organisation::Operator, "done", "announcement", "{}", NOW);
        dead.during(sender.ground.house.app.db.commit(notice)).await.unwrap();
        let later = sender.send_after(2 * TAKE_OVER_MS).await;
        assert_eq!((later.problem(), sender.ledger().await), ("409 conflict".to_owned(), 1));
    })
    .await;
}

#[tokio::test]
async fn a_key_belongs_to_the_version_that_the_write_names() {
    Ground::each(async |ground| {
        let token = ground.token('a').await;
        let rename = |version: &'static str| {
            let name = value!({ "name": "架空 次郎" });
            let mut request =
                keyed(json(&token, "PUT", "/api/v1/accounts/manager", &name), "key-4");
            request.headers_mut().insert("if-match", HeaderValue::from_static(version));
            ground.send_at(NOW, Some('a'), request)
        };
        assert_eq!(rename("\"v1\"").await.status, 204);
        assert_eq!(rename("\"v1\"").await.headers["idempotency-replayed"], "true");
        let other = rename("\"v2\"").await;
        assert_eq!(other.problem(), "422 invalid Idempotency-Key idempotency-reused");
    })
    .await;
}
