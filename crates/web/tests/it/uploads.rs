//! What becomes of the files of a form: they go when they are taken, refused or broken off.

use axum::body::Body;
use futures_util::stream;
use http::{Request, StatusCode};
use tasuki_store::transfer::{self, TransferState};

use crate::files::with_files;
use crate::house::{Answer, NOW, OFFICER, city};
use crate::transfers::{TownHall, name, persons};

const UPLOAD: &str = "/municipality/upload";

/// The word of what was just done.
fn done(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.cookie("__Host-tasuki-done").unwrap()
}

/// Waits until the taking behind the answer has removed its files.
async fn emptied(town: &TownHall) {
    while !town.spooled().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn nothing_stays_of_files_that_were_taken_and_the_same_again_says_so() {
    TownHall::each(async |town| {
        let (csv, persons) = (name("insured_person", "csv"), persons());
        let sent = town.send(&[("file", &csv, &persons)]).await;
        assert_eq!(done(&sent), "files_received");
        assert_eq!(town.ended().await, TransferState::Published);
        emptied(town).await;
        let again = town.send(&[("file", &csv, &persons)]).await;
        assert_eq!(done(&again), "files_known");
        assert!(town.spooled().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_transfer_out_of_turn_says_what_to_do_next_and_leaves_nothing() {
    TownHall::each(async |town| {
        let (csv, persons) = (name("insured_person", "csv"), persons());
        let refused = async |file: &str, content: &str, words: &[&str]| {
            let page = town.send(&[("file", file, content)]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            for word in words {
                assert!(page.body.contains(word), "{word} {}", page.body);
            }
            assert!(town.spooled().is_empty());
        };
        let early = csv.replace("000001", "000003");
        refused(&early, &persons, &["まだ届いていません", "第1回", "diff_000001.csv"]).await;
        town.send(&[("file", &csv, &persons)]).await;
        assert_eq!(town.ended().await, TransferState::Published);
        emptied(town).await;
        let other = persons.replace("緑町4", "緑町5");
        refused(&csv, &other, &["ちがう内容でもう反映", "第2回", "diff_000002.csv"]).await;
        let full = csv.replace("diff", "full");
        refused(&full, &other, &["ちがう内容でもう反映", "第2回"]).await;
        let taken = transfer::list(&town.house.app.db, &city().number, None, 10).await.unwrap();
        assert_eq!(taken.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn files_of_two_transfers_are_not_taken_together() {
    TownHall::each(async |town| {
        let (csv, persons) = (name("insured_person", "csv"), persons());
        let later = name("consent", "csv").replace("000001", "000002");
        let page = town.send(&[("file", &csv, &persons), ("file", &later, "op\n")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("1回分のファイルだけ"), "{}", page.body);
        assert!(town.spooled().is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    TownHall::each(async |town| {
        let (csv, persons) = (name("insured_person", "csv"), persons());
        let whole = with_files(OFFICER, UPLOAD, &[("file", &csv, &persons)]);
        let (parts, body) = whole.into_parts();
        let bytes = axum::body::to_bytes(body, 1_000_000).await.unwrap();
        let came = bytes.slice(..bytes.len() - 200);
        let broken = std::io::Error::other("the line broke");
        let body = Body::from_stream(stream::iter([Ok(came), Err(broken)]));
        let answer = town.answer(NOW, Request::from_parts(parts, body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
        assert!(town.spooled().is_empty());
        let taken = transfer::list(&town.house.app.db, &city().number, None, 10).await.unwrap();
        assert_eq!(taken, []);
    })
    .await;
}
