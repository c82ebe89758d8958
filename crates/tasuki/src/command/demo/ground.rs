//! The ground of a demo: its folder, ports, keys, certificates and settings file.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_tls::ClientSubject;
use tasuki_tls::authority::{Authority, Issued, Validity};

pub(super) use crate::install::write_secret;
use crate::{clock, install};

/// Days for which the certificates of a demo count.
const CERTIFICATE_DAYS: i64 = 825;

/// Password of every .p12 file of a demo.
pub(super) const P12_PASSWORD: &str = "tasuki-demo";

/// The ports of a demo, all on the loopback interface.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ports {
    pub(super) doorway: u16,
    pub(super) staff: u16,
    pub(super) citizen: u16,
    pub(super) operations: u16,
    pub(super) sign_in: u16,
    pub(super) eligibility: u16,
    pub(super) mail_page: u16,
    pub(super) smtp: u16,
    /// First port of the roles' ways in, one after the other.
    pub(super) roles: u16,
}

impl Ports {
    /// Nine ports and `roles` more from `base` on; the next hundred when one of them is taken.
    pub(super) fn free(base: u16, roles: u16) -> anyhow::Result<Self> {
        let mut base = base;
        while base < 60_000 {
            let wanted = (base..base + 10).chain(base + 60..base + 60 + roles);
            if wanted.clone().all(is_free) {
                return Ok(Self {
                    doorway: base,
                    staff: base + 1,
                    citizen: base + 2,
                    operations: base + 3,
                    sign_in: base + 4,
                    eligibility: base + 5,
                    mail_page: base + 6,
                    smtp: base + 7,
                    roles: base + 60,
                });
            }
            base += 100;
        }
        bail!("no free ports from {base} on")
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// The loopback address of a port.
pub(super) fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// The folder of a demo.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub(super) dir: PathBuf,
}

impl Ground {
    /// A file or folder of the demo.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// What a finished set-up leaves; a demo without it is set up anew.
    pub(super) fn description(&self) -> PathBuf {
        self.path("demo.json")
    }

    /// Makes folders, keys, authority and certificates of the servers.
    pub(super) fn prepare(&self, ports: &Ports, now: AtMs) -> anyhow::Result<Authority> {
        for folder in ["keys", "devices", "sandbox"] {
            std::fs::create_dir_all(self.path(folder))?;
        }
        install::write_key(&self.path("keys/master"), &clock::random_key())?;
        install::write_key(&self.path("keys/log_head"), &clock::random_key())?;
        let authority = Authority::create("Tasuki demo CA", validity(now))?;
        authority.save(&self.path("authority"))?;
        let names = ["localhost", "127.0.0.1"];
        let server = authority.issue_server(&names, validity(now))?;
        self.save(&server, "server")?;
        let platform = ClientSubject {
            organisation: "Tasuki".to_owned(),
            organisation_number: "platform".to_owned(),
            device_id: "platform".to_owned(),
        };
        self.save(&authority.issue_client(&platform, validity(now))?, "platform")?;
        std::fs::write(self.path("tasuki.toml"), settings(ports))?;
        Ok(authority)
    }

    /// Writes certificate chain and key of an issued certificate as `NAME.pem` and `NAME.key`.
    pub(super) fn save(&self, issued: &Issued, name: &str) -> anyhow::Result<()> {
        let pem = self.path(&format!("{name}.pem"));
        std::fs::write(&pem, issued.chain_pem())
            .with_context(|| format!("cannot write {}", pem.display()))?;
        write_secret(&self.path(&format!("{name}.key")), issued.key_pem().as_bytes())
    }
}

/// From yesterday on, so that no clock is too early.
fn validity(now: AtMs) -> Validity {
    Validity {
        not_before_ms: now.plus_ms(-DAY_MS).0,
        not_after_ms: now.plus_ms(CERTIFICATE_DAYS * DAY_MS).0,
    }
}

fn settings(ports: &Ports) -> String {
    let Ports { staff, citizen, operations, sign_in, eligibility, smtp, .. } = ports;
    format!(
        r#"# Settings of a demo; see `tasuki config print`.
database = "sqlite:tasuki.db"

[keys]
master = "keys/master"
log_head = "keys/log_head"
authority = "authority"

[listen]
staff = "127.0.0.1:{staff}"
citizen = "127.0.0.1:{citizen}"
operations = "127.0.0.1:{operations}"
certificate = "server.pem"
key = "server.key"
citizen_url = "https://localhost:{citizen}"

[neighbours]
trust = "authority/ca.pem"
certificate = "platform.pem"
key = "platform.key"
sign_in_issuer = "https://localhost:{sign_in}"
sign_in_client = "tasuki"
sign_in_key = "keys/sign_in.pem"
eligibility = "https://localhost:{eligibility}"

[mail]
host = "127.0.0.1"
port = {smtp}
from = "tasuki@example.jp"
tls = "off"
"#
    )
}
