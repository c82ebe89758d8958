//! `tasuki serve`: the platform on its listeners, until it is asked to stop.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use metrics_exporter_prometheus::PrometheusHandle;
use tasuki_app::App;
use tasuki_app::device::take_revoked;
use tasuki_app::ingestion::spool::Spool;
use tasuki_app::mail::{Outbox, deliver};
use tasuki_core::date::AtMs;
use tasuki_gateway::mail::{MailSettings, MailTls, Mailer};
use tasuki_store::Db;
use tasuki_tls::authority::{Authority, CERTIFICATE_FILE};
use tasuki_tls::server::{
    ClientCertificates, HotConfig, Limits, Tls, serve_plain, serve_tls, server_config,
};
use tasuki_tls::{Clock, Identity, Revoked, certificates_from_pem, not_after_ms};
use tasuki_web::problem::check_messages;
use tasuki_web::server::{State, citizen_router, operations_router, staff_router};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::ConfigFile;
use crate::config::{Config, Mail};
use crate::machine::{InUse, Watched};
use crate::{clock, figures, install, log, neighbours};

/// Arguments of `tasuki serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
}

/// Serves until SIGINT or SIGTERM.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.file.config)?;
    #[cfg(feature = "opentelemetry")]
    let traces = config.traces.as_deref().map(log::start_with_traces).transpose()?;
    // With traces the log has begun, and stays as it is.
    log::start();
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        asked_to_stop().await;
        tracing::info!("stopping");
        asked.cancel();
    });
    let figures = figures::start().context("figures")?;
    let app = install::open(&config).await?;
    let running = start(&config, app, clock::system(), Some(figures), stop).await?;
    let Addresses { staff, citizen, operations } = running.addresses;
    tracing::info!(%staff, %citizen, %operations, "serving");
    running.finished().await?;
    #[cfg(feature = "opentelemetry")]
    if let Some(traces) = traces {
        traces.end().await;
    }
    Ok(())
}

/// Waits for SIGINT or SIGTERM.
pub(crate) async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}

/// A running platform.
pub(crate) struct Running {
    /// Where the listeners are: with port 0 in the settings, the ports they were given.
    pub(crate) addresses: Addresses,
    tasks: JoinSet<()>,
}

/// Where the listeners are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Addresses {
    /// Staff, software and municipalities.
    pub(crate) staff: SocketAddr,
    /// Citizens.
    pub(crate) citizen: SocketAddr,
    /// Health and metrics.
    pub(crate) operations: SocketAddr,
}

impl Running {
    /// Waits until every listener has let its last request finish.
    pub(crate) async fn finished(mut self) -> anyhow::Result<()> {
        while let Some(ended) = self.tasks.join_next().await {
            ended.context("a listener broke")?;
        }
        Ok(())
    }
}

/// Starts the listeners of `config` over `app`; `stop` ends them.
pub(crate) async fn start(
    config: &Config,
    mut app: App,
    clock: Clock,
    figures: Option<PrometheusHandle>,
    stop: CancellationToken,
) -> anyhow::Result<Running> {
    check_messages()?;
    let mut tasks = JoinSet::new();
    if let Some(mail) = &config.mail {
        app.mail = outbox(mail, &mut tasks, &stop)?;
    }
    app.neighbours = neighbours::open(config, &clock)?;
    // Settings and tables that an operator changed on another instance, from the start on.
    tasuki_app::setting::refresh(&app).await.context("stored settings")?;
    tasks.spawn(keep_settings(app.clone(), stop.clone()));
    let authority = Authority::load(&config.keys.authority).context("certificate authority")?;
    // Beside the keys: a folder that nobody else may read or write.
    let folder = config.keys.master.with_file_name("transfers");
    tasks.spawn(keep_swept(app.clone(), Spool::new(folder.clone()), clock.clone(), stop.clone()));
    let watched = Watched::new(config, in_use(config, &authority)?);
    let state = State::new(app, clock).with_authority(authority).with_spool(folder);
    let state = watch(state, watched, figures, &mut tasks, &stop);
    let addresses = Addresses {
        staff: staff(config, &state, &mut tasks, &stop).await?,
        citizen: citizen(config, &state, &mut tasks, &stop).await?,
        operations: operations(config, state, &mut tasks, &stop).await?,
    };
    Ok(Running { addresses, tasks })
}

/// The same state, telling how this machine stands, with its figures kept fresh.
fn watch(
    state: State,
    watched: Watched,
    figures: Option<PrometheusHandle>,
    tasks: &mut JoinSet<()>,
    stop: &CancellationToken,
) -> State {
    let machine = watched.clone();
    let state = state.with_machine(Arc::new(move |now| machine.checks(now)));
    let Some(figures) = figures else { return state };
    let (app, clock, stop) = (state.app.clone(), state.clock.clone(), stop.clone());
    tasks.spawn(figures::keep(figures.clone(), app, watched, clock, stop));
    state.with_figures(figures)
}

/// The certificates that this process uses, with their ends.
fn in_use(config: &Config, authority: &Authority) -> anyhow::Result<Vec<InUse>> {
    let end = |file: &Path| -> anyhow::Result<AtMs> {
        let chain = certificates_from_pem(&read(file)?)?;
        let own = chain.first().context("no certificate")?;
        Ok(AtMs(not_after_ms(own)?))
    };
    let authority = AtMs(authority.validity().not_after_ms);
    let mut found = vec![
        InUse { name: "server", end: end(&config.listen.certificate)? },
        InUse { name: "authority", end: authority },
    ];
    if let Some(certificate) = &config.neighbours.certificate {
        found.push(InUse { name: "neighbours", end: end(certificate)? });
    }
    Ok(found)
}

async fn staff(
    config: &Config,
    state: &State,
    tasks: &mut JoinSet<()>,
    stop: &CancellationToken,
) -> anyhow::Result<SocketAddr> {
    let (db, revoked) = (state.app.db.clone(), Revoked::default());
    let newest = take_revoked(&db, &revoked, AtMs(0)).await?;
    tasks.spawn(keep_revoked(db, revoked.clone(), newest, stop.clone()));
    let authorities = read(&config.keys.authority.join(CERTIFICATE_FILE))?;
    let clients = ClientCertificates::Required {
        authorities: certificates_from_pem(&authorities)?,
        // The set above is newer than any list, and asked at every request.
        revocation_lists: Vec::new(),
    };
    let tls = tls(config, clients, revoked, &state.clock)?;
    let (listener, at) = bind(config.listen.staff, "staff").await?;
    let (router, stop) = (staff_router(state.clone()), stop.clone().cancelled_owned());
    tasks.spawn(serve_tls(listener, tls, router, Limits::default(), stop));
    Ok(at)
}

async fn citizen(
    config: &Config,
    state: &State,
    tasks: &mut JoinSet<()>,
    stop: &CancellationToken,
) -> anyhow::Result<SocketAddr> {
    let tls = tls(config, ClientCertificates::NotAsked, Revoked::default(), &state.clock)?;
    let (listener, at) = bind(config.listen.citizen, "citizen").await?;
    let (router, stop) = (citizen_router(state.clone()), stop.clone().cancelled_owned());
    tasks.spawn(serve_tls(listener, tls, router, Limits::default(), stop));
    Ok(at)
}

async fn operations(
    config: &Config,
    state: State,
    tasks: &mut JoinSet<()>,
    stop: &CancellationToken,
) -> anyhow::Result<SocketAddr> {
    let address = config.listen.operations;
    if !address.ip().is_loopback() {
        bail!("listen.operations must be a loopback address: it has no TLS");
    }
    let (listener, at) = bind(address, "operations").await?;
    let (router, stop) = (operations_router(state), stop.clone().cancelled_owned());
    tasks.spawn(serve_plain(listener, router, Limits::default(), stop));
    Ok(at)
}

fn tls(
    config: &Config,
    clients: ClientCertificates,
    revoked: Revoked,
    clock: &Clock,
) -> anyhow::Result<Tls> {
    let (certificate, key) = (&config.listen.certificate, &config.listen.key);
    let identity = Identity::from_pem(&read(certificate)?, &read(key)?)?;
    let hot = HotConfig::new(server_config(&identity, clients, clock.clone())?);
    Ok(Tls { config: hot, revoked, clock: clock.clone() })
}

async fn bind(address: SocketAddr, name: &str) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("{name} listener on {address}"))?;
    let at = listener.local_addr()?;
    Ok((listener, at))
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The outbox of the mail server of `mail`, and the task that empties it.
fn outbox(
    mail: &Mail,
    tasks: &mut JoinSet<()>,
    stop: &CancellationToken,
) -> anyhow::Result<Outbox> {
    let tls = match mail.tls.as_str() {
        "implicit" => MailTls::Implicit,
        "start_tls" => MailTls::StartTls,
        "off" => MailTls::Off,
        _ => bail!("mail.tls must be implicit, start_tls or off"),
    };
    let (host, from) = (mail.host.clone(), mail.from.clone());
    let mailer = Mailer::new(&MailSettings { host, port: mail.port, from, tls })?;
    let (outbox, mails) = Outbox::new();
    let stopped = stop.clone().cancelled_owned();
    tasks.spawn(async move {
        tokio::select! { () = deliver(mailer, mails) => {}, () = stopped => {} }
    });
    Ok(outbox)
}

/// How often revocations are looked for: the longest time a certificate still works after another
/// process revoked it.
const REVOKED_EVERY: Duration = Duration::from_millis(250);

/// Takes in, every two seconds, what an operator changed on another instance.
async fn keep_settings(app: App, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(Duration::from_secs(2));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = tasuki_app::setting::refresh(&app).await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "settings not read");
        }
    }
}

/// Clears away, every hour, what has served its time.
async fn keep_swept(app: App, spool: Spool, clock: Clock, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(Duration::from_secs(3_600));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! { () = stop.cancelled() => return, _ = ticks.tick() => {} }
        if let Err(error) = tasuki_app::sweep::sweep(&app, AtMs(clock.now_ms())).await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "what is over was not swept");
        }
        let (spool, now) = (spool.clone(), SystemTime::UNIX_EPOCH + since_epoch(&clock));
        let swept = tokio::task::spawn_blocking(move || spool.sweep(now)).await;
        if !matches!(swept, Ok(Ok(_))) {
            tracing::warn!("uploads that nobody goes on with were not swept");
        }
    }
}

fn since_epoch(clock: &Clock) -> Duration {
    Duration::from_millis(u64::try_from(clock.now_ms()).unwrap_or(0))
}

/// Looks for revocations until it is told to stop.
async fn keep_revoked(db: Db, revoked: Revoked, mut newest: AtMs, stop: CancellationToken) {
    let mut tick = tokio::time::interval(REVOKED_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! { () = stop.cancelled() => return, _ = tick.tick() => {} }
        match take_revoked(&db, &revoked, newest).await {
            Ok(moment) => newest = moment,
            Err(error) => tracing::error!(%error, "revocations cannot be read"),
        }
    }
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
