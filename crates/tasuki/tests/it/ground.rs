//! An installation with a town in it, and its servers as processes of their own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tasuki_app::secret::Secret;
use tasuki_core::account::{Account, AccountLevel, JobType, Membership, Organisation};
use tasuki_core::assignment::{Assignment, IdentityCheck};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_core::event::Event;
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::ProviderNumber;
use tasuki_store::event_log::{self, HeadKey, Verifying};
use tasuki_store::scratch::former::{Former, House};
use tasuki_store::seal::Keyring;
use tasuki_store::session::{self, Kind, Session, Stage};
use tasuki_store::{Db, Options, account, assignment, person};
use tasuki_tls::client::{client_config, http_client};
use tasuki_tls::{Clock, Identity, certificates_from_pem};

use crate::installation::Place;

/// The town's first office of care managers.
const OFFICE: &str = "9970000015";

/// An installation whose office has software with a token, in charge of everybody in the town.
pub(crate) struct Ground {
    pub(crate) place: Place,
    /// SHA-256 of the certificate of the office's device.
    pub(crate) device: String,
    token: Secret,
    identity: Identity,
    /// Numbers of the persons, and their addresses in the API.
    pub(crate) persons: Vec<(InsuredNumber, String)>,
}

/// The machine's time; the servers read it, too.
pub(crate) fn now() -> AtMs {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    AtMs(i64::try_from(since.as_millis()).unwrap())
}

fn office() -> Organisation {
    Organisation::Provider(ProviderNumber::parse(OFFICE).unwrap())
}

impl Ground {
    /// An installation on `database`, the address as the settings name it.
    pub(crate) async fn on(database: &str) -> Self {
        tasuki_tls::install_provider();
        let place = Place::installed_on(database);
        town(&place);
        Self::with_software(place, "soft").await
    }

    /// An installation with the rows that the former release left, and software of its own.
    pub(crate) async fn of_former(database: &str, former: &Former, house: House) -> Self {
        tasuki_tls::install_provider();
        let place = Place::prepared_on(database);
        former.put_back(&place.options(), house).await.unwrap();
        place.run("migrate");
        Self::with_software(place, "next").await
    }

    /// Gives the office a device, and software that is called `name`.
    pub(crate) async fn with_software(place: Place, name: &str) -> Self {
        let issue =
            format!("ca issue --organisation provider:{OFFICE} --name {name} --out devices");
        let issued = place.run(&issue);
        let line = |start: &str| issued.lines().find_map(|line| line.strip_prefix(start)).unwrap();
        let device = line("SHA-256     ").to_owned();
        let files = line("files       ").replace(" (.p12, .pem, .key)", "");
        let read = |end: &str| {
            std::fs::read_to_string(place.folder().join(files.replace('*', end))).unwrap()
        };
        let identity = Identity::from_pem(&read("pem"), &read("key")).unwrap();
        let mut ground =
            Self { device, token: Secret::token(), identity, persons: Vec::new(), place };
        ground.sign_in(name).await;
        ground
    }

    /// The database, opened beside the servers.
    pub(crate) async fn db(&self, options: &Options) -> Db {
        Db::open(options, HeadKey::from_seed([0x22; 32])).await.unwrap()
    }

    async fn sign_in(&mut self, name: &str) {
        let (db, now) = (self.db(&self.place.options()).await, now());
        let software = Account {
            id: name.to_owned(),
            login: name.to_owned(),
            name: "架空ソフト".to_owned(),
            mail: None,
            software: true,
            active: true,
            version: 1,
        };
        let membership = Membership {
            organisation: office(),
            level: AccountLevel::General,
            job: JobType::CareManager,
            writes_care_plans: false,
        };
        let begun = Session {
            token_hash: self.token.sha256(),
            stage: Stage::Open,
            kind: Kind::Software,
            account: Some(name.to_owned()),
            organisation: Some(office()),
            device: Some(self.device.clone()),
            citizen: None,
            csrf: String::new(),
            secret_hash: None,
            secret_until: None,
            family: name.to_owned(),
            created_at: now,
            seen_at: now,
            idle_ms: DAY_MS,
            ends_at: now.plus_ms(DAY_MS),
        };
        let mut change = account::create(&software, "none", false, now)
            .and(account::add_membership(name, &membership))
            .and(session::add(&begun));
        let insurer = InsurerNumber::with_check_digit("99001").unwrap();
        let handles = Keyring::new(&[0x11; 32]).handles().clone();
        for insured in person::numbers(&db, &insurer, "", 100).await.unwrap() {
            let person = PersonKey { insurer: insurer.clone(), insured };
            let handle = handles.seal(&office().to_string(), &person);
            self.persons.push((person.insured.clone(), format!("/api/v1/persons/{handle}")));
            change = change.and(assignment::start(&in_charge(person, now)));
        }
        assert!(self.persons.len() > 10);
        db.commit(change).await.unwrap();
    }

    /// The office's software: its certificate, and its token at every request.
    pub(crate) fn client(&self) -> reqwest::Client {
        let authority = std::fs::read_to_string(self.place.folder().join("authority/ca.pem"));
        let roots = certificates_from_pem(&authority.unwrap()).unwrap();
        let clock = Clock::new(|| now().0);
        let config = client_config(&roots, Some(&self.identity), clock).unwrap();
        http_client(config, Duration::from_secs(60)).unwrap()
    }

    /// One GET of the software at a server; status and body, or that the connection broke.
    pub(crate) async fn get(
        &self,
        client: &reqwest::Client,
        server: &Server,
        path: &str,
    ) -> Option<(u16, String)> {
        let request = client.get(server.url(path)).bearer_auth(self.token.expose());
        let answer = request.send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    /// One POST of the software, under an idempotency key.
    pub(crate) async fn post(
        &self,
        client: &reqwest::Client,
        server: &Server,
        path: &str,
        key: &str,
        body: &Value,
    ) -> Option<(u16, String)> {
        let request = client.post(server.url(path)).bearer_auth(self.token.expose());
        let request = request.header("content-type", "application/json");
        let request = request.header("idempotency-key", key).body(body.to_string());
        let answer = request.send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    /// Takes a consent of the first person back.
    pub(crate) async fn withdraw(&self, server: &Server, id: &str) {
        let path = format!("{}/consents/{id}", self.persons[0].1);
        let request = self.client().delete(server.url(&path)).bearer_auth(self.token.expose());
        let answer = request.header("idempotency-key", id).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }

    /// A wrong password of an unknown login; status, and the seconds that the server asks to wait.
    pub(crate) async fn wrong_password(
        &self,
        client: &reqwest::Client,
        server: &Server,
    ) -> (u16, u64) {
        let form = "grant_type=password&username=nobody&password=wrong";
        let request = client.post(server.url("/api/v1/token")).body(form);
        let kind = "application/x-www-form-urlencoded";
        let answer = request.header("content-type", kind).send().await.unwrap();
        let wait = answer.headers().get("retry-after").and_then(|it| it.to_str().ok());
        (answer.status().as_u16(), wait.and_then(|it| it.parse().ok()).unwrap_or(0))
    }

    /// A server of this installation on ports of its own.
    pub(crate) fn serve(&self) -> Server {
        Server::start(Command::new(env!("CARGO_BIN_EXE_tasuki")).arg("serve"), self.place.folder())
    }
}

/// Takes in a small town.
pub(crate) fn town(place: &Place) {
    place.run("town --persons 20 --today 2026-11-20 --out town");
    place.run("providers import town/jigyosho_town.csv");
    place.run("ingest --register あおば市 town/transfer");
}

fn in_charge(person: PersonKey, now: AtMs) -> Assignment {
    Assignment {
        id: tasuki_app::id::new(now),
        person,
        provider: ProviderNumber::parse(OFFICE).unwrap(),
        identity: IdentityCheck::MatchingItems,
        started_at: now.plus_ms(-DAY_MS),
        ended_at: None,
        last_service_month: None,
    }
}

/// Every event of the log, after it was verified against its signed head.
pub(crate) async fn verified(db: &Db) -> Vec<Event> {
    let head = event_log::head(db).await.unwrap().unwrap();
    let (mut verifying, mut events) = (Verifying::default(), Vec::new());
    loop {
        let page = event_log::page(db, u64::try_from(events.len()).unwrap(), 5_000).await.unwrap();
        if page.is_empty() {
            break;
        }
        for (seq, payload) in page {
            verifying.next(seq, &payload).unwrap();
            events.push(serde_json::from_str(&payload).unwrap());
        }
    }
    verifying.finish(&head, &HeadKey::from_seed([0x22; 32]).public()).unwrap();
    events
}

/// The number of the person of an event.
pub(crate) fn number(event: &Event) -> Option<&InsuredNumber> {
    event.person.as_ref().map(|person| &person.insured)
}

/// A running server; dropping it kills it.
pub(crate) struct Server {
    pub(crate) process: Child,
    staff: SocketAddr,
    operations: SocketAddr,
}

impl Server {
    /// Starts a server and waits until it serves.
    pub(crate) fn start(command: &mut Command, folder: &Path) -> Self {
        command.current_dir(folder).env_remove("TASUKI_CONFIG").env_remove("RUST_LOG");
        let mut process = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let (mut said_before, mut serving) = (Vec::new(), None);
        for line in lines.by_ref().map_while(Result::ok) {
            let said: Value = serde_json::from_str(&line).unwrap_or_default();
            said_before.push(line);
            if said["message"] == "serving" {
                serving = Some(said);
                break;
            }
        }
        let Some(serving) = serving else { panic!("{said_before:?}") };
        let address = |name: &str| serving[name].as_str().unwrap().parse().unwrap();
        let (staff, operations) = (address("staff"), address("operations"));
        // What it logs from now on is read so that it never waits for us.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { process, staff, operations }
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.staff.port())
    }

    /// The health of the process: status and document.
    pub(crate) async fn health(&self) -> (u16, String) {
        let answer = reqwest::get(format!("http://{}/health", self.operations)).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The figures of the process, as Prometheus reads them.
    pub(crate) async fn figures(&self) -> String {
        let answer = reqwest::get(format!("http://{}/metrics", self.operations)).await.unwrap();
        answer.text().await.unwrap()
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.process.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.kill();
        }
    }
}
