//! Files of a municipality over the API: announced, sent in parts, broken off, finished, reported,
//! and the bad lines sent again.

use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json as value};
use sha2::{Digest, Sha256};

use super::software::{Ground, Reply, ask};
use crate::house::{NO_CONSENT, NOW, WITH_CONSENT, city};

const HEAD: &str = "op,insurer,insured,history,issued_on,ratio_1,from_1,until_1";

/// A file of burden ratios.
fn ratios(lines: &[&str]) -> String {
    let number = city().number;
    let line = |line: &&str| {
        let (insured, rest) = line.split_once(',').unwrap();
        format!("put,{number},{insured},{rest}\n")
    };
    format!("{HEAD}\n{}", lines.iter().map(line).collect::<String>())
}

fn name(sequence: u32) -> String {
    format!("TASUKI_{}_burden_ratio_diff_{sequence:06}.csv", city().number)
}

fn manifest(sequence: u32, file: &str) -> Value {
    let sha256 = hex::encode(Sha256::digest(file));
    value!({ "protocol": 1, "insurer": city().number.as_str(), "sequence": sequence,
             "scope": "diff", "files": [{
                 "name": name(sequence), "sha256": sha256, "bytes": file.len(),
                 "lines": file.lines().count() }] })
}

async fn put(ground: &Ground, letter: char, (sequence, offset): (u32, usize), part: &str) -> Reply {
    let token = ground.token(letter).await;
    let path = format!("/api/v1/transfers/{sequence}/files/{}?offset={offset}", name(sequence));
    let request: Request<Body> = ask("PUT", &path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(part.to_owned()))
        .unwrap();
    ground.send_at(NOW, Some(letter), request).await
}

async fn begin(ground: &Ground, sequence: u32, file: &str) {
    let begun = ground.call('d', "POST", "/api/v1/transfers", &manifest(sequence, file)).await;
    assert_eq!(begun.status, 201, "{}", begun.body);
}

async fn finish(ground: &Ground, sequence: u32) -> Reply {
    let path = format!("/api/v1/transfers/{sequence}/finish");
    ground.call('d', "POST", &path, &Value::Null).await
}

/// The report, when taking has come to its end.
async fn report(ground: &Ground, sequence: u32) -> Value {
    let path = format!("/api/v1/transfers/{sequence}");
    loop {
        let report = ground.get('d', &path).await;
        if report.status == 200 && report.json()["state"] != "receiving" {
            return report.json();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_broken_upload_goes_on_where_it_ended_and_is_taken() {
    Ground::each(async |ground| {
        let lines = [format!("{WITH_CONSENT},9,2026-11-10,2,2026-12-01,2027-07-31")];
        let file = ratios(&lines.each_ref().map(String::as_str));
        begin(ground, 1, &file).await;
        assert_eq!(put(ground, 'd', (1, 0), &file[..5]).await.json()["next"], 5);
        let elsewhere = put(ground, 'd', (1, 3), &file[3..]).await;
        assert_eq!(elsewhere.problem(), "409 conflict");
        assert_eq!(finish(ground, 1).await.problem(), "409 conflict");
        // The same manifest again keeps what is here; the sender asks and goes on.
        begin(ground, 1, &file).await;
        let arrived = ground.get('d', "/api/v1/transfers/1/files").await.json();
        let one = &arrived["files"][0];
        assert_eq!((&one["bytes"], &one["of"]), (&value!(5), &value!(file.len())));
        let long = put(ground, 'd', (1, 5), &format!("{}x", &file[5..])).await;
        assert_eq!(long.problem(), "422 invalid file too-long");
        assert_eq!(put(ground, 'd', (1, 5), &file[5..]).await.json()["next"], file.len());
        assert_eq!(finish(ground, 1).await.status, 202);
        let report = report(ground, 1).await;
        assert_eq!((&report["state"], &report["scope"]), (&value!("published"), &value!("diff")));
        assert_eq!((&report["files"][0]["taken"], &report["findings"]), (&value!(1), &value!([])));
        let person = ground.person('d', WITH_CONSENT);
        let look =
            ground.get('d', &format!("{person}?kinds=burden_ratio_certificate")).await.json();
        let ratios: Vec<_> =
            look["papers"].as_array().unwrap().iter().map(|own| &own["body"]["first"]).collect();
        assert!(ratios.iter().any(|first| first["ratio"] == "two_tenths"), "{look}");
    })
    .await;
}

#[tokio::test]
async fn bad_lines_are_reported_and_sent_again() {
    Ground::each(async |ground| {
        let good = format!("{WITH_CONSENT},9,2026-11-10,2,2026-12-01,2027-07-31");
        let bad = format!("{NO_CONSENT},9,2026-11-10,7,2026-12-01,never");
        let file = ratios(&[&good, &bad]);
        begin(ground, 1, &file).await;
        put(ground, 'd', (1, 0), &file).await;
        assert_eq!(finish(ground, 1).await.status, 202);
        let first = report(ground, 1).await;
        let counts = &first["files"][0];
        assert_eq!((&counts["taken"], &counts["refused"]), (&value!(1), &value!(1)));
        // JSON in pages, JSON Lines and CSV say the same, and never the value.
        let path = "/api/v1/transfers/1/findings";
        let one = ground.get('d', &format!("{path}?limit=1")).await.json();
        let next = one["next"].as_str().unwrap();
        let two = ground.get('d', &format!("{path}?limit=1&cursor={next}")).await.json();
        let paged: Vec<Value> = [&one, &two].iter().map(|page| page["items"][0].clone()).collect();
        let lines = ground.get('d', &format!("{path}.jsonl")).await;
        let lines: Vec<Value> =
            lines.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(paged, lines);
        let rules: Vec<_> = lines.iter().map(|line| (&line["line"], &line["column"])).collect();
        assert_eq!(rules, [(&value!(3), &value!("ratio_1")), (&value!(3), &value!("until_1"))]);
        let csv = ground.get('d', &format!("{path}.csv")).await;
        assert!(csv.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("000001"));
        assert_eq!(csv.body.lines().count(), 3);
        for text in [&csv.body, &lines[1].to_string()] {
            assert!(text.contains("until_1") && !text.contains("never"), "{text}");
        }
        // The mended line alone, in the next transfer.
        let mended = ratios(&[&bad.replace(",7,", ",1,").replace("never", "2027-07-31")]);
        begin(ground, 2, &mended).await;
        put(ground, 'd', (2, 0), &mended).await;
        assert_eq!(finish(ground, 2).await.status, 202);
        let second = report(ground, 2).await;
        let counts = &second["files"][0];
        assert_eq!((&counts["taken"], &counts["refused"]), (&value!(1), &value!(0)));
        let list = ground.get('d', "/api/v1/transfers").await.json();
        let numbers: Vec<_> =
            list["items"].as_array().unwrap().iter().map(|own| &own["sequence"]).collect();
        assert_eq!(numbers, [&value!(2), &value!(1)]);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_not_the_announced_one_fails_and_may_come_again() {
    Ground::each(async |ground| {
        let file = ratios(&[&format!("{WITH_CONSENT},9,2026-11-10,2,2026-12-01,2027-07-31")]);
        let other = file.replace(",2,2026-12", ",3,2026-12");
        begin(ground, 1, &file).await;
        put(ground, 'd', (1, 0), &other).await;
        assert_eq!(finish(ground, 1).await.status, 202);
        let failed = report(ground, 1).await;
        assert_eq!(failed["state"], "failed");
        assert_eq!(failed["findings"][0]["rule"], "manifest_hash");
        // Files of a failed transfer are gone: the same number begins anew.
        loop {
            let files = ground.get('d', "/api/v1/transfers/1/files").await;
            if files.status == 404 {
                break;
            }
            tokio::task::yield_now().await;
        }
        begin(ground, 1, &file).await;
        put(ground, 'd', (1, 0), &file).await;
        assert_eq!(finish(ground, 1).await.status, 202);
        assert_eq!(report_after(ground, "failed").await["state"], "published");
    })
    .await;
}

/// The report of transfer 1 when it no longer says `before`.
async fn report_after(ground: &Ground, before: &str) -> Value {
    loop {
        let found = report(ground, 1).await;
        if found["state"] != before {
            return found;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_transfer_out_of_turn_is_refused_when_it_is_finished() {
    Ground::each(async |ground| {
        let file = ratios(&[&format!("{WITH_CONSENT},9,2026-11-10,2,2026-12-01,2027-07-31")]);
        begin(ground, 5, &file).await;
        put(ground, 'd', (5, 0), &file).await;
        let refused = finish(ground, 5).await;
        assert_eq!(refused.problem(), "422 invalid sequence sequence-gap");
        assert_eq!(ground.get('d', "/api/v1/transfers/5").await.problem(), "404 not_found");
    })
    .await;
}

#[tokio::test]
async fn only_the_insurer_itself_sends_its_files() {
    Ground::each(async |ground| {
        let file = ratios(&[]);
        let office = ground.call('a', "POST", "/api/v1/transfers", &manifest(1, &file)).await;
        assert_eq!(office.problem(), "403 denied");
        let mut other = manifest(1, &file);
        other["insurer"] = value!("122192");
        let other = ground.call('d', "POST", "/api/v1/transfers", &other).await;
        assert_eq!(other.problem(), "403 denied");
        let mut unknown = manifest(1, &file);
        unknown["comment"] = value!("");
        let unknown = ground.call('d', "POST", "/api/v1/transfers", &unknown).await;
        assert_eq!(unknown.problem(), "422 invalid comment unknown-field");
        assert_eq!(put(ground, 'd', (1, 0), "0").await.problem(), "404 not_found");
        assert_eq!(put(ground, 'a', (1, 0), "0").await.problem(), "403 denied");
        assert_eq!(ground.get('d', "/api/v1/transfers/123").await.problem(), "404 not_found");
        assert_eq!(ground.get('d', "/api/v1/transfers").await.json()["items"], value!([]));
    })
    .await;
}

#[tokio::test]
async fn a_part_may_be_larger_than_other_bodies_with_a_key_or_without() {
    Ground::each(async |ground| {
        let line = format!("{WITH_CONSENT},9,2026-11-10,2,2026-12-01,2027-07-31");
        let lines = vec![line.as_str(); 8_000];
        let file = ratios(&lines);
        assert!(file.len() > 300 * 1024);
        begin(ground, 1, &file).await;
        let token = ground.token('d').await;
        let path = format!("/api/v1/transfers/1/files/{}", name(1));
        let request = ask("PUT", &path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header("idempotency-key", "part-1")
            .body(Body::from(file.clone()))
            .unwrap();
        let sent = ground.send_at(NOW, Some('d'), request).await;
        assert_eq!((sent.status, &sent.json()["next"]), (200, &value!(file.len())));
    })
    .await;
}
