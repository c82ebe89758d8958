//! `tasuki explain`: why an account sees a person's papers or does not, gate by gate.
//!
//! Whoever runs it may read the keys of the installation. The question is an access event all the
//! same, and the person reads it in their own log. Nothing personal is printed.

use anyhow::{Context, bail};
use tasuki_app::access::{KindAnswer, Visitor};
use tasuki_app::caller::Staff;
use tasuki_app::look::{Explained, explain_on_console};
use tasuki_app::{App, names};
use tasuki_core::account::{Membership, Organisation};
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;
use tasuki_policy::State;

use super::ConfigFile;
use crate::config::Config;
use crate::{clock, install};

/// Arguments of `tasuki explain`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    /// For which organisation the account acts: provider:NUMBER, insurer:NUMBER, ….
    #[arg(long, value_parser = Organisation::parse)]
    organisation: Organisation,
    /// What its owner types to sign in.
    #[arg(long)]
    account: String,
    /// Insurer's number.
    #[arg(long, value_parser = InsurerNumber::parse)]
    insurer: InsurerNumber,
    /// Insured person's number.
    #[arg(long, value_parser = InsuredNumber::parse)]
    insured: InsuredNumber,
}

/// Runs the command.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let app = install::open(&Config::read(&arguments.file.config)?).await?;
    let staff = staff(&app, &arguments.account, &arguments.organisation).await?;
    let visitor = Visitor::staff(&staff).context("the office is not known to the platform")?;
    let (insurer, insured) = (arguments.insurer.clone(), arguments.insured.clone());
    let person = PersonKey { insurer, insured };
    let explained = explain_on_console(&app, &visitor, &person, clock::now()).await?;
    say(&text(&staff, &explained));
    Ok(())
}

/// The account as it stands for its organisation, without being signed in.
async fn staff(app: &App, login: &str, organisation: &Organisation) -> anyhow::Result<Staff> {
    let found = tasuki_store::account::by_login(&app.db, &login.trim().to_lowercase()).await?;
    let account = found.context("no account has this login")?.account;
    let stored = tasuki_store::account::membership_in(&app.db, &account.id, organisation).await?;
    let stored = stored.context("the account does not belong to this organisation")?;
    if !account.active || !stored.active {
        bail!("the account is stopped: it cannot sign in and sees nothing");
    }
    let provider = match organisation {
        Organisation::Provider(number) => tasuki_store::provider::get(&app.db, number).await?,
        _ => None,
    };
    let Membership { level, job, writes_care_plans, .. } = stored.membership;
    Ok(Staff {
        account: account.id,
        name: account.name,
        organisation: organisation.clone(),
        organisation_name: names::of(app, organisation).await?,
        level,
        job,
        writes_care_plans,
        device: String::new(),
        provider: provider.map(|stored| stored.provider),
    })
}

fn text(staff: &Staff, explained: &Explained) -> String {
    let Staff { organisation_name, level, job, .. } = staff;
    let mut lines = vec![format!(
        "{organisation_name} の {}（{}）から見た答えです。",
        job.japanese(),
        level.japanese()
    )];
    lines.push(match explained.closed_by {
        None => "この方のページを開くことができます。".to_owned(),
        Some(gate) => {
            format!(
                "この方のページは開けません（{}）。画面では、いない方と同じ表示になります。",
                gate.japanese()
            )
        }
    });
    for answer in &explained.answers {
        lines.push(String::new());
        lines.extend(paragraph(answer));
    }
    lines.join("\n")
}

fn paragraph(answer: &KindAnswer) -> Vec<String> {
    let verdict = if answer.is_permitted() { "見られます" } else { "見られません" };
    let mut lines = vec![format!("{}: {verdict}", answer.kind.japanese())];
    for line in answer.lines() {
        let sign = match line.state {
            State::Passed => "○",
            State::Failed => "×",
            State::NotNeeded => "－",
        };
        lines.push(format!("  {sign} {}: {}", line.gate.japanese(), line.text));
        lines.extend(line.next.map(|next| format!("      → {next}")));
    }
    lines
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn say(text: &str) {
    println!("{text}");
}
