//! `tasuki ca`: the platform's certificate authority and the certificates of devices and servers.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tasuki_app::caller::By;
use tasuki_app::device::{self, Why};
use tasuki_app::secret::Secret;
use tasuki_app::{App, AppError};
use tasuki_core::account::Organisation;
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_store::device::Device;
use tasuki_tls::authority::{Authority, AuthorityError, Issued, Validity};

use super::{ConfigFile, told, word};
use crate::config::Config;
use crate::install::write_secret;
use crate::{clock, install};

/// Arguments of `tasuki ca`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make the authority in the folder that the settings name; one that is there stays.
    Init {
        /// Its name in every certificate.
        #[arg(long, default_value = "Tasuki CA")]
        name: String,
        /// Years until its end.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=30))]
        years: u8,
    },
    /// Issue a certificate for our own server, and its key.
    Server {
        /// Host names and addresses under which it is reached.
        #[arg(long = "host", required = true)]
        hosts: Vec<String>,
        /// Days until its end.
        #[arg(long, default_value_t = 397)]
        days: u16,
    },
    /// Issue a certificate for a device: .p12 for browsers, .pem and .key for software.
    Issue {
        /// provider:NUMBER, insurer:NUMBER, review_board:NUMBER or operator.
        #[arg(long, value_parser = Organisation::parse)]
        organisation: Organisation,
        /// What the office calls the device, for example 事務室1.
        #[arg(long)]
        name: String,
        /// Folder for the files.
        #[arg(long)]
        out: PathBuf,
    },
    /// List the certificates of an organisation, or all that are to be renewed.
    List {
        /// Whose; all organisations' that are due when it is left out.
        #[arg(long, value_parser = Organisation::parse)]
        organisation: Option<Organisation>,
    },
    /// Issue the certificates that follow on those which end within 90 days.
    Renew {
        /// Only this one: its SHA-256 or serial number.
        #[arg(long)]
        certificate: Option<String>,
        /// Only those of this organisation.
        #[arg(long, value_parser = Organisation::parse, conflicts_with = "certificate")]
        organisation: Option<Organisation>,
        /// Folder for the files.
        #[arg(long)]
        out: PathBuf,
    },
    /// Revoke a certificate; running servers refuse its next request within a second.
    Revoke {
        /// Its SHA-256 or serial number.
        #[arg(long)]
        certificate: String,
        /// lost, retired, renewed, office_changed or withdrawn.
        #[arg(long, value_parser = word::<Why>)]
        why: Why,
    },
    /// Write the list of revoked certificates (CRL), for servers that are not ours.
    Crl {
        /// File to write, PEM.
        #[arg(long)]
        out: PathBuf,
        /// Days until the next list at the latest.
        #[arg(long, default_value_t = 7)]
        days: u16,
    },
}

/// Groups of letters in the password of a .p12 file: 100 random bits.
const PASSWORD_GROUPS: usize = 4;

const UNKNOWN: &str = "no such organisation or certificate; `tasuki ca list` shows what there is";

/// Runs the command.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.file.config)?;
    let now = clock::now();
    match &arguments.what {
        What::Init { name, years } => init(&config, name, i64::from(*years), now),
        What::Server { hosts, days } => server(&config, hosts, i64::from(*days), now),
        What::Issue { organisation, name, out } => {
            let (app, ca) = open(&config).await?;
            let issued = device::issue(&app, By::Console, &ca, organisation, name, now).await;
            let (row, issued) = issued.map_err(|error| told(error, UNKNOWN))?;
            hand_over(out, &row, &issued)
        }
        What::List { organisation } => {
            let app = install::open(&config).await?;
            let devices = match organisation {
                Some(organisation) => device::list(&app, By::Console, organisation).await?,
                None => device::due(&app, By::Console, now).await?,
            };
            devices.iter().for_each(|device| show(device, now));
            say(&format!("{} certificate(s)", devices.len()));
            Ok(())
        }
        What::Renew { certificate, organisation, out } => {
            let (app, ca) = open(&config).await?;
            let devices =
                to_renew(&app, certificate.as_deref(), organisation.as_ref(), now).await?;
            renew(&app, &ca, &devices, out, now).await
        }
        What::Revoke { certificate, why } => {
            let app = install::open(&config).await?;
            revoke(&app, certificate, *why, now).await
        }
        What::Crl { out, days } => {
            let (app, ca) = open(&config).await?;
            let next = now.plus_ms(i64::from(*days) * DAY_MS);
            let list = device::revocation_list(&app, &ca, now, next).await?;
            std::fs::write(out, list.pem)
                .with_context(|| format!("cannot write {}", out.display()))?;
            say(&format!("{} holds until {}", out.display(), next.date()));
            Ok(())
        }
    }
}

async fn open(config: &Config) -> anyhow::Result<(App, Authority)> {
    Ok((install::open(config).await?, load(config)?))
}

fn load(config: &Config) -> anyhow::Result<Authority> {
    let folder = &config.keys.authority;
    Authority::load(folder).with_context(|| {
        format!("no authority in {}; `tasuki ca init` makes one", folder.display())
    })
}

fn init(config: &Config, name: &str, years: i64, now: AtMs) -> anyhow::Result<()> {
    let folder = &config.keys.authority;
    let authority = Authority::create(name, validity(now, years * 365 + years / 4))?;
    match authority.save(folder) {
        Ok(()) => {}
        Err(AuthorityError::Exists) => {
            bail!("{} holds an authority already; it stays as it is", folder.display())
        }
        Err(error) => return Err(error.into()),
    }
    say(&format!("{} holds the authority: keep a copy of ca.key in a safe", folder.display()));
    Ok(())
}

fn server(config: &Config, hosts: &[String], days: i64, now: AtMs) -> anyhow::Result<()> {
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let issued = load(config)?.issue_server(&hosts, validity(now, days))?;
    let (certificate, key) = (&config.listen.certificate, &config.listen.key);
    write_secret(key, issued.key_pem().as_bytes())?;
    std::fs::write(certificate, issued.chain_pem())
        .with_context(|| format!("cannot write {}", certificate.display()))?;
    say(&format!("{} and {} are written", certificate.display(), key.display()));
    Ok(())
}

/// From an hour ago on, for clocks that are behind.
fn validity(now: AtMs, days: i64) -> Validity {
    let (not_before, not_after) = (now.plus_ms(-3_600_000), now.plus_ms(days * DAY_MS));
    Validity { not_before_ms: not_before.0, not_after_ms: not_after.0 }
}

async fn to_renew(
    app: &App,
    certificate: Option<&str>,
    organisation: Option<&Organisation>,
    now: AtMs,
) -> anyhow::Result<Vec<Device>> {
    if let Some(certificate) = certificate {
        let found = device::find(app, By::Console, certificate).await;
        return Ok(vec![found.map_err(|error| told(error, UNKNOWN))?]);
    }
    let mut due = device::due(app, By::Console, now).await?;
    due.retain(|device| organisation.is_none_or(|own| device.organisation == *own));
    // A device that has its next certificate already keeps the former one until its end.
    let mut devices = Vec::new();
    for device in due {
        let all = device::list(app, By::Console, &device.organisation).await?;
        let next = |other: &Device| {
            other.device_id == device.device_id
                && other.is_good(now)
                && device.not_after < other.not_after
        };
        if !all.iter().any(next) {
            devices.push(device);
        }
    }
    Ok(devices)
}

async fn renew(
    app: &App,
    ca: &Authority,
    devices: &[Device],
    out: &Path,
    now: AtMs,
) -> anyhow::Result<()> {
    for device in devices {
        match device::renew(app, By::Console, ca, &device.sha256, now).await {
            Ok((row, issued)) => hand_over(out, &row, &issued)?,
            Err(AppError::NotFound) => {
                bail!("the certificate is revoked or has ended: issue a new one")
            }
            Err(error) => return Err(told(error, UNKNOWN)),
        }
    }
    say(&format!("{} certificate(s) renewed", devices.len()));
    Ok(())
}

async fn revoke(app: &App, certificate: &str, why: Why, now: AtMs) -> anyhow::Result<()> {
    let found = device::find(app, By::Console, certificate).await;
    let found = found.map_err(|error| told(error, UNKNOWN))?;
    match device::revoke(app, By::Console, &found.sha256, why, now).await {
        Ok(()) => {}
        Err(AppError::Conflict) => bail!("it is revoked already"),
        Err(error) => return Err(told(error, UNKNOWN)),
    }
    say(&format!("revoked; servers refuse it within a second: {}", found.sha256));
    Ok(())
}

/// Writes the files of a new certificate; its key and the password of the .p12 stand nowhere else.
fn hand_over(out: &Path, row: &Device, issued: &Issued) -> anyhow::Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let serial = row.serial.get(..8).unwrap_or(&row.serial);
    let organisation = row.organisation.to_string().replace(':', "-");
    let file = |end: &str| out.join(format!("{organisation}-{serial}.{end}"));
    let password = Secret::readable(PASSWORD_GROUPS);
    write_secret(&file("p12"), &issued.pkcs12(&row.name, password.expose())?)?;
    write_secret(&file("key"), issued.key_pem().as_bytes())?;
    std::fs::write(file("pem"), issued.chain_pem()).context("cannot write the certificate")?;
    say(&format!("device      {}", row.name));
    say(&format!("files       {} (.p12, .pem, .key)", file("*").display()));
    say(&format!("password    {}   (of the .p12; shown once)", password.expose()));
    say(&format!("SHA-256     {}", row.sha256));
    say(&format!("valid until {}", row.not_after.date()));
    Ok(())
}

fn show(device: &Device, now: AtMs) {
    let state = match &device.revoked_why {
        Some(why) => format!("revoked ({why})"),
        None if device.is_good(now) && device::is_due(device, now) => "to be renewed".to_owned(),
        None if device.is_good(now) => "good".to_owned(),
        None => "ended".to_owned(),
    };
    let Device { organisation, name, not_after, serial, .. } = device;
    say(&format!("{serial}  until {}  {state}  {organisation}  {name}", not_after.date()));
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn say(text: &str) {
    println!("{text}");
}
