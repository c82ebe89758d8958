//! Mail that leaves (送信メール): use cases hand it over and do not wait for the mail server.

use std::time::Duration;

use tasuki_gateway::{GatewayError, mail::Mailer};
use tokio::sync::mpsc;

use crate::AppError;

/// One mail of plain text. `Debug` shows nothing of it.
pub struct Mail {
    /// Address of the recipient.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail(***)")
    }
}

/// Where use cases put mail; without a mail server there is none.
#[derive(Debug, Clone, Default)]
pub struct Outbox(Option<mpsc::Sender<Mail>>);

/// Mails that wait for the server at most.
const WAITING: usize = 1_024;

/// Tries of one mail, with growing pauses between them.
const TRIES: u32 = 4;

impl Outbox {
    /// An outbox and its other end, for [`deliver`] or a test.
    pub fn new() -> (Self, mpsc::Receiver<Mail>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(Some(sender)), receiver)
    }

    /// Codes can be sent by mail.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Hands a mail over.
    ///
    /// # Errors
    ///
    /// [`AppError::Unavailable`] when there is no mail server or too many mails wait.
    pub fn send(&self, mail: Mail) -> Result<(), AppError> {
        let full = || AppError::Unavailable("mail cannot be sent now".into());
        self.0.as_ref().ok_or_else(full)?.try_send(mail).map_err(|_| full())
    }
}

/// Sends what comes out of an outbox until the outbox is gone.
///
/// A mail that the server refuses for good, or four times, is dropped; the log says so without
/// saying whose it was.
pub async fn deliver(mailer: Mailer, mut outbox: mpsc::Receiver<Mail>) {
    while let Some(mail) = outbox.recv().await {
        let mut pause = Duration::from_secs(1);
        for last in 1..=TRIES {
            match mailer.send(&mail.to, &mail.subject, &mail.text).await {
                Ok(()) => {
                    count("sent");
                    break;
                }
                Err(GatewayError::Unreachable(_)) if last < TRIES => {
                    tokio::time::sleep(pause).await;
                    pause *= 4;
                }
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    count("dropped");
                    tracing::warn!(error, "mail dropped");
                    break;
                }
            }
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("tasuki_mails_total", "outcome" => outcome).increment(1);
}
