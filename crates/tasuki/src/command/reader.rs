//! `tasuki reader`: the reader application (カード読取アプリ) on an office's device.
//!
//! It asks the platform for work over its own certificate-bound line, has the card sign, and hands
//! over certificate and signature. A PIN goes to the card only. Cards are virtual files.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use tasuki_gateway::card::{CardCheck, CardError, Pin, VirtualCard};
use tasuki_gateway::reader::{Reader, ReaderChallenge, ReaderError};
use tasuki_tls::client::{client_config, http_client};
use tasuki_tls::{Identity, certificates_from_pem};

use crate::clock;

/// Arguments of `tasuki reader`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Address of the platform's staff listener: https://host:port
    #[arg(long)]
    platform: String,
    /// The device's certificate and key in one PEM file.
    #[arg(long)]
    device: PathBuf,
    /// Certificates trusted in the platform's server, PEM; without it those in `--device`.
    #[arg(long)]
    trust: Option<PathBuf>,
    /// File of the virtual card that lies on the reader.
    #[arg(long)]
    card: PathBuf,
    /// Ask for the PIN on the terminal when the page wants it.
    #[arg(long)]
    pin_prompt: bool,
    /// End after one card was read.
    #[arg(long)]
    once: bool,
}

/// Time between two questions for work.
const EVERY: Duration = Duration::from_millis(1_000);

/// Time after the line failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Longest time of one exchange with the platform.
const LIMIT: Duration = Duration::from_secs(20);

/// Runs the command until it is interrupted.
#[expect(clippy::print_stdout, reason = "the reader talks with who holds the card")]
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let reader = line(&arguments)?;
    println!("カードを待っています。終わるときは Ctrl-C を押してください。");
    loop {
        let pause = match reader.poll().await {
            Ok(Some(challenge)) => {
                let done = turn(&reader, &challenge, &arguments).await?;
                if done && arguments.once {
                    return Ok(());
                }
                EVERY
            }
            Ok(None) => EVERY,
            Err(error) => {
                println!("基盤につながりません（{error}）。もう一度ためします。");
                AFTER_FAILURE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
    }
}

fn line(arguments: &Arguments) -> anyhow::Result<Reader> {
    let pem = read(&arguments.device)?;
    let identity = Identity::from_pem(&pem, &pem).context("the device's file is not usable")?;
    let trust = match &arguments.trust {
        Some(file) => read(file)?,
        None => pem,
    };
    let roots = certificates_from_pem(&trust)?;
    let config = client_config(&roots, Some(&identity), clock::system())?;
    let platform = arguments.platform.trim_end_matches('/').to_owned();
    if !platform.starts_with("https://") {
        bail!("--platform must begin with https://");
    }
    Ok(Reader::new(http_client(config, LIMIT)?, platform))
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// Lets the card answer one challenge; `true` when the platform took the answer.
#[expect(clippy::print_stdout, reason = "the reader talks with who holds the card")]
async fn turn(
    reader: &Reader,
    challenge: &ReaderChallenge,
    arguments: &Arguments,
) -> anyhow::Result<bool> {
    let pin = match challenge.check {
        CardCheck::ByEye => None,
        CardCheck::WithPin if arguments.pin_prompt => match ask_pin().await? {
            Some(pin) => Some(pin),
            None => return Ok(false),
        },
        CardCheck::WithPin => {
            println!("画面は暗証番号を待っています。--pin-prompt を付けて始めてください。");
            return Ok(false);
        }
    };
    let card = match VirtualCard::open(&arguments.card) {
        Ok(card) => card,
        Err(error) => {
            println!("{}", said(&error));
            return Ok(false);
        }
    };
    match reader.answer(challenge, &card, pin.as_ref()).await {
        Ok(receipt) => println!("{}", receipt.message),
        Err(ReaderError::Card(error)) => {
            println!("{}", said(&error));
            return Ok(false);
        }
        Err(ReaderError::PinNeeded) => return Ok(false),
        Err(ReaderError::Platform(error)) => {
            println!("基盤が受け取りませんでした（{error}）。画面でもう一度始めてください。");
            return Ok(false);
        }
    }
    Ok(true)
}

/// What a card's refusal means for who holds it.
fn said(error: &CardError) -> String {
    match error {
        CardError::WrongPin { tries_left } => {
            format!(
                "暗証番号がちがいます。あと{tries_left}回まちがえると、カードがロックされます。"
            )
        }
        CardError::Locked => {
            "カードがロックされています。市町村の窓口で、もとにもどせます。".to_owned()
        }
        CardError::Absent(_) => "カードがありません。リーダーに置いてください。".to_owned(),
        CardError::Unreadable => "このカードは読めません。".to_owned(),
    }
}

/// The PIN from the terminal; `None` when what was typed is none.
#[expect(clippy::print_stdout, reason = "a prompt")]
async fn ask_pin() -> anyhow::Result<Option<Pin>> {
    print!("暗証番号（4けた）を入力してください: ");
    std::io::stdout().flush()?;
    let typed = tokio::task::spawn_blocking(|| {
        let mut text = String::new();
        std::io::stdin().read_line(&mut text).map(|_| text)
    })
    .await??;
    match Pin::parse(typed.trim()) {
        Ok(pin) => Ok(Some(pin)),
        Err(_) => {
            println!("暗証番号は、数字4けたです。");
            Ok(None)
        }
    }
}
