//! The examples of `docs/protocols/2-api.md`, run with curl against a server with real TLS.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use tasuki_store::device;
use tasuki_store::device::Device;
use tasuki_tls::authority::{Authority, Validity};
use tasuki_tls::server::{ClientCertificates, HotConfig, Limits, Tls, serve_tls, server_config};
use tasuki_tls::{ClientSubject, Clock, Revoked};
use tasuki_web::server::{State, staff_router};
use tokio::net::TcpListener;
use tokio::process::Command;

use super::software::Ground;
use crate::house::{CARE_OFFICE, NOW, PASSWORD, organisation};

/// curl judges certificates by the machine's own clock.
const DECADES: Validity =
    Validity { not_before_ms: 1_500_000_000_000, not_after_ms: 4_000_000_000_000 };

/// One command, the status it must bring, and what is taken from its answer.
struct Example {
    command: String,
    status: String,
    taken: Vec<(String, String)>,
}

fn examples() -> Vec<Example> {
    let page = include_str!("../../../../../docs/protocols/2-api.md");
    let mut examples = Vec::new();
    for block in page.split("```sh\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let mut command = String::new();
        for line in block.lines() {
            match line.strip_prefix("# ") {
                None => command = format!("{command}{line}\n"),
                Some(says) => {
                    let mut words = says.split(' ');
                    let status = words.next().unwrap().to_owned();
                    let taken = words.map(|word| word.split_once("=.").unwrap());
                    let taken = taken.map(|(name, path)| (name.to_owned(), path.to_owned()));
                    let command = std::mem::take(&mut command);
                    examples.push(Example { command, status, taken: taken.collect() });
                }
            }
        }
        assert!(command.is_empty(), "an example without a status: {command}");
    }
    examples
}

/// Serves the house; the address, and the files that a device has.
async fn serve(ground: &Ground, folder: &Path) -> BTreeMap<String, String> {
    let authority = Authority::create("架空認証局", DECADES).unwrap();
    let subject = ClientSubject {
        organisation: "ケアプランあおば".to_owned(),
        organisation_number: CARE_OFFICE.to_owned(),
        device_id: "device-curl".to_owned(),
    };
    let issued = authority.issue_client(&subject, DECADES).unwrap();
    let row = Device {
        sha256: issued.certificate.sha256_hex.clone(),
        serial: issued.certificate.serial_hex.clone(),
        organisation: organisation('a'),
        device_id: subject.device_id.clone(),
        name: "接続用".to_owned(),
        issued_at: NOW,
        not_after: tasuki_core::date::AtMs(DECADES.not_after_ms),
        revoked_at: None,
        revoked_why: None,
    };
    ground.house.app.db.commit(device::add(&row)).await.unwrap();
    let (ca, cert) = (folder.join("ca.pem"), folder.join("device.pem"));
    std::fs::write(&ca, authority.certificate_pem()).unwrap();
    std::fs::write(&cert, format!("{}{}", issued.chain_pem(), issued.key_pem())).unwrap();
    let clock = Clock::fixed(NOW.0);
    let server = authority.issue_server(&["localhost"], DECADES).unwrap().identity();
    let authorities = vec![authority.certificate_der().clone()];
    let clients = ClientCertificates::Required { authorities, revocation_lists: vec![] };
    let config = HotConfig::new(server_config(&server, clients, clock.clone()).unwrap());
    let tls = Tls { config, revoked: Revoked::default(), clock: clock.clone() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = staff_router(State::new(ground.house.app.clone(), clock));
    tokio::spawn(serve_tls(listener, tls, router, Limits::default(), std::future::pending()));
    let file = |path: &Path| path.to_str().unwrap().to_owned();
    BTreeMap::from([
        ("TASUKI".to_owned(), format!("https://localhost:{port}")),
        ("CA".to_owned(), file(&ca)),
        ("CERT".to_owned(), file(&cert)),
        ("PASSWORD".to_owned(), PASSWORD.to_owned()),
    ])
}

fn at<'a>(json: &'a Value, path: &str) -> &'a str {
    let pointer = format!("/{}", path.replace('[', "/").replace(']', "").replace('.', "/"));
    json.pointer(&pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{path} in {json}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_of_the_protocol_brings_the_status_it_says() {
    let ground = Ground::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mut variables = serve(&ground, folder.path()).await;
    let out = folder.path().join("answer");
    let examples = examples();
    assert!(examples.len() >= 35, "{}", examples.len());
    for example in examples {
        let curl = format!("curl --noproxy '*' -sS -o '{}' -w '%{{http_code}}' ", out.display());
        let command = example.command.replacen("curl ", &curl, 1);
        let mut shell = Command::new("sh");
        let ran = shell.arg("-c").arg(&command).envs(&variables).output().await.unwrap();
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        let body = std::fs::read_to_string(&out).unwrap_or_default();
        let status = String::from_utf8(ran.stdout).unwrap();
        assert_eq!(status, example.status, "{}{said}{body}", example.command);
        if example.taken.is_empty() {
            continue;
        }
        let json: Value = serde_json::from_str(&body).unwrap();
        for (name, path) in example.taken {
            variables.insert(name, at(&json, &path).to_owned());
        }
    }
}
