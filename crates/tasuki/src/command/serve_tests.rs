use super::*;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use tasuki_tls::authority::{Issued, Validity};
use tasuki_tls::client::{client_config, connect};
use tasuki_tls::{ClientSubject, install_provider};

/// 2026-11-20 09:00 in Japan.
const NOW_MS: i64 = 1_795_132_800_000;
const DAY_MS: i64 = 86_400_000;

const SETTINGS: &str = r#"
    database = "sqlite:tasuki.db"
    [keys]
    master = "master"
    log_head = "log_head"
    authority = "authority"
    [listen]
    staff = "127.0.0.1:0"
    citizen = "127.0.0.1:0"
    operations = "127.0.0.1:0"
    certificate = "server.pem"
    key = "server.key"
    citizen_url = "https://localhost:8444"
"#;

/// An installation in a folder of its own; the device's certificate belongs to nobody known.
fn installation(folder: &Path) -> (Config, Authority, Issued) {
    let validity = Validity { not_before_ms: NOW_MS - DAY_MS, not_after_ms: NOW_MS + DAY_MS };
    let authority = Authority::create("Tasuki Test CA", validity).unwrap();
    authority.save(&folder.join("authority")).unwrap();
    let server = authority.issue_server(&["localhost"], validity).unwrap();
    std::fs::write(folder.join("server.pem"), server.chain_pem()).unwrap();
    std::fs::write(folder.join("server.key"), server.key_pem()).unwrap();
    for key in ["master", "log_head"] {
        install::write_key(&folder.join(key), &[7; 32]).unwrap();
    }
    std::fs::write(folder.join("tasuki.toml"), SETTINGS).unwrap();
    let subject = ClientSubject {
        organisation: "架空居宅介護支援事業所".to_owned(),
        organisation_number: "9970000001".to_owned(),
        device_id: "device-1".to_owned(),
    };
    let device = authority.issue_client(&subject, validity).unwrap();
    (Config::read(&folder.join("tasuki.toml")).unwrap(), authority, device)
}

/// Status and body of a GET; an error when the connection is refused.
async fn get(
    at: SocketAddr,
    authority: &Authority,
    device: Option<&Issued>,
    path: &str,
) -> anyhow::Result<(u16, String)> {
    let identity = device.map(|it| Identity::from_pem(&it.chain_pem(), &it.key_pem()).unwrap());
    let roots = [authority.certificate_der().clone()];
    let mut config = client_config(&roots, identity.as_ref(), Clock::fixed(NOW_MS))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = rustls_pki_types::ServerName::try_from("localhost")?;
    let stream = connect(at, name, Arc::new(config)).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = http::Request::get(path).header("host", "localhost");
    let request = request.header("accept", "text/html");
    let answer = sender.send_request(request.body(Empty::<bytes::Bytes>::new())?).await?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8(body.to_vec())?))
}

#[tokio::test]
async fn the_platform_serves_on_three_listeners_and_stops_when_asked() {
    install_provider();
    let folder = tempfile::tempdir().unwrap();
    let (config, authority, device) = installation(folder.path());
    let stop = CancellationToken::new();
    let app = install::open(&config).await.unwrap();
    let running = start(&config, app, Clock::fixed(NOW_MS), None, stop.clone()).await.unwrap();
    let Addresses { staff, citizen, operations } = running.addresses;

    let (status, page) = get(staff, &authority, Some(&device), "/sign-in").await.unwrap();
    assert_eq!(status, 200);
    assert!(page.contains("この端末の電子証明書を確かめました"), "{page}");
    let (status, _) = get(staff, &authority, Some(&device), "/persons").await.unwrap();
    assert_eq!(status, 303);
    assert!(get(staff, &authority, None, "/sign-in").await.is_err());

    let (status, _) = get(citizen, &authority, None, "/health").await.unwrap();
    assert_eq!(status, 200);
    let (status, _) = get(citizen, &authority, None, "/persons").await.unwrap();
    assert_eq!(status, 404);

    let plain = reqwest::get(format!("http://{operations}/health/ready")).await.unwrap();
    assert_eq!(plain.status(), 200);
    let health = plain.text().await.unwrap();
    // The test's certificate ends tomorrow.
    let certificate = r#"{"name":"server","verdict":"soon""#;
    assert!(health.contains(r#""ready":true"#) && health.contains(certificate), "{health}");

    stop.cancel();
    running.finished().await.unwrap();
}
