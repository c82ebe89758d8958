//! A mail server (メールサーバーの代わり): enough of SMTP to receive what the platform sends.
//!
//! Lines end with CR LF and nothing else, so that two readers cannot see two different mails in
//! one. Everything has a limit. Source: RFC 5321.

use std::sync::Arc;
use std::time::Duration;

use tasuki_core::date::AtMs;
use tasuki_tls::Clock;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::mailbox::Mailbox;

/// Longest line of a mail with its end. Source: RFC 5321, section 4.5.3.1.6.
const LINE_BYTES_MAX: usize = 1000;
/// Largest mail.
const MAIL_BYTES_MAX: usize = 1024 * 1024;
/// Recipients of one mail. Source: RFC 5321, section 4.5.3.1.8.
const RECIPIENTS_MAX: usize = 100;
/// Connections at one time.
const CONNECTIONS: usize = 32;
/// How long a client may be silent.
const IDLE: Duration = Duration::from_secs(60);

/// Receives mail until `stop` completes.
pub(crate) async fn serve(
    listener: TcpListener,
    mailbox: Arc<Mailbox>,
    clock: Clock,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut open = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = open.join_next(), if !open.is_empty() => {}
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                let session = Session::new(Arc::clone(&mailbox), clock.clone());
                open.spawn(async move {
                    if let Err(error) = session.run(stream).await {
                        tracing::debug!(%error, "a mail connection ended early");
                    }
                    drop(place);
                });
            }
        }
    }
    open.shutdown().await;
}

/// One mail on its way in.
#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

struct Session {
    mailbox: Arc<Mailbox>,
    clock: Clock,
    greeted: bool,
    envelope: Envelope,
}

/// What follows a command.
enum Next {
    Reply(&'static str),
    Data,
    Quit,
}

/// What came after DATA.
enum Data {
    Mail(Vec<u8>),
    TooLarge,
    BareLineEnd,
}

impl Session {
    fn new(mailbox: Arc<Mailbox>, clock: Clock) -> Self {
        Self { mailbox, clock, greeted: false, envelope: Envelope::default() }
    }

    async fn run(mut self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 sandbox.invalid ESMTP\r\n").await?;
        while let Some(line) = read_line(&mut stream).await? {
            let reply = match self.command(&line) {
                Next::Reply(reply) => reply,
                Next::Data => {
                    stream.write_all(b"354 end with a line that holds one dot\r\n").await?;
                    let data = read_data(&mut stream).await?;
                    self.deliver(data)
                }
                Next::Quit => {
                    return stream.write_all(b"221 bye\r\n").await;
                }
            };
            stream.write_all(reply.as_bytes()).await?;
        }
        Ok(())
    }

    fn command(&mut self, line: &[u8]) -> Next {
        let Some(line) = std::str::from_utf8(line).ok().and_then(|line| line.strip_suffix("\r\n"))
        else {
            return Next::Reply("500 a line ends with CR LF\r\n");
        };
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                self.greet();
                Next::Reply("250-sandbox.invalid\r\n250-8BITMIME\r\n250 SIZE 1048576\r\n")
            }
            "HELO" => {
                self.greet();
                Next::Reply("250 sandbox.invalid\r\n")
            }
            "NOOP" => Next::Reply("250 ok\r\n"),
            "RSET" => {
                self.envelope = Envelope::default();
                Next::Reply("250 ok\r\n")
            }
            "QUIT" => Next::Quit,
            "MAIL" => Next::Reply(self.mail(rest)),
            "RCPT" => Next::Reply(self.recipient(rest)),
            "DATA" if self.envelope.to.is_empty() => Next::Reply("503 RCPT first\r\n"),
            "DATA" => Next::Data,
            _ => Next::Reply("502 not known here\r\n"),
        }
    }

    fn greet(&mut self) {
        self.greeted = true;
        self.envelope = Envelope::default();
    }

    fn mail(&mut self, rest: &str) -> &'static str {
        if !self.greeted || self.envelope.from.is_some() {
            return "503 not now\r\n";
        }
        let Some((from, parameters)) = path(rest, "FROM:") else {
            return "501 MAIL FROM:<address>\r\n";
        };
        let announced = parameters.split(' ').find_map(|parameter| {
            let size = parameter.to_ascii_uppercase();
            size.strip_prefix("SIZE=").map(|size| size.parse::<usize>().unwrap_or(usize::MAX))
        });
        if announced.is_some_and(|size| size > MAIL_BYTES_MAX) {
            return "552 too large\r\n";
        }
        self.envelope.from = Some(from.to_owned());
        "250 ok\r\n"
    }

    fn recipient(&mut self, rest: &str) -> &'static str {
        if self.envelope.from.is_none() {
            return "503 MAIL first\r\n";
        }
        if self.envelope.to.len() >= RECIPIENTS_MAX {
            return "452 too many recipients\r\n";
        }
        match path(rest, "TO:") {
            Some((to, _)) if to.contains('@') => {
                self.envelope.to.push(to.to_owned());
                "250 ok\r\n"
            }
            _ => "501 RCPT TO:<address>\r\n",
        }
    }

    fn deliver(&mut self, data: Data) -> &'static str {
        let envelope = std::mem::take(&mut self.envelope);
        let raw = match data {
            Data::Mail(raw) => raw,
            Data::TooLarge => return "552 too large\r\n",
            Data::BareLineEnd => return "550 a line ends with CR LF\r\n",
        };
        let from = envelope.from.unwrap_or_default();
        let now = AtMs(self.clock.now_ms());
        match self.mailbox.receive(from, envelope.to, &raw, now) {
            Ok(()) => "250 received\r\n",
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "a mail could not be kept");
                "451 try later\r\n"
            }
        }
    }
}

/// `FROM:<address> parameters`, without the brackets.
fn path<'a>(text: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    let head = text.get(..prefix.len())?;
    let rest = text.get(prefix.len()..)?.trim_start();
    let (address, parameters) = rest.strip_prefix('<')?.split_once('>')?;
    head.eq_ignore_ascii_case(prefix).then_some((address, parameters))
}

/// A line with its end, `None` when the client has gone.
async fn read_line(stream: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let limit = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX);
    let mut limited = stream.take(limit);
    match tokio::time::timeout(IDLE, limited.read_until(b'\n', &mut line)).await {
        Err(_) => Err(std::io::ErrorKind::TimedOut.into()),
        Ok(Err(error)) => Err(error),
        Ok(Ok(0)) => Ok(None),
        Ok(Ok(_)) if line.last() == Some(&b'\n') => Ok(Some(line)),
        Ok(Ok(_)) => Err(std::io::ErrorKind::InvalidData.into()),
    }
}

/// Everything up to the line with one dot, doubled dots made single. What breaks a limit is read
/// to its end and dropped, so that the client hears the reply.
async fn read_data(stream: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Data> {
    let mut mail = Vec::new();
    let (mut too_large, mut bare) = (false, false);
    loop {
        let line = read_line(stream).await?.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        if line == b".\r\n" {
            break;
        }
        bare |= !line.ends_with(b"\r\n");
        too_large |= mail.len() + line.len() > MAIL_BYTES_MAX;
        if !too_large && !bare {
            mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
    Ok(match (bare, too_large) {
        (true, _) => Data::BareLineEnd,
        (false, true) => Data::TooLarge,
        (false, false) => Data::Mail(mail),
    })
}
