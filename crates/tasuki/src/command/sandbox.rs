//! `tasuki sandbox`: the neighbouring systems played for real, as a process of their own.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use tasuki_sandbox::Options;
use tasuki_tls::{Identity, certificates_from_pem};

use crate::clock;

/// Arguments of `tasuki sandbox`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of its state: cards, people, clients, mail.
    #[arg(long)]
    dir: PathBuf,
    /// Name under which browsers and the platform reach it.
    #[arg(long, default_value = "localhost")]
    host: String,
    /// The citizens' sign-in.
    #[arg(long, default_value = "127.0.0.1:8451")]
    sign_in: SocketAddr,
    /// The online eligibility system.
    #[arg(long, default_value = "127.0.0.1:8452")]
    eligibility: SocketAddr,
    /// Mail page and card administration (loopback).
    #[arg(long, default_value = "127.0.0.1:8453")]
    admin: SocketAddr,
    /// Mail server (loopback).
    #[arg(long, default_value = "127.0.0.1:8454")]
    smtp: SocketAddr,
    /// Certificate chain of its servers, PEM.
    #[arg(long)]
    certificate: PathBuf,
    /// Key of its servers, PEM.
    #[arg(long)]
    key: PathBuf,
    /// Who signs the platform's own certificate, PEM.
    #[arg(long)]
    platform_authority: PathBuf,
}

/// Runs the command.
#[expect(clippy::print_stdout, reason = "whoever started it waits for this line")]
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let read = |file: &PathBuf| {
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
    };
    let options = Options {
        dir: arguments.dir.clone(),
        host: arguments.host.clone(),
        sign_in: arguments.sign_in,
        eligibility: arguments.eligibility,
        admin: arguments.admin,
        smtp: arguments.smtp,
        server: Identity::from_pem(&read(&arguments.certificate)?, &read(&arguments.key)?)?,
        platform_authorities: certificates_from_pem(&read(&arguments.platform_authority)?)?,
        clock: clock::system(),
    };
    let running = tasuki_sandbox::run(options).await?;
    println!("ready: {} {} {}", running.issuer, running.eligibility_url, running.admin_url);
    super::serve::asked_to_stop().await;
    running.shutdown().await;
    Ok(())
}
