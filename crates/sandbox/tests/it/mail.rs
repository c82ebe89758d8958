//! Mail: our mailer against the sandbox's server.

use tasuki_gateway::mail::{MailSettings, MailTls, Mailer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{MORNING, World};

fn mailer(world: &World) -> Mailer {
    Mailer::new(&MailSettings {
        host: world.running.smtp.ip().to_string(),
        port: world.running.smtp.port(),
        from: "たすき <tasuki@platform.invalid>".to_owned(),
        tls: MailTls::Off,
    })
    .unwrap()
}

async fn received(world: &World) -> Vec<tasuki_sandbox::ReceivedMail> {
    let url = format!("{}/mail.json", world.running.admin_url);
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

/// Says `lines` to the server and returns all that it answers.
async fn talk(world: &World, lines: &[u8]) -> String {
    let mut stream = TcpStream::connect(world.running.smtp).await.unwrap();
    stream.write_all(lines).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    answers
}

#[tokio::test]
async fn a_mail_arrives_with_its_japanese_whole() {
    let world = World::start().await;
    let text = "確認コードは 123456 です。\r\n.\r\n10分以内に入力してください。\r\n";
    mailer(&world).send("staff@office.invalid", "確認コード", text).await.unwrap();
    let mails = received(&world).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "確認コード");
    assert_eq!(mails[0].to, ["staff@office.invalid"]);
    assert_eq!(mails[0].from, "tasuki@platform.invalid");
    assert_eq!(mails[0].received_at_ms, MORNING);
    let lines: Vec<&str> = mails[0].text.lines().collect();
    assert_eq!(lines, ["確認コードは 123456 です。", ".", "10分以内に入力してください。"]);
}

#[tokio::test]
async fn the_newest_mail_stands_first_and_is_shown_escaped() {
    let world = World::start().await;
    for subject in ["一通目", "<b>二通目</b>"] {
        mailer(&world).send("staff@office.invalid", subject, "本文").await.unwrap();
    }
    assert_eq!(received(&world).await[0].subject, "<b>二通目</b>");
    let url = format!("{}/mail", world.running.admin_url);
    let page = reqwest::get(url).await.unwrap().text().await.unwrap();
    assert!(page.contains("一通目") && !page.contains("<b>"));
}

#[tokio::test]
async fn the_mail_page_answers_to_this_machine_only() {
    let world = World::start().await;
    let url = format!("{}/mail.json", world.running.admin_url);
    let ask = |name: &'static str, value: &'static str| {
        reqwest::Client::new().get(&url).header(name, value).send()
    };
    assert_eq!(ask("host", "localhost:9").await.unwrap().status(), 200);
    assert_eq!(ask("host", "[::1]:9").await.unwrap().status(), 200);
    assert_eq!(ask("host", "thief.invalid").await.unwrap().status(), 403);
    assert_eq!(ask("host", "localhost.thief.invalid:80").await.unwrap().status(), 403);
    assert_eq!(ask("sec-fetch-site", "cross-site").await.unwrap().status(), 403);
}

#[tokio::test]
async fn the_server_keeps_the_order_of_commands() {
    let world = World::start().await;
    let answers = talk(
        &world,
        b"MAIL FROM:<a@x.invalid>\r\nEHLO x\r\nRCPT TO:<b@x.invalid>\r\nDATA\r\nTURN\r\n\
          MAIL FROM:<a@x.invalid> SIZE=99999999\r\nMAIL FROM:<a@x.invalid> SIZE=10\r\n\
          RCPT TO:<nobody>\r\nRSET\r\nRCPT TO:<b@x.invalid>\r\nQUIT\r\n",
    )
    .await;
    let codes: Vec<&str> = answers.lines().filter_map(|line| line.get(..3)).collect();
    let expected = [
        "220", "503", "250", "250", "250", "503", "503", "502", "552", "250", "501", "250", "503",
        "221",
    ];
    assert_eq!(codes, expected);
}

#[tokio::test]
async fn a_mail_with_bare_line_ends_is_refused() {
    let world = World::start().await;
    let answers = talk(
        &world,
        b"EHLO x\r\nMAIL FROM:<a@x.invalid>\r\nRCPT TO:<b@x.invalid>\r\nDATA\r\n\
          Subject: one\r\n\r\ntext\n.\nMAIL FROM:<c@x.invalid>\r\n.\r\nQUIT\r\n",
    )
    .await;
    assert!(answers.contains("550 "), "{answers}");
    assert!(received(&world).await.is_empty());
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_the_next_mail_taken() {
    let world = World::start().await;
    let line = [vec![b'x'; 900], b"\r\n".to_vec()].concat();
    let large = line.repeat(1200);
    let head: &[u8] = b"MAIL FROM:<a@x.invalid>\r\nRCPT TO:<b@x.invalid>\r\nDATA\r\n";
    let end: &[u8] = b".\r\n";
    let small: &[u8] = b"Subject: small\r\n\r\n..dot\r\n";
    let all = [b"EHLO x\r\n", head, &large, end, head, small, end, b"QUIT\r\n"].concat();
    let answers = talk(&world, &all).await;
    assert!(answers.contains("552 ") && answers.contains("250 received"), "{answers}");
    let mails = received(&world).await;
    assert_eq!((mails.len(), mails[0].text.trim_end()), (1, ".dot"));
}
