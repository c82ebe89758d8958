//! Who may do what: every operation × every kind of account, held against the table `roles.txt`.
//! An operation that is not in the table fails; so does one that answers otherwise.

use http::{HeaderValue, header};
use serde_json::{Value, json as value};

use super::conform::{DESCRIPTION, operations};
use super::software::{Ground, Reply, json};
use crate::house::{NO_CONSENT, NOW, city};

/// The table: an operation in each line, an account in each column.
const TABLE: &str = include_str!("roles.txt");

/// Accounts: administrators of a care office, of one whose registration has lapsed, of a clinic,
/// of the insurer, of the operator; a general user of the care office.
const ACCOUNTS: [(&str, char); 6] = [
    ("soft-a", 'a'),
    ("soft-general", 'a'),
    ("soft-b", 'b'),
    ("soft-c", 'c'),
    ("soft-d", 'd'),
    ("soft-e", 'e'),
];

/// A line of the table.
fn line(operation: &str, outcomes: &[&str]) -> String {
    let cells: String = outcomes.iter().map(|outcome| format!("{outcome:<13}")).collect();
    format!("{}\n", format!("{operation:<56}{cells}").trim_end())
}

/// An address with what is not there, so that asking changes nothing; the person has no consent.
fn address(ground: &Ground, letter: char, template: &str) -> String {
    let person = ground.person(letter, NO_CONSENT);
    let nowhere = "0".repeat(64);
    let path = template
        .replace("/api/v1/persons/{handle}", &person)
        .replace("/insurers/{number}", &format!("/insurers/{}", city().number))
        .replace("/disasters/{number}", &format!("/disasters/{}", city().number))
        .replace("{number}", "9999999999")
        .replace("{sequence}", "7")
        .replace("{sha256}", &nowhere)
        .replace("{session}", &nowhere)
        .replace("{account}", "nobody")
        .replace("{name}", "x.csv")
        .replace("{id}", "nothing");
    match path.as_str() {
        "/api/v1/offices" => format!("{path}?name=x"),
        _ if template.ends_with("/devices/{sha256}") => format!("{path}?why=lost"),
        _ => path,
    }
}

/// An example of the body, as the description gives it.
fn example(api: &Value, operation: &Value) -> Value {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let Some(place) = schema["$ref"].as_str() else { return Value::Null };
    api.pointer(place.trim_start_matches('#')).unwrap()["examples"][0].clone()
}

/// In one word: `yes` (done, or refused for another reason than who asks), `denied`, `absent`
/// (not there, or hidden: both look the same), `away` (what it needs is not set up here).
fn outcome(reply: &Reply) -> &'static str {
    let code = reply.status.ge(&400).then(|| reply.json()["code"].clone());
    match (reply.status, code) {
        // The house has no online eligibility.
        (503, Some(code)) if code == "unavailable" => "away",
        (403, Some(code)) if code == "denied" => "denied",
        (404, _) => "absent",
        (401 | 403 | 500.., _) => panic!("{reply:?}"),
        _ => "yes",
    }
}

async fn ask(
    ground: &Ground,
    (login, letter): (&str, char),
    (verb, template): (&str, &str),
    body: &Value,
) -> Reply {
    let path = address(ground, letter, template);
    let token = ground.token_of(login, NOW, letter).await;
    let mut request = json(&token, &verb.to_uppercase(), &path, body);
    if verb != "get" {
        request.headers_mut().insert(header::IF_MATCH, HeaderValue::from_static("\"v999\""));
    }
    if template.ends_with("/import") {
        let form = HeaderValue::from_static("multipart/form-data; boundary=x");
        request.headers_mut().insert(header::CONTENT_TYPE, form);
        *request.body_mut() = "--x--\r\n".into();
    }
    ground.send_at(NOW, Some(letter), request).await
}

#[tokio::test]
async fn every_operation_answers_each_account_as_the_table_says() {
    let api = &DESCRIPTION.api;
    Ground::each(async |ground| {
        let head: Vec<&str> = ACCOUNTS.iter().map(|(login, _)| *login).collect();
        let mut found = line("operation", &head);
        let mut all: Vec<_> = operations(api).collect();
        // What opens a region to everybody, or ends who is in charge, comes last.
        let last = ["/api/v1/disasters", "/api/v1/persons/{handle}/assignment"];
        all.sort_by_key(|(verb, path, _)| *verb != "get" && last.contains(path));
        for (verb, template, operation) in all {
            if operation["security"].as_array().is_some_and(Vec::is_empty) {
                continue;
            }
            let mut body = example(api, operation);
            if template.ends_with("/consents") && verb == "post" {
                body["kinds"] = value!([]);
            }
            let mut outcomes = Vec::new();
            for account in ACCOUNTS {
                let reply = ask(ground, account, (verb, template), &body).await;
                outcomes.push(outcome(&reply));
            }
            let operation = format!("{} {template}", verb.to_uppercase());
            found.push_str(&line(&operation, &outcomes));
        }
        for (is, says) in found.lines().zip(TABLE.lines()) {
            assert_eq!(is, says, "the table as it is:\n{found}");
        }
        assert_eq!(found.lines().count(), TABLE.lines().count());
    })
    .await;
}
