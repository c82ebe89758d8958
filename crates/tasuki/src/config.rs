//! `tasuki.toml`: one file, one [`Config`]; every fault is reported at once with its line.
//!
//! Secrets stand in files of their own, named by path; paths are taken from the folder of the
//! settings file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use tasuki_app::Settings;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// All settings.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// `sqlite:FILE` or `postgres://…`.
    pub(crate) database: String,
    /// A streaming replica of a PostgreSQL database, as `postgres://…`: papers may come from it.
    pub(crate) replica: Option<String>,
    /// Most connections to PostgreSQL, and as many to the replica.
    pub(crate) connections: usize,
    /// Statements that take this many milliseconds or more are logged, without parameters; 0: none.
    pub(crate) slow_statement_ms: u64,
    /// Files with keys.
    pub(crate) keys: Keys,
    /// Where the servers listen.
    pub(crate) listen: Listen,
    /// Neighbouring systems; what is absent is not connected.
    pub(crate) neighbours: Neighbours,
    /// The mail server, when there is one.
    pub(crate) mail: Option<Mail>,
    /// Address of an OpenTelemetry collector for traces (OTLP over HTTP); absent: no traces.
    #[cfg_attr(
        not(any(test, feature = "opentelemetry")),
        expect(dead_code, reason = "refused when it is set: see `Reading::traces`")
    )]
    pub(crate) traces: Option<String>,
    /// Periods and limits.
    pub(crate) settings: Settings,
}

/// Files with keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    /// Key of keys: 64 hexadecimal digits.
    pub(crate) master: PathBuf,
    /// Seed of the key that signs heads of the access log: 64 hexadecimal digits.
    pub(crate) log_head: PathBuf,
    /// Folder of the certificate authority for devices.
    pub(crate) authority: PathBuf,
}

/// Where the servers listen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listen {
    /// Offices, doctors, municipalities, operator, software: TLS with client certificates.
    pub(crate) staff: SocketAddr,
    /// Citizens: TLS.
    pub(crate) citizen: SocketAddr,
    /// Health and metrics, without TLS: a loopback address.
    pub(crate) operations: SocketAddr,
    /// Certificate chain of the servers, PEM.
    pub(crate) certificate: PathBuf,
    /// Key of the servers, PEM.
    pub(crate) key: PathBuf,
    /// Address of the citizens' pages as their browsers know it, without a slash at the end.
    pub(crate) citizen_url: String,
}

/// Neighbouring systems.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Neighbours {
    /// Certificates trusted in neighbours' servers, PEM.
    pub(crate) trust: Option<PathBuf>,
    /// Certificate of the platform towards neighbours, PEM, and its key.
    pub(crate) certificate: Option<PathBuf>,
    /// Key of that certificate, PEM.
    pub(crate) key: Option<PathBuf>,
    /// Issuer of the citizens' sign-in (OpenID Connect).
    pub(crate) sign_in_issuer: Option<String>,
    /// Client id of the platform there.
    pub(crate) sign_in_client: Option<String>,
    /// Key that signs as this client, PEM.
    pub(crate) sign_in_key: Option<PathBuf>,
    /// Address of the online eligibility system.
    pub(crate) eligibility: Option<String>,
}

/// The mail server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// Host name or address.
    pub(crate) host: String,
    /// Port.
    pub(crate) port: u16,
    /// Sender of the platform's mail.
    pub(crate) from: String,
    /// `implicit`, `start_tls`, or `off` (loopback only).
    pub(crate) tls: String,
}

/// Reads sections one by one and collects what is wrong.
struct Reading<'a> {
    text: &'a str,
    file: &'a Path,
    table: DeTable<'a>,
    faults: Vec<String>,
}

impl Reading<'_> {
    fn fault(&mut self, at: usize, what: &str) {
        let line = self.text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        self.faults.push(format!("{}:{line}: {what}", self.file.display()));
    }

    fn take<T: for<'de> Deserialize<'de>>(&mut self, name: &str) -> Option<T> {
        let found: Spanned<DeValue<'_>> = self.table.remove(name)?;
        let start = found.span().start;
        match T::deserialize(found.into_deserializer()) {
            Ok(value) => Some(value),
            Err(error) => {
                let at = error.span().map_or(start, |span| span.start);
                self.fault(at, &format!("{name}: {}", error.message()));
                None
            }
        }
    }

    /// Where traces go; an executable that cannot send any must not be told to.
    fn traces(&mut self) -> Option<String> {
        let at = self.table.get("traces").map_or(0, |value| value.span().start);
        let collector = self.take("traces");
        if collector.is_some() && cfg!(not(feature = "opentelemetry")) {
            self.fault(at, "traces: this executable is built without the feature opentelemetry");
        }
        collector
    }

    fn need<T: for<'de> Deserialize<'de>>(&mut self, name: &str) -> Option<T> {
        if !self.table.contains_key(name) {
            self.fault(0, &format!("{name} is missing"));
        }
        self.take(name)
    }
}

impl Config {
    /// Reads the settings file.
    ///
    /// # Errors
    ///
    /// All faults of the file at once, each with file and line.
    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        let mut config = Self::parse(&text, file)?;
        let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
        config.resolve(&folder);
        Ok(config)
    }

    fn parse(text: &str, file: &Path) -> anyhow::Result<Self> {
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => bail!("{}: {error}", file.display()),
        };
        let mut reading = Reading { text, file, table, faults: Vec::new() };
        let database = reading.need("database");
        let replica = reading.take("replica");
        let connections = reading.take("connections").unwrap_or(16);
        let slow_statement_ms = reading.take("slow_statement_ms").unwrap_or(500);
        let keys = reading.need("keys");
        let listen = reading.need("listen");
        let neighbours = reading.take("neighbours").unwrap_or_default();
        let mail = reading.take("mail");
        let traces = reading.traces();
        let settings = reading.take("settings").unwrap_or_default();
        let unknown: Vec<_> = reading
            .table
            .iter()
            .map(|(name, _)| (name.span().start, name.get_ref().to_string()))
            .collect();
        for (at, name) in unknown {
            reading.fault(at, &format!("{name} is not a setting"));
        }
        match (database, keys, listen) {
            (Some(database), Some(keys), Some(listen)) if reading.faults.is_empty() => Ok(Self {
                database,
                replica,
                connections,
                slow_statement_ms,
                keys,
                listen,
                neighbours,
                mail,
                traces,
                settings,
            }),
            _ => bail!("{}", reading.faults.join("\n")),
        }
    }

    /// Takes relative paths from the folder of the settings file.
    fn resolve(&mut self, folder: &Path) {
        let keys = &mut self.keys;
        let listen = &mut self.listen;
        let paths = [
            &mut keys.master,
            &mut keys.log_head,
            &mut keys.authority,
            &mut listen.certificate,
            &mut listen.key,
        ];
        for path in paths {
            *path = folder.join(&*path);
        }
        let neighbours = &mut self.neighbours;
        let optional = [
            &mut neighbours.trust,
            &mut neighbours.certificate,
            &mut neighbours.key,
            &mut neighbours.sign_in_key,
        ];
        for path in optional.into_iter().flatten() {
            *path = folder.join(&*path);
        }
        if let Some(path) = self.database.strip_prefix("sqlite:") {
            self.database = format!("sqlite:{}", folder.join(path).display());
        }
    }

    /// The database as the store opens it.
    ///
    /// # Errors
    ///
    /// When the address names no engine.
    pub(crate) fn database(&self) -> anyhow::Result<tasuki_store::Options> {
        database(&self.database, self.connections)
    }
}

/// `sqlite:FILE` or `postgres://…` as the store opens it.
///
/// # Errors
///
/// When the address names no engine.
pub(crate) fn database(address: &str, connections: usize) -> anyhow::Result<tasuki_store::Options> {
    if let Some(path) = address.strip_prefix("sqlite:") {
        return Ok(tasuki_store::Options::Sqlite { path: path.into() });
    }
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        return Ok(tasuki_store::Options::Postgres { url: address.to_owned(), connections });
    }
    bail!("database must be sqlite:FILE or postgres://…")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        database = "sqlite:tasuki.db"
        [keys]
        master = "keys/master"
        log_head = "keys/log_head"
        authority = "authority"
        [listen]
        staff = "127.0.0.1:8443"
        citizen = "127.0.0.1:8444"
        operations = "127.0.0.1:8445"
        certificate = "server.pem"
        key = "server.key"
        citizen_url = "https://localhost:8444"
    "#;

    fn parse(text: &str) -> anyhow::Result<Config> {
        Config::parse(text, Path::new("tasuki.toml"))
    }

    #[test]
    fn what_is_absent_has_its_usual_value() {
        let config = parse(GOOD).unwrap();
        assert_eq!(config.settings, Settings::default());
        assert!(config.mail.is_none());
        assert_eq!((config.connections, config.slow_statement_ms), (16, 500));
    }

    #[test]
    fn every_fault_is_reported_with_its_line() {
        let text = GOOD.replace("staff = \"127.0.0.1:8443\"", "staff = \"nowhere\"")
            + "\n[settings]\nidle = 3\n[surprise]\n";
        let faults = parse(&text).unwrap_err().to_string();
        let lines: Vec<_> = faults.lines().map(|line| line.split(": ").next().unwrap()).collect();
        assert_eq!(lines, ["tasuki.toml:8", "tasuki.toml:16", "tasuki.toml:17"], "{faults}");
    }

    #[test]
    fn traces_are_refused_where_none_can_be_sent() {
        let text = format!("traces = \"http://127.0.0.1:4318/v1/traces\"\n{GOOD}");
        let parsed = parse(&text);
        match cfg!(feature = "opentelemetry") {
            true => assert!(parsed.unwrap().traces.is_some()),
            false => {
                let fault = parsed.unwrap_err().to_string();
                assert!(fault.starts_with("tasuki.toml:1: traces: "), "{fault}");
            }
        }
    }

    #[test]
    fn paths_are_taken_from_the_folder_of_the_file() {
        let mut config = parse(GOOD).unwrap();
        config.resolve(Path::new("/etc/tasuki"));
        assert_eq!(config.keys.master, Path::new("/etc/tasuki/keys/master"));
        assert_eq!(config.database, "sqlite:/etc/tasuki/tasuki.db");
    }
}
