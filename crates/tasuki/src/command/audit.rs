//! `tasuki audit`: verifies the access log, in the database or in an exported file.

mod catalogue;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use tasuki_store::Db;
use tasuki_store::event_log::{self, HeadKey, SignedHead, Verifying};

use super::ConfigFile;
use crate::config::Config;
use crate::install;

/// Arguments of `tasuki audit`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Verify the whole log against its signed head.
    Verify {
        #[command(flatten)]
        config: ConfigFile,
        /// An exported file instead of the database; needs --public-key and nothing else.
        #[arg(long, requires = "public_key")]
        file: Option<PathBuf>,
        /// Public key of the log's heads, 64 hexadecimal digits.
        #[arg(long)]
        public_key: Option<String>,
    },
    /// Write the log with its head as JSON Lines, for checking elsewhere.
    Export {
        #[command(flatten)]
        config: ConfigFile,
        /// File to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Print the catalogue of events, as `docs/reference/audit.md` has it.
    Catalogue,
}

/// One line of an exported log.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ExportLine {
    /// First line: the head and the key that signed it.
    Head { head: SignedHead, public_key: String },
    /// Every other line.
    Event { seq: i64, payload: String },
}

/// Events read at a time.
const PAGE: u32 = 10_000;

/// Runs the command.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.what {
        What::Verify { file: Some(file), public_key, .. } => {
            verify_file(file, public_key.as_deref().unwrap_or_default())
        }
        What::Verify { config, .. } => {
            let (db, public) = open(&config.config).await?;
            verify_database(&db, &public).await
        }
        What::Export { config, out } => {
            let (db, public) = open(&config.config).await?;
            export(&db, &public, out).await
        }
        What::Catalogue => {
            print_catalogue();
            Ok(())
        }
    }
}

async fn open(file: &Path) -> anyhow::Result<(Db, [u8; 32])> {
    let config = Config::read(file)?;
    let public = HeadKey::from_seed(install::read_key(&config.keys.log_head)?).public();
    Ok((install::open_database(&config).await?, public))
}

async fn verify_database(db: &Db, public: &[u8; 32]) -> anyhow::Result<()> {
    let Some(head) = event_log::head(db).await? else { bail!("the log has no events yet") };
    let mut verifying = Verifying::default();
    let mut next = 0;
    // Events that come while this runs belong to a later head.
    while next < head.size {
        let most = u32::try_from(head.size - next).unwrap_or(PAGE).min(PAGE);
        let page = event_log::page(db, next, most).await?;
        if page.is_empty() {
            break;
        }
        for (seq, payload) in &page {
            verifying.next(*seq, payload)?;
        }
        next += u64::try_from(page.len())?;
    }
    verifying.finish(&head, public)?;
    say(&head);
    Ok(())
}

async fn export(db: &Db, public: &[u8; 32], out: &Path) -> anyhow::Result<()> {
    let Some(head) = event_log::head(db).await? else { bail!("the log has no events yet") };
    let mut file = BufWriter::new(File::create(out)?);
    let public_key = hex::encode(public);
    let size = head.size;
    write_line(&mut file, &ExportLine::Head { head, public_key })?;
    let mut next = 0;
    while next < size {
        let most = u32::try_from(size - next).unwrap_or(PAGE).min(PAGE);
        let page = event_log::page(db, next, most).await?;
        if page.is_empty() {
            bail!("event {next} is missing");
        }
        next += u64::try_from(page.len())?;
        for (seq, payload) in page {
            write_line(&mut file, &ExportLine::Event { seq, payload })?;
        }
    }
    file.flush()?;
    Ok(())
}

fn write_line(file: &mut impl Write, line: &ExportLine) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *file, line)?;
    Ok(file.write_all(b"\n")?)
}

fn verify_file(file: &Path, public_key: &str) -> anyhow::Result<()> {
    let public = hex::decode(public_key).ok().and_then(|bytes| bytes.try_into().ok());
    let public: [u8; 32] = public.context("--public-key is not 64 hexadecimal digits")?;
    let mut lines = BufReader::new(File::open(file)?).lines();
    let first = lines.next().context("the file is empty")??;
    let ExportLine::Head { head, .. } = serde_json::from_str(&first)? else {
        bail!("the first line is not a head");
    };
    let mut verifying = Verifying::default();
    for line in lines {
        let ExportLine::Event { seq, payload } = serde_json::from_str(&line?)? else {
            bail!("a second head stands in the file");
        };
        verifying.next(seq, &payload)?;
    }
    verifying.finish(&head, &public)?;
    say(&head);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn print_catalogue() {
    print!("{}", catalogue::page());
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn say(head: &SignedHead) {
    println!("{} events verified, root {}", head.size, head.root);
}
