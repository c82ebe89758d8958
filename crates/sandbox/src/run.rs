//! Starts and stops the sandbox.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use rustls_pki_types::CertificateDer;
use tasuki_core::date::AtMs;
use tasuki_tls::server::{
    ClientCertificates, HotConfig, Limits, Tls, serve_plain, serve_tls, server_config,
};
use tasuki_tls::{Clock, Identity, Revoked};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::admin::Admin;
use crate::eligibility::Eligibility;
use crate::jpki::CardAuthority;
use crate::mailbox::Mailbox;
use crate::provider::Provider;
use crate::{Home, SandboxError, smtp};

/// How the sandbox is started. Port 0 lets the system choose.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its directory.
    pub dir: PathBuf,
    /// The name under which browsers and the platform reach it; in the server certificate.
    pub host: String,
    /// The citizen's sign-in: HTTPS.
    pub sign_in: SocketAddr,
    /// The eligibility system: HTTPS with client certificates.
    pub eligibility: SocketAddr,
    /// Mail page and card administration: HTTP, on a loopback address.
    pub admin: SocketAddr,
    /// Mail: SMTP, on a loopback address.
    pub smtp: SocketAddr,
    /// Certificate and key of both HTTPS listeners.
    pub server: Identity,
    /// Who signs the platform's client certificate.
    pub platform_authorities: Vec<CertificateDer<'static>>,
    /// The time.
    pub clock: Clock,
}

/// A sandbox that serves. Dropping it cuts everything off; [`Running::shutdown`] is the calm way.
#[derive(Debug)]
pub struct Running {
    /// The provider's issuer, `https://host:port`.
    pub issuer: String,
    /// The eligibility system, `https://host:port`.
    pub eligibility_url: String,
    /// Mail page (`/mail`, `/mail.json`) and cards (`POST /cards/{id}/revoke|expire|unlock`).
    pub admin_url: String,
    /// The mail server.
    pub smtp: SocketAddr,
    /// The sandbox's directory, for issuing more cards while it serves.
    pub home: Home,
    stop: watch::Sender<bool>,
    listeners: JoinSet<()>,
}

impl Running {
    /// Stops listening, lets running requests finish, and returns.
    pub async fn shutdown(mut self) {
        // Without receivers there is nobody left to stop.
        let _ = self.stop.send(true);
        while self.listeners.join_next().await.is_some() {}
    }
}

/// Starts the sandbox; returns when all its addresses listen.
///
/// # Errors
///
/// [`SandboxError`]; nothing listens then.
pub async fn run(options: Options) -> Result<Running, SandboxError> {
    for (listener, address) in [("admin", options.admin), ("smtp", options.smtp)] {
        if !address.ip().is_loopback() {
            return Err(SandboxError::NotLoopback { listener });
        }
    }
    let home = Home::open(&options.dir)?;
    let clock = &options.clock;
    let authority = Arc::new(CardAuthority::open(&home, AtMs(clock.now_ms()))?);
    let [sign_in, eligibility, admin, smtp] =
        [options.sign_in, options.eligibility, options.admin, options.smtp].map(TcpListener::bind);
    let (sign_in, eligibility) = (sign_in.await?, eligibility.await?);
    let (admin, smtp) = (admin.await?, smtp.await?);
    let url = |listener: &TcpListener| -> std::io::Result<String> {
        Ok(format!("https://{}:{}", options.host, listener.local_addr()?.port()))
    };
    let (stop, stopped) = watch::channel(false);
    let mut running = Running {
        issuer: url(&sign_in)?,
        eligibility_url: url(&eligibility)?,
        admin_url: format!("http://{}", admin.local_addr()?),
        smtp: smtp.local_addr()?,
        home: home.clone(),
        stop,
        listeners: JoinSet::new(),
    };

    let issuer = running.issuer.clone();
    let provider =
        Provider::open(home.clone(), Arc::clone(&authority), clock.clone(), issuer)?.routes();
    let system = Eligibility { home: home.clone(), authority, clock: clock.clone() }.routes();
    let mailbox = Arc::new(Mailbox::new(home.mail_dir()));
    let counter = Admin { home, mailbox: Arc::clone(&mailbox), clock: clock.clone() }.routes();

    let required = ClientCertificates::Required {
        authorities: options.platform_authorities.clone(),
        revocation_lists: Vec::new(),
    };
    let open_tls = tls(&options, ClientCertificates::NotAsked)?;
    let mutual_tls = tls(&options, required)?;
    let listeners = &mut running.listeners;
    listeners.spawn(https(sign_in, provider, open_tls, stopped.clone()));
    listeners.spawn(https(eligibility, system, mutual_tls, stopped.clone()));
    let until = stop_of(stopped.clone());
    listeners.spawn(serve_plain(admin, counter, Limits::default(), until));
    listeners.spawn(smtp::serve(smtp, mailbox, options.clock.clone(), stop_of(stopped)));
    Ok(running)
}

fn tls(options: &Options, clients: ClientCertificates) -> Result<Tls, SandboxError> {
    let config = server_config(&options.server, clients, options.clock.clone())?;
    Ok(Tls {
        config: HotConfig::new(config),
        revoked: Revoked::default(),
        clock: options.clock.clone(),
    })
}

async fn https(listener: TcpListener, router: Router, tls: Tls, stopped: watch::Receiver<bool>) {
    serve_tls(listener, tls, router, Limits::default(), stop_of(stopped)).await;
}

async fn stop_of(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone: stop as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}
