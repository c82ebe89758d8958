//! `tasuki account`: accounts made on the machine itself, the operator's first one above all.

use anyhow::{Context, bail};
use tasuki_app::account::{self, Created, NewAccount};
use tasuki_app::caller::By;
use tasuki_core::account::{AccountLevel, JobType, Organisation};

use super::{ConfigFile, told, word};
use crate::config::Config;
use crate::{clock, install};

/// Arguments of `tasuki account`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make an account of the platform's operator; the first account of an installation.
    CreateOperator {
        #[command(flatten)]
        person: Person,
    },
    /// Make an account anywhere; an office's first one has the level `office`.
    Create {
        /// provider:NUMBER, insurer:NUMBER, review_board:NUMBER or operator.
        #[arg(long, value_parser = Organisation::parse)]
        organisation: Organisation,
        /// office, administrator or general.
        #[arg(long, value_parser = word::<AccountLevel>)]
        level: AccountLevel,
        /// Job, for example care_manager, clerk, municipal_officer.
        #[arg(long, value_parser = word::<JobType>)]
        job: JobType,
        /// An account of software: it gets tokens and no page.
        #[arg(long)]
        software: bool,
        #[command(flatten)]
        person: Person,
    },
    /// Give an account a new temporary password and let it set its one-time code anew.
    Reset {
        /// What its owner types to sign in.
        #[arg(long)]
        login: String,
        /// Where it belongs.
        #[arg(long, value_parser = Organisation::parse)]
        organisation: Organisation,
    },
}

/// Whose account it is.
#[derive(Debug, clap::Args)]
struct Person {
    /// What they type to sign in.
    #[arg(long)]
    login: String,
    /// Their name, as colleagues see it.
    #[arg(long)]
    name: String,
    /// Where codes and warnings go.
    #[arg(long)]
    mail: Option<String>,
}

/// Runs the command.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let app = install::open(&Config::read(&arguments.file.config)?).await?;
    let now = clock::now();
    let new = match arguments.what {
        What::CreateOperator { person } => {
            let (level, job) = (AccountLevel::Administrator, JobType::Operator);
            new(Organisation::Operator, level, job, false, person)
        }
        What::Create { organisation, level, job, software, person } => {
            new(organisation, level, job, software, person)
        }
        What::Reset { login, organisation } => {
            return reset(&app, &login, &organisation).await;
        }
    };
    if tasuki_app::names::is_unknown(&app, &new.organisation).await? {
        bail!(
            "{} is not known; `tasuki providers import FILE` adds offices, \
             `tasuki ingest --register NAME` adds an insurer",
            new.organisation
        );
    }
    let Created { password, .. } = account::create(&app, By::Console, &new, now)
        .await
        .map_err(|error| told(error, "the organisation is not known"))?;
    say(&new.login, password.expose(), &new.organisation);
    Ok(())
}

fn new(
    organisation: Organisation,
    level: AccountLevel,
    job: JobType,
    software: bool,
    Person { login, name, mail }: Person,
) -> NewAccount {
    NewAccount { organisation, login, name, mail, level, job, writes_care_plans: false, software }
}

async fn reset(
    app: &tasuki_app::App,
    login: &str,
    organisation: &Organisation,
) -> anyhow::Result<()> {
    let found = tasuki_store::account::by_login(&app.db, &login.trim().to_lowercase()).await?;
    let id = found.context("no account has this login")?.account.id;
    let password = account::reset(app, By::Console, organisation, &id, clock::now())
        .await
        .map_err(|error| told(error, "the account does not belong to this organisation"))?;
    say(login, password.expose(), organisation);
    Ok(())
}

/// The password stands on the terminal once, and nowhere else.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn say(login: &str, password: &str, organisation: &Organisation) {
    println!("login     {login}");
    println!("password  {password}   (shown once; it must be changed at the first sign-in)");
    println!("next      tasuki ca issue --organisation {organisation} --name DEVICE --out FOLDER");
}
