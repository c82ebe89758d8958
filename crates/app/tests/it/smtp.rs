//! A mail server on loopback that speaks enough SMTP to take mails in.

use tasuki_app::mail::{Outbox, deliver};
use tasuki_app::{auth, auth::Progress};
use tasuki_gateway::mail::{MailSettings, MailTls, Mailer};
use tasuki_store::account;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::house::{House, NOW, PASSWORD, sha256};

/// Port of a server that hands on each mail it takes, as it came over the line.
async fn server() -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (taken, mails) = mpsc::channel(8);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, taken.clone()));
        }
    });
    (port, mails)
}

async fn talk(stream: TcpStream, taken: mpsc::Sender<String>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.invalid\r\n").await.unwrap();
    let mut mail: Option<String> = None;
    while let Ok(Some(line)) = lines.next_line().await {
        let answer: &[u8] = match (&mut mail, line.as_str()) {
            (Some(text), ".") => {
                taken.send(std::mem::take(text)).await.unwrap();
                mail = None;
                b"250 taken\r\n"
            }
            (Some(text), _) => {
                text.push_str(&line);
                text.push('\n');
                continue;
            }
            (None, "DATA") => {
                mail = Some(String::new());
                b"354 go on\r\n"
            }
            (None, "QUIT") => b"221 bye\r\n",
            (None, _) => b"250 fine\r\n",
        };
        write.write_all(answer).await.unwrap();
    }
}

/// The text of a mail whose body is in base 64 or as it is.
fn body(mail: &str) -> String {
    use base64::Engine;
    let (head, body) = mail.split_once("\n\n").unwrap();
    if !head.to_lowercase().contains("base64") {
        return body.to_owned();
    }
    let packed: String = body.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(packed).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_code_travels_by_smtp_and_opens_the_session() {
    let mut house = House::with_hanako().await;
    let (port, mut mails) = server().await;
    let mailer = Mailer::new(&MailSettings {
        host: "127.0.0.1".to_owned(),
        port,
        from: "Tasuki <tasuki@kaigo.invalid>".to_owned(),
        tls: MailTls::Off,
    });
    let (outbox, waiting) = Outbox::new();
    tokio::spawn(deliver(mailer.unwrap(), waiting));
    house.app.mail = outbox;
    house.commit(account::reset_code("hanako")).await;
    let (app, device) = (&house.app, sha256('a'));
    let pending = house.password('a', "hanako", PASSWORD, NOW).await.unwrap();
    auth::mail_code(app, &device, pending.token.expose(), NOW).await.unwrap();
    let mail = mails.recv().await.unwrap();
    assert!(mail.contains("To: hanako@kaigo.invalid"));
    let text = body(&mail);
    let code: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
    assert_eq!(code.len(), 6, "{text}");
    let progress = auth::code(app, &device, pending.token.expose(), &code, NOW).await.unwrap();
    assert!(matches!(progress, Progress::Open(_)));
}
