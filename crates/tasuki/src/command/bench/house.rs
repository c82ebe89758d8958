//! The house of a bench: a scratch database, an office with its device, and the real server.

mod municipality;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::{StatusCode, header};
use rustls::{ClientConfig, ServerConfig};
use tasuki_app::caller::By;
use tasuki_app::secret::Secret;
use tasuki_app::{App, Settings, device};
use tasuki_cluster::{Cluster, Durability};
use tasuki_core::account::{Account, AccountLevel, JobType, Membership, Organisation};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::{Insurer, InsurerNumber};
use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};
use tasuki_policy::Sharing;
use tasuki_store::scratch::{self, Scratch};
use tasuki_store::seal::Keyring;
use tasuki_store::session::{self, Kind, Session, Stage};
use tasuki_store::{Change, account, insurer, provider, yardstick};
use tasuki_tls::authority::{Authority, Issued, Validity};
use tasuki_tls::client::client_config;
use tasuki_tls::server::{ClientCertificates, HotConfig, Limits, Tls, serve_tls, server_config};
use tasuki_tls::{Clock, Revoked};
use tasuki_web::server::{State as WebState, staff_router};
use tokio::net::TcpListener;

use super::Engine;
use super::folder::Folder;
use crate::clock;

/// Number of the office whose software asks.
const OFFICE: &str = "9970000001";

/// A house ready to be asked.
pub(super) struct House {
    pub(super) app: App,
    pub(super) insurer: InsurerNumber,
    pub(super) office: ProviderNumber,
    /// Where the database keeps its files.
    pub(super) folder: PathBuf,
    /// Process of the database's server, when it has one.
    pub(super) server: Option<u32>,
    authority: Authority,
    device: Issued,
    device_sha256: String,
    /// Where transfers gather.
    transfers: Folder,
    // Dropped in this order: connections first, then the server behind them.
    pub(super) scratch: Scratch,
    _cluster: Option<Cluster>,
}

impl House {
    /// Makes everything but the persons.
    pub(super) async fn make(engine: Engine, now: AtMs) -> anyhow::Result<Self> {
        let cluster = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Cluster::start(Durability::Full)?),
        };
        let scratch = match &cluster {
            None => scratch::sqlite().await?,
            Some(cluster) => scratch::postgres(&cluster.url()).await?,
        };
        let folder = match &scratch.options {
            tasuki_store::Options::Sqlite { path } => path.parent().map(PathBuf::from),
            tasuki_store::Options::Postgres { .. } => None,
        };
        let keyring = Keyring::new(&clock::random_key());
        let sharing = Sharing::published().context("the sharing table")?;
        let app = App::new(scratch.db.clone(), keyring, sharing, Settings::default());
        let town = tasuki_town::Options::new(1_000, 1, now.date());
        let office = ProviderNumber::parse(OFFICE)?;
        organisations(&app, &town.insurer, &office).await?;
        let authority = Authority::create("Tasuki bench CA", authority_validity(now))?;
        let organisation = Organisation::Provider(office.clone());
        let (row, issued) =
            device::issue(&app, By::Console, &authority, &organisation, "bench", now).await?;
        Ok(Self {
            app,
            insurer: town.insurer,
            office,
            folder: folder.unwrap_or_else(std::env::temp_dir),
            server: cluster.as_ref().map(Cluster::process),
            authority,
            device: issued,
            device_sha256: row.sha256,
            transfers: Folder::make()?,
            scratch,
            _cluster: cluster,
        })
    }

    /// Signs software or a care manager in; the token of its requests.
    pub(super) async fn sign_in(&self, kind: Kind, now: AtMs) -> anyhow::Result<Secret> {
        let organisation = Organisation::Provider(self.office.clone());
        self.session(kind, (organisation, JobType::CareManager, &self.device_sha256), now).await
    }

    /// An account with an open session, on the device whose certificate is named.
    async fn session(
        &self,
        kind: Kind,
        (organisation, job, device): (Organisation, JobType, &str),
        now: AtMs,
    ) -> anyhow::Result<Secret> {
        let made = Account {
            id: tasuki_app::id::new(now),
            login: format!("bench-{organisation}"),
            name: "架空 太郎".to_owned(),
            mail: None,
            software: kind == Kind::Software,
            active: true,
            version: 1,
        };
        let membership = Membership {
            organisation: organisation.clone(),
            level: AccountLevel::General,
            job,
            writes_care_plans: false,
        };
        let token = Secret::token();
        let begun = Session {
            token_hash: token.sha256(),
            stage: Stage::Open,
            kind,
            account: Some(made.id.clone()),
            organisation: Some(organisation),
            device: Some(device.to_owned()),
            citizen: None,
            csrf: "bench".to_owned(),
            secret_hash: None,
            secret_until: None,
            family: "bench".to_owned(),
            created_at: now,
            seen_at: now,
            idle_ms: DAY_MS,
            ends_at: now.plus_ms(DAY_MS),
        };
        let change = account::create(&made, "none", false, now)
            .and(account::add_membership(&made.id, &membership))
            .and(session::add(&begun));
        self.app.db.commit(change).await?;
        Ok(token)
    }

    /// A configuration of the office's listener, with a certificate of its own.
    pub(super) fn server(&self) -> anyhow::Result<Arc<ServerConfig>> {
        let certificate = self.authority.issue_server(&["localhost"], validity(clock::now()))?;
        let clients = ClientCertificates::Required {
            authorities: vec![self.authority.certificate_der().clone()],
            revocation_lists: Vec::new(),
        };
        Ok(server_config(&certificate.identity(), clients, clock::system())?)
    }

    /// Starts the staff's router with the routes of the bench beside it.
    pub(super) async fn serve(&self, answer: Arc<Answer>) -> anyhow::Result<SocketAddr> {
        let clock = clock::system();
        let tls = Tls {
            config: HotConfig::new(self.server()?),
            revoked: Revoked::default(),
            clock: clock.clone(),
        };
        let bench = Router::new()
            .route("/bench/memory", get(memory))
            .route("/bench/reference/{number}", get(reference))
            .with_state(Bench {
                app: self.app.clone(),
                insurer: self.insurer.clone(),
                answer,
                clock: clock.clone(),
            });
        let spool = self.transfers.0.clone();
        let state = WebState::new(self.app.clone(), clock).with_spool(spool);
        let router = staff_router(state).merge(bench);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let forever = std::future::pending();
        tokio::spawn(serve_tls(listener, tls, router, Limits::default(), forever));
        Ok(address)
    }

    /// How the office's device speaks TLS.
    pub(super) fn client(&self) -> anyhow::Result<Arc<ClientConfig>> {
        let trusted = [self.authority.certificate_der().clone()];
        let identity = self.device.identity();
        Ok(Arc::new(client_config(&trusted, Some(&identity), clock::system())?))
    }
}

/// The bytes that the routes of the bench answer with, once they are known.
pub(super) type Answer = std::sync::OnceLock<Bytes>;

#[derive(Clone)]
struct Bench {
    app: App,
    insurer: InsurerNumber,
    answer: Arc<Answer>,
    clock: Clock,
}

/// Reference (a): the same bytes from memory.
async fn memory(State(bench): State<Bench>) -> Response {
    json(bench.answer.get().cloned().unwrap_or_default())
}

/// Reference (b): one indexed read and one group-committed append, no policy and no session.
async fn reference(State(bench): State<Bench>, Path(number): Path<String>) -> Response {
    let Ok(insured) = InsuredNumber::parse(&number) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let person = PersonKey { insurer: bench.insurer.clone(), insured };
    let Ok(Some(body)) = yardstick::read(&bench.app.db, &person).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let event = Event {
        at: AtMs(bench.clock.now_ms()),
        actor: Actor::System { part: "bench".to_owned() },
        person: Some(person),
        action: Action::Look,
        purpose: Purpose::Operation,
        outcome: Outcome::Allowed,
        touched: Vec::new(),
        note: None,
    };
    match bench.app.db.commit(Change::event(event)).await {
        Ok(_) => json(body.into()),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn json(body: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn organisations(
    app: &App,
    number: &InsurerNumber,
    office: &ProviderNumber,
) -> anyhow::Result<()> {
    let town = Insurer {
        number: number.clone(),
        name: tasuki_town::TOWN_NAME.to_owned(),
        connected_since: None,
        not_connected_because: None,
        takes_consent: true,
    };
    let office = Provider {
        number: office.clone(),
        name: "ケアプランあおば".to_owned(),
        kana: "ケアプランアオバ".to_owned(),
        is_medical: false,
        services: vec![ServiceType::parse("43").context("a type of service")?],
        corporation_number: None,
        corporation_name: "架空法人".to_owned(),
        address: "架空県あおば市1-1".to_owned(),
        phone: "000-000-0000".to_owned(),
        active: true,
    };
    app.db.commit(insurer::add(&town).and(provider::add(&office))).await?;
    app.db.commit(insurer::publish(number, 0, 1)).await?;
    Ok(())
}

/// Longer than any certificate the authority issues.
fn authority_validity(now: AtMs) -> Validity {
    Validity { not_after_ms: now.plus_ms(3_650 * DAY_MS).0, ..validity(now) }
}

fn validity(now: AtMs) -> Validity {
    Validity { not_before_ms: now.plus_ms(-DAY_MS).0, not_after_ms: now.plus_ms(30 * DAY_MS).0 }
}
