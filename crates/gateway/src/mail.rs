//! Mail (電子メール): one-time codes and notices, by SMTP.

use std::net::IpAddr;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};

use crate::{GatewayError, Refusal};

/// Time for one mail.
const SEND_LIMIT: Duration = Duration::from_secs(20);

/// How the line to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTls {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS, and nothing is sent without it.
    StartTls,
    /// No TLS; for a server on this machine only.
    Off,
}

/// Which mail server, and in whose name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The sender, as `name@host` or `Name <name@host>`.
    pub from: String,
    /// Protection of the line.
    pub tls: MailTls,
}

/// Sends mail; one per process, connections are kept.
#[derive(Debug, Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// A mailer with these settings. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// [`GatewayError::Malformed`] for a sender that is no address, or for TLS switched off
    /// towards another machine: codes would be readable on the way.
    pub fn new(settings: &MailSettings) -> Result<Self, GatewayError> {
        type Transport = AsyncSmtpTransport<Tokio1Executor>;
        let from = settings.from.parse().map_err(|_| GatewayError::malformed("sender of mail"))?;
        let unusable = |_: SmtpError| GatewayError::malformed("mail server setting");
        let builder = match settings.tls {
            MailTls::Implicit => Transport::relay(&settings.host).map_err(unusable)?,
            MailTls::StartTls => Transport::starttls_relay(&settings.host).map_err(unusable)?,
            MailTls::Off if is_loopback(&settings.host) => {
                Transport::builder_dangerous(&settings.host)
            }
            MailTls::Off => return Err(GatewayError::malformed("mail without TLS")),
        };
        let transport = builder.port(settings.port).timeout(Some(SEND_LIMIT)).build();
        Ok(Self { transport, from })
    }

    /// Sends one mail of plain text.
    ///
    /// # Errors
    ///
    /// [`GatewayError::Malformed`] when `to` is no address, [`GatewayError::Refused`] when the
    /// server will never take this mail, [`GatewayError::Unreachable`] when it may later.
    pub async fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), GatewayError> {
        let to: Mailbox = to.parse().map_err(|_| GatewayError::malformed("recipient of mail"))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|_| GatewayError::malformed("mail"))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(GatewayError::Refused(Refusal::Other)),
            Err(error) => Err(GatewayError::Unreachable(error.into())),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_leaves_the_machine_only_over_tls() {
        let settings = |host: &str, tls| MailSettings {
            host: host.to_owned(),
            port: 25,
            from: "Tasuki <tasuki@kaigo.invalid>".to_owned(),
            tls,
        };
        assert!(Mailer::new(&settings("127.0.0.1", MailTls::Off)).is_ok());
        assert!(Mailer::new(&settings("::1", MailTls::Off)).is_ok());
        assert!(Mailer::new(&settings("localhost", MailTls::Off)).is_ok());
        assert!(matches!(
            Mailer::new(&settings("mail.invalid", MailTls::Off)),
            Err(GatewayError::Malformed { .. })
        ));
        assert!(Mailer::new(&settings("mail.invalid", MailTls::StartTls)).is_ok());
    }
}
