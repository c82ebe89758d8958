//! Software of each organisation of the house, with tokens of its own.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, header};
use serde_json::Value;
use tasuki_app::secret::Secret;
use tasuki_core::account::{Account, AccountLevel, JobType, Membership};
use tasuki_core::date::AtMs;
use tasuki_store::scratch::{self, Scratch};
use tasuki_store::{Change, account};
use tasuki_tls::Clock;
use tasuki_tls::authority::{Authority, Validity};
use tasuki_web::server::{State, staff_router};
use tower::ServiceExt;

use super::conform::DESCRIPTION;
use crate::house::{House, NOW, PASSWORD, encoded, key_of, organisation, peer};

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// Status and code of a problem, with its first field and rule.
    pub(crate) fn problem(&self) -> String {
        let json = self.json();
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let field = &json["fields"][0];
        let mut said = format!("{} {}", self.status, text(&json["code"]));
        if field.is_object() {
            said = format!("{said} {} {}", text(&field["field"]), text(&field["rule"]));
        }
        said
    }
}

/// A request without a sender.
pub(crate) fn ask(method: &str, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path)
}

/// The house with an account of software for each organisation.
pub(crate) struct Ground {
    /// The router at each moment that was asked about.
    routers: Mutex<BTreeMap<AtMs, Router>>,
    pub(crate) house: House,
    spool: tempfile::TempDir,
}

/// The authority stands for the time around [`NOW`].
const YEARS: Validity =
    Validity { not_before_ms: 1_700_000_000_000, not_after_ms: 2_000_000_000_000 };

impl Ground {
    /// Runs `check` on SQLite and, when `PG_URL` names a server, on PostgreSQL.
    pub(crate) async fn each(check: impl AsyncFn(&Self)) {
        check(&Self::new().await).await;
        if let Ok(url) = std::env::var("PG_URL") {
            let ground = Self::on(scratch::postgres(&url).await.unwrap()).await;
            check(&ground).await;
            ground.house.discard().await;
        }
    }

    pub(crate) async fn new() -> Self {
        Self::on(scratch::sqlite().await.unwrap()).await
    }

    pub(crate) async fn on(scratch: Scratch) -> Self {
        Self::around(House::on(scratch).await).await
    }

    /// Software in a house that stands already.
    pub(crate) async fn around(house: House) -> Self {
        let hash = house.app.passwords.hash(&Secret::new(PASSWORD)).await.unwrap();
        let mut change = Change::new();
        let general = [("soft-general", 'a', AccountLevel::General, JobType::CareManager)];
        let administrators = [
            ("soft-a", 'a', JobType::CareManager),
            ("soft-b", 'b', JobType::CareWorker),
            ("soft-c", 'c', JobType::Physician),
            ("soft-d", 'd', JobType::MunicipalOfficer),
            ("soft-e", 'e', JobType::Operator),
        ];
        let administrators =
            administrators.map(|(id, letter, job)| (id, letter, AccountLevel::Administrator, job));
        for (id, letter, level, job) in administrators.into_iter().chain(general) {
            let account = Account {
                id: id.to_owned(),
                login: id.to_owned(),
                name: "架空ソフト".to_owned(),
                mail: None,
                software: true,
                active: true,
                version: 1,
            };
            let organisation = organisation(letter);
            let membership = Membership { organisation, level, job, writes_care_plans: false };
            change = change
                .and(account::create(&account, &hash, false, NOW))
                .and(account::add_membership(id, &membership));
        }
        house.app.db.commit(change).await.unwrap();
        let routers = Mutex::default();
        Self { routers, house, spool: tempfile::tempdir().unwrap() }
    }

    /// Sends a request from device `letter` at a moment.
    pub(crate) async fn send_at(
        &self,
        at: AtMs,
        letter: Option<char>,
        mut request: Request<Body>,
    ) -> Reply {
        if let Some(letter) = letter {
            request.extensions_mut().insert(peer(letter));
        }
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let (parts, body) = request.into_parts();
        let sent = axum::body::to_bytes(body, 5_000_000).await.unwrap();
        let request = Request::from_parts(parts, Body::from(sent.clone()));
        let response = self.router(at).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 5_000_000).await.unwrap();
        let reply = Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        let kind = reply.headers.get(header::CONTENT_TYPE);
        let kind = kind.map_or("", |kind| kind.to_str().unwrap());
        DESCRIPTION.check((&method, &path, &sent), reply.status, kind, &reply.body);
        reply
    }

    fn router(&self, at: AtMs) -> Router {
        let mut routers = self.routers.lock().unwrap_or_else(PoisonError::into_inner);
        let router = routers.entry(at).or_insert_with(|| {
            let state = State::new(self.house.app.clone(), Clock::fixed(at.0));
            let authority = Authority::create("架空認証局", YEARS).unwrap();
            let state = state.with_spool(self.spool.path().join("transfers"));
            staff_router(state.with_authority(authority))
        });
        router.clone()
    }

    /// Asks for tokens from device `letter`.
    pub(crate) async fn tokens(&self, at: AtMs, letter: char, fields: &[(&str, &str)]) -> Reply {
        let request = ask("POST", "/api/v1/token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(encoded(fields)));
        self.send_at(at, Some(letter), request.unwrap()).await
    }

    /// A fresh access token of the software on device `letter`.
    pub(crate) async fn token_at(&self, at: AtMs, letter: char) -> String {
        self.token_of(&format!("soft-{letter}"), at, letter).await
    }

    /// A fresh access token of one account.
    pub(crate) async fn token_of(&self, login: &str, at: AtMs, letter: char) -> String {
        let fields = [("grant_type", "password"), ("username", login), ("password", PASSWORD)];
        let reply = self.tokens(at, letter, &fields).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A fresh access token, unless software or device were stopped.
    pub(crate) async fn try_token(&self, letter: char) -> Option<String> {
        let login = format!("soft-{letter}");
        let fields =
            [("grant_type", "password"), ("username", login.as_str()), ("password", PASSWORD)];
        let reply = self.tokens(NOW, letter, &fields).await;
        (reply.status == 200).then(|| reply.json()["access_token"].as_str().unwrap().to_owned())
    }

    pub(crate) async fn token(&self, letter: char) -> String {
        self.token_at(NOW, letter).await
    }

    /// A request of the software on device `letter`, with a new token.
    pub(crate) async fn call(&self, letter: char, method: &str, path: &str, body: &Value) -> Reply {
        let token = self.token(letter).await;
        self.send_at(NOW, Some(letter), json(&token, method, path, body)).await
    }

    pub(crate) async fn get(&self, letter: char, path: &str) -> Reply {
        self.call(letter, "GET", path, &Value::Null).await
    }

    /// The address of a person for the organisation of device `letter`.
    pub(crate) fn person(&self, letter: char, number: &str) -> String {
        let audience = organisation(letter).to_string();
        let handle = self.house.app.keyring.handles().seal(&audience, &key_of(number));
        format!("/api/v1/persons/{handle}")
    }
}

/// A request with a token and, unless null, a JSON body.
pub(crate) fn json(token: &str, method: &str, path: &str, body: &Value) -> Request<Body> {
    let request = ask(method, path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    if body.is_null() {
        return request.body(Body::empty()).unwrap();
    }
    let request = request.header(header::CONTENT_TYPE, "application/json");
    request.body(Body::from(body.to_string())).unwrap()
}
