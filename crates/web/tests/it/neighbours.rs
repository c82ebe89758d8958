//! The house with its neighbours: a running sandbox with cards, and citizens' browsers.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{Request, StatusCode, header};
use jiff::civil::date;
use reqwest::Url;
use tasuki_app::secret::Secret;
use tasuki_core::date::DAY_MS;
use tasuki_core::insured::{PersonKey, PersonName, Personal, Sex};
use tasuki_core::insurer::InsurerNumber;
use tasuki_gateway::card::{Pin, VirtualCard};
use tasuki_gateway::identity::{IdentityClient, IdentitySettings};
use tasuki_gateway::online_eligibility::OnlineEligibility;
use tasuki_sandbox::{
    CardHolder, CardKey, ClientRegistration, Home, IssuedCard, Options, Running, run,
};
use tasuki_store::{scratch, session};
use tasuki_tls::ClientSubject;
use tasuki_tls::authority::{Authority, Validity};
use tasuki_tls::client::{client_config, http_client};
use tasuki_web::server::citizen_router;
use tower::ServiceExt;

use crate::house::{Answer, House, NO_CONSENT, NOW, STRANGER, WITH_CONSENT, encoded, key_of};

const PIN: &str = "1234";
const HOST: &str = "https://my.example";

/// The cards: of the persons of the house, of a daughter who is not insured, of who moved.
pub(crate) const HANAKO: usize = 0;
pub(crate) const JIRO: usize = 1;
pub(crate) const DAUGHTER: usize = 2;
/// Moved from the city to [`elsewhere`].
pub(crate) const SABURO: usize = 3;

/// The present insurer of who moved; the platform does not know it at first.
pub(crate) fn elsewhere() -> PersonKey {
    let insurer = InsurerNumber::with_check_digit("99002").unwrap();
    PersonKey { insurer, ..key_of("0000777777") }
}

pub(crate) struct Neighbours {
    pub(crate) house: House,
    pub(crate) running: Running,
    pub(crate) cards: Vec<IssuedCard>,
    outside: reqwest::Client,
    _dir: tempfile::TempDir,
}

impl Neighbours {
    /// Neighbours of a house on SQLite.
    pub(crate) async fn new() -> Self {
        Self::of(House::new().await).await
    }

    /// Runs `check` with a house on SQLite and, when `PG_URL` names a server, on PostgreSQL.
    pub(crate) async fn each(check: impl AsyncFn(&Self)) {
        check(&Self::new().await).await;
        if let Ok(url) = std::env::var("PG_URL") {
            let world = Self::of(House::on(scratch::postgres(&url).await.unwrap()).await).await;
            check(&world).await;
            world.house.discard().await;
        }
    }

    /// Neighbours of this house.
    pub(crate) async fn of(mut house: House) -> Self {
        tasuki_tls::install_provider();
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::create("Test platform", validity()).unwrap();
        let home = Home::open(dir.path()).unwrap();
        let holders = [
            holder("高橋 花子", "タカハシ ハナコ", vec![key_of(WITH_CONSENT)]),
            holder("佐藤 次郎", "サトウ ジロウ", vec![key_of(NO_CONSENT)]),
            holder("高橋 月子", "タカハシ ツキコ", Vec::new()),
            holder("鈴木 三郎", "スズキ サブロウ", vec![elsewhere(), key_of(STRANGER)]),
        ];
        let cards = home.issue_cards(&holders, CardKey::EcdsaP256, NOW).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let redirect_uri = format!("{HOST}/my/sign-in/callback");
        home.save_clients(&[ClientRegistration {
            client_id: "RP1".to_owned(),
            name: "介護情報 たすき".to_owned(),
            redirect_uris: vec![redirect_uri.clone()],
            public_key_pem: key.public_key_pem(),
        }])
        .unwrap();
        let any = "127.0.0.1:0".parse().unwrap();
        let clock = house.clock();
        let running = run(Options {
            dir: dir.path().to_owned(),
            host: "localhost".to_owned(),
            sign_in: any,
            eligibility: any,
            admin: any,
            smtp: any,
            server: authority.issue_server(&["localhost"], validity()).unwrap().identity(),
            platform_authorities: vec![authority.certificate_der().clone()],
            clock: clock.clone(),
        })
        .await
        .unwrap();
        let roots = [authority.certificate_der().clone()];
        let limit = Duration::from_secs(60);
        let outside = client_config(&roots, None, clock.clone()).unwrap();
        let outside = http_client(outside, limit).unwrap();
        let subject = ClientSubject {
            organisation: "Test platform".to_owned(),
            organisation_number: "platform".to_owned(),
            device_id: "platform-1".to_owned(),
        };
        let issued = authority.issue_client(&subject, validity()).unwrap();
        let inside = client_config(&roots, Some(&issued.identity()), clock).unwrap();
        let inside = http_client(inside, limit).unwrap();
        let settings = IdentitySettings {
            issuer: running.issuer.clone(),
            client_id: "RP1".to_owned(),
            client_key_pem: key.serialize_pem(),
            redirect_uri,
        };
        let identity = IdentityClient::new(outside.clone(), settings).unwrap();
        house.app.neighbours.identity = Some(Arc::new(identity));
        let eligibility = OnlineEligibility::new(inside, &running.eligibility_url);
        house.app.neighbours.eligibility = Some(eligibility);
        Self { house, running, cards, outside, _dir: dir }
    }

    pub(crate) fn card(&self, card: usize) -> VirtualCard {
        VirtualCard::open(&self.cards[card].path).unwrap()
    }

    /// A browser in which the holder of a card has signed in.
    pub(crate) async fn citizen(&self, card: usize) -> Browser<'_> {
        let browser = self.browser();
        let callback = self.provider(&browser, card, "sign_in").await;
        let back = browser.get(&callback).await;
        assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, "/my"));
        browser
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { neighbours: self, cookies: RefCell::default() }
    }

    /// From our page to the provider and with card and PIN back: the address of the callback.
    pub(crate) async fn provider(&self, browser: &Browser<'_>, card: usize, act: &str) -> String {
        let started = browser.get("/my/sign-in/start").await;
        assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.body);
        let sent = self.outside.get(started.location()).send().await.unwrap();
        let page = sent.headers()["location"].to_str().unwrap();
        let page = Url::parse(&self.running.issuer).unwrap().join(page).unwrap();
        let ticket = page.query_pairs().find(|(name, _)| name == "ticket").unwrap().1.into_owned();
        let card = self.cards[card].card_id.as_str();
        let form = [("ticket", ticket.as_str()), ("card", card), ("pin", PIN), ("act", act)];
        let address = format!("{}/sign-in", self.running.issuer);
        let sent = self.outside.post(address).form(&form).send().await.unwrap();
        let back = sent.headers()["location"].to_str().unwrap();
        back.strip_prefix(HOST).unwrap().to_owned()
    }
}

/// A citizen's browser: keeps cookies, and sends the token of the last page with each form.
pub(crate) struct Browser<'a> {
    neighbours: &'a Neighbours,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl Browser<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, String::new()).await
    }

    /// Waits until the newest request is noted in the session, which happens beside the answer.
    pub(crate) async fn settled(&self) {
        let token = self.cookies.borrow()[tasuki_web::citizen::COOKIE].clone();
        let token = Secret::new(token).sha256();
        let house = &self.neighbours.house;
        while session::get(&house.app.db, &token).await.unwrap().unwrap().seen_at != house.now() {
            tokio::task::yield_now().await;
        }
    }

    /// Sends a form that stands on the page `from`.
    pub(crate) async fn post(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(from).await;
        let csrf = page.body.split("name=\"csrf\" value=\"").nth(1).expect("a form");
        let csrf = csrf.split('"').next().unwrap().to_owned();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.send("POST", path, encoded(&all)).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: String) -> Answer {
        let pairs =
            self.cookies.borrow().iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "my.example")
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, pairs.join("; "));
        if method == "POST" {
            let kind = "application/x-www-form-urlencoded";
            request = request.header(header::CONTENT_TYPE, kind).header(header::ORIGIN, HOST);
        }
        let state = self.neighbours.house.state();
        let request = request.body(Body::from(body)).unwrap();
        let response = citizen_router(state).oneshot(request).await.unwrap();
        let answer = Answer::of(response).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match cookie.contains("Max-Age=0") {
                true => self.cookies.borrow_mut().remove(name),
                false => self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }
}

fn holder(kanji: &str, kana: &str, persons: Vec<PersonKey>) -> CardHolder {
    CardHolder {
        persons,
        name: PersonName { kanji: Personal::new(kanji), kana: Personal::new(kana) },
        birth_date: date(1942, 3, 5),
        sex: Sex::Female,
        pin: Pin::parse(PIN).unwrap(),
        expires_on: date(2030, 3, 31),
    }
}

fn validity() -> Validity {
    let years = 3_650 * DAY_MS;
    Validity { not_before_ms: NOW.0 - years, not_after_ms: NOW.0 + years }
}
