//! How the doorway signs in for a role: staff with a password and a code, citizens with a card.

use anyhow::{Context, bail};
use http::header;
use reqwest::{Client, Response, Url};

use super::cast::{CitizenAccount, StaffAccount};
use super::proxy::post;
use crate::clock;

/// Whom a proxy signs in.
pub(super) enum SignIn {
    /// A member of staff.
    Staff(StaffAccount),
    /// A citizen, at the sandbox's sign-in, which has its own name.
    Citizen(CitizenAccount),
}

impl SignIn {
    /// Where the listener sends whoever is not signed in.
    pub(super) fn page(&self) -> &'static str {
        match self {
            Self::Staff(_) => "/sign-in",
            Self::Citizen(_) => "/my/sign-in",
        }
    }

    /// Signs in; the client keeps the session's cookie.
    pub(super) async fn enter(&self, client: &Client, target: &str) -> anyhow::Result<()> {
        match self {
            Self::Staff(account) => staff(client, target, account).await,
            Self::Citizen(account) => citizen(client, target, account).await,
        }
    }
}

async fn staff(client: &Client, target: &str, account: &StaffAccount) -> anyhow::Result<()> {
    let form = [("login", account.login.as_str()), ("password", account.password.as_str())];
    post(client, target, "/sign-in", &form).await.context("password")?;
    // A code works once; whoever comes a second time within its 30 seconds waits for the next.
    for _ in 0..4 {
        let code = account.code(clock::now())?;
        match post(client, target, "/sign-in/code", &[("code", &code)]).await {
            Ok(_) => return Ok(()),
            Err(error) => tracing::info!(%error, "code used before, waiting for the next"),
        }
        tokio::time::sleep(std::time::Duration::from_secs(10)).await;
    }
    bail!("the one-time code was not accepted")
}

async fn citizen(client: &Client, target: &str, account: &CitizenAccount) -> anyhow::Result<()> {
    let mut at: Url = format!("{target}/my/sign-in/start").parse()?;
    let mut answer = client.get(at.clone()).send().await?;
    // To the provider, to its page, back with a code, home: a handful of redirects.
    for _ in 0..8 {
        if let Some(next) = location(&at, &answer)? {
            at = next;
            if at.as_str().starts_with(target) && at.path() == "/my" {
                return Ok(());
            }
            answer = client.get(at.clone()).send().await?;
            continue;
        }
        let Some(ticket) = at.query_pairs().find(|(name, _)| name == "ticket") else {
            bail!("the sign-in stopped at {} with {}", at.path(), answer.status());
        };
        let provider = at.origin().ascii_serialization();
        let form = [
            ("ticket", ticket.1.as_ref()),
            ("card", account.card_id.as_str()),
            ("pin", account.pin.as_str()),
            ("act", "sign_in"),
        ];
        answer = post(client, &provider, "/sign-in", &form).await?;
    }
    bail!("the sign-in went in circles")
}

fn location(at: &Url, answer: &Response) -> anyhow::Result<Option<Url>> {
    if !answer.status().is_redirection() {
        return Ok(None);
    }
    let to = answer.headers().get(header::LOCATION).context("a redirect without a place")?;
    Ok(Some(at.join(to.to_str()?)?))
}
