//! An invented house: one insurer, two offices, a clinic, their staff and three persons.
//!
//! Time stands still in it until a test moves it forward.

mod browser;
mod persons;
mod staff;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Body;
use http::Request;
use jiff::civil::date;
use tasuki_app::auth::password::{Cost, Passwords};
use tasuki_app::{App, Settings};
use tasuki_core::date::AtMs;
use tasuki_core::insurer::{Insurer, InsurerNumber};
use tasuki_policy::Sharing;
use tasuki_store::event_log;
use tasuki_store::scratch::{self, Scratch};
use tasuki_store::seal::Keyring;
use tasuki_tls::Clock;
use tasuki_web::server::{State, staff_router};
use tower::ServiceExt;

pub(crate) use browser::{Answer, encoded, peer, request};
pub(crate) use persons::{insured, key_of};
pub(crate) use staff::{
    ADMINISTRATOR, EXPIRED, MANAGER, NOBODY, OFFICER, OPERATOR, OTHER, PHYSICIAN, Who, csrf_of,
    organisation,
};

/// 2026-11-20 09:00 in Japan.
pub(crate) const NOW: AtMs = AtMs(1_795_132_800_000);

pub(crate) const CARE_OFFICE: &str = "9970000001";
pub(crate) const OTHER_OFFICE: &str = "9970000019";
pub(crate) const CLINIC: &str = "9919000019";

/// Password of every account.
pub(crate) const PASSWORD: &str = "つきよのたぬきばやし、ぽん";

/// The numbers of the persons: with consent, without it, of nobody here.
pub(crate) const WITH_CONSENT: &str = "0000123456";
pub(crate) const NO_CONSENT: &str = "0000222222";
pub(crate) const STRANGER: &str = "0000333333";

pub(crate) struct House {
    pub(crate) app: App,
    now_ms: Arc<AtomicI64>,
    spool: tempfile::TempDir,
    scratch: Scratch,
}

impl House {
    /// A house on SQLite.
    pub(crate) async fn new() -> Self {
        Self::on(scratch::sqlite().await.unwrap()).await
    }

    /// The house on a database of its own.
    pub(crate) async fn on(scratch: Scratch) -> Self {
        let keyring = Keyring::new(&[7; 32]);
        let sharing = Sharing::published().unwrap();
        let mut app = App::new(scratch.db.clone(), keyring, sharing, Settings::default());
        app.passwords = Passwords::new(Cost { memory_kib: 64, passes: 1 });
        let now_ms = Arc::new(AtomicI64::new(NOW.0));
        let house = Self { app, now_ms, spool: tempfile::tempdir().unwrap(), scratch };
        house.organisations().await;
        house.staff().await;
        house.persons().await;
        house
    }

    /// The moment in the house.
    pub(crate) fn now(&self) -> AtMs {
        AtMs(self.now_ms.load(Ordering::SeqCst))
    }

    /// Time passes.
    pub(crate) fn forward(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// The clock of the house; it moves with [`Self::forward`].
    pub(crate) fn clock(&self) -> Clock {
        let now_ms = Arc::clone(&self.now_ms);
        Clock::new(move || now_ms.load(Ordering::SeqCst))
    }

    /// What the servers of the house work with.
    pub(crate) fn state(&self) -> State {
        State::new(self.app.clone(), self.clock()).with_spool(self.spool_folder())
    }

    /// Where files that are sent gather.
    pub(crate) fn spool_folder(&self) -> std::path::PathBuf {
        self.spool.path().join("transfers")
    }

    /// Removes the database from its server.
    pub(crate) async fn discard(self) {
        let Self { app, scratch, .. } = self;
        drop(app);
        scratch.discard().await.unwrap();
    }

    /// Events in the log.
    pub(crate) async fn events(&self) -> u64 {
        event_log::head(&self.app.db).await.unwrap().map_or(0, |head| head.size)
    }

    /// The newest event as it is stored.
    pub(crate) async fn newest_event(&self) -> String {
        let size = self.events().await;
        let page = event_log::page(&self.app.db, size - 1, 1).await.unwrap();
        page.into_iter().next().unwrap().1
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(staff_router(self.state()).oneshot(request).await.unwrap()).await
    }

    pub(crate) async fn get(&self, who: Who, path: &str) -> Answer {
        self.send(request(who, "GET", path, String::new())).await
    }

    /// Sends a form with the session's token.
    pub(crate) async fn post(&self, who: Who, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        let csrf = csrf_of(who);
        fields.push(("csrf", &csrf));
        self.send(request(who, "POST", path, encoded(&fields))).await
    }

    /// The address of a person for the office of `who`.
    pub(crate) fn person(&self, who: Who, number: &str) -> String {
        let audience = organisation(who.0).to_string();
        format!("/persons/{}", self.app.keyring.handles().seal(&audience, &key_of(number)))
    }
}

/// Runs `check` in a fresh house on SQLite and, when `PG_URL` names a server, in one on PostgreSQL.
pub(crate) async fn in_each_house(check: impl AsyncFn(&House)) {
    check(&House::new().await).await;
    if let Ok(url) = std::env::var("PG_URL") {
        let house = House::on(scratch::postgres(&url).await.unwrap()).await;
        check(&house).await;
        house.discard().await;
    }
}

pub(crate) fn city() -> Insurer {
    Insurer {
        number: InsurerNumber::with_check_digit("99001").unwrap(),
        name: "あおば市".to_owned(),
        connected_since: Some(date(2026, 4, 1)),
        not_connected_because: None,
        takes_consent: true,
    }
}
