//! `tasuki demo`: everything on one machine, with an invented town, ready in seconds.

mod cast;
mod doorway;
mod ground;
mod proxy;
mod sign_in;
mod town;

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use tasuki_app::App;
use tasuki_core::date::AtMs;
use tasuki_tls::Identity;
use tasuki_tls::server::{Limits, serve_plain};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use self::cast::{CitizenAccount, StaffAccount};
use self::doorway::{Door, Doorway};
use self::ground::{Ground, Ports, loopback};
use self::proxy::Proxy;
use self::sign_in::SignIn;
use super::serve;
use crate::config::Config;
use crate::{clock, figures, install, log};

/// Arguments of `tasuki demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of everything the demo makes; a second start goes on with it.
    #[arg(long, default_value = "demo-data")]
    dir: PathBuf,
    /// Insured persons of the town, at least the twenty with a story.
    #[arg(long, default_value_t = 2_000)]
    persons: u64,
    /// Another seed, another town.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// First port; the next hundred is tried when one is taken.
    #[arg(long, default_value_t = 8400)]
    port: u16,
}

/// What `demo.json` says: everything a person or a test needs to come in.
#[derive(Debug, Serialize, Deserialize)]
struct Description {
    town: String,
    insurer: String,
    /// The demo's certificate authority, PEM, from the demo's folder.
    ca: String,
    addresses: Addresses,
    accounts: Vec<StaffAccount>,
    citizens: Vec<CitizenAccount>,
    ports: Ports,
}

#[derive(Debug, Serialize, Deserialize)]
struct Addresses {
    doorway: String,
    staff: String,
    citizen: String,
    operations: String,
    sign_in: String,
    mail: String,
}

impl Addresses {
    fn of(ports: &Ports) -> Self {
        Self {
            doorway: format!("http://127.0.0.1:{}", ports.doorway),
            staff: format!("https://localhost:{}", ports.staff),
            citizen: format!("https://localhost:{}", ports.citizen),
            operations: format!("http://127.0.0.1:{}", ports.operations),
            sign_in: format!("https://localhost:{}", ports.sign_in),
            mail: format!("http://127.0.0.1:{}/mail", ports.mail_page),
        }
    }
}

/// Minutes by which the set-up lies in the past, so that codes used in it are not used up.
const SET_UP_AGO_MS: i64 = 10 * 60_000;

/// Runs the demo until Ctrl-C.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    log::start();
    std::fs::create_dir_all(&arguments.dir)
        .with_context(|| format!("cannot make {}", arguments.dir.display()))?;
    let ground = Ground { dir: arguments.dir.canonicalize()? };
    let (app, description) = match std::fs::read(ground.description()) {
        Ok(bytes) => {
            let description: Description = serde_json::from_slice(&bytes)?;
            (install::open(&settings(&ground)?).await?, description)
        }
        Err(_) => set_up(arguments, &ground).await?,
    };
    let stop = CancellationToken::new();
    let mut sandbox = start_sandbox(&ground, &description.ports).await?;
    let figures = figures::start().context("figures")?;
    let config = settings(&ground)?;
    let platform = serve::start(&config, app, clock::system(), Some(figures), stop.clone()).await?;
    let doors = open_doors(&ground, &description, &stop).await?;
    say(&ground, &description);
    tokio::select! {
        () = serve::asked_to_stop() => {}
        ended = sandbox.wait() => bail!("the sandbox ended by itself: {:?}", ended?),
    }
    stop.cancel();
    platform.finished().await?;
    for door in doors {
        door.await?;
    }
    end(&mut sandbox).await
}

fn settings(ground: &Ground) -> anyhow::Result<Config> {
    Config::read(&ground.path("tasuki.toml"))
}

/// Makes keys, certificates, database, town, staff and cards.
async fn set_up(arguments: &Arguments, ground: &Ground) -> anyhow::Result<(App, Description)> {
    if ground.path("tasuki.toml").exists() {
        bail!(
            "{} holds a set-up that did not finish: remove it and start again",
            ground.dir.display()
        );
    }
    let now = clock::now();
    let then = AtMs(now.0 - SET_UP_AGO_MS);
    let roles = u16::try_from(ROLES.len())?;
    let ports = Ports::free(arguments.port, roles)?;
    let authority = ground.prepare(&ports, now)?;
    let app = install::open(&settings(ground)?).await?;
    let town = town::settle(&app, ground, arguments.persons, arguments.seed, now).await?;
    let accounts = cast::register(&app, ground, &authority, &town, then).await?;
    let citizens = town::issue_cards(ground, &ports, &town, now)?;
    let description = Description {
        town: town.insurer_name,
        insurer: town.insurer.to_string(),
        ca: "authority/ca.pem".to_owned(),
        addresses: Addresses::of(&ports),
        accounts,
        citizens,
        ports,
    };
    let text = serde_json::to_vec_pretty(&description)?;
    ground::write_secret(&ground.description(), &text)?;
    Ok((app, description))
}

/// Starts the sandbox as a process of its own and waits until it listens.
async fn start_sandbox(ground: &Ground, ports: &Ports) -> anyhow::Result<Child> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg("sandbox")
        .arg("--dir")
        .arg(ground.path("sandbox"))
        .arg("--sign-in")
        .arg(loopback(ports.sign_in).to_string())
        .arg("--eligibility")
        .arg(loopback(ports.eligibility).to_string())
        .arg("--admin")
        .arg(loopback(ports.mail_page).to_string())
        .arg("--smtp")
        .arg(loopback(ports.smtp).to_string())
        .arg("--certificate")
        .arg(ground.path("server.pem"))
        .arg("--key")
        .arg(ground.path("server.key"))
        .arg("--platform-authority")
        .arg(ground.path("authority/ca.pem"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("the sandbox cannot be started")?;
    let out = child.stdout.take().context("the sandbox has no output")?;
    let mut lines = BufReader::new(out).lines();
    match lines.next_line().await? {
        Some(line) if line.starts_with("ready:") => Ok(child),
        _ => bail!("the sandbox did not come up"),
    }
}

/// Asks the sandbox to end and waits for it.
async fn end(sandbox: &mut Child) -> anyhow::Result<()> {
    sandbox.start_kill().context("the sandbox had ended")?;
    sandbox.wait().await?;
    Ok(())
}

/// The roles on the doorway, in its order: those of `demo.json`.
const ROLES: [&str; 11] = [
    "care_manager",
    "citizen_renewal_waiting_for_opinion",
    "care_worker",
    "clinic",
    "town_hall",
    "office_administrator",
    "office",
    "clerk",
    "board",
    "operator",
    "citizen_no_consent",
];

/// Opens the doorway and the way in of each role.
async fn open_doors(
    ground: &Ground,
    description: &Description,
    stop: &CancellationToken,
) -> anyhow::Result<Vec<tokio::task::JoinHandle<()>>> {
    let trusted = std::fs::read_to_string(ground.path(&description.ca))?;
    let mut tasks = Vec::new();
    let mut doors = Vec::new();
    for (role, port) in ROLES.iter().zip(description.ports.roles..) {
        let door = door(ground, description, &trusted, role, port)?;
        tasks.push(serve_loopback(port, Arc::clone(&door.proxy).router(), stop).await?);
        doors.push(door);
    }
    let town = description.town.clone();
    let mail = description.addresses.mail.clone();
    let doorway = doorway::router(Doorway { town, mail, doors });
    tasks.push(serve_loopback(description.ports.doorway, doorway, stop).await?);
    Ok(tasks)
}

fn door(
    ground: &Ground,
    description: &Description,
    trusted: &str,
    role: &str,
    port: u16,
) -> anyhow::Result<Door> {
    let staff = description.accounts.iter().find(|account| account.role == role);
    let citizen = description.citizens.iter().find(|citizen| citizen.role == role);
    let read = |file: &str| std::fs::read_to_string(ground.path(file));
    let (title, who, about, target, device, sign_in) = match (staff, citizen) {
        (Some(account), _) => (
            account.title.clone(),
            format!("{}（{}）", account.name, account.organisation_name),
            account.about.clone(),
            description.addresses.staff.clone(),
            Some(Identity::from_pem(&read(&account.certificate)?, &read(&account.key)?)?),
            SignIn::Staff(account.clone()),
        ),
        (None, Some(citizen)) => (
            citizen.title.clone(),
            format!("{} さん", citizen.name),
            citizen.about.clone(),
            description.addresses.citizen.clone(),
            None,
            SignIn::Citizen(citizen.clone()),
        ),
        (None, None) => bail!("demo.json lacks the role {role}"),
    };
    let client = proxy::client(trusted, device.as_ref(), clock::system())?;
    let address = format!("http://127.0.0.1:{port}");
    let entered = Mutex::new(false);
    let proxy = Arc::new(Proxy { target, address, client, sign_in, entered });
    Ok(Door { role: role.to_owned(), title, who, about, proxy })
}

async fn serve_loopback(
    port: u16,
    router: axum::Router,
    stop: &CancellationToken,
) -> anyhow::Result<tokio::task::JoinHandle<()>> {
    let listener = TcpListener::bind(loopback(port)).await;
    let listener = listener.with_context(|| format!("port {port} of this machine is taken"))?;
    let stop = stop.clone().cancelled_owned();
    Ok(tokio::spawn(serve_plain(listener, router, Limits::default(), stop)))
}

/// Prints who can come in, and where.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn say(ground: &Ground, description: &Description) {
    let Addresses { doorway, staff, citizen, sign_in, mail, operations } = &description.addresses;
    println!("\nTasuki のデモ（{}、すべて架空）\n", description.town);
    println!("  入り口（ここから始めます）  {doorway}/");
    println!("  事業所・医療機関・市町村    {staff}/   （端末証明書が要ります）");
    println!("  ご本人                      {citizen}/my");
    println!("  サインイン（練習用）        {sign_in}/");
    println!("  届いたメール                {mail}");
    println!("  状態と計測値                {operations}/health  /metrics\n");
    println!(
        "  {:<22} {:<26} {:<30} ワンタイムコードの鍵",
        "ID", "パスワード", "端末証明書 (.p12)"
    );
    for account in &description.accounts {
        println!(
            "  {:<22} {:<26} {:<30} {}   {}",
            account.login, account.password, account.p12, account.totp_secret, account.title
        );
    }
    println!("\n  .p12 のパスワード: {}", ground::P12_PASSWORD);
    println!("  同じ内容: {}", ground.description().display());
    println!("  Ctrl-C で終わります。\n");
    println!("ready: {doorway}/");
}
