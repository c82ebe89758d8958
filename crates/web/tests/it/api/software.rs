//! Software of each organisation of the house, with tokens of its own.

use axum::body::Body;
use http::{HeaderMap, Request, header};
use serde_json::Value;
use tasuki_app::secret::Secret;
use tasuki_core::account::{Account, AccountLevel, JobType, Membership};
use tasuki_core::date::AtMs;
use tasuki_store::{Change, account};
use tasuki_tls::Clock;
use tasuki_web::server::{State, staff_router};
use tower::ServiceExt;

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
    pub(crate) house: House,
    spool: tempfile::TempDir,
}

impl Ground {
    pub(crate) async fn new() -> Self {
        let house = House::new().await;
        let hash = house.app.passwords.hash(&Secret::new(PASSWORD)).await.unwrap();
        let mut change = Change::new();
        for (letter, job) in [
            ('a', JobType::CareManager),
            ('b', JobType::CareWorker),
            ('c', JobType::Physician),
            ('d', JobType::MunicipalOfficer),
            ('e', JobType::Operator),
        ] {
            let id = format!("soft-{letter}");
            let account = Account {
                id: id.clone(),
                login: id.clone(),
                name: "架空ソフト".to_owned(),
                mail: None,
                software: true,
                active: true,
                version: 1,
            };
            let level = AccountLevel::Administrator;
            let organisation = organisation(letter);
            let membership = Membership { organisation, level, job, writes_care_plans: false };
            change = change
                .and(account::create(&account, &hash, false, NOW))
                .and(account::add_membership(&id, &membership));
        }
        house.app.db.commit(change).await.unwrap();
        Self { house, spool: tempfile::tempdir().unwrap() }
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
        let state = State::new(self.house.app.clone(), Clock::fixed(at.0));
        let state = state.with_spool(self.spool.path().join("transfers"));
        let response = staff_router(state).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 5_000_000).await.unwrap();
        Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
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
        let login = format!("soft-{letter}");
        let fields =
            [("grant_type", "password"), ("username", login.as_str()), ("password", PASSWORD)];
        let reply = self.tokens(at, letter, &fields).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()["access_token"].as_str().unwrap().to_owned()
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
